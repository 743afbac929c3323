"""How does a questionnaire get its answers in a test? By the real actions, from the product to the validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from convergence.assessments.actions import Change, begin_assessment, save_answers, validate_assessment
from convergence.assessments.queries import assessment_of, sheet_of
from convergence.catalogue.actions import Identification, add_product, confirm_product, enrol_product, qualify_product
from convergence.catalogue.models import Enrolment
from convergence.catalogue.queries import enrolment_of, product_of_reference
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.core.clock import day_of

LISTED = {"mes_listing": "likely", "mes_exchange": "none", "bsp_listing": "unlikely", "bsp_exchange": "none", "delivery": "saas"}


def product_enrolled(
    person: Person,
    *,
    at: datetime,
    name: str = "TéléSuivi Cardio [Site Web]",
    version: str = "3.2",
    codes: Sequence[str] = ("evaluation-socles",),
    qualification: Mapping[str, str] = LISTED,
) -> Enrolment:
    """A confirmed product of the person's company, following every procedure named; the enrolment in the first."""
    identification = Identification(
        name=name, version=version, type="core", responsible=person.pk, description="", nil="", certifications=""
    )
    event = add_product(person.seats[0].company, identification, by=person, at=at)
    product = product_of_reference(event.reference, person)
    qualify_product(product, dict(qualification), by=person, at=at)
    confirm_product(product, by=person, at=at)
    for code in codes:
        enrol_product(product, library().procedure_in_force(code, day_of(at)), by=person, at=at)
    return enrolment_of(event.reference, codes[0], person)


def answered(
    enrolment: Enrolment,
    questionnaire: str,
    *,
    by: Person,
    at: datetime,
    levels: Sequence[str] = ("medium",),
    comments: Sequence[str] = ("",),
    share: int | None = None,
    validated: bool = False,
) -> None:
    """The first `share` criteria asked, or all of them, answered with `levels` and `comments` taken in turn."""
    sheet = sheet_of(enrolment, questionnaire)
    assert sheet is not None
    if assessment_of(enrolment.subject, questionnaire) is None:
        begin_assessment(enrolment, questionnaire, by=by, at=at)
    assessment = assessment_of(enrolment.subject, questionnaire)
    assert assessment is not None
    changes = {
        criterion: Change(
            level=levels[rank % len(levels)],
            comment=comments[rank % len(comments)],
            version=sheet.answers[criterion].version if criterion in sheet.answers else 0,
        )
        for rank, criterion in enumerate(sheet.asked[:share])
    }
    save_answers(assessment, changes, by=by, at=at)
    if validated:
        validate_assessment(assessment, enrolment, by=by, at=at)
