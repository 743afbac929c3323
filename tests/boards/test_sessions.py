"""A session and its agenda: who prepares it, what goes on it, in which order; moved, cancelled, closed, and its minutes."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from django.core import mail

from convergence.boards.actions import (
    cancel_session,
    close_board_session,
    put_on_agenda,
    reschedule_session,
    schedule_session,
    take_off_agenda,
)
from convergence.boards.models import BoardSession, Case
from convergence.boards.papers import minutes_file_name, minutes_of
from convergence.boards.permissions import can_close_board_session, can_put_on_agenda, can_schedule_session, can_take_off_agenda
from convergence.boards.queries import agenda_of, files_awaiting, new_session, session_of, sessions_past, sessions_to_come
from convergence.candidatures.models import Candidature
from foundation.messaging.actions import choose_copies
from foundation.messaging.models import Message
from tests.factories.boards import ON_ENGINE, bench_of, board_step_of, boarded_of, complete, listed, opine, record, scheduled
from tests.factories.candidatures import step_of
from tests.factories.catalogue import product_at
from tests.factories.people import STAFF, someone
from tests.factories.sections import opened
from tests.queue import work_off
from tests.race import kinds_of, race
from tests.refusals import refused, remembered


def test_who_may_prepare_and_who_may_close(cast, at, bench, session, case):
    people = {**cast.everyone(), **{login: someone(f"x-{login}", role, None, at) for login, role in STAFF.items()}}

    def those(can, thing):
        return {name for name, person in people.items() if can(person, thing)}

    assert those(can_schedule_session, session) == {"coordinator"}
    assert those(can_put_on_agenda, case.step) == {"coordinator"}
    assert those(can_take_off_agenda, case) == {"coordinator"}
    assert those(can_close_board_session, session) == {"coordinator", "signatory"}


def test_a_session_is_to_come_and_somewhere(at, bench):
    with refused("Choisissez une date et une heure à venir", code="past", status=400):
        schedule_session(new_session(at, "Salle"), by=bench.coordinator, at=at)
    with refused("Dites où se tient la séance", code="no_reason", status=400):
        schedule_session(new_session(at + timedelta(days=1), " "), by=bench.coordinator, at=at)
    with refused("301 caractères", code="too_long", status=400):
        schedule_session(new_session(at + timedelta(days=1), "x" * 301), by=bench.coordinator, at=at)
    with refused("La coordination prépare les séances"):
        schedule_session(new_session(at + timedelta(days=1), "Salle"), by=bench.signatory, at=at)
    assert scheduled(bench.coordinator, at, place="https://visio.example/a").is_link


def test_members_who_asked_for_copies_are_told(cast, at, bench):
    choose_copies(bench.members[0], "steps", by=bench.members[0], at=at)
    choose_copies(cast.ines, "all", by=cast.ines, at=at)
    held = scheduled(bench.coordinator, at)
    work_off()
    (told,) = mail.outbox
    assert (told.to, "Salle du phare" in told.body) == ([bench.members[0].email], True)
    assert reschedule_session(held, held.held_at, "Salle du phare", by=bench.coordinator, at=at) is None
    with remembered("boards.SessionRescheduled"):  # on the same day, elsewhere
        reschedule_session(held, held.held_at, "Salle du port", by=bench.coordinator, at=at)
    held = session_of(held.pk)
    with remembered("boards.SessionRescheduled"):
        reschedule_session(held, held.held_at + timedelta(days=7), "Ailleurs", by=bench.coordinator, at=at)
    work_off()
    assert "déplacée" in mail.outbox[-1].subject
    with refused("Choisissez une date et une heure à venir", code="past", status=400):
        reschedule_session(held, at - timedelta(days=1), "Ailleurs", by=bench.coordinator, at=at)


def test_the_agenda_is_in_the_order_of_the_queue(cast, at, bench, session):
    first = complete(boarded_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, cast.ines, at)
    second = complete(
        boarded_of(product_at("active", cast.claire, at, name="Autre"), cast.claire, at), cast.claire, cast.ines, at + timedelta(minutes=5)
    )
    assert [one.step.candidature_id for one in files_awaiting()] == [first.pk, second.pk]
    for one in (second, first):
        listed(one, session, bench.coordinator, at + timedelta(minutes=10))
    assert [one.candidature.pk for one in agenda_of(session)] == [first.pk, second.pk]
    assert files_awaiting() == []


def test_only_a_complete_file_and_once(cast, at, bench, session, candidature, case):
    another = scheduled(bench.coordinator, at)
    with refused("Ce dossier est déjà à l'ordre du jour de la séance du 16 novembre 2026", code="duplicate", status=409):
        listed(candidature, another, bench.coordinator, at)
    with refused("Cette étape ne passe pas devant le collège."):
        put_on_agenda(step_of(candidature), session.pk, by=bench.coordinator, at=at)
    other = opened(boarded_of(product_at("active", cast.claire, at, name="Autre"), cast.claire, at), cast.claire, cast.ines, at)
    with refused("l'état est « Verrouillée »", code="wrong_state", status=409):
        listed(other, session, bench.coordinator, at)
    with refused("La coordination établit l'ordre du jour"):
        put_on_agenda(board_step_of(candidature), session.pk, by=bench.signatory, at=at)


def test_taken_off_it_awaits_another_session(at, bench, candidature, session, case):
    with remembered("boards.CaseTakenOff"):
        take_off_agenda(case, by=bench.coordinator, at=at)
    assert [one.step.candidature_id for one in files_awaiting()] == [candidature.pk]
    assert agenda_of(session) == []
    texts = list(Message.objects.filter(text__startswith="Collège technique : ").order_by("pk").values_list("text", flat=True))
    assert ["est inscrite" in texts[0], "n'est plus à l'ordre du jour" in texts[1]] == [True, True]
    with refused("l'état est « Retiré de l'ordre du jour »", code="wrong_state", status=409):
        take_off_agenda(case, by=bench.coordinator, at=at)
    assert listed(candidature, session, bench.coordinator, at).pk != case.pk


def test_a_session_with_files_is_not_cancelled(at, bench, session, case):
    with refused("Cette séance a des dossiers", code="has_files", status=409):
        cancel_session(session, by=bench.coordinator, at=at)
    take_off_agenda(case, by=bench.coordinator, at=at)
    with remembered("boards.SessionCancelled"):
        cancel_session(session, by=bench.coordinator, at=at)
    with refused("l'état est « Annulée »", code="wrong_state", status=409):
        put_on_agenda(case.step, session.pk, by=bench.coordinator, at=at)


def test_closed_once_every_file_has_an_outcome(at, later, bench, session, case):
    with refused("attendez qu'elle ait commencé", code="early", status=409):
        close_board_session(session, "", by=bench.coordinator, at=at)
    with refused("Un dossier attend encore son issue", code="incomplete", status=409):
        close_board_session(session, "", by=bench.coordinator, at=later)
    record(case, bench.coordinator, later, "postponed", text="Faute de temps.")
    with refused("2001 caractères", code="too_long", status=400):
        close_board_session(session, "x" * 2001, by=bench.coordinator, at=later)
    assert [one.session.pk for one in sessions_to_come()] == [session.pk]
    with remembered("boards.BoardSessionClosed") as entries:
        close_board_session(session, "Rien à signaler.", by=bench.signatory, at=later)
    assert "signaler" not in entries[0].body
    assert (sessions_to_come(), [(one.session.pk, one.files, one.settled) for one in sessions_past(5, 0)[0]]) == ([], [(session.pk, 1, 1)])
    with refused("l'état est « Close »", code="wrong_state", status=409):
        reschedule_session(session, later + timedelta(days=1), "Ailleurs", by=bench.coordinator, at=later)


def test_the_minutes_say_what_was_recorded_and_name_no_member(cast, at, later, bench, session, candidature, case):
    for member in bench.members[:2]:
        opine(case, member, at, "reserved")
    record(case, bench.coordinator, later, "reservations", ON_ENGINE, text="À reprendre.")
    close_board_session(session, "Séance brève.", by=bench.signatory, at=later)
    held = session_of(session.pk)
    made = minutes_of(held)
    assert made == minutes_of(held)
    assert minutes_file_name(held) == f"proces-verbal-2026-11-16-{session.pk}.pdf"
    text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(made))
    for words in (candidature.number, "Réserves bloquantes", "Section MOTEUR", "Le moteur ne tourne pas.", "À reprendre.", "Séance brève.", "2 avis donnés pour un quorum de 2 : 0 favorable, 2 avec réserves"):  # fmt: skip
        assert words in text.replace("\u00a0", " ").replace("\u202f", " "), words
    assert "Membre A" not in text
    with pikepdf.open(BytesIO(made)) as pdf:
        assert pdf.open_metadata()["pdfaid:part"] == "3"


def test_minutes_of_a_session_without_a_file(at, later, bench, session):
    close_board_session(session, "", by=bench.coordinator, at=later)
    text = pypdfium2.PdfDocument(minutes_of(session_of(session.pk)))[0].get_textpage().get_text_bounded()
    assert "Aucun dossier" in text


@pytest.mark.usefixtures("committed_db")
@pytest.mark.slow
def test_of_two_agendas_at_once_one_has_it(cast, at):
    bench = bench_of(at)
    found = complete(boarded_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, cast.ines, at)
    sessions = [scheduled(bench.coordinator, at) for _ in range(2)]
    outcomes = race(*[lambda one=one: listed(found, one, bench.coordinator, at) for one in sessions * 2])
    assert sorted(kinds_of(outcomes)) == ["Case", "Refused", "Refused", "Refused"]
    assert Case.objects.filter(state="listed").count() == 1
    assert Candidature.objects.get(pk=found.pk).state == "under_way"


@pytest.mark.usefixtures("committed_db")
@pytest.mark.slow
def test_nothing_is_put_on_the_agenda_of_a_session_that_closes(cast, at, later):
    bench = bench_of(at)
    found = complete(boarded_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, cast.ines, at)
    held = scheduled(bench.coordinator, at)
    race(lambda: listed(found, held, bench.coordinator, later), lambda: close_board_session(held, "", by=bench.coordinator, at=later))
    closed, on_it = BoardSession.objects.get(pk=held.pk).is_closed, Case.objects.filter(session=held).exists()
    assert closed != on_it
