"""`coursepack explain`."""

from __future__ import annotations

import click

from coursepack.cli.terminal import language_option


@click.command()
@click.argument("rule", required=False)
@language_option("Language of the text.")
def explain(rule: str | None, language: str) -> None:
    """Explain a rule, or list all rules.

    RULE is the name that `check` and `build` print with a problem. The text says what the rule finds, why it matters
    and how to fix it.
    """
    from coursepack.course.severity import severity_of
    from coursepack.languages.messages import problem_names
    from coursepack.outputs.plain import severity_word
    from coursepack.outputs.texts import explained
    from coursepack.problems import nearest
    from coursepack.reading.rules import RULES as COURSE_RULES
    from coursepack.rules import RULES

    severities = {
        **{name: severity_word(each.severity, language) for name, each in RULES.items()},
        **{name: severity_word(each.severity, language) for name, each in COURSE_RULES.items()},
        **{name: severity_word(severity_of(name), language) for name in problem_names()},
    }
    if rule is None:
        for name, severity in severities.items():
            words = explained(name, language)
            click.echo(f"{name} ({severity}): {words.what if words else ''}")
        return
    words = explained(rule, language)
    if rule not in severities or words is None:
        raise click.BadParameter(
            f"there is no rule {rule!r}. {nearest(rule, severities)}".strip(), param_hint="RULE"
        )
    source = f", {RULES[rule].spec}" if rule in RULES and RULES[rule].spec else ""
    click.echo(f"{rule}: {severities[rule]}{source}\n\n{words.what}\n\n{words.text}")
