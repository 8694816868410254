"""Content note: a word before what may be hard to see or hear, and two ways around it."""

from __future__ import annotations

from coursepack.course.blocks.block import Model, TextWithMath


class ContentNote(Model):
    """Stands in the place of a block until the learner has chosen: to go on, to read a summary, or to skip.

    What was chosen is kept nowhere: a block with a note is neither remembered nor reported, so that
    nobody can tell who skipped it.
    """

    about: TextWithMath
    """What the block tells of, and what it does not show."""
    summary: TextWithMath
