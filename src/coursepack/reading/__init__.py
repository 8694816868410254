"""A course folder becomes a course, or every problem at its line."""
