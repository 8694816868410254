"""Content note: a warning before distressing content, and two ways around it."""

from coursepack.course.blocks.block import Model, TextWithMath


class ContentNote(Model):
    """Replaces a block until the learner chooses to go on, to read a summary, or to skip.

    The choice is not stored: a block with a note is neither remembered nor reported, so that nobody can tell who
    skipped it.
    """

    about: TextWithMath
    """The subject of the block, and what it does not show."""
    summary: TextWithMath
