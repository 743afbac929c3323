"""Files that go before the board, in a made-up procedure: a form, evidence by section, then the board, then a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from convergence.boards.actions import give_member_opinion, opinions_told, put_on_agenda, record_outcome, schedule_session
from convergence.boards.models import BoardSession, Case
from convergence.boards.queries import CaseFile, case_file, new_session
from convergence.boards.rules import FAVOURABLE, GRANTED, RESERVED, Reservation
from convergence.candidatures.models import Candidature, Step
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.actions import publish_release
from convergence.content.library import forget_library, library
from convergence.content.reading import ReadPiece, read_packs
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from tests.factories.candidatures import FORM, step_of
from tests.factories.catalogue import enrolled
from tests.factories.packs import real_packs
from tests.factories.people import someone
from tests.factories.sections import REQUIREMENTS, accept_all, give_back, hand_over, opened

BOARDED = "essai-de-college"

PROCEDURE = """\
code: essai-de-college
edition: "1"
title: Essai de collège
origin: illustrative
track: dmn
summary: Passer devant un collège.
presentation: Un collège.
profiles_from: preuves-1.0
milestones:
  - {code: last, title: Fin des échanges, at: "2027-03-31T14:00:00+02:00", effect: last_correction}
clocks:
  - {code: answer, title: Réponse aux réserves, length: 30, unit: calendar_days, starts: changes_requested, pauses: [resubmitted], at_end: abandon}
steps:
  - {code: dossier, kind: form, form: vol-1, title: Dossier}
  - code: preuves
    kind: evidence
    title: Dépôt des preuves
    requirements: preuves-1.0
    after: [dossier]
    clocks: [answer]
    reasons: [{code: unreadable, title: Illisible}]
  - {code: visite, kind: decision, title: Visite, acts: agency, after: [preuves], reasons: [{code: closed, title: Fermé}]}
  - code: college
    kind: board
    title: Collège technique
    acts: agency
    after: [visite]
    introduction: Le collège juge le dossier complet.
    board: {quorum: 2, redeposit: {step: preuves, until: last}}
    reasons: [{code: blocking_evidence, title: Preuve insuffisante}, {code: blocking_version, title: Version différente}]
    messages: {accepted: Vous volez., rejected: Vous ne volez pas., reopened: Le collège a des réserves.}
outcome:
  kind: certificate
  title: Certificat de vol
  validity_months: 12
  appeal: "Écrivez à la **tour de contrôle** sous deux mois."
"""
"""A step of another kind stands between the evidence and the board: it stays accepted while evidence is deposited again."""

STRAIGHT = PROCEDURE.replace(
    "  - {code: visite, kind: decision, title: Visite, acts: agency, after: [preuves], reasons: [{code: closed, title: Fermé}]}\n", ""
).replace("after: [visite]", "after: [preuves]")
FINAL = STRAIGHT.replace("board: {quorum: 2, redeposit: {step: preuves, until: last}}", "board: {quorum: 2}")
"""Without the step between; and where nothing may be deposited again."""

WHOLE = Reservation("", "", "blocking_version", "La version montrée est la 2.")
ON_LIGHTS = Reservation("lights", "ILL-L 1", "blocking_evidence", "La capture est coupée.")
ON_ENGINE = Reservation("engine", "", "blocking_evidence", "Le moteur ne tourne pas.")


def publish_boarded(folder: Path, packs: Sequence[ReadPiece], at: datetime, procedure: str = STRAIGHT) -> None:
    """The real contents, and the made-up procedure with them."""
    for name, text in (("forms/vol.yaml", FORM), ("requirements/preuves.yaml", REQUIREMENTS), ("procedures/college.yaml", procedure)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    made_up, problems = read_packs(folder)
    assert problems == []
    publish_release([*packs, *made_up], by=SYSTEM, at=at)
    forget_library()


def boarded_of(product: Subject, person: Person, at: datetime, procedure: str = STRAIGHT) -> Enrolment:
    """A product enrolled in the procedure that goes before the board, published now unless it already is."""
    found = Enrolment.objects.select_related("subject").filter(subject=product, code=BOARDED).first()
    if found is not None:
        return found
    if library().procedure(f"{BOARDED}-1") is None:
        with TemporaryDirectory() as folder:
            publish_boarded(Path(folder), real_packs(), at, procedure)
    return enrolled(product, BOARDED, person, at)


def complete(enrolment: Enrolment, owner: Person, reviewer: Person, at: datetime) -> Candidature:
    """A file whose evidence is accepted: it awaits a session."""
    found = opened(enrolment, owner, reviewer, at)
    for section in ("lights", "engine"):
        prove(found, owner, reviewer, at, section)
    return Candidature.objects.get(pk=found.pk)


def prove(candidature: Candidature, owner: Person, reviewer: Person, at: datetime, section: str) -> None:
    """A section handed over and accepted."""
    hand_over(candidature, owner, at, section)
    accept_all(candidature, reviewer, at, section)
    give_back(candidature, reviewer, at, section)


@dataclass(frozen=True, slots=True)
class Bench:
    """Those who prepare, judge and record."""

    coordinator: Person
    signatory: Person
    members: tuple[Person, Person, Person]


def bench_of(at: datetime) -> Bench:
    members = tuple(someone(f"membre-{one}", Role.BOARD_MEMBER, None, at, name=f"Membre {one.upper()}") for one in "abc")
    return Bench(
        coordinator=someone("coordination", Role.COORDINATOR, None, at, name="Coordination"),
        signatory=someone("signataire", Role.SIGNATORY, None, at, name="Signataire"),
        members=(members[0], members[1], members[2]),
    )


def board_step_of(candidature: Candidature) -> Step:
    return step_of(candidature, "college")


def scheduled(coordinator: Person, at: datetime, held_at: datetime | None = None, place: str = "Salle du phare") -> BoardSession:
    """A session an hour later, unless said otherwise."""
    event = schedule_session(new_session(held_at or at + timedelta(hours=1), place), by=coordinator, at=at)
    return BoardSession.objects.get(pk=event.session)


def listed(candidature: Candidature, session: BoardSession, coordinator: Person, at: datetime) -> Case:
    """On the agenda of a session."""
    event = put_on_agenda(board_step_of(candidature), session.pk, by=coordinator, at=at)
    return Case.objects.get(pk=event.case)


def file_of(case: Case) -> CaseFile:
    return case_file(case.session_id, case.pk)


def opine(case: Case, member: Person, at: datetime, position: str = FAVOURABLE, *reservations: Reservation, text: str = "", version: int = 0) -> Any:  # fmt: skip
    """What a member thinks; reserved, on the lights unless said otherwise."""
    held = reservations or ((ON_LIGHTS,) if position == RESERVED else ())
    return give_member_opinion(case, position, held, text, version, by=member, at=at)


def record(case: Case, by: Person, at: datetime, chosen: str = GRANTED, *reservations: Reservation, text: str = "Voilà.") -> Any:
    """What the opinions came to, as they are now."""
    return record_outcome(case, chosen, reservations, text, over=opinions_told(file_of(case)), by=by, at=at)
