"""A strict LRS and a cmi5 launcher, for tests of packages without an LMS."""
