"""Builds packages from a course."""
