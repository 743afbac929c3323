"""Opening what is sealed: by whoever is accredited by name, of what they examine or what is shared; written each time, for good."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from convergence.catalogue.actions import archive_product, stop_sharing
from convergence.catalogue.models import Subject
from convergence.catalogue.queries import share_of
from convergence.evidence.models import Deposit
from convergence.openings.actions import open_sealed_evidence, withdraw_accreditation
from convergence.openings.handing import handed_over
from convergence.openings.models import Opening
from convergence.openings.permissions import can_open_sealed_evidence
from convergence.openings.queries import sealed_evidence_shared, sealed_handed_over
from convergence.reviews.actions import give_back_candidature
from foundation.accounts.actions import declare_conflict
from foundation.files.models import StoredFile
from tests.cast import Cast
from tests.factories.files import file_at
from tests.factories.openings import accredited, coordinating, sealed_in_candidature, sealed_in_results
from tests.factories.people import STAFF, someone
from tests.factories.sections import another_reviewer
from tests.refusals import refused, remembered


def test_who_is_accredited_and_examines_opens_and_it_is_written(cast: Cast, at: datetime) -> None:
    found, deposit = sealed_in_candidature(cast.claire, cast.ines, at)
    given = accredited(cast.ines, at)
    with remembered("openings.SealedEvidenceOpened") as entries:
        open_sealed_evidence(deposit, by=cast.ines, at=at)
    opening = Opening.objects.get()
    assert (opening.deposit, opening.candidature, opening.person, opening.accreditation) == (deposit, found, cast.ines, given)
    (entry,) = entries
    assert (entry.about, entry.company) == (f"opening:{opening.pk}", cast.aubepine.pk)
    assert deposit.file.sha256 in entry.body
    assert deposit.file.name not in entry.body
    with remembered("openings.SealedEvidenceOpened"):
        open_sealed_evidence(deposit, by=cast.ines, at=at + timedelta(minutes=1))
    assert Opening.objects.count() == 2


def test_an_opening_is_never_changed_nor_forgotten(cast: Cast, at: datetime) -> None:
    _, deposit = sealed_in_candidature(cast.claire, cast.ines, at)
    accredited(cast.ines, at)
    open_sealed_evidence(deposit, by=cast.ines, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.update(opened_at=at + timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.get().delete()


def test_not_without_an_accreditation(cast: Cast, at: datetime) -> None:
    _, deposit = sealed_in_candidature(cast.claire, cast.ines, at)
    with refused("Vous n'êtes pas accrédité"):
        open_sealed_evidence(deposit, by=cast.ines, at=at)
    given = accredited(cast.ines, at)
    withdraw_accreditation(given, by=coordinating(at), at=at)
    with refused("Vous n'êtes pas accrédité"):
        open_sealed_evidence(deposit, by=cast.ines, at=at)
    assert not Opening.objects.exists()


def test_not_of_a_candidature_that_someone_else_examines(cast: Cast, at: datetime) -> None:
    found, deposit = sealed_in_candidature(cast.claire, cast.ines, at)
    second = another_reviewer(at)
    accredited(second, at)
    with refused("Cette candidature ne vous est pas attribuée"):
        open_sealed_evidence(deposit, by=second, at=at)
    accredited(cast.ines, at)
    give_back_candidature(found, by=cast.ines, at=at)
    with refused("Cette candidature ne vous est pas attribuée"):
        open_sealed_evidence(deposit, by=cast.ines, at=at)


def test_not_by_who_is_linked_to_the_company(cast: Cast, at: datetime) -> None:
    deposit = sealed_in_results(cast.claire, at)
    accredited(cast.ines, at)
    declare_conflict(cast.ines, cast.aubepine, "Ancien employeur.", by=cast.ines, at=at)
    with refused("Un lien avec cette entreprise est déclaré à votre nom"):
        open_sealed_evidence(deposit, by=cast.ines, at=at)


@pytest.mark.parametrize("login", ["coordinator", "auditor", "signatory", "support", "partner"])
def test_not_by_another_role_of_the_agency(cast: Cast, at: datetime, login: str) -> None:
    deposit = sealed_in_results(cast.claire, at)
    other = someone(f"autre-{login}", STAFF[login], None, at)
    with refused("Votre rôle ne permet pas d'ouvrir une preuve scellée"):
        open_sealed_evidence(deposit, by=other, at=at)


def test_not_by_a_company_not_even_its_own(cast: Cast, at: datetime) -> None:
    deposit = sealed_in_results(cast.claire, at)
    for person in (cast.claire, cast.zoe, cast.hugo):
        assert not can_open_sealed_evidence(person, deposit)


@pytest.mark.parametrize("state", ["infected", "refused", "held", "quarantined"])
def test_not_what_is_not_readable(cast: Cast, at: datetime, state: str) -> None:
    deposit = sealed_in_results(cast.claire, at)
    accredited(cast.ines, at)
    StoredFile.objects.filter(pk=deposit.file_id).update(state=state)
    with refused("Ce fichier n'est pas, ou plus, lisible", code="not_clean", status=409):
        open_sealed_evidence(deposit, by=cast.ines, at=at)


def test_not_what_is_not_sealed(cast: Cast, at: datetime) -> None:
    _, deposit = sealed_in_candidature(cast.claire, cast.ines, at)
    accredited(cast.ines, at)
    plain = Deposit.objects.filter(folder=deposit.folder, file__sealed=False).first()
    assert plain is not None
    with refused("Ce fichier n'est pas scellé", code="not_sealed", status=409):
        open_sealed_evidence(plain, by=cast.ines, at=at)
    with pytest.raises(Deposit.DoesNotExist):
        sealed_handed_over(plain.pk)


# — What the agency has ———————————————————————————————————————————————————————————————————


def test_what_was_never_handed_over_does_not_exist(cast: Cast, at: datetime) -> None:
    """Deposited; validated but not shared; shared: only then is it the agency's to open, until the company takes it back."""
    deposit = sealed_in_results(cast.claire, at)
    assert handed_over(deposit) is not None
    enrolment = deposit.folder.subject.enrolments.get()
    share = share_of(enrolment, "gie-sesam-vitale")
    assert share is not None
    stop_sharing(share, by=cast.claire, at=at)
    assert handed_over(deposit) is None
    accredited(cast.ines, at)
    with refused("Cette preuve n'est pas, ou plus, transmise à l'agence"):
        open_sealed_evidence(deposit, by=cast.ines, at=at)
    with pytest.raises(Deposit.DoesNotExist):
        sealed_handed_over(deposit.pk)


def test_what_no_validation_names_is_a_draft(cast: Cast, at: datetime) -> None:
    deposit = sealed_in_results(cast.claire, at)
    later = Deposit.objects.create(
        folder=deposit.folder, slot=deposit.slot, file=_another_sealed(deposit), deposited_at=at, deposited_by=cast.claire
    )
    assert handed_over(later) is None
    lines, count = sealed_evidence_shared(limit=10)
    assert ([line.deposit for line in lines], count) == ([deposit], 1)


def _another_sealed(deposit: Deposit) -> StoredFile:
    return file_at(
        "clean", deposit.deposited_by, deposit.deposited_at, b"autre", name="autre.age", sealed=True, media_type="application/age"
    )


def test_a_product_that_left_the_catalogue_takes_its_evidence_with_it(cast: Cast, at: datetime) -> None:
    deposit = sealed_in_results(cast.claire, at)
    archive_product(Subject.objects.get(pk=deposit.folder.subject_id), by=cast.claire, at=at)
    assert handed_over(deposit) is None


def test_a_document_deposited_but_not_submitted_is_not_handed_over(cast: Cast, at: datetime) -> None:
    _, deposit = sealed_in_candidature(cast.claire, cast.ines, at)
    other = Deposit.objects.create(
        folder=deposit.folder, slot=deposit.slot, file=_another_sealed(deposit), deposited_at=at, deposited_by=cast.claire
    )
    assert handed_over(deposit) is not None
    assert handed_over(other) is None


def test_the_list_is_searched_by_product_company_file_and_reference(cast: Cast, at: datetime) -> None:
    deposit = sealed_in_results(cast.claire, at)
    subject: Any = deposit.folder.subject
    for words in ("", subject.name[:4], "aubép", "AIPD.pdf", str(subject.reference), f"aubép {subject.reference}"):
        assert sealed_evidence_shared(words=words, limit=10)[1] == 1, words
    for words in ("Borée", "999999999", "aubép rien"):
        assert sealed_evidence_shared(words=words, limit=10) == ([], 0)
