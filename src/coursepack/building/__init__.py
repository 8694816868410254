"""A course becomes packages."""
