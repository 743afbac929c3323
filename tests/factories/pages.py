"""What does a page test stand on? Addresses, forms as a browser sends them, and one product with something in each page."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from convergence.assessments.actions import request_validation
from convergence.assessments.queries import sheet_of
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment, Subject
from foundation.accounts.models import Person
from foundation.core.clock import now
from foundation.files.models import Upload
from ops.demo import NOT_LISTED
from tests.factories.catalogue import INTEROPERABILITY, SOCLES, answered, enrolled, product_at, validated
from tests.factories.files import begun
from tests.factories.projections import planned, projected, projection

CANARY = "CanariAubépine"
"""Stands in everything Aubépine writes here: whoever else receives it has been shown too much."""


def address(route: str, *args: Any, **query: str) -> str:
    return reverse(route, args=args, query=query or None)


def sheet_address(enrolment: Enrolment, questionnaire: str = INTEROPERABILITY, route: str = "company:questionnaire") -> str:
    """A page of one questionnaire, seen from one enrolment."""
    return reverse(route, args=[enrolment.subject.reference, enrolment.code, questionnaire])


def typed_identification(person: Person, **changes: str) -> dict[str, str]:
    """The first step of the wizard, filled in."""
    return {
        "name": "TéléSuivi Cardio [Site Web]",
        "version": "3.2",
        "type": "core",
        "nil": "",
        "responsible": str(person.pk),
        "description": "Télésurveillance de l'insuffisance cardiaque.",
        "certifications": "",
        **changes,
    }


def typed_answers(levels: Mapping[str, str], *, comment: str = "", version: int = 0) -> dict[str, str]:
    """These criteria of a questionnaire, as its form sends them."""
    typed: dict[str, str] = {}
    for criterion, level in levels.items():
        typed |= {f"level-{criterion}": level, f"comment-{criterion}": comment, f"version-{criterion}": str(version)}
    return typed


def whole_sheet(enrolment: Enrolment, questionnaire: str = INTEROPERABILITY, level: str = "medium", version: int = 0) -> dict[str, str]:
    """Every criterion asked, at one level."""
    sheet = sheet_of(enrolment, questionnaire)
    assert sheet is not None
    return typed_answers(dict.fromkeys(sheet.asked, level), version=version)


@dataclass(frozen=True, slots=True)
class Furnished:
    """Three products of one company: one followed, answered, validated and projected, one still a draft, one archived; a deposit under way."""

    active: Subject
    draft: Subject
    archived: Subject
    enrolment: Enrolment
    upload: Upload


BELOW = tuple(f"ILL-INT-0{rank}" for rank in range(1, 7))


def furnish(owner: Person, at: datetime, *, colleague: Person | None = None, word: str = CANARY) -> Furnished:
    """Everything a page may show of a company, each text carrying `word`.

    The colleague may see and edit, not validate, and has asked for a validation.
    """
    active, draft, archived = (
        product_at(state, owner, at, qualification=NOT_LISTED, name=f"{word} {state}", description=f"{word} décrit", nil=f"{word} nil")
        for state in ("active", "draft", "archived")
    )
    enrolment = enrolled(active, SOCLES, owner, at)
    assessment = answered(enrolment, INTEROPERABILITY, owner, at, level="low", A08_1_1="high")
    validated(assessment, enrolment, owner, at)
    held = projection(enrolment, INTEROPERABILITY, owner, at)
    planned(held, enrolment, {row: {"medium": "2035-T1"} for row in BELOW}, owner, at)
    projected(held, enrolment, owner, at)
    if colleague is not None:
        for product in (active, draft, archived):
            grant_rights(product, colleague, ("view", "edit"), by=owner, at=at)
        request_validation(assessment, enrolment, by=colleague, at=at)
    return Furnished(active, draft, archived, enrolment, begun(owner, now(), size=10, name=f"{word}.txt"))


TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')


def body_of(response: Any) -> bytes:
    """What was answered, without the token that changes each time."""
    return TOKEN.sub(rb"\1", response.content)


def plain(text: object) -> str:
    """A text of the packs with ordinary spaces, as `text_of` gives them."""
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def text_of(response: Any) -> str:
    """The page as it is read: entities in clear, ordinary spaces."""
    return plain(html.unescape(response.content.decode()))
