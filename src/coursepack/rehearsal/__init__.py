"""Rehearses finished packages: a learner in a real browser goes through them in the stand-in LMS of the preview.

Needs the extra `rehearse`, and Chromium.
"""
