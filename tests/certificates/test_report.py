"""The report of conformity: each requirement examined, what holds of it, nothing of who said so; and none where none was."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from convergence.candidatures.actions import conclude_step
from convergence.candidatures.models import Candidature
from convergence.certificates.models import Certificate
from convergence.certificates.queries import certificate_of_number
from convergence.certificates.report import examinations_of, report_pdf, sections_told
from convergence.reviews.rules import NOT_APPLICABLE
from foundation.documents.sealing import seals_of
from foundation.files.store import read_kept
from tests.factories import sections
from tests.factories.agreements import OUTCOME
from tests.factories.candidatures import step_of
from tests.factories.catalogue import product_at
from tests.factories.sections import accept_all, give_back, hand_over, opened, proving_of, say
from tests.queue import work_off


@pytest.fixture
def proved(cast, at, monkeypatch):
    """A product certified once each of its requirements was examined."""
    procedure = sections.PROCEDURE.replace(
        "outcome: {kind: opinion, title: Avis, appeal: Écrivez sous deux mois.}\n", OUTCOME + "  appeal: Écrivez sous deux mois.\n"
    )
    assert "Certificat de vol" in procedure
    procedure = procedure.replace("  - {code: visite, kind: form, form: vol-1, title: Visite, after: [dossier]}\n", "")
    monkeypatch.setattr(sections, "PROCEDURE", procedure)
    enrolment = proving_of(product_at("active", cast.claire, at, name="Éclairé"), cast.claire, at)
    candidature = opened(enrolment, cast.claire, cast.ines, at)
    for code in ("lights", "engine"):
        hand_over(candidature, cast.claire, at, code)
    say(candidature, "ILL-L 2", cast.ines, at, outcome=NOT_APPLICABLE, text="Sans feux.", note="Note interne du vérificateur")
    accept_all(candidature, cast.ines, at, "lights")
    accept_all(candidature, cast.ines, at, "engine")
    for code in ("lights", "engine"):
        give_back(candidature, cast.ines, at + timedelta(minutes=5), code)
    conclude_step(step_of(candidature, "envol"), "", by=cast.hugo, at=at + timedelta(days=1))
    work_off()
    return Certificate.objects.select_related("candidature__enrolment__subject__company").get()


def test_it_says_each_requirement_and_what_holds_of_it(proved):
    told = sections_told(examinations_of(proved.candidature))
    assert [(section["title"], [(line["code"], line["outcome"], line["files"]) for line in section["lines"]]) for section in told] == [
        ("Feux de bord", [("ILL-L 1", "Acceptée", 2), ("ILL-L 2", "Sans objet", 1)]),
        ("Moteur", [("ILL-M 1", "Acceptée", 2)]),
    ]


def test_it_is_sealed_beside_the_certificate_and_anyone_reads_it(proved):
    body = read_kept(proved.report)
    (seal,) = seals_of(body)
    assert seal.is_good
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(body))
    for words in ("Rapport de conformité", proved.number, "ILL-M 1", "Le moteur tourne", "Sans objet"):
        assert words in text, words
    for words in ("Note interne", "Inès", ".pdf"):
        assert words not in text, words
    response = Client().get(reverse("public:certificate_report", args=[proved.number]))
    assert response.content == body
    assert response["Content-Disposition"] == f'attachment; filename="rapport-{proved.number.lower()}.pdf"'
    page = Client().get(reverse("public:certificate", args=[proved.number])).content.decode()
    assert "Rapport de conformité" in page


def test_the_report_is_a_file_that_was_issued(proved):
    sent = {"file": SimpleUploadedFile("rapport.pdf", read_kept(proved.report))}
    assert (
        "rapport.pdf est bien le fichier délivré"
        in Client().post(reverse("public:certificate", args=[proved.number]), sent).content.decode()
    )


def test_where_nothing_was_examined_so_there_is_none(issued):
    assert issued.report == ""
    assert examinations_of(Candidature.objects.get(pk=issued.candidature_id)) == []
    shown = certificate_of_number(issued.number, issued.issued_on)
    assert report_pdf(shown, shown.episodes[0].at) == b""
