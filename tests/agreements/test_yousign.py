"""Signed with Yousign: asked once whatever fails, followed whatever comes in whatever order, believed only when asked again."""

from __future__ import annotations

import hashlib
import hmac
import random
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from convergence.agreements.actions import request_signatures, send_back_agreement, send_signing_code
from convergence.agreements.jobs import follow_envelopes
from convergence.agreements.models import Envelope, ProviderEvent
from convergence.agreements.providers import ProviderDown
from convergence.agreements.workflow import CLOSED, CONCLUDED, DONE, PLACED, TO_COUNTERSIGN, TO_SIGN, WAITING
from convergence.certificates.models import Certificate
from foundation.accounts.models import Person
from foundation.core.verdict import Refused
from foundation.files.store import read_kept
from foundation.journal.models import Entry
from tests.factories import agreements as factory
from tests.factories.agreements import agreement_of, signed_trial, to_sign
from tests.factories.candidatures import step_of
from tests.peers.yousign import KEY, SECRET, yousign
from tests.queue import work_off

WHERE = "public:yousign_event"


@pytest.fixture
def simulator(settings, tmp_path: Path):
    with yousign(tmp_path) as found:
        settings.YOUSIGN_KEY, settings.YOUSIGN_SECRET, settings.YOUSIGN_URL = KEY, SECRET, found.url
        settings.TRUSTED_AUTHORITIES = found.authority
        yield found


@pytest.fixture
def elsewhere(cast, at: datetime, signing, simulator, monkeypatch):
    """A candidature whose agreement is signed with Yousign."""
    monkeypatch.setattr(factory, "AGREEMENT", factory.AGREEMENT + "provider: yousign\n")
    return to_sign(signed_trial(cast.claire, at), cast.claire, cast.ines, at)


@pytest.fixture
def placed(cast, at, elsewhere):
    request_signatures(agreement_of(elsewhere), by=cast.claire, at=at)
    work_off()
    return elsewhere


def says(body: bytes, headers: dict[str, str]) -> int:
    return Client().post(reverse(WHERE), body, content_type="application/json", headers=headers).status_code


def test_the_paper_goes_once_to_both_in_order(cast, signing, placed, simulator):
    request = simulator.only()
    assert (request["status"], request["ordered_signers"], request["delivery_mode"]) == ("ongoing", True, "email")
    assert [(one["info"]["email"], one["status"]) for one in request["signers"]] == [
        (cast.claire.email, "notified"),
        (signing.email, "initiated"),
    ]
    frozen = agreement_of(placed).papers.get()
    assert sha256(simulator.papers[request["id"]]).hexdigest() == frozen.sha256
    envelope = Envelope.objects.get()
    assert (envelope.state, envelope.reference) == (PLACED, request["id"])


def test_from_the_first_signature_to_the_certificate(cast, placed, simulator):
    request = simulator.sign(simulator.only())
    assert says(*simulator.message(request, "signer.done")) == 204
    work_off()
    assert (agreement_of(placed).state, step_of(placed, "convention").state) == (TO_COUNTERSIGN, "submitted")
    simulator.sign(request)
    assert says(*simulator.message(request, "signature_request.done")) == 204
    work_off()
    agreement = agreement_of(placed)
    assert (agreement.state, step_of(placed, "convention").state, Envelope.objects.get().state) == (CONCLUDED, "accepted", DONE)
    assert read_kept(agreement.papers.last().key) != read_kept(agreement.papers.first().key)
    assert Certificate.objects.filter(candidature=placed).exists()


def test_done_before_the_first_signature_was_told_is_done(placed, simulator):
    """Messages come in another order, or the first was lost."""
    request = simulator.sign(simulator.sign(simulator.only()))
    assert says(*simulator.message(request, "signature_request.done")) == 204
    assert says(*simulator.message(request, "signer.done")) == 204
    work_off()
    assert agreement_of(placed).state == CONCLUDED


def test_where_no_message_comes_it_is_asked_again_each_hour(placed, simulator):
    simulator.sign(simulator.sign(simulator.only()))
    follow_envelopes()
    work_off()
    assert agreement_of(placed).state == CONCLUDED
    follow_envelopes()


@pytest.mark.slow  # ten thousand messages, as promised
def test_ten_thousand_shuffled_duplicates_and_forgeries_move_it_once(placed, simulator):
    request = simulator.sign(simulator.sign(simulator.only()))
    chance = random.Random(20261116)
    names = ("signature_request.activated", "signer.notified", "signer.done", "signature_request.done", "inconnu")
    true = [simulator.message(request, name, f"evenement-{rank}") for rank, name in enumerate(names)]
    asked = []
    for _ in range(10_000):
        body, headers = chance.choice(true)
        forgery = chance.randrange(6)
        if forgery == 1:
            altered = bytearray(body)
            altered[chance.randrange(len(body))] ^= 1 << chance.randrange(7)
            body = bytes(altered)
        elif forgery == 2:
            headers = {}
        elif forgery == 3:
            headers = {"X-Yousign-Signature-256": "sha256=" + sha256(body).hexdigest()}
        asked.append((says(body, headers), 401 if forgery in (1, 2, 3) else 204))
    assert [got for got, _ in asked] == [expected for _, expected in asked]
    work_off()
    assert ProviderEvent.objects.count() == len(names)
    told = [entry.kind for entry in Entry.objects.order_by("position")]
    for kind in ("agreements.EnvelopeConcluded", "candidatures.StepConcluded", "certificates.CertificateIssued"):
        assert told.count(kind) == 1, kind
    assert agreement_of(placed).papers.count() == 2


@pytest.mark.parametrize("body", [b"{}", b"[]", b"pas du JSON", b'{"event_id": null}', b'{"event_id": "a", "data": []}'])
def test_a_message_that_is_signed_and_says_nothing_is_not_an_accident(simulator, db, body):

    headers = {"X-Yousign-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}
    assert says(body, headers) in (204, 400)


def test_without_a_secret_every_message_is_forged(simulator, settings, placed):
    settings.YOUSIGN_SECRET = ""
    body, _ = simulator.message(simulator.only(), "signature_request.done")

    assert says(body, {"X-Yousign-Signature-256": "sha256=" + hmac.new(b"", body, hashlib.sha256).hexdigest()}) == 401


# — What fails ————————————————————————————————————————————————————————————————————————————


def test_while_it_is_down_the_agreement_waits_and_leaves_once(cast, at, elsewhere, simulator):
    simulator.down = True
    request_signatures(agreement_of(elsewhere), by=cast.claire, at=at)
    for _ in range(3):
        with pytest.raises(ProviderDown):
            work_off()
    assert Envelope.objects.get().state == WAITING
    assert simulator.requests == {}
    simulator.down = False
    work_off()
    assert Envelope.objects.get().state == PLACED
    assert simulator.only()["status"] == "ongoing"


@pytest.mark.parametrize("call", range(1, 9))
def test_whatever_call_fails_after_it_was_done_one_request_is_made(cast, signing, at, elsewhere, simulator, call):
    """Done there, and not said: the worker that comes back finds it, and goes on."""
    simulator.fails_at = call
    request_signatures(agreement_of(elsewhere), by=cast.claire, at=at)
    try:
        work_off()
    except ProviderDown:
        work_off()
    request = simulator.only()
    assert request["status"] == "ongoing"
    assert len(request["documents"]) == 1
    assert [one["info"]["email"] for one in request["signers"]] == [cast.claire.email, signing.email]
    assert Envelope.objects.get().state == PLACED


def test_a_signed_paper_that_is_not_the_one_sent_is_refused(placed, simulator, caplog):
    other = read_kept(agreement_of(placed).papers.get().key)
    simulator.other = _other_words(other)
    request = simulator.sign(simulator.sign(simulator.only()))
    says(*simulator.message(request, "signature_request.done"))
    work_off()
    assert agreement_of(placed).state == TO_SIGN
    assert agreement_of(placed).papers.count() == 1
    assert "n'est pas celui qui lui a été remis" in caplog.text
    simulator.other = b""
    follow_envelopes()
    assert agreement_of(placed).state == CONCLUDED


def _other_words(pdf: bytes) -> bytes:
    """The same paper, with one word of its first page hidden."""

    changed = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        page = opened.pages[0]
        page.Contents = opened.make_stream(page.Contents.read_bytes().replace(b" re", b" ri", 1).replace(b"BT", b"BT 1 Tr", 1))
        opened.save(changed)
    return changed.getvalue()


def test_a_seal_of_nobody_we_trust_is_refused(placed, simulator, settings):
    settings.TRUSTED_AUTHORITIES = None
    request = simulator.sign(simulator.sign(simulator.only()))
    says(*simulator.message(request, "signature_request.done"))
    work_off()
    assert agreement_of(placed).state == TO_SIGN


@pytest.mark.parametrize("status", ["declined", "expired", "canceled"])
@pytest.mark.parametrize("half", [False, True])
def test_ended_otherwise_a_new_paper_is_made_and_may_be_sent_again(cast, at, placed, simulator, status, half):
    request = simulator.only()
    if half:
        simulator.sign(request)
        says(*simulator.message(request, "signer.done"))
        work_off()
        assert step_of(placed, "convention").state == "submitted"
    simulator.end(request, status)
    says(*simulator.message(request, f"signature_request.{status}"))
    work_off()
    agreement = agreement_of(placed)
    assert (agreement.state, agreement.round, Envelope.objects.get().state) == (TO_SIGN, 2, CLOSED)
    assert agreement.reason
    assert step_of(placed, "convention").awaits == "company"
    request_signatures(agreement, by=cast.claire, at=at)
    work_off()
    assert len(simulator.requests) == 2
    assert Envelope.objects.last().state == PLACED


# — Who, and where ————————————————————————————————————————————————————————————————————————


def test_asked_twice_it_is_sent_once(cast, at, placed):
    with pytest.raises(Refused, match="déjà envoyée"):
        request_signatures(agreement_of(placed), by=cast.claire, at=at)


def test_only_who_may_sign_asks_and_someone_must_sign_for_the_agency(cast, at, elsewhere, signing):
    with pytest.raises(Refused, match="engage l'entreprise"):
        request_signatures(agreement_of(elsewhere), by=cast.karim, at=at)

    Person.objects.get_queryset().filter(pk=signing.pk).update(is_active=False)
    with pytest.raises(Refused, match="Personne ne peut signer"):
        request_signatures(agreement_of(elsewhere), by=cast.claire, at=at)


def test_nothing_is_signed_here_of_what_is_signed_there(cast, at, placed, signing):
    with pytest.raises(Refused, match="prestataire"):
        send_signing_code(agreement_of(placed), by=cast.claire, at=at)
    with pytest.raises(Refused, match="prestataire"):
        send_back_agreement(agreement_of(placed), "Non.", by=signing, at=at)


def test_without_its_keys_both_sign_here(cast, at, elsewhere, settings):
    settings.YOUSIGN_KEY = ""
    with pytest.raises(Refused, match="se signe ici"):
        request_signatures(agreement_of(elsewhere), by=cast.claire, at=at)
    send_signing_code(agreement_of(elsewhere), by=cast.claire, at=at)


def test_the_pages_say_where_it_is(cast, browse, placed, simulator, signing):
    claire = browse(cast.claire)
    page = reverse("company:sign_agreement", args=[placed.number, "convention"])
    told = claire.get(page).content.decode()
    assert "en suivant les consignes qui vous ont été indiquées par e-mail" in told
    assert "Recevoir un code" not in told
    request = simulator.sign(simulator.sign(simulator.only()))
    says(*simulator.message(request, "signature_request.done"))
    work_off()
    assert "Cachets vérifiés" in claire.get(page).content.decode()
    agency = browse(signing).get(reverse("agency:countersign_agreement", args=[placed.number, "convention"])).content.decode()
    assert "Cachets vérifiés" in agency


def test_the_button_asks_for_it(cast, browse, elsewhere, simulator):
    claire = browse(cast.claire)
    page = reverse("company:sign_agreement", args=[elsewhere.number, "convention"])
    assert "Signer avec Yousign" in claire.get(page).content.decode()
    claire.post(reverse("company:request_signatures", args=[elsewhere.number, "convention"]))
    assert simulator.only()["status"] == "ongoing"
