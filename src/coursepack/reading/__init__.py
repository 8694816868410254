"""Reads a course folder as a course, or reports all problems with their lines."""
