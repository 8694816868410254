"""Formulas become MathML that shows what was written and does nothing, or a problem at its place."""

from __future__ import annotations

import pickle
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from strategies import COURSE, LEAST, PAGE, SVG, MakeCourse, fence, write_course

from coursepack import TARGETS, read_course, render_site
from coursepack.course.blocks.formula import DEEPEST, LONGEST, WithMath, line, mathml, read_math
from coursepack.languages.messages import translated
from coursepack.reading.source import read_folder


def shown(latex: str) -> str:
    element, faults = read_math(latex)
    assert faults == ()
    assert element is not None
    return str(mathml(element, "in words", block=True))


def wrong(latex: str) -> list[str]:
    element, faults = read_math(latex)
    assert element is None
    return [str(message) for message in faults]


def test_a_fraction_is_a_fraction_with_its_words() -> None:
    assert shown(r"\frac{s}{t}") == (
        '<math dir="ltr" display="block" alttext="in words"><semantics><mrow><mrow><mfrac><mrow><mi>s</mi></mrow>'
        "<mrow><mi>t</mi></mrow></mfrac></mrow></mrow><annotation>in words</annotation></semantics></math>"
    )


def test_words_and_signs_in_a_formula_are_never_markup() -> None:
    assert "<mtext>a\xa0&lt;b&gt;</mtext>" in shown(r"\text{a <b>}")
    assert ">&lt;</mo>" in shown("x < y")
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
        (r"\frac{a}{b", ["the formula never closes '{'"]),
        (r"a}", ["the formula closes what is not open: '}'"]),
        (r"\begin{matrix}a", [r"the formula never closes '\\begin{matrix}'"]),
        (r"\begin{matrix}{a\end{matrix}}", [r"the formula closes what is not open: '\\end{matrix}'"]),
        (r"\begin{tikz}a\end{tikz}", ["the formula has an environment that is not known: 'tikz'"]),
        (r"\speed x", [r"the formula has a command that is not known: '\\speed'"]),
        (r"\frac{1}", ["the formula lacks a part that its command needs: 'mfrac'"]),
        (r"a_b_c", ["the formula cannot be read as LaTeX: 'double subscripts'"]),
        (r"\left( a", ["the formula cannot be read as LaTeX: 'extra left or missing right'"]),
        (r"$x$", ["the formula has a character that has no use here: '$'"] * 2),
        (r"a & b", ["the formula has a character that has no use here: '&'"]),
        (
            r"\href{javascript:alert(1)}{x}",
            [r"the formula has a command that may not be used here: '\\href'"],
        ),
        (r"\style{position:fixed}{x}", [r"the formula has a command that may not be used here: '\\style'"]),
        (r"\class{page}{x}", [r"the formula has a command that may not be used here: '\\class'"]),
        (r"\textcolor{red}{x}", [r"the formula has a command that may not be used here: '\\textcolor'"]),
        (r"\def\a{\a\a}\a", [r"the formula has a command that may not be used here: '\\def'"]),
        ("x" * (LONGEST + 1), [f"the formula has more than {LONGEST} characters, which nobody can read"]),
        (r"\sqrt " * (DEEPEST + 1) + "x", [f"the formula nests more than {DEEPEST} levels"]),
    ],
)
def test_what_cannot_be_shown_is_told(latex: str, expected: list[str]) -> None:
    assert wrong(latex) == expected


def test_a_problem_is_told_at_the_field_of_the_formula(make_course: MakeCourse) -> None:
    text = f"{LEAST[PAGE]}\n```math\nalt: a\nlatex: \\speed x\n```\n"
    _, report = read_folder(make_course({PAGE: text}))
    (problem,) = report.problems
    assert str(problem.location) == f"{PAGE}:5:8"
    assert problem.rule == "page/bad-math"


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("a^2+b^2=c^2", "a² + b² = c²"),
        (r"v = \frac{s}{t}", "v = s/t"),
        (r"\frac{a+b}{2}", "(a + b)/2"),
        (r"\frac{1}{2}x", "1/2 x"),
        (r"\left(\frac{1}{2}\right)^n", "(1/2)ⁿ"),
        (r"\sqrt{2}", "√2"),
        (r"\sqrt[3]{x+1}", "³√(x + 1)"),
        (r"x_1^2", "x₁²"),
        (r"x_{max}", "x_(max)"),
        (r"e^{-x}", "e^(−x)"),
        (r"-1{,}5 \cdot 10^{-3}", "−1,5 · 10⁻³"),
        (r"|x|<3", "|x| < 3"),
        (r"(a+b)(a-b)", "(a + b)(a − b)"),
        (r"a = -b", "a = −b"),
        (r"\sin x - \log_2 y", "sin x − log₂ y"),
        (r"\sum_{i=1}^{n} x_i", "∑_(i = 1)ⁿ x_i"),
        (r"\vec{a}\cdot\overline{x}", "a\u20d7 · x\u0304"),
        (r"f'(x)", "f′(x)"),
        (r"90^\circ", "90°"),
        (r"\mathrm{CO}_2", "CO₂"),
        (r"\begin{pmatrix}a&b\\c&d\end{pmatrix}", "(a b; c d)"),
        (r"\text{speed} = 12 \; \text{m}", "speed = 12 m"),
        (r"v = \frac{\text{the whole way}}{\text{time}}", "v = (the whole way)/time"),
    ],
)
def test_a_formula_is_a_line_of_text_where_only_text_can_stand(latex: str, expected: str) -> None:
    element, _ = read_math(latex)
    assert element is not None
    assert line(element) == expected


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("a+b=c", ["a+", "b=", "c"]),
        ("-a", ["−a"]),
        ("a=-b", ["a=", "−b"]),
        (r"a \pm b", ["a±", "b"]),
        ("f(a+b)+c", ["f(a+b)+", "c"]),
        (r"\frac{a+b}{c}", ["a+bc"]),
        (r"\left(a+b\right)c", ["(a+b)c"]),
        (r"1{,}5 \cdot 10^3", ["1,5·103"]),
    ],
)
def test_a_formula_goes_on_in_another_line_after_a_sign_outside_of_brackets(
    latex: str, expected: list[str]
) -> None:
    (row,) = etree.fromstring(shown(latex)).findall("semantics/mrow")
    assert ["".join(piece.itertext()) for piece in row] == expected


def test_a_sign_beside_words_keeps_its_room() -> None:
    """A row of text and one sign takes part in the row around as that sign would (MathML Core, 3.2.4.1)."""
    assert (
        '<mtext>speed</mtext><mspace width="0.25em"></mspace><mo form="infix">=</mo><mspace width="0.25em">'
        in shown(r"\text{speed} = v")
    )
    assert "mspace" not in shown("s = v")


EVERYWHERE = r"""
Where $`a^2 + b^2 = c^2`$ holds, $5 and $6 stay, and $`c`. A `` $`x^2`$ `` code. \$`x`$.

## Heading $`x_1`$

- **bold $`x_2`$**, [a link $`x_3`$](https://example.org/) and <sup>html $`x_4`$</sup>
- a [term](term:speed)

| what | formula |
| --- | --- |
| A | $`\lvert x_5 \rvert`$ |

> quote $`x_6`$ with a note[^1]

[^1]: In a footnote $`x_7`$.

::: note About $`x^2`$
In a note $`y^2`$.
:::

::: accordion
### Fold $`x^2`$
inner $`y^2`$
:::

::: tabs Which $`x^2`$
### One $`x^2`$
inner $`y^2`$

### Two
inner
:::

::: checklist Done $`x^2`$
- item $`y^2`$
:::

::: table Caption $`x^2`$
| what | formula |
| --- | --- |
| A | $`\sqrt{2}`$ |
:::

::: code Label $`x^2`$
```
$`x`$ stays
```
:::

![Alt $`x^2`$](media/a.svg "Caption $`y^2`$")

```image
src: media/a.svg
alt: Alt $`x^2`$
caption: Caption $`x^2`$
description: |
  One $`x^2`$.

  Two $`y^2`$.
```

```gallery
pictures:
  - {src: media/a.svg, alt: "Alt $`x^2`$", caption: "Caption $`x^2`$"}
  - {src: media/a.svg, alt: "Alt $`y^2`$"}
```

```hotspots
src: media/a.svg
alt: Alt $`x^2`$
caption: Caption $`x^2`$
points:
  - {x: 50, y: 50, title: "Title $`x^2`$", text: "Text $`y^2`$"}
```

```before-after
before: {src: media/a.svg, alt: "Alt $`x^2`$", label: "Before $`x^2`$"}
after: {src: media/a.svg, alt: "Alt $`x^2`$"}
caption: Caption $`x^2`$
```

```choice
id: q1
question: What is $`\frac{1}{2} + \frac{1}{3}`$?
answers:
  - {id: a, text: "$`\\frac{5}{6}`$", right: true, feedback: "Since $`3 + 2 = 5`$."}
  - {id: b, text: "$`\\frac{2}{5}`$", feedback: "Not $`\\frac{2}{5}`$."}
feedback: {right: "Yes, $`x^2`$.", wrong: "No, $`y^2`$."}
```

```matching
id: q2
question: Match $`x^2`$
targets:
  - {id: t1, text: "$`x^2`$"}
  - {id: t2, text: "$`y^2`$"}
rows:
  - {id: r1, text: "Row $`x`$", target: t1, feedback: "Because $`x^2`$."}
  - {id: r2, text: "Row $`y`$", target: t2}
```

```ordering
id: q3
question: Order $`x^2`$
items:
  - {id: o1, text: "First $`x^1`$"}
  - {id: o2, text: "Second $`x^2`$"}
  - {id: o3, text: "Third $`x^3`$"}
```

```fill-in
id: q4
question: Fill $`x^2`$
answers:
  - {text: "yes", right: true, feedback: "Good $`x^2`$."}
```

```numeric
id: q5
question: Number $`x^2`$
answer: 2
feedback: {low: "Low $`x^2`$", high: "High $`x^2`$"}
```

```likert
id: q6
question: Agree $`x^2`$?
scale:
  - {id: s1, text: "No $`x^2`$", feedback: "Thanks $`x^2`$"}
  - {id: s2, text: "Yes $`y^2`$"}
```

```reflection
question: Think $`x^2`$?
afterwards: Then $`x^2`$.
```

```scenario
id: q8
title: Practice $`x^2`$
scenes:
  - id: a
    title: One $`x^2`$
    text: It is $`x^2`$.
    question: What of $`y^2`$?
    choices:
      - {id: c1, text: "Say $`x^2`$", safe: true, feedback: "Good $`x^2`$."}
      - {id: c2, text: "Say $`y^2`$", safe: false, feedback: "Hm $`x^2`$."}
  - {id: b, text: "The end $`x^2`$."}
```

```download
src: media/f.txt
title: File $`x^2`$
description: About $`x^2`$
```
"""
FILES = {
    "course.yaml": COURSE.replace("title: Page,", "title: 'Page $`x^2`$',"),
    "glossary.yaml": r"- {id: speed, term: Speed, text: '$`v = \frac{s}{t}`$'}" + "\n",
    "media/a.svg": SVG.replace("viewBox", 'width="320" height="180" viewBox'),
    "media/f.txt": "x",
}


PLACES = (
    *("h2", "li/strong", "a[@target]", "sup", "td", "blockquote", "section[@class='footnotes']", "caption"),
    *("p[@class='label']", "summary", "button[@role='tab']", "section/h3", "label[@class='switch']"),
    *(
        "figcaption",
        "details/p",
        "ol[@class='points']/li/b",
        "ol[@class='points']/li/span",
        "p[@class='kind']",
    ),
    *(
        "legend",
        "label[@class='opt']",
        "*[@data-feedback='right']",
        "*[@data-feedback-of]",
        "label[@class='match']",
    ),
    *("li[@data-item]", "*[@data-feedback-to]", "div/h2", "p[@data-story]", "p[@data-words]"),
    *("span[@data-why]", "strong[@data-ask]", "p[@class='download block']"),
)
"""Where formulas of the course below are to be found."""


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The document of a course that has formulas wherever words of its own can stand."""
    folder = write_course(tmp_path_factory.mktemp("everywhere"), {**FILES, PAGE: EVERYWHERE})
    document = render_site(read_course(folder), TARGETS["scorm12"])["index.html"]
    assert isinstance(document, bytes)
    return document.decode()


def test_formulas_stand_wherever_words_do_and_in_attributes_as_text(everywhere: str) -> None:
    raw: list[object] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            raw.extend(
                (tag, name, value) for name, value in attrs if re.search(r"\$`|<|math", f"{name}={value}")
            )

        def handle_data(self, data: str) -> None:
            if "$`" in data:
                raw.append(data)

    Reader(convert_charrefs=True).feed(everywhere)
    assert raw == ["$`x^2`$", "$`x`$ stays"]
    tree = html.fromstring(everywhere)
    assert [place for place in PLACES if not tree.xpath(f"//{place}//math")] == []


def test_a_formula_names_what_it_stands_in(everywhere: str) -> None:
    tree = html.fromstring(everywhere)
    (math,) = tree.xpath("//form[@data-q='q1']//legend//math")
    assert math.get("aria-label") == math.get("alttext") == "1/2 + 1/3"
    assert [option.text for option in tree.xpath("//form[@data-q='q2']//select[1]/option")][1:3] == [
        "x²",
        "y²",
    ]
    assert tree.xpath("//h1[@id='h-p1-c1-s1']/text()") == ["Page x²"]
    assert "Speed</b> v = s/t " in everywhere
    (listed,) = tree.xpath("//*[@id='resurser']//a[@href='https://example.org/']/text()")
    assert listed == "a link x₃"


def test_a_dollar_sign_alone_is_one(everywhere: str) -> None:
    assert "$5 and $6 stay, and $<code>c</code>." in everywhere
    assert "$<code>x</code>$." in everywhere


def test_statements_name_a_question_by_a_line_of_text(tmp_path: Path) -> None:
    answers = [{"id": "a", "text": "$`x`$"}, {"id": "b", "text": "$`y_1`$", "right": True}]
    text = fence("choice", {"id": "q", "question": "Is $`x^2`$?", "answers": answers})
    course = read_course(write_course(tmp_path, {PAGE: text}))
    (question,) = (block for page in course.pages for block in page.questions)
    told = question.interaction("en")
    assert question.question == "Is x²?"
    assert [choice["description"]["en"] for choice in told["choices"]] == ["x", "y₁"]
    assert type(pickle.loads(pickle.dumps(question.question))) is WithMath


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({PAGE: "One.\n\nTwo and $`\\speed`$.\n"}, f"{PAGE}:3:9"),
        ({PAGE: "| a | b |\n| --- | --- |\n| c | $`\\speed`$ |\n"}, f"{PAGE}:3:7"),
        ({PAGE: "::: note About $`\\speed`$\nText.\n:::\n"}, f"{PAGE}:1:16"),
        ({PAGE: "![Alt $`\\speed`$](media/a.svg)\n", "media/a.svg": SVG}, f"{PAGE}:1:7"),
        ({PAGE: "```image\nsrc: media/a.svg\nalt: a\ndescription: $`\\speed`$\n```\n", "media/a.svg": SVG}, f"{PAGE}:4:14"),
        ({PAGE: "```reflection\nquestion: Why $`\\speed`$?\n```\n"}, f"{PAGE}:2:11"),
        ({"course.yaml": COURSE.replace("title: Page,", r"title: 'Page $`\speed`$',")}, "course.yaml:16:35"),
    ],
)  # fmt: skip
def test_a_problem_is_told_at_the_formula_or_its_field(
    make_course: MakeCourse, changes: dict[str, str], place: str
) -> None:
    _, report = read_folder(make_course(changes))
    (problem,) = report.problems
    assert str(problem.location) == place
    assert problem.rule.endswith("/bad-math")
    assert problem.message == r"the formula has a command that is not known: '\\speed'"
    assert translated(problem, "sv").message == r"formeln har ett kommando som inte är känt: '\\speed'"


SNIPPETS = st.sampled_from([
    "a", "1", " ", "{", "}", "^", "_", "&", "\\\\", "<", ">", '"', "'", "(", ")", "[", "]", "|", "$", "%", "~", "½", "å", ",", ".5",
    "\\frac", "\\sqrt", "\\left(", "\\right)", "\\text{", "\\begin{matrix}", "\\end{matrix}", "\\begin{cases}", "\\end{cases}",
    "\\sum", "\\limits", "\\overline", "\\binom", "\\genfrac", "\\operatorname{", "\\mathrm{", "\\hspace{1em}", "\\color", "\\href", "\\over",
    "\\prime", "''", "\\big", "\\middle", "\\not", "\\substack{", "\\array", "\\mathchoice", "\\raisebox{1em}", "\\rule", "\\hline", "\\verb|", "\\",
])  # fmt: skip


@settings(max_examples=400)
@given(st.lists(SNIPPETS, max_size=14).map("".join))
def test_any_formula_is_shown_whole_or_refused(latex: str) -> None:
    element, faults = read_math(latex)
    assert (element is None) == bool(faults)
    if element is None:
        return
    assert "  " not in line(element)
    tree = etree.fromstring(str(mathml(element, latex)).encode())
    for each in tree.iter():
        assert str(each.tag).startswith("m") or each.tag in ("none", "semantics", "annotation")
        assert not [name for name in each.attrib if str(name).startswith("on")]
        assert not {"href", "style", "class", "id"} & set(each.attrib)


def test_a_formula_that_nobody_would_write_takes_no_time() -> None:
    began = time.process_time()
    for latex in (
        "{" * 999 + "}" * 999,
        "\\frac" * 300,
        "^" * 2000,
        "\\left(" * 300,
        "\\begin{matrix}" * 100,
    ):
        read_math(latex)
    assert time.process_time() - began < 5


def test_nothing_of_the_converter_is_loaded_by_a_course_without_formulas() -> None:
    block = Path(__file__).resolve().parents[1] / "src/coursepack/course/blocks/formula.py"
    imported = [line for line in block.read_text("utf-8").splitlines() if "latex2mathml" in line]
    assert imported
    assert all(line.startswith("    ") for line in imported)
