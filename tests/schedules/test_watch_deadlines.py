"""Time passes: reminders leave once each, to the side that is awaited; then what the content says happens, and not a minute before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergence.candidatures.actions import (
    Correction,
    accept_step,
    lapse_step,
    request_changes,
    save_form,
    submit_step,
    withdraw_candidature,
)
from convergence.candidatures.models import Candidature
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from convergence.evidence.actions import archive_evidence, set_expiry
from convergence.evidence.models import Deposit
from convergence.reviews.actions import take_candidature
from convergence.schedules.actions import remind_expiry, send_reminder
from convergence.schedules.jobs import watch_deadlines, watch_expiries
from convergence.schedules.models import Reminder
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from foundation.messaging.actions import mark_read
from foundation.messaging.models import Conversation, Message
from tests.cast import Cast
from tests.factories.candidatures import begun, drafted, fill_in, give_document, step_of, submitted, typed
from tests.factories.catalogue import product_at
from tests.factories.messaging import again
from tests.factories.people import someone
from tests.factories.schedules import paris, timed, to_correct
from tests.queue import work_off
from tests.refusals import refused


def mails() -> list[tuple[str, str]]:
    """(to whom, which subject), of what was sent since the last time."""
    work_off()
    found = sorted((message.to[0].partition("@")[0], message.subject.partition(",")[0]) for message in mail.outbox)
    mail.outbox.clear()
    return found


def test_a_closing_date_is_reminded_of_once_a_day_that_counts(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    begun(enrolment, cast.claire, at)
    sent = {}
    for day in range(3, 17):
        for hour in (8, 10, 15):
            moment = paris(f"2026-12-{day:02} {hour:02}:00")
            watch_deadlines(moment)
            watch_deadlines(moment + timedelta(minutes=10))
            if found := mails():
                sent[moment.isoformat()[5:16]] = found
    assert sent == {
        "12-07T10:00": [("claire", "Échéance dans 7 jours : Fermeture du dépôt")],
        "12-12T10:00": [("claire", "Échéance dans 2 jours : Fermeture du dépôt")],
        "12-13T10:00": [("claire", "Échéance demain : Fermeture du dépôt")],
        "12-14T15:00": [("claire", "Échéance dépassée : Fermeture du dépôt")],
    }
    assert Reminder.objects.count() == 4


def test_a_job_that_slept_sends_the_last_reminder_alone(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    begun(enrolment, cast.claire, at)
    assert watch_deadlines(paris("2026-12-13 18:00")) == 1
    assert mails() == [("claire", "Échéance demain : Fermeture du dépôt")]


def test_what_is_submitted_is_reminded_of_no_more_and_the_agency_is_awaited(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    coordinator = someone("coordinator", Role.COORDINATOR, None, at)
    found = submitted(enrolment, cast.claire, at)
    work_off()
    mail.outbox.clear()
    watch_deadlines(paris("2026-12-14 15:00"))
    assert mails() == []
    watch_deadlines(paris("2027-01-08 10:00"))
    assert mails() == [("coordinator", "Échéance dans 7 jours : Délai d’examen")], "Inès n'a pas ouvert la conversation"
    conversation = Conversation.objects.get(key=found.number)
    mark_read(conversation, conversation.latest, by=cast.ines, at=at)
    watch_deadlines(paris("2027-01-16 00:00"))
    assert mails() == [("coordinator", "Échéance dépassée : Délai d’examen"), ("ines", "Échéance dépassée : Délai d’examen")]
    assert Candidature.objects.get().state == "under_way", "« warn » prévient et ne décide rien"
    assert coordinator.email
    assert not any("Délai" in message.text for message in Message.objects.filter(conversation=conversation)), (
        "l'entreprise n'est pas attendue"
    )


def test_who_has_taken_it_is_reminded_and_no_other_reviewer(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    other = someone("autre", Role.REVIEWER, None, at)
    found = submitted(enrolment, cast.claire, at)
    conversation = Conversation.objects.get(key=found.number)
    mark_read(conversation, conversation.latest, by=cast.ines, at=at)
    take_candidature(found, by=other, at=at)
    mails()
    watch_deadlines(paris("2027-01-08 10:00"))
    assert mails() == [("autre", "Échéance dans 7 jours : Délai d’examen")]


def test_the_agencys_mail_says_nothing_of_the_product(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    someone("coordinator", Role.COORDINATOR, None, at)
    submitted(enrolment, cast.claire, at)
    work_off()
    mail.outbox.clear()
    watch_deadlines(paris("2027-01-08 10:00"))
    work_off()
    (message,) = mail.outbox
    assert enrolment.subject.name not in message.subject + message.body


def test_no_answer_in_five_working_days_and_the_candidature_is_rejected(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    found = to_correct(enrolment, cast.claire, cast.ines, at, paris("2026-11-16 11:00"))
    mails()
    step = step_of(found)
    with refused("Ce délai n'est pas dépassé", code="not_late", status=409):
        lapse_step(step, "complement", by=SYSTEM, at=paris("2026-11-23 23:59"))
    watch_deadlines(paris("2026-11-21 10:00"))
    assert mails() == [("claire", "Échéance dans 2 jours : Réponse au complément")]
    watch_deadlines(paris("2026-11-23 23:59"))
    assert mails() == [("claire", "Échéance demain : Réponse au complément")]
    assert Candidature.objects.get().state == "under_way"
    watch_deadlines(paris("2026-11-24 00:00"))
    found.refresh_from_db()
    assert (found.state, found.ended_by, step_of(found).state) == ("rejected", None, "lapsed")
    assert found.reason == "Réponse au complément : le délai est passé sans réponse."
    assert mails() == [("claire", "Candidature refusée")]
    assert Message.objects.last().text.endswith("La candidature est refusée.")
    assert watch_deadlines(paris("2026-11-24 00:10")) == 0


def test_an_answer_stops_the_clock(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    found = to_correct(enrolment, cast.claire, cast.ines, at, paris("2026-11-16 11:00"))
    step = step_of(found)
    save_form(step, typed(step, {"pilot": "Claire, pilote"}), by=cast.claire, at=at)
    submit_step(step, by=cast.claire, at=paris("2026-11-23 23:59"))
    watch_deadlines(paris("2026-12-01 00:00"))
    assert Candidature.objects.get().state == "under_way"
    with refused("Cette action n'est plus possible", code="wrong_state", status=409):
        lapse_step(step_of(found), "complement", by=SYSTEM, at=paris("2026-12-01 00:00"))


def test_thirty_days_of_silence_and_it_is_abandoned(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    found = submitted(enrolment, cast.claire, at)
    accept_step(step_of(found), "", by=cast.ines, at=at)
    give_document(fill_in(step_of(found, "visite"), cast.claire, at), "BREVET", cast.claire, at)
    submit_step(step_of(found, "visite"), by=cast.claire, at=at)
    request_changes(step_of(found, "visite"), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=paris("2026-11-16 12:00"))
    assert watch_deadlines(paris("2026-12-16 23:59")) > 0
    assert Candidature.objects.get().state == "under_way"
    watch_deadlines(paris("2026-12-17 00:00"))
    assert Candidature.objects.get().state == "abandoned"


def test_what_has_ended_is_watched_no_more(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    found = to_correct(enrolment, cast.claire, cast.ines, at, paris("2026-11-16 11:00"))
    withdraw_candidature(found, "Trop tôt.", by=cast.claire, at=paris("2026-11-17 11:00"))
    assert watch_deadlines(paris("2026-12-24 00:00")) == 0


def test_only_the_platform_reminds_and_lets_lapse(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    found = to_correct(enrolment, cast.claire, cast.ines, at, paris("2026-11-16 11:00"))
    with refused("que par le temps passé"):
        lapse_step(step_of(found), "complement", by=cast.ines, at=paris("2026-11-24 00:00"))
    with refused("d'eux-mêmes"):
        send_reminder(found, None, 1, by=cast.ines, at=at)


def test_watching_costs_the_same_for_one_candidature_and_for_five(cast: Cast, at: datetime) -> None:
    prices = []
    for more in (1, 4):
        for _ in range(more):
            drafted(timed(product_at("active", cast.claire, at), cast.claire, at), cast.claire, at)
        with CaptureQueriesContext(connection) as captured:
            watch_deadlines(paris("2026-11-20 10:00"))
        prices.append(len(captured))
    assert prices == [3, 3]


@pytest.fixture
def document(cast: Cast, at: datetime, enrolment: Enrolment) -> Deposit:
    drafted(enrolment, cast.claire, at)
    deposit = Deposit.objects.get()
    set_expiry(deposit, paris("2026-12-31 12:00").date(), by=cast.claire, at=at)
    return Deposit.objects.get()


def test_a_document_that_expires_is_reminded_of_to_who_may_replace_it(
    cast: Cast, at: datetime, document: Deposit, enrolment: Enrolment
) -> None:
    someone("employee", Role.EMPLOYEE, cast.aubepine, at)
    assert watch_expiries(paris("2026-11-30 09:00")) == 0
    assert watch_expiries(paris("2026-12-01 09:00")) == 1
    assert watch_expiries(paris("2026-12-02 09:00")) == 0
    assert mails() == [("claire", f"Preuve à renouveler dans 30 jours : {enrolment.subject.name}")]
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    watch_expiries(paris("2026-12-24 09:00"))
    assert [who for who, _ in mails()] == ["claire", "karim"]
    set_expiry(document, paris("2027-01-30 12:00").date(), by=cast.claire, at=at)
    assert watch_expiries(paris("2027-01-02 09:00")) == 1, "une autre date est un autre rappel"
    archive_evidence(document, by=cast.claire, at=at)
    assert watch_expiries(paris("2027-01-25 09:00")) == 0
    with refused("d'eux-mêmes"):
        remind_expiry(document, 7, by=cast.claire, at=at)


def test_a_reminder_is_in_the_conversation_too(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    found = to_correct(enrolment, cast.claire, cast.ines, at, paris("2026-11-16 11:00"))
    watch_deadlines(paris("2026-11-21 10:00"))
    conversation = again(Conversation.objects.get(key=found.number))
    assert (
        Message.objects.filter(conversation=conversation).last().text
        == "Réponse au complément : à faire avant le 24 novembre 2026 à 0\u00a0h\u00a000."
    )
