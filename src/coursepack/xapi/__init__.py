"""Rules of xAPI statements, the check of an LRS, and the LRS of the tests."""
