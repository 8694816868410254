"""Validates xAPI statements, activities and cmi5 sessions, without access to files, network or the build."""

from coursepack.xapi.statement.cmi5 import Launch, cmi5_faults, statement_faults
from coursepack.xapi.statement.values import Fault, is_iri, is_uuid, moment
from coursepack.xapi.statement.xapi import activity_faults, agent_faults, faults

__all__ = [
    "Fault",
    "Launch",
    "activity_faults",
    "agent_faults",
    "cmi5_faults",
    "faults",
    "is_iri",
    "is_uuid",
    "moment",
    "statement_faults",
]
