"""`coursepack explain`."""

from __future__ import annotations

from typing import Literal

import click


@click.command()
@click.argument("rule", required=False)
@click.option("--language", type=click.Choice(["en", "sv"]), default="en", help="Of the words.")
def explain(rule: str | None, language: Literal["en", "sv"]) -> None:
    """Say what a RULE of `check` finds, why it matters and how to mend it; without one, list all rules.

    What can be wrong with a course folder is told too.
    """
    from coursepack.languages.mistakes import mistakes
    from coursepack.languages.words import words_of
    from coursepack.outputs.plain import severity_word
    from coursepack.problems import nearest
    from coursepack.rules import RULES

    severities = {
        **{each.name: severity_word(each.severity, language) for each in RULES.values()},
        **{each.name: severity_word(each.severity, language) for each in mistakes().values()},
    }
    if rule is None:
        for name, severity in severities.items():
            words = words_of(name, language)
            click.echo(f"{name} ({severity}): {words.what if words else ''}")
        return
    words = words_of(rule, language)
    if rule not in severities or words is None:
        raise click.BadParameter(
            f"there is no rule {rule!r}. {nearest(rule, severities)}".strip(), param_hint="RULE"
        )
    source = f", {RULES[rule].spec}" if rule in RULES and RULES[rule].spec else ""
    click.echo(f"{rule}: {severities[rule]}{source}\n\n{words.what}\n\n{words.text}")
