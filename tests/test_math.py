"""Formulas become MathML that shows what was written and does nothing, or a mistake told at its place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from strategies import LEAST, PAGE, MakeCourse

from coursepack.blocks.math import DEEPEST, LONGEST, mathml, read_math
from coursepack.source import read_course


def shown(latex: str) -> str:
    element, faults = read_math(latex)
    assert faults == ()
    assert element is not None
    return str(mathml(element, "in words"))


def wrong(latex: str) -> list[str]:
    element, faults = read_math(latex)
    assert element is None
    return [fault.message() for fault in faults]


def test_a_fraction_is_a_fraction_with_its_words() -> None:
    assert shown(r"\frac{s}{t}") == (
        '<math dir="ltr" display="block" alttext="in words"><mrow><mfrac><mrow><mi>s</mi></mrow>'
        "<mrow><mi>t</mi></mrow></mfrac></mrow></math>"
    )


def test_words_and_signs_in_a_formula_are_never_markup() -> None:
    assert "<mtext>a\xa0&lt;b&gt;</mtext>" in shown(r"\text{a <b>}")
    assert "<mo>&lt;</mo>" in shown("x < y")
    element, _ = read_math("x")
    assert element is not None
    assert 'alttext="&lt;&quot;&gt;"' in mathml(element, '<">')


def test_a_decimal_comma_stands_in_its_number() -> None:
    assert "<mn>1,5</mn><mo>·</mo>" in shown(r"1{,}5 \cdot 10^3")
    assert "<mn>1</mn><mo>,</mo><mn>5</mn>" in shown("(1,5)")


def test_a_cell_that_begins_with_a_sign_holds_nothing_before_it() -> None:
    told = shown(r"\begin{align*} a &= b \end{align*}")
    assert '<mtd columnalign="left"><mo>=</mo><mi>b</mi></mtd>' in told


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\frac{a}{b", ["never closes '{'"]),
        (r"a}", ["closes what is not open: '}'"]),
        (r"\begin{matrix}a", [r"never closes '\\begin{matrix}'"]),
        (r"\begin{matrix}{a\end{matrix}}", [r"closes what is not open: '\\end{matrix}'"]),
        (r"\begin{tikz}a\end{tikz}", ["has an environment that is not known: 'tikz'"]),
        (r"\speed x", [r"has a command that is not known: '\\speed'"]),
        (r"\frac{1}", ["lacks a part that its command needs: 'mfrac'"]),
        (r"a_b_c", ["cannot be read as LaTeX: 'double subscripts'"]),
        (r"\left( a", ["cannot be read as LaTeX: 'extra left or missing right'"]),
        (r"$x$", ["has a sign that has no use here: '$'"] * 2),
        (r"a & b", ["has a sign that has no use here: '&'"]),
        (r"\href{javascript:alert(1)}{x}", [r"has a command that may not be used here: '\\href'"]),
        (r"\style{position:fixed}{x}", [r"has a command that may not be used here: '\\style'"]),
        (r"\class{page}{x}", [r"has a command that may not be used here: '\\class'"]),
        (r"\textcolor{red}{x}", [r"has a command that may not be used here: '\\textcolor'"]),
        (r"\def\a{\a\a}\a", [r"has a command that may not be used here: '\\def'"]),
        ("x" * (LONGEST + 1), [f"has more than {LONGEST} characters, which nobody can read"]),
        (r"\sqrt " * (DEEPEST + 1) + "x", [f"nests more than {DEEPEST} levels"]),
    ],
)
def test_what_cannot_be_shown_is_told(latex: str, expected: list[str]) -> None:
    assert wrong(latex) == expected


def test_a_mistake_is_told_at_the_field_of_the_formula(make_course: MakeCourse) -> None:
    text = f"{LEAST[PAGE]}\n```math\nalt: a\nlatex: \\speed x\n```\n"
    _, report = read_course(make_course({PAGE: text}))
    (problem,) = report.problems
    assert str(problem.location) == f"{PAGE}:5:8"
    assert problem.rule == "page/bad-math"


SNIPPETS = st.sampled_from([
    "a", "1", " ", "{", "}", "^", "_", "&", "\\\\", "<", ">", '"', "'", "(", ")", "[", "]", "|", "$", "%", "~", "½", "å", ",", ".5",
    "\\frac", "\\sqrt", "\\left(", "\\right)", "\\text{", "\\begin{matrix}", "\\end{matrix}", "\\begin{cases}", "\\end{cases}",
    "\\sum", "\\limits", "\\overline", "\\binom", "\\genfrac", "\\operatorname{", "\\mathrm{", "\\hspace{1em}", "\\color", "\\href", "\\over",
    "\\prime", "''", "\\big", "\\middle", "\\not", "\\substack{", "\\array", "\\mathchoice", "\\raisebox{1em}", "\\rule", "\\hline", "\\verb|", "\\",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(SNIPPETS, max_size=14).map("".join))
def test_any_formula_is_shown_whole_or_refused(latex: str) -> None:
    element, faults = read_math(latex)
    assert (element is None) == bool(faults)
    if element is None:
        return
    tree = etree.fromstring(str(mathml(element, latex)).encode())
    for each in tree.iter():
        assert str(each.tag).startswith("m") or each.tag == "none"
        assert not {name for name in each.attrib if name.startswith("on")} & set(each.attrib)
        assert not {"href", "style", "class", "id"} & set(each.attrib)


def test_a_formula_that_nobody_would_write_takes_no_time() -> None:
    began = time.monotonic()
    for latex in (
        "{" * 999 + "}" * 999,
        "\\frac" * 300,
        "^" * 2000,
        "\\left(" * 300,
        "\\begin{matrix}" * 100,
    ):
        read_math(latex)
    assert time.monotonic() - began < 5


def test_nothing_of_the_converter_is_loaded_by_a_course_without_formulas() -> None:
    block = Path(__file__).resolve().parents[1] / "src/coursepack/blocks/math.py"
    imported = [line for line in block.read_text("utf-8").splitlines() if "latex2mathml" in line]
    assert imported
    assert all(line.startswith("    ") for line in imported)
