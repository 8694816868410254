"""`python -m coursepack`."""

from coursepack.cli import run

run()
