"""Settings of the documentation: `make docs`."""

project = "coursepack"
author = "The coursepack authors"
copyright = "The coursepack authors"

extensions = ["myst_parser"]
myst_heading_anchors = 3
# Widths of pictures, which stand side by side in the gallery.
myst_enable_extensions = ["attrs_inline"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "coursepack"
html_copy_source = False
html_show_sphinx = False
