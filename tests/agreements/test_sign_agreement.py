"""Both parties sign: what is frozen, who may, with which code, and what is never accepted."""

from __future__ import annotations

import time
from datetime import timedelta
from hashlib import sha256

import pypdfium2
import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.utils import DatabaseError

from convergence.agreements.actions import (
    WrongCode,
    countersign_agreement,
    prepare_agreement,
    send_signing_code,
    sign_agreement,
    try_signing_code,
)
from convergence.agreements.codes import code_of
from convergence.agreements.models import Agreement, Paper, Signature, SigningCode
from convergence.agreements.papers import agreement_pdf
from convergence.agreements.queries import agreement_sheet, latest_paper
from convergence.agreements.rules import LIFE, MOST_TRIES, PAUSE
from convergence.agreements.signing import sign_with_code
from convergence.candidatures.actions import withdraw_candidature
from convergence.candidatures.models import Candidature, Step
from convergence.content.schema import Agreement as AgreementPiece
from foundation.accounts.actions import declare_conflict, delegate_accounts
from foundation.accounts.rights import Role
from foundation.core.clock import now
from foundation.core.verdict import Refused
from foundation.documents.sealing import is_sealed_whole, sealed, seals_of
from foundation.files.reconciliation import reconcile
from foundation.files.store import read_kept
from foundation.journal.actor import SYSTEM
from foundation.journal.models import Entry
from tests.factories.agreements import agreement_of, code_for, code_in, signed_trial, signs
from tests.factories.candidatures import begun, step_of
from tests.factories.people import seat_of, someone
from tests.queue import work_off


def test_the_agreement_is_frozen_when_its_step_opens(ready, at):
    agreement = agreement_of(ready)
    (paper,) = agreement.papers.all()
    body = read_kept(paper.key)
    assert (agreement.state, paper.round, paper.seals) == ("to_sign", 1, 0)
    assert (paper.size, paper.sha256) == (len(body), sha256(body).hexdigest())
    assert seals_of(body) == []
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body))
    for words in ("Convention de vol", ready.number, "Aubépine Santé", "834 217 697", "L’Agence des vols", "Nuit, Feux"):
        assert words in text.replace("\u00a0", " "), words
    assert "<script>alert(1)</script>" in text
    assert "#set text(red)" in text, "aucun texte du contenu n'est lu comme du balisage"


def test_every_real_agreement_is_set_with_its_articles(ready, at, packs):
    """Whatever its authors wrote fits on paper, in order, in less than fifty milliseconds once the sheet is known."""
    step = agreement_of(ready).step
    for piece in (read.piece for read in packs if isinstance(read.piece, AgreementPiece)):
        agreement_pdf(step, piece, 1, at)
        began = time.process_time()
        body = agreement_pdf(step, piece, 2, at)
        taken = time.process_time() - began
        print(f"{piece.key} : {taken * 1000:.0f} ms")
        assert taken < 0.05
        text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body)).replace("\u00a0", " ")
        places = [
            text.index(f"Article {rank} – {article.title.fr}".replace("\u00a0", " ")) for rank, article in enumerate(piece.articles, 1)
        ]
        assert places == sorted(places)


def test_nothing_is_prepared_before_the_step_opens_nor_twice(cast, at, ready):
    other = begun(signed_trial(cast.claire, at), cast.claire, at)
    work_off()
    assert not Agreement.objects.filter(step__candidature=other).exists()
    assert prepare_agreement(step_of(other, "convention"), by=SYSTEM, at=at) is None
    assert prepare_agreement(step_of(ready, "convention"), by=SYSTEM, at=at) is None
    with pytest.raises(Refused, match="d'elle-même"):
        prepare_agreement(step_of(ready, "convention"), by=cast.claire, at=at)


def test_those_who_may_sign_are_told(cast, ready):
    (told,) = [one for one in mail.outbox if one.subject.startswith("Convention à signer")]
    assert told.to == [cast.claire.email]
    assert "Convention de vol" in told.body


def test_the_company_then_the_agency_sign_and_the_step_is_concluded(cast, at, ready, signing):
    first = signs(ready, cast.claire, at)
    assert step_of(first, "convention").state == "submitted"
    assert agreement_of(first).state == "to_countersign"
    assert [one.to for one in mail.outbox if one.subject.startswith("Convention à signer")][-1] == [signing.email]
    done = signs(ready, signing, at + timedelta(hours=1))
    assert step_of(done, "convention").state == "accepted"
    assert step_of(done, "convention").settled_by == signing
    assert (done.state, agreement_of(done).state) == ("completed", "concluded")
    frozen, once, twice = (read_kept(one.key) for one in agreement_of(done).papers.all())
    assert is_sealed_whole(twice, frozen, 2)
    assert twice.startswith(once)
    company, agency = seals_of(twice)
    assert "Claire (Mandataire) pour Aubépine Santé, SIREN 834 217 697" in company.reason.replace("\u00a0", " ")
    assert "Signataire (Signataire) pour l’agence" in agency.reason
    assert (company.dated, agency.dated) == (at, at + timedelta(hours=1))
    assert [one.subject.partition(" : ")[0] for one in mail.outbox if one.to == [cast.claire.email]][-3:] == [
        "Étape acceptée",
        "Convention signée",
        "Certificat délivré",
    ]


def test_each_signature_says_who_in_which_quality_with_which_code(cast, at, ready):
    signs(ready, cast.claire, at)
    signature = Signature.objects.get()
    assert (signature.party, signature.signed_by, signature.signed_by_name, signature.signed_as) == (
        "company",
        cast.claire,
        "Claire",
        "Mandataire",
    )
    assert signature.code.spent_at == signature.signed_at == at
    assert signature.paper == latest_paper(agreement_of(ready))


def test_the_journal_tells_it_without_the_code(cast, at, ready, signing):
    code = code_for(ready, cast.claire, at)
    sign_with_code(agreement_of(ready), code, by=cast.claire, at=at)
    signs(ready, signing, at)
    kinds = [entry.kind for entry in Entry.objects.order_by("position") if entry.kind.startswith(("agreements", "candidatures.StepC"))]
    assert kinds == [
        "agreements.AgreementPrepared",
        "agreements.SigningCodeSent",
        "agreements.SigningCodeTried",
        "agreements.AgreementSigned",
        "agreements.SigningCodeSent",
        "agreements.SigningCodeTried",
        "agreements.AgreementCountersigned",
        "candidatures.StepConcluded",
    ]
    assert not any(code in (entry.body or "") for entry in Entry.objects.all() if entry.kind.startswith("agreements"))


# — Who ———————————————————————————————————————————————————————————————————————————————————


def test_an_employee_and_an_ordinary_representative_do_not_bind_the_company(cast, at, ready):
    representative = someone("suppleant", Role.REPRESENTATIVE, cast.aubepine, at)
    for person in (cast.karim, representative, cast.zoe, cast.ines):
        with pytest.raises(Refused, match="engage l'entreprise"):
            send_signing_code(agreement_of(ready), by=person, at=at)
    delegate_accounts(seat_of(representative, cast.aubepine), by=cast.claire, at=at)
    representative = type(representative).objects.get_queryset().get(pk=representative.pk)
    signs(ready, representative, at)
    assert Signature.objects.get().signed_as == "Représentant"


def test_only_a_signatory_whom_nothing_links_signs_for_the_agency(cast, at, ready, signing):
    signs(ready, cast.claire, at)
    for person in (cast.ines, cast.hugo, cast.claire):
        with pytest.raises(Refused, match="pas de la signer pour l'agence"):
            send_signing_code(agreement_of(ready), by=person, at=at + LIFE)
    declare_conflict(signing, cast.aubepine, "Parent.", by=signing, at=at)
    with pytest.raises(Refused, match="un autre signataire"):
        send_signing_code(agreement_of(ready), by=signing, at=at)


def test_the_agency_does_not_sign_first_nor_the_company_twice(cast, at, ready, signing):
    with pytest.raises(Refused, match="engage l'entreprise"):
        send_signing_code(agreement_of(ready), by=signing, at=at)
    signs(ready, cast.claire, at)
    with pytest.raises(Refused):
        send_signing_code(agreement_of(ready), by=cast.claire, at=at + PAUSE)


def test_a_code_of_the_company_does_not_sign_for_the_agency(cast, at, ready, signing):
    code_for(ready, cast.claire, at)
    held = SigningCode.objects.get()
    body = read_kept(latest_paper(agreement_of(ready)).key)
    once = sealed(body, "entreprise", reason="Essai", at=at)
    with pytest.raises(Refused, match="pas de la signer"):
        countersign_agreement(agreement_of(ready), held, "000000", once, by=cast.claire, at=at)
    with pytest.raises(Refused, match="n'est plus possible"):
        countersign_agreement(agreement_of(ready), held, "000000", once, by=signing, at=at)


# — Codes —————————————————————————————————————————————————————————————————————————————————


def test_the_code_goes_to_who_asks_and_is_nowhere_in_the_tables(cast, at, ready):
    at = now()  # as the worker that sends it will ask
    send_signing_code(agreement_of(ready), by=cast.claire, at=at)
    work_off()
    sent = mail.outbox[-1]
    code = code_in(sent.body)
    assert sent.to == [cast.claire.email]
    row = SigningCode.objects.get()
    assert code not in str(list(SigningCode.objects.values()))
    sign_with_code(agreement_of(ready), code, by=cast.claire, at=at + LIFE - timedelta(seconds=1))
    row.refresh_from_db()
    assert row.spent_at is not None


def test_no_second_code_within_a_minute(cast, at, ready):
    code_for(ready, cast.claire, at)
    with pytest.raises(Refused, match="dans 60 secondes") as refused:
        send_signing_code(agreement_of(ready), by=cast.claire, at=at + timedelta(milliseconds=500))
    assert refused.value.status == 429
    code_for(ready, cast.claire, at + PAUSE)


def test_a_newer_code_replaces_the_one_before(cast, at, ready):
    old = code_for(ready, cast.claire, at)
    new = code_for(ready, cast.claire, at + PAUSE)
    if old != new:
        with pytest.raises(WrongCode):
            sign_with_code(agreement_of(ready), old, by=cast.claire, at=at + PAUSE)
    sign_with_code(agreement_of(ready), new, by=cast.claire, at=at + PAUSE)


@pytest.mark.parametrize("typed", ["", "000", "abcdef", "0000000", "١٢٣٤٥٦"])
def test_what_is_no_code_signs_nothing(cast, at, ready, typed):
    code_for(ready, cast.claire, at)
    with pytest.raises(WrongCode, match="4 essais"):
        sign_with_code(agreement_of(ready), typed, by=cast.claire, at=at)
    assert not Signature.objects.exists()


def test_after_five_tries_even_the_right_code_serves_no_more(cast, at, ready):
    code = code_for(ready, cast.claire, at)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in range(MOST_TRIES - 1, -1, -1):
        with pytest.raises(WrongCode, match=f"Il vous reste {left} essai" if left else "Demandez-en un autre"):
            sign_with_code(agreement_of(ready), wrong, by=cast.claire, at=at)
    with pytest.raises(WrongCode, match="Aucun code en cours"):
        sign_with_code(agreement_of(ready), code, by=cast.claire, at=at)
    assert SigningCode.objects.get().tries == MOST_TRIES
    with pytest.raises(WrongCode, match="ne sert plus"):
        try_signing_code(SigningCode.objects.get(), by=cast.claire, at=at)


def test_a_code_too_old_or_of_someone_else_signs_nothing(cast, at, ready):
    code = code_for(ready, cast.claire, at)
    with pytest.raises(WrongCode, match="Aucun code en cours"):
        sign_with_code(agreement_of(ready), code, by=cast.claire, at=at + LIFE)
    with pytest.raises(WrongCode, match="Aucun code en cours"):
        sign_with_code(agreement_of(ready), code, by=cast.karim, at=at)
    with pytest.raises(Refused, match="n'est pas le vôtre"):
        try_signing_code(SigningCode.objects.get(), by=cast.karim, at=at)


def test_the_action_itself_looks_at_the_code_whoever_calls_it(cast, at, ready):
    code = code_for(ready, cast.claire, at)
    held = SigningCode.objects.get()
    paper = sealed(read_kept(latest_paper(agreement_of(ready)).key), "entreprise", reason="Essai", at=at)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(WrongCode, match="n'est pas celui"):
        sign_agreement(agreement_of(ready), held, wrong, paper, by=cast.claire, at=at)
    other = SigningCode.objects.create(agreement=held.agreement, round=held.round, person=cast.karim, secret="x", sent_at=at)
    with pytest.raises(WrongCode, match="ne sert plus"):
        sign_agreement(agreement_of(ready), other, code_of(other), paper, by=cast.claire, at=at)
    assert not Signature.objects.exists()


def test_a_code_signs_once(cast, at, ready):
    code = code_for(ready, cast.claire, at)
    held = SigningCode.objects.get()
    paper = sealed(read_kept(latest_paper(agreement_of(ready)).key), "entreprise", reason="Essai", at=at)
    sign_agreement(agreement_of(ready), held, code, paper, by=cast.claire, at=at)
    with pytest.raises(Refused, match="n'est plus possible"):
        sign_agreement(agreement_of(ready), held, code, paper, by=cast.claire, at=at)
    assert Signature.objects.count() == 1


# — The paper —————————————————————————————————————————————————————————————————————————————


def _altered(body: bytes, place: int) -> bytes:
    changed = bytearray(body)
    changed[place] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("what", ["frozen", "altered text", "altered seal", "more", "less", "other", "two seals"])
def test_a_paper_that_is_not_the_frozen_one_with_our_seal_is_refused(cast, at, ready, what):
    code = code_for(ready, cast.claire, at)
    body = read_kept(latest_paper(agreement_of(ready)).key)
    good = sealed(body, "entreprise", reason="Essai", at=at)
    paper = {
        "frozen": lambda: body,
        "altered text": lambda: _altered(good, len(body) // 2),
        "altered seal": lambda: _altered(good, len(body) + 9000),
        "more": lambda: good + b"\n",
        "less": lambda: good[:-1],
        "other": lambda: sealed(body.replace(b"/Lang", b"/Long"), "entreprise", reason="Essai", at=at),
        "two seals": lambda: sealed(good, "agence", reason="Essai", at=at),
    }[what]()
    with pytest.raises(Refused, match="n'est pas celui qui vous a été présenté"):
        sign_agreement(agreement_of(ready), SigningCode.objects.get(), code, paper, by=cast.claire, at=at)
    assert not Signature.objects.exists()
    assert agreement_of(ready).state == "to_sign"
    sign_agreement(agreement_of(ready), SigningCode.objects.get(), code, good, by=cast.claire, at=at)


def test_papers_and_signatures_are_written_once(cast, at, ready):
    signs(ready, cast.claire, at)
    for table in (Paper, Signature):
        with pytest.raises(DatabaseError), transaction.atomic():
            table.objects.update(id=1)
        with pytest.raises(DatabaseError), transaction.atomic():
            table.objects.all()._raw_delete("default")


def test_the_nightly_comparison_knows_the_papers(cast, at, ready):
    signs(ready, cast.claire, at)
    keys = {paper.key for paper in Paper.objects.all()}
    found = reconcile()
    assert len(keys) == 2
    assert keys & set(found.orphans) == set()
    assert found.compared >= 2
    paper = latest_paper(agreement_of(ready))
    storages["default"].delete(paper.key)
    storages["default"].save(paper.key, ContentFile(b"autre chose"))
    assert reconcile().altered == [f"convention {paper.agreement_id}, 1.1"]


def test_a_candidature_withdrawn_signs_nothing_more(cast, at, ready):
    code_for(ready, cast.claire, at)
    withdraw_candidature(ready, "Abandon.", by=cast.claire, at=at)
    with pytest.raises(Refused, match="retirée"):
        send_signing_code(agreement_of(ready), by=cast.claire, at=at + PAUSE)


def test_the_authority_that_dates_does_not_answer(cast, at, ready, settings):
    """Nothing is signed, nothing is lost: the same code signs once it answers again."""
    code = code_for(ready, cast.claire, at)
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(Refused, match="ne répond pas") as refused:
        sign_with_code(agreement_of(ready), code, by=cast.claire, at=at)
    assert refused.value.status == 503
    settings.TIMESTAMP_URL = ""
    sign_with_code(agreement_of(ready), code, by=cast.claire, at=at)
    assert agreement_of(ready).state == "to_countersign"


def test_the_sheet_of_a_step_where_nothing_is_signed_does_not_exist(ready):
    candidature = Candidature.objects.select_related("enrolment__subject").get(pk=ready.pk)
    with pytest.raises(Step.DoesNotExist):
        agreement_sheet(candidature, "dossier")
    with pytest.raises(Step.DoesNotExist):
        agreement_sheet(candidature, "inconnue")
