"""Says in words what a support code or a resume state holds, for whoever helps a learner."""

from __future__ import annotations

from coursepack.progress.decoding import Holding, UnfitError, hold
from coursepack.progress.description import fault, tell

__all__ = ["Holding", "UnfitError", "fault", "hold", "tell"]
