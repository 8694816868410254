"""Validates xAPI statements, activities and cmi5 sessions, without access to files, network or the build."""

from coursepack.xapi.statement.cmi5 import Launch, cmi5_findings, statement_findings
from coursepack.xapi.statement.values import Finding, is_iri, is_uuid, moment
from coursepack.xapi.statement.xapi import activity_findings, agent_findings, findings

__all__ = [
    "Finding",
    "Launch",
    "activity_findings",
    "agent_findings",
    "cmi5_findings",
    "findings",
    "is_iri",
    "is_uuid",
    "moment",
    "statement_findings",
]
