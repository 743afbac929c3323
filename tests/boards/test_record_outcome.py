"""What the opinions came to: granted, with reservations, put off; who may record it, on what, and what follows on both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from convergence.boards.actions import record_outcome
from convergence.boards.models import Outcome
from convergence.boards.permissions import can_record_outcome
from convergence.boards.queries import files_awaiting, passages_of
from convergence.candidatures.actions import withdraw_candidature
from convergence.candidatures.models import Candidature, ChangeRequest, StepSection
from convergence.candidatures.queries import lines_of, progress_of
from convergence.candidatures.watch import clocks_of
from convergence.certificates.models import Certificate
from convergence.decisions.actions import decide_step, propose_decision
from foundation.accounts.actions import declare_conflict, give_seat
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from foundation.messaging.models import Message
from tests.factories.boards import (
    FINAL,
    ON_ENGINE,
    ON_LIGHTS,
    PROCEDURE,
    WHOLE,
    bench_of,
    board_step_of,
    boarded_of,
    complete,
    file_of,
    listed,
    opine,
    prove,
    record,
    scheduled,
)
from tests.factories.candidatures import step_of
from tests.factories.catalogue import product_at
from tests.factories.people import STAFF, fresh, someone
from tests.factories.sections import give_proof, proofs_step, row, section
from tests.queue import work_off
from tests.race import kinds_of, race
from tests.refusals import refused, remembered


def agreed(bench, case, at, position="favourable"):
    """Two members think the same."""
    for member in bench.members[:2]:
        opine(case, member, at, position)


def state(candidature):
    return Candidature.objects.get(pk=candidature.pk).state


def states(candidature):
    return {one.code: one.state for one in StepSection.objects.filter(step__candidature=candidature)}


def test_granted_the_candidature_is_complete_and_certified(cast, at, later, bench, candidature, case):
    agreed(bench, case, at)
    with remembered("candidatures.StepConcluded", "certificates.CertificateIssued", "boards.OutcomeRecorded") as entries:
        record(case, bench.coordinator, later, text="Bel avion.")
    assert all("avion" not in entry.body for entry in entries)
    assert (board_step_of(candidature).state, state(candidature), Certificate.objects.count()) == ("accepted", "completed", 1)
    outcome = Outcome.objects.get()
    assert (outcome.result, outcome.quorum, outcome.favourable, outcome.recorded_by) == ("granted", 2, 2, bench.coordinator)
    work_off()
    assert ["Vous volez." in message.body for message in mail.outbox if message.to == [cast.claire.email]].count(True) == 1
    assert Message.objects.filter(text="Collège technique : Vous volez.").count() == 1


def test_reservations_open_again_what_they_name_and_the_board_waits(cast, at, later, bench, candidature, case):
    agreed(bench, case, at, "reserved")
    with remembered("candidatures.EvidenceReopened", "boards.OutcomeRecorded") as entries:
        record(case, bench.signatory, later, "reservations", ON_LIGHTS, WHOLE, text="À revoir.")
    assert all("coupée" not in entry.body for entry in entries)
    assert (board_step_of(candidature).state, proofs_step(candidature).state, state(candidature)) == (
        "locked",
        "changes_requested",
        "under_way",
    )
    assert states(candidature) == {"lights": "changes_requested", "engine": "accepted"}
    found = section(candidature)
    assert [one.code for one in found.requirements if one.is_open] == ["ILL-L 1"]  # what is accepted stays so
    assert ChangeRequest.objects.get().text == "Preuve insuffisante. La capture est coupée."
    outcome = Outcome.objects.get()
    assert (outcome.result, outcome.reasons, outcome.appeal) == ("reservations", ["blocking_evidence", "blocking_version"], "")
    assert outcome.redeposit_until is not None
    assert [line.waits_for for line in lines_of(candidature)][-1] == "S'ouvrira après : Dépôt des preuves"
    work_off()
    told = [message for message in mail.outbox if "Réserves bloquantes" in message.subject]
    assert [message.to for message in told] == [[cast.claire.email]]
    assert "Le collège a des réserves." in told[0].body
    assert "coupée" not in told[0].body


def test_once_deposited_and_accepted_again_it_awaits_another_session(cast, at, later, bench, candidature, case):
    agreed(bench, case, at, "reserved")
    record(case, bench.coordinator, later, "reservations", ON_LIGHTS, ON_ENGINE)
    assert states(candidature) == {"lights": "changes_requested", "engine": "changes_requested"}
    assert files_awaiting() == []
    work_off()
    mail.outbox.clear()
    for code, slot in (("lights", "ILL-L 1.1.1"), ("engine", "ILL-M 1.1.1")):
        give_proof(candidature, slot, cast.claire, later, content=f"neuf {code}".encode())
    give_proof(candidature, "ILL-M 1.2.1", cast.claire, later, content=b"neuf aussi")
    prove(candidature, cast.claire, cast.ines, later, "lights")
    assert board_step_of(candidature).state == "locked"
    prove(candidature, cast.claire, cast.ines, later, "engine")
    assert (proofs_step(candidature).state, board_step_of(candidature).state) == ("accepted", "submitted")
    assert [one.step.pk for one in files_awaiting()] == [board_step_of(candidature).pk]
    work_off()
    assert sum("Étape acceptée" in message.subject for message in mail.outbox) == 1  # told a second time
    again = listed(candidature, scheduled(bench.coordinator, later), bench.coordinator, later)
    agreed(bench, again, later)
    record(again, bench.coordinator, later + timedelta(hours=2))
    assert state(candidature) == "completed"
    assert [one.outcome.result for one in passages_of(board_step_of(candidature))] == ["granted", "reservations"]


def test_the_answer_is_awaited_in_the_delay_of_the_evidence(cast, at, later, bench, candidature, case):
    agreed(bench, case, at, "reserved")
    record(case, bench.coordinator, later, "reservations", ON_LIGHTS)
    (run,) = clocks_of(progress_of(Candidature.objects.select_related("enrolment__subject__company").get(pk=candidature.pk)))
    assert (run.step, run.awaits, run.is_running) == ("preuves", "company", True)
    assert run.past[-1].because == "le collège a énoncé des réserves"


def test_a_step_between_stays_accepted(cast, at, later, bench):
    found = complete(boarded_of(product_at("active", cast.claire, at), cast.claire, at, PROCEDURE), cast.claire, cast.ines, at)
    propose_decision(step_of(found, "visite"), "granted", [], "", over=0, by=cast.ines, at=at)
    decide_step(step_of(found, "visite"), over=1, by=bench.signatory, at=at)
    case = listed(found, scheduled(bench.coordinator, at), bench.coordinator, at)
    agreed(bench, case, at, "reserved")
    record(case, bench.coordinator, later, "reservations", ON_ENGINE)
    assert step_of(found, "visite").state == "accepted"
    assert [line.waits_for for line in lines_of(found)][-1] == "S'ouvrira après : Dépôt des preuves"
    give_proof(found, "ILL-M 1.1.1", cast.claire, later, content=b"autre")
    give_proof(found, "ILL-M 1.2.1", cast.claire, later, content=b"autre encore")
    prove(found, cast.claire, cast.ines, later, "engine")
    assert (step_of(found, "visite").state, board_step_of(found).state) == ("accepted", "submitted")


@pytest.mark.parametrize("procedure", [None, FINAL])
def test_past_the_milestone_or_where_nothing_is_deposited_again_it_is_refused(cast, at, later, bench, procedure):
    options = (procedure,) if procedure else ()
    found = complete(boarded_of(product_at("active", cast.claire, at), cast.claire, at, *options), cast.claire, cast.ines, at)
    past = later if procedure else at + timedelta(days=200)
    case = listed(found, scheduled(bench.coordinator, at), bench.coordinator, at)
    agreed(bench, case, at, "reserved")
    with remembered("candidatures.StepRefused", "boards.OutcomeRecorded"):
        record(case, bench.coordinator, past, "reservations", WHOLE, text="Trop tard.")
    assert (board_step_of(found).state, board_step_of(found).reasons, state(found)) == ("rejected", ["blocking_version"], "rejected")
    outcome = Outcome.objects.get()
    assert (outcome.result, outcome.appeal, outcome.redeposit_until) == (
        "refused",
        "Écrivez à la **tour de contrôle** sous deux mois.",
        None,
    )


def test_put_off_it_awaits_another_session(cast, at, later, bench, candidature, case):
    with remembered("boards.OutcomeRecorded"):
        record(case, bench.coordinator, later, "postponed", text="Trop de dossiers.")
    assert (board_step_of(candidature).state, [one.step.candidature_id for one in files_awaiting()]) == ("submitted", [candidature.pk])
    assert Message.objects.filter(text__contains="est reporté à une prochaine séance").count() == 1
    assert listed(candidature, scheduled(bench.coordinator, later), bench.coordinator, later).pk != case.pk


def test_only_what_the_opinions_say_is_recorded(cast, at, later, bench, candidature, case):
    with refused("Le quorum n'est pas atteint : 0 avis sur 2", code="no_quorum", status=409):
        record(case, bench.coordinator, later)
    agreed(bench, case, at)
    with refused("Les avis ne vont pas dans ce sens", code="against_opinions", status=409):
        record(case, bench.coordinator, later, "reservations", ON_LIGHTS)
    opine(case, bench.members[1], later, "reserved", version=1)
    with refused(
        "Les avis ne vont pas dans ce sens (2 avis donnés pour un quorum de 2 : 1 favorable, 1 avec réserves, 0 abstention).",
        code="against_opinions",
        status=409,
    ):
        record(case, bench.coordinator, later)
    assert file_of(case).results_open == ("postponed",)


@pytest.mark.parametrize(
    ("chosen", "reservations", "text", "words", "code"),
    [
        ("", [], "x", "Choisissez l'issue", "no_outcome"),
        ("refused", [], "x", "Choisissez l'issue", "no_outcome"),
        ("reservations", [], "x", "Écrivez au moins une réserve", "no_reservation"),
        ("reservations", [ON_LIGHTS], " ", "Écrivez à l'entreprise", "no_reason"),
        ("reservations", [WHOLE], "x", "dites sur quelle section", "no_section"),
        ("postponed", [], "", "pourquoi l'examen de son dossier est reporté", "no_reason"),
        ("reservations", [ON_LIGHTS], "x" * 2001, "2001 caractères", "too_long"),
    ],
)
def test_what_says_too_little_is_refused(cast, at, later, bench, case, chosen, reservations, text, words, code):
    agreed(bench, case, at, "reserved")
    with refused(words, code=code, status=400):
        record(case, bench.coordinator, later, chosen, *reservations, text=text)


def test_not_before_the_session_has_begun(at, later, bench, case):
    agreed(bench, case, at)
    with refused("attendez qu'elle ait commencé", code="early", status=409):
        record(case, bench.coordinator, at)


def test_who_may_record(cast, at, later, bench, case):
    people = {**cast.everyone(), **{login: someone(f"x-{login}", role, None, at) for login, role in STAFF.items()}}
    assert {name for name, person in people.items() if can_record_outcome(person, case)} == {"coordinator", "signatory"}
    agreed(bench, case, at)
    give_seat(bench.members[0], Role.SIGNATORY, None, by=SYSTEM, at=at)
    with refused("Vous avez donné un avis sur ce dossier"):
        record(case, fresh(bench.members[0]), later)
    declare_conflict(bench.signatory, cast.aubepine, "Ancien salarié.", by=bench.signatory, at=at)
    with refused("une autre personne consigne l'issue"):
        record(case, bench.signatory, later)


def test_the_opinions_counted_are_those_that_were_read(at, later, bench, case):
    agreed(bench, case, at)
    with refused("Un avis a changé", code="diverged", status=409):
        record_outcome(case, "granted", [], "", over="", by=bench.coordinator, at=later)


def test_an_outcome_is_recorded_once_and_never_changed(at, later, bench, case):
    agreed(bench, case, at)
    record(case, bench.coordinator, later)
    with refused("Cette candidature est terminée", code="wrong_state", status=409):
        record(case, bench.coordinator, later)
    for write in (lambda: Outcome.objects.update(text="autre"), lambda: Outcome.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_withdrawn_it_leaves_the_agenda(cast, at, later, bench, candidature, case):
    with remembered("candidatures.CandidatureWithdrawn", "boards.CaseTakenOff"):
        withdraw_candidature(candidature, "Trop tôt.", by=cast.claire, at=at)
    case.refresh_from_db()
    assert case.state == "taken_off"
    with refused("elle ne passe plus devant le collège", code="wrong_state", status=409):
        record(case, bench.coordinator, later)


def test_a_section_handed_over_then_is_the_only_one(cast, at, later, bench, candidature, case):
    """Reservations on one requirement twice are one request; on something else than the file, refused."""
    agreed(bench, case, at, "reserved")
    twice = (ON_LIGHTS, ON_LIGHTS.__class__("lights", "ILL-L 1", "blocking_version", "Autre version."))
    record(case, bench.coordinator, later, "reservations", *twice)
    assert ChangeRequest.objects.get().text == "Preuve insuffisante. La capture est coupée.\n\nVersion différente. Autre version."
    assert row(candidature).state == "changes_requested"


@pytest.mark.usefixtures("committed_db")
@pytest.mark.slow
def test_of_two_at_once_one_is_kept(cast, at, later):
    bench = bench_of(at)
    found = complete(boarded_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, cast.ines, at)
    case = listed(found, scheduled(bench.coordinator, at), bench.coordinator, at)
    agreed(bench, case, at)
    outcomes = race(*[lambda by=by: record(case, by, later) for by in (bench.coordinator, bench.signatory) * 2])
    assert sorted(kinds_of(outcomes)) == ["OutcomeRecorded", "Refused", "Refused", "Refused"]
    assert Outcome.objects.count() == 1
