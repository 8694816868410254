"""Rules for xAPI statements, the check of an LRS, and the test LRS."""
