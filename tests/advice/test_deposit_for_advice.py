"""Evidence for advice: deposited as soon as the form is handed over, matched on the spot, read once clean; opinions, deletions, the end."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from convergence.advice.actions import (
    OPINION,
    archive_advice,
    ask_deletion,
    close_advice,
    decline_deletion,
    deposit_for_advice,
    grant_deletion,
    restore_advice,
    send_opinion,
)
from convergence.advice.models import AdviceDeposit, DeletionRequest, Opinion
from convergence.advice.queries import advice_sheet, file_for_reader
from convergence.advice.receiving import put_archive
from convergence.candidatures.actions import accept_step, withdraw_candidature
from convergence.candidatures.models import Candidature, Step
from convergence.catalogue.actions import grant_rights
from foundation.accounts.actions import declare_conflict
from foundation.files.actions import deposit_whole
from foundation.files.models import StoredFile
from foundation.messaging.models import Message
from foundation.messaging.rules import LONGEST_MESSAGE
from tests.cast import Cast
from tests.factories.advice import advised, archive, awaiting_advice, deposited, received
from tests.factories.candidatures import begun, step_of
from tests.factories.catalogue import product_at
from tests.factories.people import fresh
from tests.factories.suspects import zipped
from tests.queue import work_off
from tests.refusals import refused, remembered


@pytest.fixture
def found(cast: Cast, at: datetime) -> Candidature:
    return awaiting_advice(product_at("active", cast.claire, at), cast.claire, at)


def advice(candidature: Candidature) -> Step:
    return step_of(candidature, "avis")


def test_it_opens_once_the_form_is_handed_over(cast: Cast, at: datetime) -> None:
    draft = begun(advised(product_at("active", cast.claire, at), cast.claire, at), cast.claire, at)
    assert advice(draft).state == "locked"
    file = received(advice(draft), cast.claire, at)
    with refused("Cette action n'est plus possible", code="wrong_state", status=409):
        deposit_for_advice(advice(draft), file, by=cast.claire, at=at)


def test_an_archive_is_matched_on_the_spot_and_the_agency_is_awaited(cast: Cast, at: datetime, found: Candidature) -> None:
    assert (advice(found).state, step_of(found).state, step_of(found, "suite").state) == ("open", "submitted", "locked")
    file = received(advice(found), cast.claire, at)
    with remembered("advice.AdviceDeposited") as entries:
        put_archive(file, by=cast.claire, at=at)
    deposit = AdviceDeposit.objects.get()
    assert (deposit.known, deposit.unknown, deposit.missing) == ({"ILL-V1.1": ["ILL-V1.1 vidéo.txt"]}, ["lisez-moi.txt"], [])
    assert "lisez-moi" not in entries[0].body
    assert advice(found).state == "submitted"
    assert Message.objects.last().text == "Preuves pour avis : l'archive n° 1 est reçue (1 scénario reconnu, 1 fichier sans code connu)."
    with remembered():
        assert put_archive(file, by=cast.claire, at=at) is None, "la page et la file la déposent : une fois"
    deposited(found, cast.claire, at, name="suite.zip")
    assert [one.number for one in advice_sheet(found, "avis").in_place] == [2, 1]


def test_whoever_closed_the_page_finds_the_archive_in_place(cast: Cast, at: datetime, found: Candidature) -> None:
    received(advice(found), cast.claire, at)
    work_off()
    assert AdviceDeposit.objects.get().file.is_clean


@pytest.mark.parametrize("body", [b"pas une archive", archive()[:-5], zipped({"../INS 1.1.txt": b"x"})])
def test_what_is_no_sound_archive_is_refused_at_once(cast: Cast, at: datetime, found: Candidature, body: bytes) -> None:
    file = received(advice(found), cast.claire, at, body=body)
    with refused("rchive", code="not_an_archive", status=400):
        put_archive(file, by=cast.claire, at=at)
    assert not AdviceDeposit.objects.exists()


def test_who_may_deposit_and_for_which_step(cast: Cast, at: datetime, found: Candidature) -> None:
    subject = found.enrolment.subject
    for person in (cast.zoe, cast.karim):
        with pytest.raises(Step.DoesNotExist):
            received(advice(found), person if person is cast.karim else cast.karim, at)
    grant_rights(subject, cast.karim, ("view",), by=cast.claire, at=at)
    with refused("pas la remplir"):
        received(advice(found), fresh(cast.karim), at)
    grant_rights(subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    put_archive(received(advice(found), fresh(cast.karim), at), by=fresh(cast.karim), at=at)
    other = awaiting_advice(product_at("active", cast.claire, at), cast.claire, at)
    file = received(advice(other), cast.claire, at)
    with refused("pas été envoyé pour cette étape", status=409):
        deposit_for_advice(advice(found), file, by=cast.claire, at=at)


def test_an_opinion_comes_back_and_the_step_stays_open(cast: Cast, at: datetime, found: Candidature) -> None:
    deposited(found, cast.claire, at)
    with refused("Écrivez l'avis", code="no_text", status=400):
        send_opinion(advice(found), " ", by=cast.ines, at=at)
    work_off()
    mail.outbox.clear()
    with remembered("advice.OpinionSent"):
        send_opinion(advice(found), "La vidéo CanariAvis est muette.", by=cast.ines, at=at)
    assert advice(found).state == "open"
    assert Message.objects.last().text == "Avis informatif n° 1 : La vidéo CanariAvis est muette."
    work_off()
    assert [(message.to[0], "CanariAvis" in message.body) for message in mail.outbox] == [(cast.claire.email, False)]
    deposited(found, cast.claire, at, name="suite.zip")
    send_opinion(advice(found), "Bien.", by=cast.ines, at=at)
    assert [one.number for one in advice_sheet(found, "avis").opinions] == [2, 1]


def test_an_opinion_with_a_document_of_the_same_person(cast: Cast, at: datetime, found: Candidature) -> None:
    step = advice(found)
    upload = deposit_whole(cast.aubepine, f"{OPINION}:{step.pk}", "remarques.txt", 3, [b"abc"], by=cast.ines, at=at)
    file = StoredFile.objects.get(reference=upload.reference)
    send_opinion(step, "Voir la pièce.", file, by=cast.ines, at=at)
    assert Opinion.objects.get().file == file
    theirs = received(step, cast.claire, at)
    with refused("pas été envoyé pour cet avis", status=409):
        send_opinion(step, "Moi.", theirs, by=cast.ines, at=at)
    for person in (cast.hugo, cast.claire):
        with refused("pas de l'examiner"):
            deposit_whole(cast.aubepine, f"{OPINION}:{step.pk}", "a.txt", 3, [b"abc"], by=person, at=at)


def test_an_opinion_is_written_once_and_by_who_examines(cast: Cast, at: datetime, found: Candidature) -> None:
    with refused("pas de l'examiner"):
        send_opinion(advice(found), "Moi.", by=cast.hugo, at=at)
    send_opinion(advice(found), "Bien.", by=cast.ines, at=at)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE advice_opinion SET text = 'Mal.'")
    declare_conflict(cast.ines, cast.aubepine, "Parent.", by=cast.ines, at=at)
    with refused("un autre vérificateur"):
        send_opinion(advice(found), "Encore.", by=cast.ines, at=at)


def test_an_archive_is_set_aside_and_back(cast: Cast, at: datetime, found: Candidature) -> None:
    deposit = deposited(found, cast.claire, at)
    archive_advice(deposit, by=cast.claire, at=at)
    assert (advice_sheet(found, "avis").in_place, advice_sheet(found, "avis").answered) == ([], set())
    with refused("Cette action n'est plus possible", code="wrong_state", status=409):
        archive_advice(deposit, by=cast.claire, at=at)
    restore_advice(deposit, by=cast.claire, at=at)
    assert advice_sheet(found, "avis").answered == {"ILL-V1.1"}
    with refused("pas la remplir"):
        archive_advice(deposit, by=cast.zoe, at=at)


@pytest.mark.parametrize(
    ("number", "name", "reason", "code"),
    [
        ("AAAAAAAAAA", "preuves.zip", "numéro de cette candidature", "other_number"),
        ("", "preuves.zip", "numéro de cette candidature", "other_number"),
        (None, "Preuves.zip", "nom exact", "other_name"),
        (None, "preuves", "nom exact", "other_name"),
    ],
)
def test_a_deletion_names_exactly_what_it_is_of(
    cast: Cast, at: datetime, found: Candidature, number: str | None, name: str, reason: str, code: str
) -> None:
    deposit = deposited(found, cast.claire, at)
    with refused(reason, code=code, status=400):
        ask_deletion(deposit, found.number if number is None else number, name, by=cast.claire, at=at)


def test_a_deletion_is_asked_once_and_decided_by_the_agency(cast: Cast, at: datetime, found: Candidature) -> None:
    deposit = deposited(found, cast.claire, at)
    grant_rights(found.enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    with refused("ne permet pas de soumettre"):
        ask_deletion(deposit, found.number, "preuves.zip", by=fresh(cast.karim), at=at)
    ask_deletion(deposit, f" {found.number.lower()} ", "preuves.zip", by=cast.claire, at=at)
    with refused("déjà demandée", code="duplicate", status=409):
        ask_deletion(deposit, found.number, "preuves.zip", by=cast.claire, at=at)
    request = DeletionRequest.objects.get()
    with refused("pas de l'examiner"):
        grant_deletion(request, "", by=cast.claire, at=at)
    with refused("pourquoi cette archive n'est pas supprimée", code="no_reason", status=400):
        decline_deletion(request, " ", by=cast.ines, at=at)
    decline_deletion(request, "Elle a déjà reçu un avis.", by=cast.ines, at=at)
    with refused("déjà reçu une réponse", code="wrong_state", status=409):
        grant_deletion(request, "", by=cast.ines, at=at)
    ask_deletion(deposit, found.number, "preuves.zip", by=cast.claire, at=at)
    with remembered("advice.DeletionGranted"):
        grant_deletion(DeletionRequest.objects.get(state="asked"), "", by=cast.ines, at=at)
    sheet = advice_sheet(found, "avis")
    assert [one.state for one in sheet.deposits] == ["deleted"]
    with pytest.raises(AdviceDeposit.DoesNotExist):
        file_for_reader(sheet, deposit.pk)
    with refused("déjà supprimée", code="wrong_state", status=409):
        ask_deletion(deposit, found.number, "preuves.zip", by=cast.claire, at=at)


def test_the_reviewer_closes_after_an_opinion_and_what_waited_opens(cast: Cast, at: datetime, found: Candidature) -> None:
    with refused("au moins un avis", code="no_opinion", status=409):
        close_advice(advice(found), "", by=cast.ines, at=at)
    send_opinion(advice(found), "Bien.", by=cast.ines, at=at)
    with remembered("candidatures.StepConcluded", "advice.AdviceClosed"):
        close_advice(advice(found), "", by=cast.ines, at=at)
    assert (advice(found).state, step_of(found, "suite").state) == ("accepted", "open")
    with refused("Cette action n'est plus possible", code="wrong_state", status=409):
        send_opinion(advice(found), "Encore.", by=cast.ines, at=at)
    accept_step(step_of(found), "", by=cast.ines, at=at)


def test_what_was_given_up_takes_nothing_more(cast: Cast, at: datetime, found: Candidature) -> None:
    deposit, file = deposited(found, cast.claire, at), received(advice(found), cast.claire, at)
    found.refresh_from_db()
    withdraw_candidature(found, "Trop tôt.", by=cast.claire, at=at)
    for act in (
        lambda: put_archive(file, by=cast.claire, at=at),
        lambda: archive_advice(deposit, by=cast.claire, at=at),
        lambda: send_opinion(advice(found), "Bien.", by=cast.ines, at=at),
    ):
        with refused("elle ne peut plus changer", code="wrong_state", status=409):
            act()


def test_a_long_opinion_is_told_with_where_to_read_the_rest(cast: Cast, at: datetime, found: Candidature) -> None:
    send_opinion(advice(found), "vidéo " * 660 + "fin", by=cast.ines, at=at)
    told = Message.objects.get(notice__startswith="opinion:").text
    assert told.endswith("La suite de l'avis est dans la candidature.")
    assert len(told) <= LONGEST_MESSAGE
    assert Opinion.objects.get(step__candidature=found).text.endswith("fin")


def test_an_answer_too_long_is_refused_and_never_cut(cast: Cast, at: datetime, found: Candidature) -> None:
    ask_deletion(deposited(found, cast.claire, at), found.number, "preuves.zip", by=cast.claire, at=at)
    request = DeletionRequest.objects.get()
    for answer in (grant_deletion, decline_deletion):
        with refused("2001 caractères, pour 2000 au plus", code="too_long", status=400):
            answer(request, "x" * 2001, by=cast.ines, at=at)
