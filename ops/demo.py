"""Who and what is in the demonstration? The standing cast, two companies, and products at every stage.

Everything is made by the real actions: the journal of the demonstration is a true one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from convergence.assessments.actions import Change, begin_assessment, save_answers, validate_assessment
from convergence.assessments.queries import assessment_of, sheet_of
from convergence.catalogue.actions import (
    Identification,
    add_global_strategy,
    add_product,
    confirm_product,
    enrol_product,
    grant_rights,
    qualify_product,
)
from convergence.catalogue.queries import enrolment_of, product_of_reference
from convergence.content.library import library
from convergence.content.schema import Procedure
from convergence.openings.actions import accredit_reader
from convergence.projections.actions import Plan, begin_projection, save_targets, validate_projection
from convergence.projections.queries import projection_of, projection_sheet_of
from foundation.accounts.actions import accept_terms, give_seat, register_company, welcome_person
from foundation.accounts.queries import company_of_siren, new_company, new_person, person_of
from foundation.accounts.rights import Role
from foundation.accounts.terms import terms_in_force
from foundation.core.clock import day_of
from foundation.core.quarter import Quarter
from foundation.journal.actor import SYSTEM
from ops.demo_certification import certification, certified

if TYPE_CHECKING:
    from convergence.catalogue.models import Enrolment
    from foundation.accounts.models import Person

AUBEPINE, BOREE = "834217697", "552100554"
"""Well-formed numbers chosen for the demonstration."""

CAST = (
    ("claire", "Claire", AUBEPINE, Role.LEGAL_REPRESENTATIVE),
    ("karim", "Karim", AUBEPINE, Role.EMPLOYEE),
    ("zoe", "Zoé", BOREE, Role.REPRESENTATIVE),
    ("ines", "Inès", None, Role.REVIEWER),
    ("hugo", "Hugo", None, Role.BOARD_MEMBER),
)
OFFICES = (
    ("support", "Support", None, Role.SUPPORT),
    ("coordination", "Coordination", None, Role.COORDINATOR),
    ("signataire", "Signataire", None, Role.SIGNATORY),
    ("college", "Collège", None, Role.BOARD_MEMBER),
    ("partenaire", "Partenaire", None, Role.PARTNER),
)
"""Accounts of the demonstration alone, named by what they do."""

LISTED = {"mes_listing": "likely", "mes_exchange": "none", "bsp_listing": "unlikely", "bsp_exchange": "none", "delivery": "saas"}
OTHER_SERVICES = {"other_services": "yes"}
NOT_LISTED = {**LISTED, "mes_listing": "unlikely"}
EXCHANGING = {**LISTED, "mes_exchange": "both", "bsp_listing": "likely", "delivery": "saas_or_standalone"}


def load_demo(at: datetime) -> bool:
    """Make the demonstration, unless it is already there. Returns whether it was made."""
    if company_of_siren(AUBEPINE) is not None:
        return False
    at = at.replace(hour=9, minute=20, second=0, microsecond=0)  # at work, not at night
    seat_cast(at - timedelta(days=120))
    seat(OFFICES, at - timedelta(days=120))
    _accredited(at - timedelta(days=119))
    _products(at - timedelta(days=90))
    _certification(at - timedelta(days=40))
    return True


def seat_cast(at: datetime) -> None:
    """The two companies and the five people, without any product."""
    for siren, name, address in (
        (AUBEPINE, "Aubépine Santé", "12 rue des Tilleuls, 44000 Nantes"),
        (BOREE, "Éditions Borée", "3 quai du Port, 59140 Dunkerque"),
    ):
        register_company(new_company(siren=siren, name=name, address=address), by=SYSTEM, at=at)
    seat(CAST, at)


def seat(people: tuple[tuple[str, str, str | None, Role], ...], at: datetime) -> None:
    """Each with their account, their role, and the terms accepted where they are of a company."""
    for login, name, company, role in people:
        person = new_person(email=f"{login}@demo.invalid", name=name)
        welcome_person(person, by=SYSTEM, at=at, password=settings.DEMO_PASSWORD)
        give_seat(person, role, company_of_siren(company) if company else None, by=SYSTEM, at=at)
        if company is not None:
            accept_terms(person, terms_in_force().version, by=person, at=at)


def _accredited(at: datetime) -> None:
    """Inès may open what is sealed; the key is in `VAR_DIR`, where a real one never is."""
    ines, coordination = (person_of(f"{login}@demo.invalid") for login in ("ines", "coordination"))
    assert ines
    assert ines.agency_seat
    assert coordination
    accredit_reader(ines.agency_seat, by=coordination, at=at)


def _products(at: datetime) -> None:
    claire, karim, zoe = (person_of(f"{login}@demo.invalid") for login in ("claire", "karim", "zoe"))
    assert claire
    assert karim
    assert zoe
    cardio = _product(claire, "TéléSuivi Cardio [Site Web]", "3.2", "core", LISTED, at, nil="123456789", certifications="ISO 27001\nHDS", description="Télésurveillance de l'insuffisance cardiaque : collecte des mesures à domicile, alertes et suivi par l'équipe de soins.")  # fmt: skip
    agenda = _product(claire, "Agenda partagé de ville [Android] [Mobile]", "1.4", "option", NOT_LISTED, at + timedelta(days=2), description="Prise de rendez-vous et partage d'agenda entre professionnels d'un même territoire.")  # fmt: skip
    _product(claire, "Coordination territoriale des parcours complexes et des sorties d'hospitalisation, édition établissements et GHT [Site Web]", "12.0.4-LTS", "core", EXCHANGING, at + timedelta(days=3), description="Coordination des parcours entre la ville, le médico-social et l'hôpital.")  # fmt: skip
    for code in ("evaluation-socles", "mes-sans-echange"):
        enrol_product(product_of_reference(cardio, claire), _procedure(code, at), by=claire, at=at + timedelta(days=4))
    enrol_product(product_of_reference(agenda, claire), _procedure("evaluation-socles", at), by=claire, at=at + timedelta(days=5))
    grant_rights(product_of_reference(cardio, claire), karim, ("view", "edit"), by=claire, at=at + timedelta(days=6))
    _answer(claire, cardio, "evaluation-socles", "interoperabilite", at + timedelta(days=10), validated=True)
    _answer(claire, cardio, "evaluation-socles", "interoperabilite", at + timedelta(days=60), validated=True, better=True)
    _answer(claire, cardio, "evaluation-socles", "urbanisation", at + timedelta(days=12), validated=True, better=True)
    _answer(karim, cardio, "evaluation-socles", "securite", at + timedelta(days=70), share=22)
    _plan(claire, cardio, "evaluation-socles", "interoperabilite", at + timedelta(days=65), validated=True)
    for questionnaire in ("interoperabilite", "urbanisation", "securite"):
        _answer(claire, agenda, "evaluation-socles", questionnaire, at + timedelta(days=20), validated=True)
        _plan(claire, agenda, "evaluation-socles", questionnaire, at + timedelta(days=21), validated=True)
    visio = _product(claire, "Visio Soins [Site Web] [Mobile]", "2.0", "option", NOT_LISTED, at + timedelta(days=7), description="Téléconsultation pour les cabinets et les maisons de santé : accueil, séance vidéo, ordonnance et compte rendu.")  # fmt: skip
    enrol_product(product_of_reference(visio, claire), _procedure("teleconsultation", at), by=claire, at=at + timedelta(days=8))
    _answer(claire, visio, "teleconsultation", "teleconsultation", at + timedelta(days=72), share=8)
    boree = _product(zoe, "Borée Dossier [Site Web]", "8.1", "core", NOT_LISTED, at, description="Dossier patient informatisé pour les cabinets de ville.")  # fmt: skip
    enrol_product(product_of_reference(boree, zoe), _procedure("evaluation-socles", at), by=zoe, at=at + timedelta(days=1))
    strategy = _global_strategy(claire, "ISO 27001\nHDS", at + timedelta(days=7))
    _answer(claire, strategy, "evaluation-socles", "politique-globale", at + timedelta(days=71), share=2)


def _certification(at: datetime) -> None:
    """A medical device under examination, another certified, where the edition in force takes candidatures."""
    procedure = _procedure("dmn-pecan", at)
    claire, ines, signatory = (person_of(f"{login}@demo.invalid") for login in ("claire", "ines", "signataire"))
    assert claire
    assert ines
    assert signatory
    if procedure.closed_because is not None:
        return
    watch = _product(claire, "CardioVeille [Site Web] [Mobile]", "2.1", "core", NOT_LISTED, at, description="Télésurveillance de l'insuffisance cardiaque par une équipe de soins : pesée quotidienne, questionnaire, alertes.")  # fmt: skip
    enrol_product(product_of_reference(watch, claire), procedure, by=claire, at=at + timedelta(hours=1))
    certification(enrolment_of(watch, "dmn-pecan", claire), claire, ines, signatory, at + timedelta(hours=2))
    measure = _product(claire, "GlycéSuivi [Mobile]", "1.3", "core", NOT_LISTED, at, description="Suivi de la glycémie : lecture du capteur, conseils d'adaptation du traitement, partage avec l'équipe de soins.")  # fmt: skip
    enrol_product(product_of_reference(measure, claire), procedure, by=claire, at=at + timedelta(hours=1))
    certified(enrolment_of(measure, "dmn-pecan", claire), claire, ines, signatory, at + timedelta(hours=2))


def _global_strategy(owner: Person, certifications: str, at: datetime) -> int:
    """The strategy of the owner's company, under its name as the page proposes, following the procedure it was begun from."""
    company = owner.seats[0].company
    assert company is not None
    identification = Identification(name=company.name, responsible=owner.pk, certifications=certifications)
    event = add_global_strategy(company, identification, by=owner, at=at)
    strategy = product_of_reference(event.reference, owner)
    qualify_product(strategy, OTHER_SERVICES, by=owner, at=at + timedelta(minutes=2))
    confirm_product(strategy, by=owner, at=at + timedelta(minutes=3))
    enrol_product(product_of_reference(event.reference, owner), _procedure("evaluation-socles", at), by=owner, at=at + timedelta(minutes=3))
    return event.reference


def _procedure(code: str, at: datetime) -> Procedure:
    found = library().procedure_in_force(code, day_of(at))
    assert found is not None, code
    return found


def _asked(enrolment: Enrolment, code: str) -> str:
    """The edition of a questionnaire that the procedure followed asks, whatever the day of the demonstration."""
    shelf = library()
    procedure = shelf.procedure(enrolment.procedure)
    assert procedure is not None
    found = [use.questionnaire for use in procedure.uses if (piece := shelf.questionnaire(use.questionnaire)) and piece.code == code]
    return found[0]


def _product(owner: Person, name: str, version: str, kind: str, answers: dict[str, str], at: datetime, *, description: str, nil: str = "", certifications: str = "") -> int:  # fmt: skip
    company = owner.seats[0].company
    assert company is not None
    identification = Identification(
        name=name, version=version, type=kind, responsible=owner.pk, description=description, nil=nil, certifications=certifications
    )
    event = add_product(company, identification, by=owner, at=at)
    product = product_of_reference(event.reference, owner)
    qualify_product(product, answers, by=owner, at=at + timedelta(minutes=4))
    confirm_product(product, by=owner, at=at + timedelta(minutes=6))
    return event.reference


def _answer(by: Person, reference: int, code: str, questionnaire: str, at: datetime, *, share: int | None = None, validated: bool = False, better: bool = False) -> None:  # fmt: skip
    """Answers of every level, so that the demonstration shows gaps as well as criteria that are reached."""
    enrolment = enrolment_of(reference, code, by)
    questionnaire = _asked(enrolment, questionnaire)
    sheet = sheet_of(enrolment, questionnaire)
    assert sheet is not None
    if assessment_of(enrolment.subject, questionnaire) is None:
        begin_assessment(enrolment, questionnaire, by=by, at=at)
    assessment = assessment_of(enrolment.subject, questionnaire)
    assert assessment is not None
    levels = ("high", "medium", "high", "medium", "medium") if better else ("medium", "low", "high", "very_low", "medium")
    changes = {
        criterion: Change(
            level=levels[rank % len(levels)],
            comment="Bascule prévue au prochain trimestre." if rank % 7 == 3 else "",
            version=sheet.answers[criterion].version if criterion in sheet.answers else 0,
        )
        for rank, criterion in enumerate(sheet.asked[:share])
    }
    save_answers(assessment, changes, by=by, at=at)
    if validated:
        validate_assessment(assessment, enrolment, by=by, at=at + timedelta(minutes=30))


def _plan(by: Person, reference: int, code: str, questionnaire: str, at: datetime, *, validated: bool = False) -> None:  # fmt: skip
    """A quarter for each level up to the one recommended, some of them over by now; one already reached aims higher."""
    enrolment = enrolment_of(reference, code, by)
    questionnaire = _asked(enrolment, questionnaire)
    begin_projection(enrolment, questionnaire, by=by, at=at)
    held, sheet = projection_of(enrolment.subject, questionnaire), projection_sheet_of(enrolment, questionnaire, at=at)
    assert held is not None
    assert sheet is not None
    first = Quarter.of(at)
    plans = {}
    for rank, row in enumerate(sheet.to_plan):
        ahead = [rung for rung in row.rungs if rung.is_ahead and rung.place != "beyond"]
        plans[row.criterion.code] = Plan({rung.level.code: str(first.after(rank % 4 + step)) for step, rung in enumerate(ahead)})
    if sheet.reached:
        highest = sheet.reached[-1].rungs[-1]
        if highest.is_ahead:
            plans[sheet.reached[-1].criterion.code] = Plan({highest.level.code: str(first.after(6))})
    save_targets(held, enrolment, plans, by=by, at=at)
    if validated:
        validate_projection(held, enrolment, by=by, at=at + timedelta(minutes=10))
