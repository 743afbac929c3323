"""How many companies? One is made by the real actions, then its rows are copied, keys shifted, as often as asked."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from convergence.assessments.actions import Change, begin_assessment, save_answers, validate_assessment
from convergence.assessments.queries import assessment_of, sheet_of
from convergence.catalogue.actions import Identification, add_product, confirm_product, enrol_product, qualify_product
from convergence.catalogue.queries import enrolment_of, product_of_reference
from convergence.content.library import library
from convergence.projections.actions import Plan, begin_projection, save_targets, validate_projection
from convergence.projections.queries import projection_of, projection_sheet_of
from foundation.accounts.models import Person
from foundation.accounts.queries import person_of
from foundation.core.clock import day_of
from foundation.core.quarter import Quarter
from ops import demo

PRODUCTS, QUESTIONNAIRES = 7, ("interoperabilite-2021", "urbanisation-2021", "securite-2021")
SHIFT = 1000  # every key of the first company is below
LEVELS = ("medium", "low", "high", "very_low", "high")

COPIED = (
    ("accounts_company", {"id": "{k}", "siren": None}),
    ("accounts_person", {"id": "{k}", "email": None}),
    ("accounts_seat", {"id": "{k}", "person_id": "{k}", "company_id": "{k}"}),
    ("catalogue_subject", {"id": "{k}", "company_id": "{k}", "responsible_id": "{k}", "reference": "{k}"}),
    ("catalogue_enrolment", {"id": "{k}", "subject_id": "{k}"}),
    ("assessments_assessment", {"id": "{k}", "subject_id": "{k}", "begun_by_id": "{k}"}),
    ("assessments_answer", {"id": "{k}", "assessment_id": "{k}", "saved_by_id": "{k}"}),
    ("assessments_validation", {"id": "{k}", "assessment_id": "{k}", "validated_by_id": "{k}"}),
    ("assessments_standing", {"id": "{k}", "enrolment_id": "{k}"}),
    ("projections_projection", {"id": "{k}", "subject_id": "{k}", "begun_by_id": "{k}"}),
    ("projections_plannedtarget", {"id": "{k}", "projection_id": "{k}", "saved_by_id": "{k}"}),
    ("projections_projectionvalidation", {"id": "{k}", "projection_id": "{k}", "validated_by_id": "{k}"}),
    ("projections_outlook", {"id": "{k}", "enrolment_id": "{k}"}),
)


def first_company(at: datetime) -> Person:
    """Aubépine with seven products in two procedures, three questionnaires each, two of them validated."""
    demo.seat_cast(at)
    claire = person_of("claire@demo.invalid")
    assert claire is not None
    company = claire.seats[0].company
    assert company is not None
    for rank in range(PRODUCTS):
        identification = Identification(
            name=f"Produit {rank} [Site Web]",
            version=f"{rank}.0",
            type="core",
            responsible=claire.pk,
            description="Un produit parmi d'autres.",
        )
        reference = add_product(company, identification, by=claire, at=at).reference
        product = product_of_reference(reference, claire)
        qualify_product(product, demo.LISTED, by=claire, at=at)
        confirm_product(product, by=claire, at=at)
        for code in ("evaluation-socles", "mes-sans-echange"):
            procedure = library().procedure_in_force(code, day_of(at))
            assert procedure is not None
            enrol_product(product, procedure, by=claire, at=at)
        for key in QUESTIONNAIRES:
            _answer(claire, reference, key, at, validated=key != "securite-2021")
        _plan(claire, reference, "interoperabilite-2021", at)
    return claire


def wide_company(at: datetime) -> Person:
    """Borée with fifty products, each evaluated and projected on 36 criteria. Made after the copies, above their keys."""
    with connection.cursor() as cursor:
        for table, _ in COPIED:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest((SELECT max(id) FROM {table}), {SHIFT}))")
        cursor.execute("SELECT setval('catalogue_reference', (SELECT max(reference) FROM catalogue_subject))")
    zoe = person_of("zoe@demo.invalid")
    assert zoe is not None
    company = zoe.seats[0].company
    assert company is not None
    for rank in range(50):
        identification = Identification(
            name=f"Gamme {rank} [Site Web]", version=f"{rank}.0", type="core", responsible=zoe.pk, description="Un produit."
        )
        reference = add_product(company, identification, by=zoe, at=at).reference
        product = product_of_reference(reference, zoe)
        qualify_product(product, demo.LISTED, by=zoe, at=at)
        confirm_product(product, by=zoe, at=at)
        procedure = library().procedure_in_force("evaluation-socles", day_of(at))
        assert procedure is not None
        enrol_product(product, procedure, by=zoe, at=at)
        for key in QUESTIONNAIRES:
            _answer(zoe, reference, key, at, validated=True)
            _plan(zoe, reference, key, at)
    return zoe


def _plan(by: Person, reference: int, key: str, at: datetime) -> None:
    """A quarter for the level recommended of each criterion below it, and the projection validated."""
    enrolment = enrolment_of(reference, "evaluation-socles", by)
    begin_projection(enrolment, key, by=by, at=at)
    held, sheet = projection_of(enrolment.subject, key), projection_sheet_of(enrolment, key, at=at)
    assert held is not None
    assert sheet is not None
    first = Quarter.of(at)
    plans = {
        row.criterion.code: Plan({row.expected.code: str(first.after(1 + (reference + rank) % 6))})
        for rank, row in enumerate(sheet.to_plan)
    }
    save_targets(held, enrolment, plans, by=by, at=at)
    validate_projection(held, enrolment, by=by, at=at)


def _answer(by: Person, reference: int, key: str, at: datetime, *, validated: bool) -> None:
    enrolment = enrolment_of(reference, "evaluation-socles", by)
    sheet = sheet_of(enrolment, key)
    assert sheet is not None
    begin_assessment(enrolment, key, by=by, at=at)
    assessment = assessment_of(enrolment.subject, key)
    assert assessment is not None
    changes = {
        code: Change(LEVELS[rank % 5], "Un commentaire de quelques mots." if rank % 3 == 0 else "", 0)
        for rank, code in enumerate(sheet.asked)
    }
    save_answers(assessment, changes, by=by, at=at)
    if validated:
        validate_assessment(assessment, enrolment, by=by, at=at)


def copy_company(first: int, last: int) -> None:
    """Copies number `first` to `last`: the same rows, every key shifted by a thousand times the number."""
    with connection.cursor() as cursor:
        for table, shifted in COPIED:
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position", [table])
            columns = [row[0] for row in cursor.fetchall()]
            values = [_shifted(column, shifted) for column in columns]
            names = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} base, generate_series(%s::bigint, %s::bigint) k WHERE base.id < %s",
                [first, last, SHIFT],
            )
        cursor.execute("ANALYZE")


def _shifted(column: str, shifted: dict[str, str | None]) -> str:
    if column == "siren":
        return "lpad((base.id * 100000 + k)::text, 9, '0')"
    if column == "email":
        return "k || '-' || base.email"
    return f'base."{column}" + k * {SHIFT}' if column in shifted else f'base."{column}"'


def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for word, table in (
            ("entreprises", "accounts_company"),
            ("produits", "catalogue_subject"),
            ("évaluations", "assessments_assessment"),
            ("réponses", "assessments_answer"),
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[word] = int(cursor.fetchone()[0])
    return found
