"""The directory and the page of a certificate, for anyone: what stands, what does not, and whether a file is the one that was issued."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.certificates.actions import restore_certificate, suspend_certificate, withdraw_certificate
from convergence.certificates.models import Certificate
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.documents.sealing import seals_of
from foundation.files.store import read_kept
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.agreements import concluded, signatory, signed_trial
from tests.factories.catalogue import product_at
from tests.factories.pages import text_of
from tests.factories.people import someone
from web.public import certificates as pages
from web.public.caching import forget_pages

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def signing(db: None, at: datetime) -> Person:
    return signatory(at)


@pytest.fixture
def coordination(db: None, at: datetime) -> Person:
    return someone("coordination", Role.COORDINATOR, None, at)


def certified(cast: Cast, signing: Person, at: datetime, name: str = "Voltige [Web]") -> Certificate:
    product = product_at("active", cast.claire, at, name=name)
    candidature = concluded(signed_trial(cast.claire, at, product), cast.claire, cast.ines, signing, at)
    return Certificate.objects.select_related("candidature__enrolment__subject").get(candidature=candidature)


@pytest.fixture
def issued(cast: Cast, signing: Person, at: datetime) -> Certificate:
    return certified(cast, signing, at)


def where(route: str, *args: Any) -> str:
    return reverse(f"public:{route}", args=args)


def sent(body: bytes, name: str = "recu.pdf") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, body, "application/pdf")}


# — One ———————————————————————————————————————————————————————————————————————————————————


def test_its_page_says_first_that_it_stands(browse: Browse, issued: Certificate) -> None:
    told = text_of(browse(None).get(where("certificate", issued.number)))
    assert told.index("Valide") < told.index("Ce qu’il dit")
    assert "Ce certificat s’applique aujourd’hui" in told
    for words in (
        issued.number,
        "Voltige [Web]",
        "Aubépine Santé, SIREN 834 217 697",
        "16 novembre 2029",
        "Général, Nuit, Feux",
        issued.sha256,
    ):
        assert words in told, words


def test_its_address_does_not_mind_the_case_and_an_unknown_one_does_not_exist(browse: Browse, issued: Certificate) -> None:
    assert browse(None).get(where("certificate", issued.number.lower())).status_code == 200
    for route in ("certificate", "certificate_json", "certificate_paper"):
        assert browse(None).get(where(route, "DMN-2026-AAAAAAAA")).status_code == 404
    told = text_of(browse(None).get(where("certificate", "DMN-2026-AAAAAAAA")))
    assert "Aucun certificat ne porte ce numéro" in told
    assert "Chercher dans l’annuaire" in told


def test_suspended_withdrawn_or_past_it_says_so_with_the_reason(browse: Browse, at: datetime, issued: Certificate, coordination: Person) -> None:  # fmt: skip
    page = where("certificate", issued.number)
    suspend_certificate(issued, "Contrôle <en cours>.", by=coordination, at=at)
    told = text_of(browse(None).get(page))
    assert "ne s’applique pas aujourd’hui" in told.replace("<b>", "")
    assert "Raison : Contrôle <en cours>." in told
    restore_certificate(issued, "Conforme.", by=coordination, at=at)
    assert "s’applique aujourd’hui" in text_of(browse(None).get(page))
    withdraw_certificate(issued, "Produit arrêté.", by=coordination, at=at)
    told = text_of(browse(None).get(page))
    assert "ne s’applique plus" in told
    assert "Produit arrêté." in told
    assert coordination.name not in told, "les personnes de l'agence ne sont pas nommées au public"


def test_past_its_last_day(browse: Browse, issued: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "today", lambda: issued.valid_until + timedelta(days=1))
    told = text_of(browse(None).get(where("certificate", issued.number)))
    assert "Expiré" in told
    assert "Son dernier jour était le 16 novembre 2029" in told
    assert "Expiré" in text_of(browse(None).get(where("certificate_list") + "?etat=expired"))


def test_the_paper_is_everyones(browse: Browse, issued: Certificate) -> None:
    response = browse(None).get(where("certificate_paper", issued.number))
    assert response["Content-Disposition"] == f'attachment; filename="certificat-{issued.number.lower()}.pdf"'
    assert [seal.is_good for seal in seals_of(response.content)] == [True]
    shown = browse(None).get(where("certificate_paper", issued.number) + "?lire=1")
    assert shown["Content-Disposition"].startswith("inline")


def test_the_same_for_machines(browse: Browse, issued: Certificate) -> None:
    told = json.loads(browse(None).get(where("certificate_json", issued.number)).content)
    assert (told["numero"], told["etat"], told["sha256"]) == (issued.number, "valid", issued.sha256)
    assert [one["fait"] for one in told["vie"]] == ["Délivré"]


# — A file received ———————————————————————————————————————————————————————————————————————


def test_the_file_that_was_issued_is_recognised_and_any_other_is_not(browse: Browse, issued: Certificate) -> None:
    visitor, page, body = browse(None), where("certificate", issued.number), read_kept(issued.paper)
    assert "certificat.pdf est bien le fichier délivré" in text_of(visitor.post(page, sent(body, "certificat.pdf")))
    altered = bytearray(body)
    altered[len(body) // 2] ^= 1
    for other in (bytes(altered), body + b"\n", body[:-1], b"autre"):
        assert "recu.pdf n’est pas le fichier délivré" in text_of(visitor.post(page, sent(other)))


def test_the_file_of_a_certificate_that_no_longer_stands_is_its_file_and_it_is_said(browse: Browse, at: datetime, issued: Certificate, coordination: Person) -> None:  # fmt: skip
    withdraw_certificate(issued, "Fin.", by=coordination, at=at)
    told = text_of(browse(None).post(where("certificate", issued.number), sent(read_kept(issued.paper))))
    assert "est bien le fichier délivré" in told
    assert "Le certificat, lui, ne s’applique pas : retiré." in told


@pytest.mark.parametrize("posted", [{}, {"file": ""}, {"file": SimpleUploadedFile("vide.pdf", b"")}, {"file": "texte"}])
def test_without_a_file_nothing_is_compared(browse: Browse, issued: Certificate, posted: dict[str, Any]) -> None:
    response = browse(None).post(where("certificate", issued.number), posted)
    assert response.status_code == 400
    assert "Choisissez le fichier à vérifier." in text_of(response)


def test_a_file_too_large_is_refused_and_a_name_is_only_a_name(
    browse: Browse, issued: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, page = browse(None), where("certificate", issued.number)
    told = visitor.post(page, sent(b"autre", "<script>alert(1)</script>.pdf"))
    assert b"<script>alert" not in told.content
    monkeypatch.setattr(pages, "MOST_CHECKED", 10)
    response = visitor.post(page, sent(b"onze octets"))
    assert response.status_code == 413


def test_too_many_files_from_one_place_wait(browse: Browse, issued: Certificate, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "check_file": "1/h/ip"}
    cache.clear()
    visitor, page = browse(None), where("certificate", issued.number)
    assert visitor.post(page, sent(b"un")).status_code == 200
    assert visitor.post(page, sent(b"deux")).status_code == 429


# — The directory —————————————————————————————————————————————————————————————————————————


def test_the_directory_is_sought_by_words_recognition_and_state(browse: Browse, cast: Cast, signing: Person, at: datetime, coordination: Person) -> None:  # fmt: skip
    kept, gone = certified(cast, signing, at), certified(cast, signing, at + timedelta(hours=2), "Planeur [iOS]")
    withdraw_certificate(gone, "Fin.", by=coordination, at=at)
    page = where("certificate_list")

    def found(**query: str) -> tuple[bool, bool]:
        told = text_of(browse(None).get(page, query))
        return where("certificate", kept.number) in told, where("certificate", gone.number) in told

    assert found() == (True, True), "ce qui est retiré reste affiché"
    assert found(q="voltige web") == (True, False)
    assert found(q="aubépine") == (True, True)
    assert found(q="AUBEPINE") == (True, True)
    assert found(q=gone.number[-8:].lower()) == (False, True)
    assert found(q="rien") == (False, False)
    assert found(etat="withdrawn") == (False, True)
    assert found(etat="valid") == (True, False)
    assert found(etat="suspended") == (False, False)
    assert found(reconnaissance="parcours:dmn") == (True, True)
    assert found(reconnaissance="parcours:segur") == (False, False)
    assert found(reconnaissance="demarche:essai-de-convention", etat="valid") == (True, False)
    assert found(reconnaissance="demarche:dmn-nom-de-marque") == (False, False)
    assert found(etat="inconnu", reconnaissance="n'importe quoi") == (True, True)
    told = text_of(browse(None).get(page))
    assert "2 solutions" in told
    assert "1 valide, 1 retiré" in told
    assert "Voir toutes les solutions" in text_of(browse(None).get(page, {"q": "rien"}))


def test_an_empty_directory_says_so(browse: Browse, db: None) -> None:
    assert "Aucune solution n’est encore certifiée" in text_of(browse(None).get(where("certificate_list")))


def test_open_data_say_the_same_as_the_page(browse: Browse, cast: Cast, signing: Person, at: datetime) -> None:
    trap = certified(cast, signing, at, "=SOMME(A1)")
    other = certified(cast, signing, at + timedelta(hours=2))
    response = browse(None).get(where("certificates_csv"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["numero"] for row in rows] == [other.number, trap.number]
    assert rows[1]["produit"] == "'=SOMME(A1)", "aucune formule ne part d'ici"
    assert rows[0]["profils"] == "Général, Nuit, Feux"
    told = json.loads(browse(None).get(where("certificates_json")).content)
    assert told["nombre"] == 2
    assert {name: value for name, value in told["certificats"][1].items() if name in ("numero", "produit", "etat", "delivre_le")} == {
        "numero": trap.number,
        "produit": "=SOMME(A1)",
        "etat": "valid",
        "delivre_le": "2026-11-16",
    }
    narrowed = json.loads(browse(None).get(where("certificates_json") + "?q=voltige").content)
    assert [one["numero"] for one in narrowed["certificats"]] == [other.number]


@pytest.mark.slow  # certifies four products
def test_the_directory_costs_the_same_for_one_and_for_many(browse: Browse, cast: Cast, signing: Person, at: datetime) -> None:
    counts = []
    for rank in range(4):
        certified(cast, signing, at + timedelta(hours=2 * rank), f"Produit {'abcd'[rank]}")
        browse(None).get(where("certificate_list"))
        forget_pages()  # drawn, not shown again
        with CaptureQueriesContext(connection) as captured:
            browse(None).get(where("certificate_list"))
        counts.append(len(captured))
    print(f"annuaire : {counts} requêtes")
    assert len(set(counts)) == 1
    assert counts[0] <= 4


def test_one_page_costs_few_queries(browse: Browse, issued: Certificate) -> None:
    browse(None).get(where("certificate", issued.number))
    forget_pages()  # drawn, not shown again
    with CaptureQueriesContext(connection) as captured:
        browse(None).get(where("certificate", issued.number))
    print(f"certificat : {len(captured)} requêtes")
    assert len(captured) <= 4


# — On both sides —————————————————————————————————————————————————————————————————————————


def test_the_company_finds_it_in_its_candidature_and_with_its_product(browse: Browse, cast: Cast, issued: Certificate) -> None:
    claire = browse(cast.claire)
    told = text_of(claire.get(reverse("company:candidature", args=[issued.candidature.number])))
    for words in (
        issued.number,
        "Ce qui vient ensuite",
        "Prévenez la tour de contrôle.",
        "Le logo se pose sur l’aile gauche.",
        "Page publique",
    ):
        assert words in told, words
    assert "Suspendre" not in told
    told = text_of(claire.get(reverse("company:product", args=[issued.candidature.enrolment.subject.reference])))
    assert issued.number in told
    assert where("certificate_paper", issued.number) in told


def test_whoever_watches_goes_from_the_directory_to_what_may_be_done(browse: Browse, cast: Cast, issued: Certificate, coordination: Person) -> None:  # fmt: skip
    manage = reverse("agency:certificate", args=[issued.number])
    client = browse(coordination)
    assert "Certificats" in text_of(client.get(reverse("agency:candidature_list")))
    assert manage in text_of(client.get(where("certificate", issued.number)))
    for person in (None, cast.claire, cast.ines):
        assert manage not in text_of(browse(person).get(where("certificate", issued.number)))


def test_the_agency_suspends_and_restores_with_a_reason(browse: Browse, cast: Cast, issued: Certificate, coordination: Person) -> None:
    client, page = browse(coordination), reverse("agency:certificate", args=[issued.number])
    assert page in text_of(client.get(reverse("agency:candidature", args=[issued.candidature.number])))
    response = client.post(page, {"suspend": "1", "reason": " "})
    assert response.status_code == 400
    assert "Écrivez la raison" in text_of(response)
    client.post(page, {"suspend": "1", "reason": "Contrôle en cours."})
    told = text_of(client.get(page))
    assert "Suspendu" in told
    assert 'name="restore"' in told
    assert 'name="suspend"' not in told
    client.post(page, {"restore": "1", "reason": "Conforme."})
    client.post(page, {"withdraw": "1", "reason": "Arrêt du produit."})
    told = text_of(client.get(page))
    assert "Ce certificat ne change plus." in told
    assert "Coordination" in told
    response = client.post(page, {"suspend": "1", "reason": "Encore."})
    assert response.status_code == 409
    ines = text_of(browse(cast.ines).get(page))
    assert 'name="restore"' not in ines


def test_the_site_map_for_machines_names_it(browse: Browse, issued: Certificate) -> None:
    assert where("certificate", issued.number) in browse(None).get("/sitemap.xml").content.decode()
