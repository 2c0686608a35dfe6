"""The documentation as a site: `make docs` builds it into outputs/docs, to be searched without a server."""

project = "Quarterdeck"
copyright = "the Quarterdeck authors, BSD-3-Clause"
extensions = ["myst_parser"]
exclude_patterns = ["exports/**", "site/**"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]  # ```csv is plain text to Pygments
html_theme = "furo"
html_title = project
html_copy_source = False
html_show_sphinx = False
