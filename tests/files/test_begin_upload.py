"""Who may begin a transfer, go on with it, receive it, give it up? Each refusal by its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from foundation.files.actions import Altered, Moved, abandon_upload, append_piece, begin_upload, deposit_whole, receive_file
from foundation.files.models import StoredFile, Upload
from foundation.files.rules import LONGEST
from foundation.files.store import spooled
from foundation.journal.actor import SYSTEM
from tests.factories.files import OPEN, begun, received
from tests.queue import waiting
from tests.refusals import refused, remembered


def test_a_transfer_is_begun_for_ones_own_company_only(cast, at):
    for stranger, company in ((cast.zoe, cast.aubepine), (cast.hugo, cast.aubepine), (cast.claire, cast.boree)):
        with refused("que pour votre entreprise"):
            begin_upload(company, OPEN, "a.txt", 3, by=stranger, at=at)
    with remembered("files.UploadBegun") as entries:
        upload = begun(cast.karim, at, size=3, name="../a.txt")
    assert (upload.company, upload.by, upload.name, upload.offset) == (cast.aubepine, cast.karim, "a.txt", 0)
    assert "a.txt" not in entries[0].body
    assert upload.expires_at == at + timedelta(days=7)


def test_what_it_is_for_says_what_it_takes(cast, at):
    begin_upload(cast.aubepine, "test:pdf", "a.pdf", 3, by=cast.claire, at=at)
    assert Upload.objects.get().accepted == ["application/pdf"]
    begin_upload(cast.aubepine, "test:scelle", "a.age", 3, by=cast.claire, at=at)
    assert Upload.objects.filter(accepts_sealed=True).count() == 1


def test_a_transfer_goes_on_by_its_authors_hand_only(cast, at):
    upload = begun(cast.claire, at, size=3)
    with refused("commencé par une autre personne"):
        append_piece(upload, 0, b"abc", by=cast.karim, at=at)
    with refused("commencé par une autre personne"):
        receive_file(upload, by=cast.karim, at=at)
    with refused("elle seule peut l'abandonner"):
        abandon_upload(upload, by=cast.karim, at=at)


def test_who_no_longer_sits_in_the_company_does_not_go_on(cast, at):
    upload = begun(cast.claire, at, size=3)
    cast.claire.seats.clear()
    with refused("que pour votre entreprise"):
        append_piece(upload, 0, b"abc", by=cast.claire, at=at)


def test_a_file_is_received_whole_and_once(cast, at):
    upload = begun(cast.claire, at, size=3)
    with refused("n'est pas arrivé en entier", code="wrong_state", status=409):
        receive_file(upload, by=cast.claire, at=at)
    upload = append_piece(upload, 0, b"abc", by=cast.claire, at=at)
    assert upload.is_received
    with refused("déjà reçu", code="wrong_state", status=409):
        receive_file(upload, by=cast.claire, at=at)
    with refused("plus long qu'annoncé", code="too_long", status=400):
        append_piece(upload, 3, b"d", by=cast.claire, at=at)


def test_each_piece_puts_the_end_off(cast, at):
    upload = begun(cast.claire, at, size=3)
    upload = append_piece(upload, 0, b"a", by=cast.claire, at=at + timedelta(days=6))
    assert upload.expires_at == at + timedelta(days=13)
    with refused("a expiré", code="expired", status=410):
        append_piece(upload, 1, b"b", by=cast.claire, at=at + timedelta(days=13))


def test_a_piece_for_another_place_is_told_the_place(cast, at):
    upload = append_piece(begun(cast.claire, at, size=3), 0, b"a", by=cast.claire, at=at)
    with refused("a avancé", code="moved", status=409) as caught:
        append_piece(upload, 0, b"a", by=cast.claire, at=at)
    assert isinstance(caught.value, Moved)
    assert caught.value.offset == 1


def test_the_platform_gives_up_what_its_author_may_also_give_up(cast, at, django_capture_on_commit_callbacks):
    for by in (cast.claire, SYSTEM):
        upload = append_piece(begun(cast.claire, at, size=3), 0, b"a", by=cast.claire, at=at)
        with remembered("files.UploadAbandoned"), django_capture_on_commit_callbacks(execute=True):
            abandon_upload(upload, by=by, at=at)
        assert not spooled(upload.reference).exists()


def test_a_deposit_in_one_request_is_whole_or_not_at_all(cast, at):
    with remembered("files.UploadBegun", "files.FileReceived"):
        upload = deposit_whole(cast.aubepine, OPEN, "a.txt", 6, [b"abc", b"def"], by=cast.claire, at=at)
    assert StoredFile.objects.get().reference == upload.reference
    with pytest.raises(Altered, match="pas arrivé en entier"):
        deposit_whole(cast.aubepine, OPEN, "a.txt", 6, [b"abc"], by=cast.claire, at=at)
    assert Upload.objects.filter(received_at=None).count() == 0


def test_the_scan_is_queued_with_the_reception(cast, at):
    file = received(cast.claire, at, b"abc", name="n" * 300 + ".txt")
    queued = [(name, args.get("file"), args.get("reaction")) for name, args in waiting()]
    assert queued == [
        ("scan_file", file.pk, None),
        ("react", None, "convergence.assessments.receiving.put_in_its_slot"),
        ("react", None, "convergence.candidatures.documents.put_in_its_step"),
        ("react", None, "convergence.advice.receiving.put_in_advice"),
    ]
    assert len(file.name) == LONGEST
