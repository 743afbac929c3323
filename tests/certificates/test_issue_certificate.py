"""A candidature that ends well is certified: what is written, its numbers, its paper, and when nothing is."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date, timedelta
from hashlib import sha256
from importlib import import_module

import pikepdf
import pypdfium2
import pytest
from django.apps import apps
from django.core import mail
from django.db import connection, transaction
from django.db.utils import DatabaseError

from convergence.certificates.actions import issue_certificate, seal_certificate
from convergence.certificates.jobs import make_paper
from convergence.certificates.models import Certificate, Episode
from convergence.certificates.papers import certificate_pdf
from convergence.certificates.queries import certificate_of_number
from convergence.certificates.rules import CERTIFYING
from convergence.content.schema import Outcome
from foundation.core.verdict import Refused
from foundation.documents.sealing import sealed, seals_of
from foundation.files.reconciliation import reconcile
from foundation.files.store import read_kept
from foundation.journal.actor import SYSTEM
from foundation.journal.models import Entry
from tests.factories import agreements, candidatures
from tests.factories.agreements import OUTCOME, concluded, signed_trial, signs, to_sign
from tests.factories.catalogue import product_at

searching = import_module("convergence.certificates.migrations.0006_searched")


def test_it_says_what_was_recognised_as_it_was_that_day(cast, issued):
    subject = issued.candidature.enrolment.subject
    assert issued.number.startswith("DMN-2026-")
    assert len(issued.number) == 17
    assert (issued.product, issued.version, issued.company, issued.siren) == (subject.name, subject.version, "Aubépine Santé", "834217697")
    assert (issued.requirements, issued.profiles) == ("Exigences de vol, 1.0", ["Général", "Nuit", "Feux"])
    assert (issued.issued_on, issued.valid_until, issued.control_on) == (date(2026, 11, 16), date(2029, 11, 16), date(2027, 11, 16))
    assert (issued.kind, issued.state, issued.listing) == ("certificate", "valid", None)
    assert [one.verb for one in issued.episodes.all()] == ["issue_certificate"]
    assert issued.searched == f"{issued.number.lower()} telesuivi cardio [site web] 3.2 aubepine sante 834217697"


def test_those_of_before_are_searched_as_those_of_today(issued):
    """What the migration writes is what is written at issue."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(searching.LIFTED.format("DISABLE"))
        cursor.execute("UPDATE certificates_certificate SET searched = ''")
        searching.fill(apps, None)
        cursor.execute(searching.LIFTED.format("ENABLE"))
    assert Certificate.objects.get().searched == issued.searched


def test_it_is_issued_in_the_transaction_that_ends_the_candidature(cast, at, signing):
    ready = signs(to_sign(signed_trial(cast.claire, at), cast.claire, cast.ines, at), cast.claire, at)
    assert not Certificate.objects.exists()
    signs(ready, signing, at)
    kinds = [entry.kind for entry in Entry.objects.order_by("position")]
    assert kinds.index("certificates.CertificateIssued") == kinds.index("candidatures.StepConcluded") + 1
    assert Certificate.objects.count() == 1


def test_asked_again_nothing_more_is_issued(at, issued):
    assert issue_certificate(issued.candidature, by=SYSTEM, at=at) is None
    assert Certificate.objects.count() == 1


def test_nobody_issues_one_by_hand(cast, at, issued, signing):
    for person in (cast.claire, cast.ines, signing):
        with pytest.raises(Refused, match="de lui-même"):
            issue_certificate(issued.candidature, by=person, at=at)


def test_an_attestation_has_a_listing_number_of_its_own(cast, at, signing):
    outcome = OUTCOME.replace("kind: certificate", "kind: attestation")
    concluded(signed_trial(cast.claire, at, outcome=outcome), cast.claire, cast.ines, signing, at)
    issued = Certificate.objects.get()
    assert issued.listing is not None
    assert len(issued.listing) == 10
    assert f"Numéro de référencement : {issued.listing}." in mail.outbox[-1].body


def test_a_number_already_given_is_drawn_again(cast, at, signing, issued, monkeypatch):
    drawn = iter([*issued.number[-8:], *"ABCDEFGH"])
    other = signed_trial(cast.claire, at, product=product_at("active", cast.claire, at, name="Autre"))
    ready = signs(to_sign(other, cast.claire, cast.ines, at), cast.claire, at)
    monkeypatch.setattr("convergence.certificates.actions.secrets.choice", lambda letters: next(drawn))
    signs(ready, signing, at + timedelta(minutes=2))
    assert Certificate.objects.get(candidature=ready).number == "DMN-2026-ABCDEFGH"


def test_a_label_bears_the_level_that_was_asked_for(cast, at, signing, monkeypatch):
    form = agreements.FORM.replace(
        "      - {code: story,",
        "      - {code: size, kind: choice, title: Taille, choices: [{code: small, title: Petit}, {code: large, title: Grand}]}\n      - {code: story,",
    )
    monkeypatch.setattr(agreements, "FORM", form)
    outcome = "outcome: {kind: label, title: Label de vol, level: Petit ou grand, level_from: size}\n"
    enrolment = signed_trial(cast.claire, at, outcome=outcome)
    monkeypatch.setitem(candidatures.GOOD, "size", "large")
    concluded(enrolment, cast.claire, cast.ines, signing, at)
    assert Certificate.objects.get().level == "Grand"


def test_where_it_was_not_asked_it_bears_that_of_the_content(cast, at, signing):
    outcome = "outcome: {kind: label, title: Label de vol, level: Niveau unique}\n"
    concluded(signed_trial(cast.claire, at, outcome=outcome), cast.claire, cast.ines, signing, at)
    assert Certificate.objects.get().level == "Niveau unique"


@pytest.mark.parametrize("kind", ["opinion", "results"])
def test_an_opinion_certifies_nothing(cast, at, signing, kind):
    outcome = f"outcome: {{kind: {kind}, title: Avis}}\n"
    candidature = concluded(signed_trial(cast.claire, at, outcome=outcome), cast.claire, cast.ines, signing, at)
    assert candidature.state == "completed"
    assert not Certificate.objects.exists()


def test_every_outcome_either_certifies_or_does_not():
    kinds = set(Outcome.model_fields["kind"].annotation.__args__)
    assert kinds - CERTIFYING == {"results", "opinion", "door"}


# — Its paper —————————————————————————————————————————————————————————————————————————————


def test_its_paper_is_sealed_archivable_accessible_and_leads_to_its_page(issued, settings, tmp_path):
    body = read_kept(issued.paper)
    assert (issued.size, issued.sha256) == (len(body), sha256(body).hexdigest())
    (seal,) = seals_of(body)
    assert seal.is_good
    assert issued.number in seal.reason
    document = pypdfium2.PdfDocument(body)
    text = document[0].get_textpage().get_text_range().replace("\u00a0", " ").replace("\r\n", " ")
    for words in ("Certificat de vol", issued.number, issued.product, "Aubépine Santé", "16 novembre 2029", "/certificats/"):
        assert words in text, words
    (tmp_path / "un.pdf").write_bytes(body)
    with pikepdf.open(tmp_path / "un.pdf") as opened:
        with opened.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("3", "A", "1")
        assert opened.Root.MarkInfo.Marked
    if shutil.which("pdfsig"):
        said = subprocess.run(["pdfsig", "-nocert", tmp_path / "un.pdf"], capture_output=True, text=True, check=False).stdout
        assert said.count("Signature is Valid.") == 1
        assert "Total document signed" in said


def test_its_square_leads_to_its_page(issued, settings):
    """Read by another's eyes would be better: the address it holds is at least the one that is written beside it."""
    settings.SITE_ADDRESS = "https://convergence.example"
    pdf = certificate_pdf(certificate_of_number(issued.number, issued.issued_on), issued.episodes.get().at)
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range().replace("\r\n", "")
    assert f"https://convergence.example/certificats/{issued.number}/" in text


def test_its_paper_is_made_once(issued, at):
    before = (issued.paper, issued.sha256)
    make_paper(type("Issued", (), {"certificate": issued.pk}))
    again = sealed(certificate_pdf(certificate_of_number(issued.number, issued.issued_on), at), "agence", reason="Encore", at=at)
    assert seal_certificate(issued, again, b"", by=SYSTEM, at=at) is None
    issued.refresh_from_db()
    assert (issued.paper, issued.sha256) == before


def test_a_paper_without_a_good_seal_is_not_kept(cast, at, signing, monkeypatch):
    monkeypatch.setattr("convergence.certificates.jobs.sealed", lambda paper, *args, **more: paper)
    with pytest.raises(Refused, match="n'est pas scellé"):
        concluded(signed_trial(cast.claire, at), cast.claire, cast.ines, signing, at)
    assert Certificate.objects.get().paper == ""


def test_the_nightly_comparison_knows_it(issued):
    assert issued.paper not in reconcile().orphans


def test_the_company_is_told_with_what_comes_next(cast, issued):
    told = mail.outbox[-1]
    assert told.to == [cast.claire.email]
    assert told.subject.startswith(f"Certificat délivré : {issued.number}")
    assert "Prévenez la tour de contrôle." in told.body


def test_what_it_says_never_changes(issued):
    for change in (
        {"product": "Autre"},
        {"valid_until": None},
        {"sha256": "0" * 64},
        {"paper": "ailleurs"},
        {"report": "ailleurs"},
        {"number": "DMN-1"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Certificate.objects.filter(pk=issued.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Episode.objects.update(reason="Autre")
