"""Settings of the documentation: `make docs`."""

project = "coursepack"
author = "The coursepack authors"
copyright = "The coursepack authors"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 3
# Widths of pictures, which stand side by side in the gallery.
myst_enable_extensions = ["attrs_inline"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "coursepack"
html_copy_source = False
html_show_sphinx = False

# Docstrings are written with single backticks, which reStructuredText leaves to the default role.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
# A line a parameter, where all do not fit into one.
maximum_signature_line_length = 88
