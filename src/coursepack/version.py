"""The version, which every package and report names."""

__version__ = "0.1.0"
