"""The elements and attributes of a SCORM 2004 manifest: content packaging, ADL and IMS sequencing.

Names have their usual prefix; those of content packaging have none. They are from the schemas of the fourth edition,
which include everything in the third and the second.
"""

from __future__ import annotations

import re

from coursepack.problems import Message

SPACES = {
    "adlcp": "http://www.adlnet.org/xsd/adlcp_v1p3",
    "adlseq": "http://www.adlnet.org/xsd/adlseq_v1p3",
    "adlnav": "http://www.adlnet.org/xsd/adlnav_v1p3",
    "imsss": "http://www.imsglobal.org/xsd/imsss",
}
PREFIXES = {space: prefix for prefix, space in SPACES.items()}

Allowed = str | tuple[float, float]

BOOLEAN = r"true|false|0|1"
_COUNT = r"\+?\d+"
_DECIMAL = r"[+-]?(\d+\.?\d*|\.\d+)"
DURATION = r"P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
_TIME = r"\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
_TEXT = r"(?s).*\S.*"

_HINTS = {
    BOOLEAN: "Write true or false.",
    _COUNT: "Write a whole number.",
    DURATION: "Write a duration like PT30M.",
    _TIME: "Write a time like 2030-01-01T08:00:00Z.",
    _TEXT: "It must not be empty.",
}


def _words(*words: str) -> str:
    return "|".join(words)


_CONDITIONS = (
    "satisfied",
    "objectiveStatusKnown",
    "objectiveMeasureKnown",
    "completed",
    "activityProgressKnown",
    "attempted",
    "attemptLimitExceeded",
    "timeLimitExceeded",
    "outsideAvailableTimeRange",
)
_CHILD_STATES = _words("always", "ifAttempted", "ifNotSkipped", "ifNotSuspended")
_TIMINGS = _words("never", "once", "onEachNewAttempt")
_COMBINATIONS, _OPERATORS = _words("all", "any"), _words("not", "noOp")
_OBJECTIVE: dict[str, Allowed] = {"objectiveID": _TEXT, "satisfiedByMeasure": BOOLEAN}

# The attributes of each element, and their allowed values: a pattern, or the least and the greatest number.
ATTRIBUTES: dict[str, dict[str, Allowed]] = {
    "adlcp:completionThreshold": {
        "completedByMeasure": BOOLEAN,
        "minProgressMeasure": (0, 1),
        "progressWeight": (0, 1),
    },
    "adlcp:map": {"targetID": _TEXT, "readSharedData": BOOLEAN, "writeSharedData": BOOLEAN},
    "adlseq:constrainedChoiceConsiderations": {"preventActivation": BOOLEAN, "constrainChoice": BOOLEAN},
    "adlseq:rollupConsiderations": {
        "requiredForSatisfied": _CHILD_STATES,
        "requiredForNotSatisfied": _CHILD_STATES,
        "requiredForCompleted": _CHILD_STATES,
        "requiredForIncomplete": _CHILD_STATES,
        "measureSatisfactionIfActive": BOOLEAN,
    },
    "adlseq:objective": {"objectiveID": _TEXT},
    "adlseq:mapInfo": {
        "targetObjectiveID": _TEXT,
        **{
            f"{way}{what}": BOOLEAN
            for way in ("read", "write")
            for what in ("RawScore", "MinScore", "MaxScore", "CompletionStatus", "ProgressMeasure")
        },
    },
    "imsss:sequencing": {"ID": _TEXT, "IDRef": _TEXT},
    "imsss:controlMode": {
        "choice": BOOLEAN,
        "choiceExit": BOOLEAN,
        "flow": BOOLEAN,
        "forwardOnly": BOOLEAN,
        "useCurrentAttemptObjectiveInfo": BOOLEAN,
        "useCurrentAttemptProgressInfo": BOOLEAN,
    },
    "imsss:ruleConditions": {"conditionCombination": _COMBINATIONS},
    "imsss:ruleCondition": {
        "condition": _words(
            *_CONDITIONS, "objectiveMeasureGreaterThan", "objectiveMeasureLessThan", "always"
        ),
        "operator": _OPERATORS,
        "referencedObjective": _TEXT,
        "measureThreshold": (-1, 1),
    },
    # The allowed words depend on the rule around it.
    "imsss:ruleAction": {"action": _TEXT},
    "imsss:limitConditions": {
        "attemptLimit": _COUNT,
        "attemptAbsoluteDurationLimit": DURATION,
        "attemptExperiencedDurationLimit": DURATION,
        "activityAbsoluteDurationLimit": DURATION,
        "activityExperiencedDurationLimit": DURATION,
        "beginTimeLimit": _TIME,
        "endTimeLimit": _TIME,
    },
    "imsss:auxiliaryResource": {"auxiliaryResourceID": _TEXT, "purpose": _TEXT},
    "imsss:rollupRules": {
        "rollupObjectiveSatisfied": BOOLEAN,
        "rollupProgressCompletion": BOOLEAN,
        "objectiveMeasureWeight": (0, 1),
    },
    "imsss:rollupRule": {
        "childActivitySet": _words("all", "any", "none", "atLeastCount", "atLeastPercent"),
        "minimumCount": _COUNT,
        "minimumPercent": (0, 1),
    },
    "imsss:rollupConditions": {"conditionCombination": _COMBINATIONS},
    "imsss:rollupCondition": {"condition": _words(*_CONDITIONS), "operator": _OPERATORS},
    "imsss:rollupAction": {"action": _words("satisfied", "notSatisfied", "completed", "incomplete")},
    "imsss:primaryObjective": _OBJECTIVE,
    "imsss:objective": _OBJECTIVE,
    "imsss:mapInfo": {
        "targetObjectiveID": _TEXT,
        "readSatisfiedStatus": BOOLEAN,
        "readNormalizedMeasure": BOOLEAN,
        "writeSatisfiedStatus": BOOLEAN,
        "writeNormalizedMeasure": BOOLEAN,
    },
    "imsss:randomizationControls": {
        "randomizationTiming": _TIMINGS,
        "selectionTiming": _TIMINGS,
        "selectCount": _COUNT,
        "reorderChildren": BOOLEAN,
    },
    "imsss:deliveryControls": {
        "tracked": BOOLEAN,
        "completionSetByContent": BOOLEAN,
        "objectiveSetByContent": BOOLEAN,
    },
}
# Elements of content packaging also allow attributes with a prefix.
PLAIN_ATTRIBUTES = {
    "manifest": ("identifier", "version"),
    "metadata": (),
    "organizations": ("default",),
    "organization": ("identifier", "structure"),
    "item": ("identifier", "identifierref", "isvisible", "parameters"),
    "title": (),
    "resources": (),
    "resource": ("identifier", "type", "href"),
    "file": ("href",),
    "dependency": ("identifierref",),
}
WITH_TEXT = frozenset(
    {
        *("schema", "schemaversion", "title"),
        *("adlcp:location", "adlcp:timeLimitAction", "adlcp:dataFromLMS", "adlcp:completionThreshold"),
        *("adlnav:hideLMSUI", "imsss:minNormalizedMeasure"),
    }
)
REQUIRED = {
    "adlcp:map": ("targetID",),
    "adlseq:objective": ("objectiveID",),
    "adlseq:mapInfo": ("targetObjectiveID",),
    "imsss:ruleCondition": ("condition",),
    "imsss:ruleAction": ("action",),
    "imsss:auxiliaryResource": ("auxiliaryResourceID", "purpose"),
    "imsss:rollupCondition": ("condition",),
    "imsss:rollupAction": ("action",),
    "imsss:objective": ("objectiveID",),
    "imsss:mapInfo": ("targetObjectiveID",),
}
_SCORM_TYPE = f"{{{SPACES['adlcp']}}}scormType"
SHARED_DATA = f"{{{SPACES['adlcp']}}}sharedDataGlobalToSystem"
GLOBAL_OBJECTIVES = f"{{{SPACES['adlseq']}}}objectivesGlobalToSystem"
# The element that each attribute with a prefix belongs to.
PLACES = {_SCORM_TYPE: "resource", SHARED_DATA: "organization", GLOBAL_OBJECTIVES: "organization"}

# The elements of ADL and IMS sequencing that an element can contain, in this order.
CONTENT = {
    "metadata": ("adlcp:location",),
    "manifest": ("imsss:sequencingCollection",),
    "organization": ("adlcp:completionThreshold", "imsss:sequencing"),
    "item": (
        "adlcp:timeLimitAction",
        "adlcp:dataFromLMS",
        "adlcp:completionThreshold",
        "adlcp:data",
        "imsss:sequencing",
        "adlnav:presentation",
    ),
    "adlcp:data": ("adlcp:map",),
    "adlnav:presentation": ("adlnav:navigationInterface",),
    "adlnav:navigationInterface": ("adlnav:hideLMSUI",),
    "imsss:sequencingCollection": ("imsss:sequencing",),
    "imsss:sequencing": (
        "imsss:controlMode",
        "imsss:sequencingRules",
        "imsss:limitConditions",
        "imsss:auxiliaryResources",
        "imsss:rollupRules",
        "imsss:objectives",
        "imsss:randomizationControls",
        "imsss:deliveryControls",
        "adlseq:constrainedChoiceConsiderations",
        "adlseq:rollupConsiderations",
        "adlseq:objectives",
    ),
    "imsss:sequencingRules": (
        "imsss:preConditionRule",
        "imsss:exitConditionRule",
        "imsss:postConditionRule",
    ),
    "imsss:preConditionRule": ("imsss:ruleConditions", "imsss:ruleAction"),
    "imsss:exitConditionRule": ("imsss:ruleConditions", "imsss:ruleAction"),
    "imsss:postConditionRule": ("imsss:ruleConditions", "imsss:ruleAction"),
    "imsss:ruleConditions": ("imsss:ruleCondition",),
    "imsss:auxiliaryResources": ("imsss:auxiliaryResource",),
    "imsss:rollupRules": ("imsss:rollupRule",),
    "imsss:rollupRule": ("imsss:rollupConditions", "imsss:rollupAction"),
    "imsss:rollupConditions": ("imsss:rollupCondition",),
    "imsss:objectives": ("imsss:primaryObjective", "imsss:objective"),
    "imsss:primaryObjective": ("imsss:minNormalizedMeasure", "imsss:mapInfo"),
    "imsss:objective": ("imsss:minNormalizedMeasure", "imsss:mapInfo"),
    "adlseq:objectives": ("adlseq:objective",),
    "adlseq:objective": ("adlseq:mapInfo",),
}
KNOWN = frozenset(name for names in CONTENT.values() for name in names)
# In the other elements, those of ADL can be in any order.
ORDERED = frozenset(name for name in CONTENT if name.startswith("imsss:"))
# How many of another element an element must contain, unless it is any number.
NUMBERS = {
    ("adlcp:data", "adlcp:map"): (1, None),
    ("adlnav:presentation", "adlnav:navigationInterface"): (0, 1),
    ("imsss:sequencingCollection", "imsss:sequencing"): (1, None),
    **{
        ("imsss:sequencing", name): (0, 1)
        for name in CONTENT["imsss:sequencing"]
        if name.startswith("imsss:")
    },
    ("imsss:primaryObjective", "imsss:minNormalizedMeasure"): (0, 1),
    ("imsss:objective", "imsss:minNormalizedMeasure"): (0, 1),
    ("adlseq:objectives", "adlseq:objective"): (1, None),
    ("adlseq:objective", "adlseq:mapInfo"): (1, None),
}

ACTIONS = {
    "preConditionRule": ("skip", "disabled", "hiddenFromChoice", "stopForwardTraversal"),
    "exitConditionRule": ("exit",),
    "postConditionRule": ("exitParent", "exitAll", "retry", "retryAll", "continue", "previous"),
}
BUTTONS = ("continue", "previous", "exit", "exitAll", "abandon", "abandonAll", "suspendAll")


def is_number(value: str, least: float, most: float) -> bool:
    """True for a plain decimal number in an inclusive range."""
    return re.fullmatch(_DECIMAL, value) is not None and least <= float(value) <= most


def fits(value: str, allowed: Allowed) -> bool:
    """True for a valid value of an attribute by `ATTRIBUTES`."""
    value = value.strip()
    return is_number(value, *allowed) if isinstance(allowed, tuple) else bool(re.fullmatch(allowed, value))


def hint(allowed: Allowed) -> str | Message:
    """A hint for authors on what is allowed."""
    if isinstance(allowed, tuple):
        return Message("Write a number from {0} to {1}.", str(allowed[0]), str(allowed[1]))
    return _HINTS.get(allowed) or Message("Known: {0}.", ", ".join(allowed.split("|")))
