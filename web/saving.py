"""What is a page told of a criterion it saved by itself? One form of answer for every kind of questionnaire.

The script (`static/js/questionnaire.js`) reads these names and no others: whatever is filled criterion by criterion is
saved, kept on the device and settled between two people in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import JsonResponse

from foundation.core.language import gettext as _
from foundation.core.typography import french
from foundation.core.verdict import Refused
from web.ui import clock

PROBLEM = "application/problem+json"


def saved_answer(criterion: str, version: int, at: datetime, *, answered: int, asked: int, **told: Any) -> JsonResponse:
    """It is saved: the new version, how far one is, and what else the page shows of it."""
    found = {"criterion": criterion, "version": version, "saved": _("Brouillon enregistré à {hour}").format(hour=clock(at))}
    return JsonResponse({**found, "answered": answered, "asked": asked, **told})


def theirs_answer(refused: Refused, criterion: str, version: int, *, told: str, keep: str, take: str, fields: Mapping[str, str], comment: str = "") -> JsonResponse:  # fmt: skip
    """Someone else saved meanwhile: what they say, in words and in fields, over which version, and the two choices."""
    theirs = {"told": french(told), "keep": keep, "take": take, "fields": fields, "comment": comment}
    problem = {"title": french(refused.reason), "code": refused.code, "criterion": criterion, "version": version, "theirs": theirs}
    return JsonResponse(problem, status=refused.status, content_type=PROBLEM)


def faults_answer(refused: Refused, criterion: str, faults: Mapping[str, str]) -> JsonResponse:
    """What cannot hold, each sentence under its field."""
    problem = {
        "title": french(refused.reason),
        "code": refused.code,
        "criterion": criterion,
        "faults": {name: french(fault) for name, fault in faults.items()},
    }
    return JsonResponse(problem, status=refused.status, content_type=PROBLEM)
