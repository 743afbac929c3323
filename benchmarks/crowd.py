"""How many companies? One is made by the real actions, then its rows are copied, keys shifted, as often as asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model, UUIDField

from convergence.assessments.actions import Change, begin_assessment, save_answers, validate_assessment
from convergence.assessments.queries import assessment_of, sheet_of
from convergence.candidatures.conversations import TOPIC
from convergence.candidatures.models import Candidature
from convergence.catalogue.actions import Identification, add_product, confirm_product, enrol_product, qualify_product
from convergence.catalogue.models import Enrolment, Subject
from convergence.catalogue.queries import enrolment_of, product_of_reference
from convergence.content.library import library
from convergence.projections.actions import Plan, begin_projection, save_targets, validate_projection
from convergence.projections.queries import projection_of, projection_sheet_of
from foundation.accounts.models import Person
from foundation.accounts.queries import person_of
from foundation.core.clock import day_of
from foundation.core.quarter import Quarter
from foundation.journal.models import Entry
from foundation.messaging.actions import post_message
from foundation.messaging.queries import conversation_about
from ops import demo
from ops.demo_certification import certification, certified

PRODUCTS, QUESTIONNAIRES = 7, ("interoperabilite-2021", "urbanisation-2021", "securite-2021")
SHIFT = 1000  # every key of the first company is below
LEVELS = ("medium", "low", "high", "very_low", "high")

ROOMS = (
    "accounts",
    "catalogue",
    "files",
    "evidence",
    "assessments",
    "projections",
    "candidatures",
    "reviews",
    "agreements",
    "certificates",
    "messaging",
)
"""Of which every table is copied, but those of the agency's own people and what is left out below."""

LEFT_OUT = {"accounts_conflict", "accounts_sharedview", "files_upload"}

ANOTHER = {
    ("accounts_company", "siren"): "lpad((base.id * 100000 + k)::text, 9, '0')",
    ("accounts_person", "email"): "k || '-' || base.email",
    ("candidatures_candidature", "number"): f"translate(lpad((base.id + k * {SHIFT})::text, 10, '0'), '0123456789', 'ABCDEFGHIJ')",
    ("candidatures_submission", "receipt"): f"left(base.receipt, 11) || lpad((base.id + k * {SHIFT})::text, 9, '0')",
    ("files_storedfile", "key"): "base.key || k",
    ("agreements_paper", "key"): "base.key || k",
    ("certificates_certificate", "number"): f"left(base.number, 9) || lpad((base.id + k * {SHIFT})::text, 8, '0')",
    ("certificates_certificate", "searched"): f"base.searched || ' ' || (base.id + k * {SHIFT})",
    ("certificates_certificate", "listing"): f"base.listing || (base.id + k * {SHIFT})",
    ("catalogue_subject", "reference"): f"base.reference + k * {SHIFT}",
    ("messaging_conversation", "key"): (
        f"coalesce((SELECT translate(lpad((c.id + k * {SHIFT})::text, 10, '0'), '0123456789', 'ABCDEFGHIJ') "
        "FROM candidatures_candidature c WHERE c.number = base.key), base.key || k)"
    ),
    ("journal_entry", "position"): "base.position + k * 1000000",
}
"""What no two rows may share, besides their keys."""


def _app_of(room: str) -> str:
    return next((name for name in (f"foundation.{room}", f"convergence.{room}") if apps.is_installed(name)), room)


def first_company(at: datetime) -> Person:
    """Aubépine with seven products in two procedures, three questionnaires each, two of them validated."""
    demo.seat_cast(at)
    demo.seat(demo.OFFICES, at)
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
    _candidature(claire, product, at)
    _certified(claire, at)
    return claire


def _candidature(claire: Person, product: Subject, at: datetime) -> None:
    """The last of the products, to be certified: five weeks of a candidature, its history and its evidence."""
    ines, signatory = (person_of(f"{login}@demo.invalid") for login in ("ines", "signataire"))
    procedure = library().procedure_in_force("dmn-pecan", day_of(at))
    assert ines is not None
    assert signatory is not None
    assert procedure is not None
    begun = at - timedelta(days=30)
    enrol_product(product, procedure, by=claire, at=begun)
    enrolment = enrolment_of(product.reference, "dmn-pecan", claire)
    certification(enrolment, claire, ines, signatory, begun)
    _talked(enrolment, claire, ines, begun + timedelta(days=25))


def _talked(enrolment: Enrolment, claire: Person, ines: Person, at: datetime) -> None:
    """Eight more messages: with the notices of its steps, twenty for a candidature."""
    number = Candidature.objects.values_list("number", flat=True).get(enrolment=enrolment)
    for rank in range(8):
        conversation = conversation_about(TOPIC, number)
        assert conversation is not None
        post_message(
            conversation, f"Une question, et sa réponse : la {rank + 1}e.", by=(claire, ines)[rank % 2], at=at + timedelta(hours=rank)
        )


def _certified(claire: Person, at: datetime) -> None:
    """One more product, certified: forty-five pieces of evidence, and a line of the public directory."""
    ines, signatory = (person_of(f"{login}@demo.invalid") for login in ("ines", "signataire"))
    procedure = library().procedure_in_force("dmn-pecan", day_of(at))
    assert ines is not None
    assert signatory is not None
    assert procedure is not None
    begun = at - timedelta(days=30)
    identification = Identification(name="Dispositif [Mobile]", version="1.0", type="core", responsible=claire.pk, description="Certifié.")
    reference = add_product(claire.seats[0].company, identification, by=claire, at=begun).reference
    product = product_of_reference(reference, claire)
    qualify_product(product, demo.LISTED, by=claire, at=begun)
    confirm_product(product, by=claire, at=begun)
    enrol_product(product, procedure, by=claire, at=begun)
    certified(enrolment_of(reference, "dmn-pecan", claire), claire, ines, signatory, begun)


def wide_company(at: datetime) -> Person:
    """Borée with fifty products, each evaluated and projected on 36 criteria. Made after the copies, above their keys."""
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


def copied() -> list[type[Model]]:
    """The models whose rows are copied, each after those it points at."""
    left = [
        model
        for room in ROOMS
        if apps.is_installed(_app_of(room))
        for model in apps.get_app_config(room).get_models()
        if model._meta.db_table not in LEFT_OUT
    ]
    found: list[type[Model]] = []
    while left:
        ready = [one for one in left if not _pointed_at(one) & set(left) - {one}]
        found += ready
        left = [one for one in left if one not in ready]
    return found


def copy_company(first: int, last: int) -> None:
    """Copies number `first` to `last`: the same rows, every key shifted by a thousand times the number; the agency's people stay who they are."""
    models = copied()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # what the triggers keep true of one row is true of its copies
        for model in models:
            columns = [field.column for field in model._meta.concrete_fields]
            values = [_shifted(model, field, models) for field in model._meta.concrete_fields]
            _copy(
                cursor,
                model._meta.db_table,
                columns,
                values,
                _OWN.get(model._meta.db_table, "true") + f" AND base.id < {SHIFT}",
                first,
                last,
            )
        _copy_history(cursor, first, last)
        cursor.execute("SET session_replication_role = origin")
        for table in (model._meta.db_table for model in models):  # what is made next is above the copies, and is not copied
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest((SELECT max(id) FROM {table}), {SHIFT}))")
        cursor.execute("SELECT setval('catalogue_reference', (SELECT max(reference) FROM catalogue_subject))")
        cursor.execute("VACUUM (ANALYZE)")  # at once, rather than while a page is measured


_AGENCY = "(SELECT person_id FROM accounts_seat WHERE company_id IS NULL)"
_OWN = {"accounts_person": f"base.id NOT IN {_AGENCY}", "accounts_seat": "base.company_id IS NOT NULL"}


def _copy(cursor: Any, table: str, columns: list[str], values: list[str], which: str, first: int, last: int) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} base, generate_series(%s::bigint, %s::bigint) k WHERE {which}",
        [first, last],
    )


def _copy_history(cursor: Any, first: int, last: int) -> None:
    """What the journal says of each candidature: its page tells it."""
    columns = [field.column for field in Entry._meta.concrete_fields]
    shifted = {
        "position": ANOTHER["journal_entry", "position"],
        "company": f"base.company + k * {SHIFT}",
        "about": f"'candidature:' || (split_part(base.about, ':', 2)::bigint + k * {SHIFT})",
    }
    values = [shifted.get(column, f'base."{column}"') for column in columns]
    _copy(cursor, "journal_entry", columns, values, "base.about LIKE 'candidature:%%' AND base.position < 1000000", first, last)


def _pointed_at(model: type[Model]) -> set[type[Model]]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}


def _shifted(model: type[Model], field: Any, models: list[type[Model]]) -> str:
    own = f'base."{field.column}"'
    if (model._meta.db_table, field.column) in ANOTHER:
        return ANOTHER[model._meta.db_table, field.column]
    if isinstance(field, UUIDField):
        return "gen_random_uuid()"
    if field.primary_key:
        return f"{own} + k * {SHIFT}"
    if field.is_relation and field.related_model in models:
        moved = f"{own} + k * {SHIFT}"
        return f"CASE WHEN {own} IN {_AGENCY} THEN {own} ELSE {moved} END" if field.related_model is Person else moved
    return own


def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for word, table in (
            ("entreprises", "accounts_company"),
            ("produits", "catalogue_subject"),
            ("évaluations", "assessments_assessment"),
            ("réponses", "assessments_answer"),
            ("candidatures", "candidatures_candidature"),
            ("preuves", "evidence_deposit"),
            ("messages", "messaging_message"),
            ("certificats", "certificates_certificate"),
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[word] = int(cursor.fetchone()[0])
    return found
