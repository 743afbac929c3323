"""What should be so? Independent readings of conditions and of standings, from what is written, sharing no code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convergence.assessments.models import Answer, Standing, Validation
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.conditions import Facts
from convergence.content.models import PublishedPiece


def truth(written: Mapping[str, Any], facts: Facts) -> bool:
    """Whether a condition holds, read as it is written in a pack."""
    match written:
        case {"all": parts}:
            return not any(not truth(part, facts) for part in parts)
        case {"any": parts}:
            return any(truth(part, facts) for part in parts)
        case {"not": part}:
            return not truth(part, facts)
        case {"question": name, "in": values}:
            return name in facts.qualification and facts.qualification[name] in values
        case {"field": name, "in": values}:
            return name in facts.form and facts.form[name] in values
        case {"profile": name}:
            return name in facts.profiles
        case {"subject": name}:
            return name == facts.subject
    raise AssertionError(written)


Bodies = Mapping[tuple[str, str], dict[str, Any]]


def published_bodies() -> Bodies:
    """Every published text as it is stored, by kind and key."""
    return {(piece.kind, piece.key): piece.body for piece in PublishedPiece.objects.all()}


TWO_ANSWERS = {
    "conformity": {"levels": [{"code": "not_conform", "rank": 0}, {"code": "conform", "rank": 1}]},
    "deposit": {"levels": [{"code": "deposited", "rank": 1}]},
}
"""Kinds whose content names no scale: what may be answered, and what is expected is the best of it."""


def standings_that_should_be(subject: Subject, bodies: Bodies) -> dict[tuple[str, str], dict[str, Any]]:
    """(procedure, questionnaire) → what its standing should say, from the published texts and the stored answers alone."""
    subject.refresh_from_db()
    found = {}
    for enrolment in Enrolment.objects.filter(subject=subject):
        for use in bodies["procedures", enrolment.procedure].get("uses", []):
            questionnaire = bodies["questionnaires", use["questionnaire"]]
            if questionnaire.get("subject", "product") == subject.kind:
                scale = bodies["scales", questionnaire["scale"]] if "scale" in questionnaire else TWO_ANSWERS[questionnaire["kind"]]
                found[enrolment.code, use["questionnaire"]] = _standing(subject, use, questionnaire, scale)
    return found


def standings_that_are(subject: Subject) -> dict[tuple[str, str], dict[str, Any]]:
    rows = Standing.objects.filter(enrolment__subject=subject)
    columns = ("status", "asked", "answered", "outcome", "gaps", "validated_at", "saved_at")
    return {
        (row["enrolment__code"], row["questionnaire"]): {c: row[c] for c in columns}
        for row in rows.values("enrolment__code", "questionnaire", *columns)
    }


def _standing(subject: Subject, use: dict[str, Any], questionnaire: dict[str, Any], scale: dict[str, Any]) -> dict[str, Any]:
    facts = Facts(qualification=subject.qualification, subject=subject.kind)
    asked = [
        criterion["code"]
        for section in questionnaire["sections"]
        for criterion in (*section.get("criteria", ()), *section.get("zones", ()))
        if all(truth(part["when"], facts) for part in (section, criterion) if "when" in part)
        if criterion["code"] not in use.get("left_out", [])
    ]
    answers = list(Answer.objects.filter(assessment__subject=subject, assessment__questionnaire=use["questionnaire"]))
    levels = {answer.criterion: answer.level for answer in answers if answer.level}
    validations = Validation.objects.filter(assessment__subject=subject, assessment__questionnaire=use["questionnaire"])
    last = max(validations, key=lambda validation: validation.number, default=None)
    covered = last is not None and all(code in last.answers for code in asked)
    short = [code for code in asked if covered and _falls_short(use, scale, code, last.answers[code]["level"])]
    status = "done" if covered else "in_progress" if last is not None or set(levels) & set(asked) else "to_complete"
    return {
        "status": status,
        "asked": len(asked),
        "answered": len(set(levels) & set(asked)),
        "outcome": ("not_reached" if short else "reached") if covered else "unknown",
        "gaps": len(short),
        "validated_at": last.validated_at if last is not None else None,
        "saved_at": max((answer.saved_at for answer in answers), default=None),
    }


def _falls_short(use: dict[str, Any], scale: dict[str, Any], code: str, level: str) -> bool:
    """Whether an obligation is not met."""
    rule = {"obligation": True, "accepts_not_concerned": True, **use}
    for exception in use.get("exceptions", []):
        if exception["criterion"] == code:
            rule |= {name: value for name, value in exception.items() if value is not None}
    ranks = {one["code"]: one.get("rank") for one in scale["levels"]}
    if not rule["obligation"]:
        return False
    if ranks[level] is None:
        return not rule["accepts_not_concerned"]
    return bool(
        ranks[level] < (ranks[rule["required"]] if rule.get("required") else max(rank for rank in ranks.values() if rank is not None))
    )
