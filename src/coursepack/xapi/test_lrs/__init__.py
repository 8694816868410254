"""A strict LRS and a cmi5 launcher of our own, so that a package can be tried with no LMS at hand."""
