"""A strict LRS and a cmi5 launcher, for tests of packages without an LMS.

Needs the extra `preview`. Raises ImportError without it.
"""

from importlib.util import find_spec

if not (find_spec("starlette") and find_spec("uvicorn")):
    raise ImportError("coursepack.xapi.test_lrs needs a web server: pip install coursepack[preview]")
