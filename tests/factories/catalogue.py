"""Products at every stage of their life, enrolled, answered and validated: always by the real actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from convergence.assessments.actions import Change, begin_assessment, save_answers, validate_assessment
from convergence.assessments.models import Answer, Assessment, Validation
from convergence.assessments.queries import sheet_of
from convergence.catalogue.actions import (
    Identification,
    add_global_strategy,
    add_product,
    archive_product,
    confirm_product,
    enrol_product,
    qualify_product,
)
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.core.clock import day_of
from ops.demo import LISTED, OTHER_SERVICES

SOCLES, WITHOUT_EXCHANGE, WITH_EXCHANGE = "evaluation-socles", "mes-sans-echange", "mes-avec-echange"
INTEROPERABILITY, ARCHITECTURE, SECURITY = "interoperabilite-2021", "urbanisation-2021", "securite-2021"
ETHICS, GDPR, EXCHANGES = "ethique-mes-2023", "rgpd-mes-2023", "securite-mes-2023"
OVERALL = "politique-globale-2021"


def identification(person: Person, **changes: Any) -> Identification:
    """What the first step of the wizard asks, filled in by this person."""
    filled = Identification(
        name="TéléSuivi Cardio [Site Web]",
        version="3.2",
        type=Subject.CORE,
        responsible=person.pk,
        description="Télésurveillance de l'insuffisance cardiaque.",
    )
    return replace(filled, **changes)


def product_at(state: str, person: Person, at: datetime, *, qualification: Mapping[str, str] = LISTED, **changes: Any) -> Subject:
    """A product brought to a state, in the company this person represents."""
    event = add_product(person.seats[0].company, identification(person, **changes), by=person, at=at)
    product = Subject.objects.get(pk=event.subject)
    qualify_product(product, dict(qualification), by=person, at=at)
    if state in ("active", "archived"):
        confirm_product(product, by=person, at=at)
    if state == "archived":
        archive_product(product, by=person, at=at)
    return again(product)


def strategy_identification(person: Person, **changes: Any) -> Identification:
    """What the first step asks of a global strategy, filled in by this person."""
    return replace(Identification(name="Aubépine Santé", responsible=person.pk, certifications="HDS"), **changes)


def strategy_at(state: str, person: Person, at: datetime, *, qualification: Mapping[str, str] = OTHER_SERVICES, **changes: Any) -> Subject:
    """The global strategy of the company this person represents, brought to a state."""
    event = add_global_strategy(person.seats[0].company, strategy_identification(person, **changes), by=person, at=at)
    strategy = Subject.objects.get(pk=event.subject)
    qualify_product(strategy, dict(qualification), by=person, at=at)
    if state == "active":
        confirm_product(strategy, by=person, at=at)
    return again(strategy)


def enrolled(product: Subject, code: str, person: Person, at: datetime) -> Enrolment:
    procedure = library().procedure_in_force(code, day_of(at))
    assert procedure is not None
    event = enrol_product(product, procedure, by=person, at=at)
    return Enrolment.objects.select_related("subject").get(pk=event.enrolment)


def begun(enrolment: Enrolment, questionnaire: str, person: Person, at: datetime) -> Assessment:
    """The answers of the subject to the questionnaire, begun now unless they already are."""
    found = Assessment.objects.filter(subject=enrolment.subject_id, questionnaire=questionnaire).first()
    if found is None:
        event = begin_assessment(enrolment, questionnaire, by=person, at=at)
        found = Assessment.objects.get(pk=event.about.removeprefix("assessment:"))
    return found


def answer(assessment: Assessment, levels: Mapping[str, str], person: Person, at: datetime, comment: str = "") -> None:
    """Save these levels over whatever is stored."""
    versions = dict(Answer.objects.filter(assessment=assessment, criterion__in=levels).values_list("criterion", "version"))
    changes = {code: Change(level, comment, versions.get(code, 0)) for code, level in levels.items()}
    save_answers(assessment, changes, by=person, at=at)


def asked_by(enrolment: Enrolment, questionnaire: str) -> tuple[str, ...]:
    """The criteria the procedure asks of the subject as it is qualified now."""
    sheet = sheet_of(Enrolment.objects.select_related("subject").get(pk=enrolment.pk), questionnaire)
    assert sheet is not None
    return sheet.asked


def answered(
    enrolment: Enrolment, questionnaire: str, person: Person, at: datetime, *, level: str = "medium", **exceptions: str
) -> Assessment:
    """Every criterion asked, at one level; `exceptions` name criteria with underscores: `A08_1_1="high"`."""
    assessment = begun(enrolment, questionnaire, person, at)
    given = {_criterion(name): other for name, other in exceptions.items()}
    answer(assessment, {code: given.get(code, level) for code in asked_by(enrolment, questionnaire)}, person, at)
    return assessment


def validated(assessment: Assessment, enrolment: Enrolment, person: Person, at: datetime) -> Validation:
    event = validate_assessment(assessment, enrolment, by=person, at=at)
    return Validation.objects.get(assessment=assessment, number=event.number)


def followed_products(count: int, person: Person, at: datetime, codes: Iterable[str] = (SOCLES,)) -> list[Subject]:
    """That many products in use, each enrolled in these procedures."""
    products = []
    for rank in range(count):
        product = product_at("active", person, at, name=f"Produit {rank}", version=str(rank))
        for code in codes:
            enrolled(product, code, person, at)
        products.append(product)
    return products


def again(thing: Any) -> Any:
    """The same row, as the database has it now."""
    return type(thing)._default_manager.get(pk=thing.pk)


def _criterion(name: str) -> str:
    """`A08_1_1` → « A08.1.1 », `ILL_INT_07` → « ILL-INT-07 »."""
    return name.replace("_", "-" if name.startswith("ILL") else ".")
