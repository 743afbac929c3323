"""Depositing: at once, once, in a slot with room for it; dated, used again, archived and restored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from convergence.assessments.models import Assessment
from convergence.assessments.receiving import proof_of_slot, put_file, put_in_its_slot, terms_of_slot
from convergence.catalogue.actions import archive_product, grant_rights
from convergence.evidence import actions
from convergence.evidence.actions import archive_evidence, deposit_evidence, restore_evidence, reuse_evidence, set_expiry
from convergence.evidence.models import Deposit, Folder
from foundation.files.events import FileReceived
from tests.factories.catalogue import ETHICS, GDPR, SOCLES, again, begun, enrolled
from tests.factories.evidence import CHARTER, RELEASE_DATE, REVIEW, deposited, followed, judged, sent
from tests.queue import work_off
from tests.refusals import refused, remembered

AUDIT = "ILL-ETH-11-P1"
"""A slot whose document expires."""


@pytest.fixture
def enrolment(cast, at):
    return followed(cast.claire, at)


def proof(enrolment, slot=CHARTER, questionnaire=ETHICS):
    return proof_of_slot(enrolment, questionnaire, slot)


# — Depositing —


def test_a_file_received_fills_its_slot_before_it_is_examined(cast, at, enrolment):
    file = sent(enrolment, CHARTER, cast.claire, at)
    with remembered("assessments.AssessmentBegun", "evidence.EvidenceDeposited") as entries:
        put_file(file, by=cast.claire, at=at)
    deposit = Deposit.objects.get()
    assert (deposit.slot, deposit.file, deposit.state, deposit.reused) == (CHARTER, file, "in_place", False)
    assert (deposit.folder.subject, deposit.folder.name, deposit.folder.part) == (enrolment.subject, ETHICS, "ethique-mes")
    assert Assessment.objects.get().folder == deposit.folder
    assert file.sha256 in entries[1].body
    assert "charte.pdf" not in entries[1].body  # what a file is called may name someone


def test_a_file_put_twice_is_there_once(cast, at, enrolment):
    file = sent(enrolment, CHARTER, cast.claire, at)
    put_file(file, by=cast.claire, at=at)
    with remembered():
        assert put_file(file, by=cast.claire, at=at) is None
    assert Deposit.objects.count() == 1


def test_a_page_closed_too_soon_loses_nothing(cast, at, enrolment):
    """The file was received; nobody said where it goes. The queue does, from what it was sent for."""
    sent(enrolment, CHARTER, cast.claire, at)
    work_off()
    assert Deposit.objects.get().slot == CHARTER


def test_what_cannot_be_put_any_more_stays_received(cast, at, enrolment):
    file = sent(enrolment, CHARTER, cast.claire, at)
    archive_product(enrolment.subject, by=cast.claire, at=at)
    event = FileReceived(about="", company=file.company_id, file=file.pk, purpose=file.about, size=file.size, sha256=file.sha256)
    put_in_its_slot(event)
    put_in_its_slot(replace(event, purpose="test:autre"))
    assert not Deposit.objects.exists()


def test_a_file_sent_for_something_else_is_not_evidence(cast, at, enrolment):
    file = sent(enrolment, CHARTER, cast.claire, at)
    file.about = "test:ouvert"
    with refused("n'a pas été envoyé comme une preuve", status=409):
        put_file(file, by=cast.claire, at=at)


def test_the_file_of_another_company_does_not_exist(cast, at, enrolment):
    theirs = sent(followed(cast.zoe, at), CHARTER, cast.zoe, at)
    put_file(sent(enrolment, CHARTER, cast.claire, at), by=cast.claire, at=at)
    with refused("n'est pas celui de votre entreprise", status=404):
        deposit_evidence(Folder.objects.get(subject=enrolment.subject), proof(enrolment), theirs, by=cast.claire, at=at)


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_whoever_may_not_answer_may_not_prove(cast, at, enrolment, who):
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    person = cast.everyone()[who]
    if who == "karim":
        grant_rights(enrolment.subject, person, ("view",), by=cast.claire, at=at)
    for act in (
        lambda: deposit_evidence(deposit.folder, proof(enrolment), deposit.file, by=person, at=at),
        lambda: reuse_evidence(deposit.folder, proof(enrolment, REVIEW), deposit, by=person, at=at),
        lambda: archive_evidence(deposit, by=person, at=at),
        lambda: restore_evidence(deposit, proof(enrolment), by=person, at=at),
        lambda: set_expiry(deposit, date(2030, 1, 1), by=person, at=at),
    ):
        with refused("Vous pouvez voir ces preuves, pas en déposer ni en archiver."):
            act()


def test_an_employee_proves_what_was_entrusted_to_him(cast, at, enrolment):
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), questionnaire="ethique-mes", by=cast.claire, at=at)
    assert deposited(enrolment, CHARTER, cast.karim, at).deposited_by == cast.karim
    with refused("pas en déposer ni en archiver"):
        terms_of_slot(cast.karim, cast.aubepine, f"{enrolment.subject.reference}/mes-sans-echange/{GDPR}/RGPD-CGU")


def test_the_evidence_of_an_archived_product_no_longer_changes(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    archive_product(enrolment.subject, by=cast.claire, at=at)
    with refused("ses preuves ne peuvent plus changer"):
        archive_evidence(deposit, by=cast.claire, at=at)


# — What a slot takes —


def test_a_slot_says_what_it_takes(cast, at, enrolment):
    key = f"{enrolment.subject.reference}/mes-sans-echange"
    charter = terms_of_slot(cast.claire, cast.aubepine, f"{key}/{ETHICS}/{CHARTER}")
    assert not charter.sealed
    assert "application/pdf" in charter.media_types
    assert "image/png" not in charter.media_types
    sealed = terms_of_slot(cast.claire, cast.aubepine, f"{key}/{GDPR}/RGPD-AIPD")
    assert (sealed.sealed, set(sealed.media_types)) == (True, {"application/x-zed", "application/age"})


@pytest.mark.parametrize(
    "key",
    [
        "abc", "x/mes-sans-echange/ethique-mes-2023/ILL-ETH-02-P1", "{ref}/mes-avec-echange/ethique-mes-2023/ILL-ETH-02-P1",
        "{ref}/mes-sans-echange/securite-2021/ILL-ETH-02-P1", "{ref}/mes-sans-echange/ethique-mes-2023/ILL-ETH-99-P1",
        "{ref}/mes-sans-echange/ethique-mes-1999/ILL-ETH-02-P1", "{ref}/mes-sans-echange/ethique-mes-2023",
        "99999999999/mes-sans-echange/ethique-mes-2023/ILL-ETH-02-P1",
    ],
)  # fmt: skip
def test_a_slot_that_is_not_asked_does_not_exist(cast, at, enrolment, key):
    with pytest.raises(ObjectDoesNotExist):
        terms_of_slot(cast.claire, cast.aubepine, key.format(ref=enrolment.subject.reference))


def test_the_slot_of_another_company_does_not_exist(cast, at, enrolment):
    key = f"{enrolment.subject.reference}/mes-sans-echange/{ETHICS}/{CHARTER}"
    for person, company in ((cast.zoe, cast.boree), (cast.claire, cast.boree)):
        with pytest.raises(ObjectDoesNotExist):
            terms_of_slot(person, company, key)


def test_a_slot_holds_so_many_files(cast, at, enrolment, monkeypatch):
    monkeypatch.setattr(actions, "MOST_FILES", 2)
    for rank in range(2):
        deposited(enrolment, CHARTER, cast.claire, at, name=f"{rank}.pdf")
    file = sent(enrolment, CHARTER, cast.claire, at)
    with refused("Cet emplacement est plein. Il contient 2 fichiers au plus", code="full", status=409):
        put_file(file, by=cast.claire, at=at)


def test_a_slot_for_one_file_says_what_to_do_with_the_first(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    single, file = proof(enrolment).model_copy(update={"many": False}), sent(enrolment, CHARTER, cast.claire, at)
    with refused("un seul fichier : archivez-le d'abord", code="full", status=409):
        deposit_evidence(deposit.folder, single, file, by=cast.claire, at=at)


def test_a_file_too_heavy_for_its_slot_is_told_by_how_much(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    light, file = proof(enrolment).model_copy(update={"max_bytes": 10}), sent(enrolment, CHARTER, cast.claire, at)
    with refused("Le fichier est trop lourd : 1\u00a0Mo, pour 1\u00a0Mo au plus.", code="too_large", status=409):
        deposit_evidence(deposit.folder, light, file, by=cast.claire, at=at)


def test_a_slot_without_formats_or_weight_takes_anything(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at, state="clean")
    anything = proof(enrolment).model_copy(update={"formats": (), "max_bytes": None, "code": REVIEW})
    assert reuse_evidence(deposit.folder, anything, deposit, by=cast.claire, at=at)


def test_the_database_keeps_a_file_once_in_a_slot_and_who_archived_it(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Deposit.objects.create(folder=deposit.folder, slot=CHARTER, file=deposit.file, deposited_at=at, deposited_by=cast.claire)
    with pytest.raises(IntegrityError), transaction.atomic():
        Deposit.objects.filter(pk=deposit.pk).update(state="archived")


# — Using again —


def test_the_same_file_serves_several_slots_without_being_sent_twice(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at, state="clean")
    set_expiry(deposit, date(2027, 3, 31), by=cast.claire, at=at)
    with remembered("evidence.EvidenceReused"):
        reuse_evidence(deposit.folder, proof(enrolment, REVIEW), again(deposit), by=cast.claire, at=at)
    second = Deposit.objects.get(slot=REVIEW)
    assert (second.file, second.reused, second.expires_on) == (deposit.file, True, date(2027, 3, 31))
    archive_evidence(deposit, by=cast.claire, at=at)
    assert again(second).is_in_place  # archived here, not there


def test_a_file_is_not_used_again_where_it_already_is(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    with refused("Ce fichier est déjà dans cet emplacement.", code="duplicate", status=409):
        reuse_evidence(deposit.folder, proof(enrolment), deposit, by=cast.claire, at=at)


@pytest.mark.parametrize("state", ["infected", "refused"])
def test_a_rejected_file_serves_nowhere(cast, at, enrolment, state):
    deposit = deposited(enrolment, CHARTER, cast.claire, at, state=state)
    with refused("il ne peut servir nulle part", status=409):
        reuse_evidence(deposit.folder, proof(enrolment, REVIEW), deposit, by=cast.claire, at=at)


def test_a_file_of_another_kind_is_refused_with_the_kinds_taken(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    judged(deposit.file, "clean", at, media_type="image/png")
    with refused("Déposez un fichier PDF, Word ou OpenDocument texte.", code="wrong_format", status=409):
        reuse_evidence(deposit.folder, proof(enrolment, REVIEW), again(deposit), by=cast.claire, at=at)


def test_a_file_not_yet_examined_serves_only_what_takes_all_it_may_be(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    with refused("attendez la fin de son analyse", code="wrong_format", status=409):
        reuse_evidence(deposit.folder, proof(enrolment, RELEASE_DATE), deposit, by=cast.claire, at=at)
    with refused("Déposez un fichier ZED! ou age.", code="wrong_format", status=409):
        reuse_evidence(deposit.folder, proof(enrolment, "RGPD-AIPD", GDPR), deposit, by=cast.claire, at=at)
    deposit.file.accepted = []
    with refused("attendez la fin de son analyse", code="wrong_format", status=409):
        deposit_evidence(deposit.folder, proof(enrolment, REVIEW), deposit.file, by=cast.claire, at=at)
    assert reuse_evidence(deposit.folder, proof(enrolment, REVIEW), deposit, by=cast.claire, at=at)


def test_evidence_of_another_company_or_not_entrusted_is_not_used_again(cast, at, enrolment):
    theirs = deposited(followed(cast.zoe, at), CHARTER, cast.zoe, at)
    folder = deposited(enrolment, CHARTER, cast.claire, at).folder
    with refused("Ce produit n'est pas le vôtre."):
        reuse_evidence(folder, proof(enrolment, REVIEW), theirs, by=cast.claire, at=at)
    other = followed(cast.claire, at, name="Agenda")
    elsewhere = deposited(other, CHARTER, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("edit",), by=cast.claire, at=at)
    grant_rights(other.subject, cast.karim, ("view",), questionnaire="rgpd-mes", by=cast.claire, at=at)
    with refused("Les preuves de ce questionnaire ne vous sont pas confiées."):
        reuse_evidence(folder, proof(enrolment, REVIEW), elsewhere, by=cast.karim, at=at)


# — Archiving, restoring —


def test_the_cross_archives_and_nothing_disappears(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    with remembered("evidence.EvidenceArchived"):
        archive_evidence(deposit, by=cast.claire, at=at)
    gone = again(deposit)
    assert (gone.state, gone.archived_by, gone.archived_at) == ("archived", cast.claire, at)
    with refused("", code="wrong_state", status=409):
        archive_evidence(gone, by=cast.claire, at=at)
    with remembered("evidence.EvidenceRestored"):
        restore_evidence(gone, proof(enrolment), by=cast.claire, at=at + timedelta(hours=1))
    back = again(deposit)
    assert (back.state, back.archived_by, back.archived_at) == ("in_place", None, None)


def test_what_was_put_back_otherwise_is_not_restored_twice(cast, at, enrolment):
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    copy = deposited(enrolment, RELEASE_DATE, cast.claire, at, name="x.pdf")
    archive_evidence(deposit, by=cast.claire, at=at)
    reuse_evidence(deposit.folder, proof(enrolment), Deposit.objects.get(pk=deposit.pk), by=cast.claire, at=at)
    with refused("Ce fichier est déjà revenu", code="duplicate", status=409):
        restore_evidence(deposit, proof(enrolment), by=cast.claire, at=at)
    assert copy.is_in_place


def test_a_full_slot_takes_nothing_back(cast, at, enrolment, monkeypatch):
    monkeypatch.setattr(actions, "MOST_FILES", 1)
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    archive_evidence(deposit, by=cast.claire, at=at)
    deposited(enrolment, CHARTER, cast.claire, at, name="autre.pdf")
    with refused("Cet emplacement est plein.", code="full", status=409):
        restore_evidence(deposit, proof(enrolment), by=cast.claire, at=at)


# — Dating —


def test_a_date_of_validity_is_set_changed_and_taken_away(cast, at, enrolment):
    deposit = deposited(enrolment, AUDIT, cast.claire, at)
    for day in (date(2027, 1, 1), date(2028, 2, 29), None):
        with remembered("evidence.ExpirySet"):
            set_expiry(again(deposit), day, by=cast.claire, at=at)
        assert again(deposit).expires_on == day
    with remembered():
        assert set_expiry(again(deposit), None, by=cast.claire, at=at) is None


def test_what_is_archived_is_not_dated(cast, at, enrolment):
    deposit = deposited(enrolment, AUDIT, cast.claire, at)
    archive_evidence(deposit, by=cast.claire, at=at)
    with refused("", code="wrong_state", status=409):
        set_expiry(deposit, date(2027, 1, 1), by=cast.claire, at=at)


def test_a_questionnaire_without_evidence_has_no_folder(cast, at, enrolment):
    assert begun(enrolled(enrolment.subject, SOCLES, cast.claire, at), "securite-2021", cast.claire, at).folder is None
    assert begun(enrolment, ETHICS, cast.claire, at).folder is not None
