"""Erasing: the company asks, the support proposes, someone else decides; the bytes go, every record stays with its hash."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.urls import reverse

from convergence.assessments.receiving import proof_of_slot
from convergence.catalogue.actions import grant_rights
from convergence.evidence.actions import (
    archive_evidence,
    decide_erasure,
    decline_erasure,
    propose_erasure,
    request_erasure,
    restore_evidence,
    reuse_evidence,
)
from convergence.evidence.models import Deposit, ErasureRequest
from convergence.evidence.permissions import can_decide_erasure, can_decline_erasure, can_propose_erasure, can_request_erasure
from foundation.accounts.actions import give_seat
from foundation.accounts.rights import Role
from foundation.files.reconciliation import reconcile
from foundation.journal.actor import SYSTEM
from tests.factories.catalogue import ETHICS
from tests.factories.evidence import CHARTER, RELEASE_DATE, deposited, followed
from tests.factories.pages import text_of
from tests.factories.people import STAFF, fresh, someone
from tests.queue import work_off
from tests.refusals import refused, remembered


@pytest.fixture
def staff(db, at):
    return {login: someone(login, role, None, at) for login, role in STAFF.items()}


@pytest.fixture
def enrolment(cast, at):
    return followed(cast.claire, at)


@pytest.fixture
def archived(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at, state="clean")
    archive_evidence(deposit, by=cast.claire, at=at)
    return Deposit.objects.select_related("file", "folder__subject").get(pk=deposit.pk)


@pytest.fixture
def asked(cast, at, archived):
    return ErasureRequest.objects.get(pk=request_erasure(archived, "Un nom y figure.", by=cast.claire, at=at).request)


@pytest.fixture
def proposed(asked, staff, at):
    propose_erasure(asked, "Vérifié avec l'entreprise.", by=staff["support"], at=at)
    return ErasureRequest.objects.get(pk=asked.pk)


def test_decided_by_another_the_bytes_go_and_the_records_stay(cast, at, staff, archived, proposed):
    key = archived.file.key
    assert storages["default"].exists(key)
    with remembered("files.FileErased", "evidence.ErasureDecided") as entries:
        decide_erasure(proposed, by=staff["coordinator"], at=at + timedelta(days=1))
    assert all(archived.file.sha256 in entry.body and "nom y figure" not in entry.body for entry in entries)
    assert storages["default"].exists(key)  # until it is committed, and a worker does it
    work_off()
    assert not storages["default"].exists(key)
    again = Deposit.objects.select_related("file").get(pk=archived.pk)
    assert (again.file.state, again.file.sha256, again.file.name) == ("erased", archived.file.sha256, archived.file.name)
    assert again.file.erased_at == at + timedelta(days=1)
    told = [message for message in mail.outbox if "Preuve effacée" in message.subject]
    assert [message.to for message in told] == [[cast.claire.email]]
    assert archived.file.name not in told[0].body
    assert reconcile().damages == 0  # neither missing nor an orphan
    assert key not in reconcile().orphans


def test_rolled_back_nothing_is_erased(at, staff, archived, proposed):
    with pytest.raises(RuntimeError), transaction.atomic():
        decide_erasure(proposed, by=staff["coordinator"], at=at)
        raise RuntimeError
    work_off()
    assert storages["default"].exists(archived.file.key)


def test_what_is_erased_never_comes_back(cast, at, staff, enrolment, archived, proposed):
    decide_erasure(proposed, by=staff["coordinator"], at=at)
    proof = proof_of_slot(enrolment, ETHICS, CHARTER)
    with refused("Ce fichier est effacé : il ne peut plus revenir.", code="erased", status=409):
        restore_evidence(archived, proof, by=cast.claire, at=at)
    again = Deposit.objects.select_related("file", "folder__subject").get(pk=archived.pk)
    with refused("il ne peut servir nulle part", status=409):
        reuse_evidence(again.folder, proof_of_slot(enrolment, ETHICS, RELEASE_DATE), again, by=cast.claire, at=at)
    with refused("L'effacement de ce fichier est déjà demandé, ou fait.", code="duplicate", status=409):
        request_erasure(again, "Encore.", by=cast.claire, at=at)


def test_what_still_serves_elsewhere_is_not_erased(cast, at, staff, enrolment, archived):
    restored = proof_of_slot(enrolment, ETHICS, CHARTER)
    restore_evidence(archived, restored, by=cast.claire, at=at)
    in_place = Deposit.objects.select_related("file", "folder__subject").get(pk=archived.pk)
    with refused("Cette preuve est en place : archivez-la avant"):
        request_erasure(in_place, "Un nom y figure.", by=cast.claire, at=at)
    reuse_evidence(in_place.folder, proof_of_slot(enrolment, ETHICS, RELEASE_DATE), in_place, by=cast.claire, at=at)
    archive_evidence(in_place, by=cast.claire, at=at)
    again = Deposit.objects.select_related("file", "folder__subject").get(pk=archived.pk)
    with refused("Ce fichier sert encore à un autre emplacement", code="in_use", status=409):
        request_erasure(again, "Un nom y figure.", by=cast.claire, at=at)


def test_restored_meanwhile_it_is_not_erased(cast, at, staff, enrolment, archived, proposed):
    restore_evidence(archived, proof_of_slot(enrolment, ETHICS, CHARTER), by=cast.claire, at=at)
    with refused("Ce fichier sert encore à un autre emplacement", code="in_use", status=409):
        decide_erasure(proposed, by=staff["coordinator"], at=at)


def test_who_may(cast, at, staff, enrolment, archived, proposed):
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    both = someone("double", Role.SUPPORT, None, at)
    give_seat(both, Role.COORDINATOR, None, by=SYSTEM, at=at)
    people = {**cast.everyone(), **staff, "both": fresh(both)}
    assert {name for name, one in people.items() if can_request_erasure(one, archived)} == {"claire"}
    assert {name for name, one in people.items() if can_propose_erasure(one, proposed)} == {"support", "both"}
    assert {name for name, one in people.items() if can_decline_erasure(one, proposed)} == {"support", "coordinator", "both"}
    assert {name for name, one in people.items() if can_decide_erasure(one, proposed)} == {"coordinator", "both"}
    ErasureRequest.objects.filter(pk=proposed.pk).update(proposed_by=both)
    assert not can_decide_erasure(people["both"], ErasureRequest.objects.get(pk=proposed.pk))  # one's own proposal


def test_the_database_itself_wants_two_people(at, staff, proposed):
    with pytest.raises(IntegrityError), transaction.atomic():
        ErasureRequest.objects.filter(pk=proposed.pk).update(state="erased", settled_at=at, settled_by=staff["support"])


def test_declined_it_may_be_asked_again(cast, at, staff, archived, asked):
    with refused("Écrivez à l'entreprise pourquoi ce fichier est gardé.", code="no_reason", status=400):
        decline_erasure(asked, " ", by=staff["support"], at=at)
    with remembered("evidence.ErasureDeclined"):
        decline_erasure(asked, "Il fonde une décision.", by=staff["support"], at=at)
    with refused("l'état est « Refusé »", code="wrong_state", status=409):
        propose_erasure(asked, "Finalement.", by=staff["support"], at=at)
    with remembered("evidence.ErasureRequested"):
        request_erasure(archived, "Une décision de justice le demande.", by=cast.claire, at=at)


def test_a_step_is_not_skipped(at, staff, asked):
    with refused("l'état est « Demandé »", code="wrong_state", status=409):
        decide_erasure(asked, by=staff["coordinator"], at=at)


@pytest.mark.parametrize(("reason", "words", "code"), [(" ", "Dites pourquoi", "no_reason"), ("x" * 2001, "2001 caractères", "too_long")])
def test_a_request_says_why(cast, at, archived, reason, words, code):
    with refused(words, code=code, status=400):
        request_erasure(archived, reason, by=cast.claire, at=at)


def test_from_one_page_to_the_other(cast, at, staff, enrolment, archived, browse):
    claire, support, coordinator = browse(cast.claire), browse(staff["support"]), browse(staff["coordinator"])
    page = reverse("company:request_erasure", args=[enrolment.subject.reference, archived.pk])
    aside = reverse("company:archived_evidence", args=[enrolment.subject.reference, enrolment.code, ETHICS])
    assert page in text_of(claire.get(aside))
    answer = claire.post(page, {"reason": " "})
    assert answer.status_code == 400
    text = text_of(claire.post(page, {"reason": "Un nom y figure."}, follow=True))
    assert "L'effacement est demandé." in text
    asked = ErasureRequest.objects.get()
    desk = reverse("agency:erasure", args=[asked.pk])
    assert desk in text_of(support.get(reverse("agency:erasure_list")))
    assert support.post(desk, {"text": "", "propose": "1"}).status_code == 400
    text = text_of(support.post(desk, {"text": "Vérifié.", "propose": "1"}, follow=True))
    assert "La coordination décide de l'effacement" in text
    assert support.post(desk, {"decide": "1"}).status_code == 403
    assert "Effacer le fichier" in text_of(coordinator.get(desk))
    text = text_of(coordinator.post(desk, {"decide": "1"}, follow=True))
    assert "son empreinte reste" in text
    assert "Effacé le" in text_of(claire.get(page))
    text = text_of(claire.get(aside))
    assert "Effacé le" in text
    assert "Restaurer" not in text
    assert archived.file.name in text_of(claire.get(reverse("company:evidence_list")))
    assert desk in text_of(coordinator.get(reverse("agency:erasure_list") + "?traitees=1"))
    file = reverse("company:evidence_file", args=[enrolment.subject.reference, archived.pk])
    assert claire.get(file).status_code == 409


def test_strangers_see_no_door(cast, at, enrolment, archived, asked, browse):
    page = reverse("company:request_erasure", args=[enrolment.subject.reference, archived.pk])
    assert browse(cast.zoe).get(page).status_code == 404
    assert (
        browse(cast.claire).get(reverse("company:request_erasure", args=[enrolment.subject.reference + 1, archived.pk])).status_code == 404
    )
    for person in (cast.ines, cast.hugo, cast.claire):
        assert browse(person).get(reverse("agency:erasure", args=[asked.pk])).status_code == 404
