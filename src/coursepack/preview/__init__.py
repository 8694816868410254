"""`coursepack preview`: a course or a package in a stand-in LMS, beside what the LMS gets to know.

`server` serves two origins on this machine: the panel, which is ours, and the site, where the package can do what it
likes. `live` keeps a course as it was last without errors, and `watching` notices what was saved.
"""
