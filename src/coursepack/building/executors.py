"""Executors that the command line names by their address."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib.util import find_spec
from typing import NoReturn

from coursepack.course.severity import course_problem
from coursepack.problems import Location, Message, PackageError, Quoted, Report

_DASK = "dask://"
_PATIENCE = 10
"""Seconds to reach a scheduler."""


@contextmanager
def executor_at(address: str) -> Iterator[Executor]:
    """The executor at an address: `dask://HOST:PORT` is the scheduler of a dask cluster.

    Raises PackageError when it cannot be reached, or the extra `cluster` is not installed.
    """
    scheme, _, place = address.partition("://")
    if f"{scheme}://" != _DASK or not place:
        _fail(address, Message("{0} is not an address like dask://HOST:PORT", Quoted(address)))
    if find_spec("distributed") is None:
        _fail(address, Message("this needs the extra: pip install 'coursepack[cluster]'"))
    from distributed import Client

    try:
        client = Client(f"tcp://{place}", timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError):
        _fail(address, Message("no scheduler answers at this address"))
    with client:
        # The same task is another one after its entry has been deleted.
        yield client.get_executor(pure=False)  # type: ignore[no-untyped-call]


def _fail(address: str, message: Message) -> NoReturn:
    raise PackageError(Report.of([course_problem("package/executor-failed", message, Location(address))]))
