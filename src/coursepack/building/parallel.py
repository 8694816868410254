"""Runs two functions at once, if the system supports it and it is worthwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def both(here: Callable[[], T], beside: Callable[[], T]) -> tuple[T, T]:
    """The results of both. `beside` runs in a forked process, so its result is pickled.

    Changes that `beside` makes in memory are lost. With one processor, or more than one thread (a fork has only one,
    and would wait for the locks of the others), `beside` runs in this process after `here`. Raises what either
    raises, once both have ended.
    """
    if not hasattr(os, "fork") or (os.cpu_count() or 1) < 2 or threading.active_count() > 1:
        return here(), beside()
    # Most builds need no help, and no pickle.
    import pickle

    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        # The limit of processes is reached, or there is no memory for one.
        os.close(reading)
        os.close(writing)
        return here(), beside()
    if child == 0:
        _answer(beside, reading, writing)
    os.close(writing)
    try:
        mine = here()
    finally:
        with os.fdopen(reading, "rb") as pipe:
            answer = pipe.read()
        os.waitpid(child, 0)
    try:
        done, theirs = pickle.loads(answer)  # noqa: S301 - from our own fork
    except (EOFError, pickle.UnpicklingError):
        raise OSError("a process that was to help has died") from None
    if not done:
        raise theirs
    return mine, theirs


def _answer(beside: Callable[[], T], reading: int, writing: int) -> None:
    """Runs the fork until its end. It writes nothing except the answer."""
    import pickle

    try:
        os.close(reading)
        try:
            answer = pickle.dumps((True, beside()))
        except BaseException as error:
            answer = pickle.dumps((False, error))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
    finally:
        os._exit(0)
