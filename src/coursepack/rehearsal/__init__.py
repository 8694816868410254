"""Rehearses finished packages: a learner in a real browser goes through them in the stand-in LMS of the preview.

Needs the extra `rehearse`, and Chromium.
"""

SCENARIOS = ("completes", "resumes", "killed", "narrow", "network")
"""What is rehearsed, in the order of the table. It is here, so that the help of the command imports no more."""
