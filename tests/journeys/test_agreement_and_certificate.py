"""From the agreement to the certificate, in the browser: signed by both with codes read in the mail, issued, checked by anyone, withdrawn."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import expect

from convergence.agreements.jobs import follow_envelopes
from convergence.certificates.models import Certificate
from tests.cast import Cast
from tests.factories import agreements as factory
from tests.factories.agreements import agreement_of, code_in, signatory, signed_trial, to_sign
from tests.factories.catalogue import product_at
from tests.journeys.conftest import Visit
from tests.journeys.test_candidature import looked_at
from tests.journeys.visitor import Visitor
from tests.peers.yousign import KEY, SECRET, yousign
from tests.queue import work_off

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def signs_here(visitor: Visitor, address: str) -> None:
    """Asks for a code, reads it in the mail, types it."""
    visitor.presses("Recevoir un code")
    expect(visitor.page.get_by_label("Code")).to_be_visible()
    work_off()
    (code,) = [code_in(one.body) for one in mail.outbox if one.to == [address] and "Code de signature" in one.subject][-1:]
    visitor.page.get_by_label("Code").fill(code)
    visitor.presses("Signer la convention")


def test_signed_by_both_then_certified_and_checked_by_anyone(visit: Visit, cast: Cast, at: datetime, tmp_path: Path) -> None:
    signing = signatory(at)
    product = product_at("active", cast.claire, at, name="Voltige [Web]")
    candidature = to_sign(signed_trial(cast.claire, at, product), cast.claire, cast.ines, at)
    claire, agency, visitor = visit(cast.claire), visit(signing), visit(None)

    claire.open(f"/candidatures/{candidature.number}/")
    looked_at(claire, "convention-candidature")
    claire.follows("Lire et signer : Convention")
    looked_at(claire, "convention-a-signer")
    claire.presses("Recevoir un code")
    looked_at(claire, "convention-code")
    claire.pictures("convention")
    claire.page.get_by_label("Code").fill("000 000")
    claire.presses("Signer la convention")
    expect(claire.page.get_by_role("alert")).to_contain_text("Il vous reste 4 essais.")
    looked_at(claire, "convention-code-refuse")
    assert [one for one in claire.complaints if "400" not in one] == []
    claire.complaints.clear()  # the browser says that a code was refused
    work_off()
    claire.page.get_by_label("Code").fill(code_in(mail.outbox[-1].body))
    claire.presses("Signer la convention")
    expect(claire.page.get_by_text("L’agence signe à son tour")).to_be_visible()
    looked_at(claire, "convention-signee-par-l-entreprise")
    work_off()

    agency.open("/agence/candidatures/")
    agency.follows(f"N° {candidature.number}")
    agency.follows("Lire et signer : Convention")
    looked_at(agency, "agence-convention")
    signs_here(agency, signing.email)
    expect(agency.page.get_by_text("La convention est signée par les deux parties.")).to_be_visible()
    looked_at(agency, "agence-convention-signee")
    work_off()
    assert agreement_of(candidature).state == "concluded"

    claire.open(f"/candidatures/{candidature.number}/convention/convention/")
    taken = claire.takes("Télécharger")
    taken.save_as(tmp_path / "convention.pdf")
    claire.open(f"/candidatures/{candidature.number}/")
    expect(claire.page.get_by_role("heading", name="Certificat de vol")).to_be_visible()
    expect(claire.page.get_by_text("Prévenez la tour de contrôle.")).to_be_visible()
    looked_at(claire, "candidature-certifiee")
    taken = claire.takes("Télécharger le certificat")
    taken.save_as(tmp_path / "certificat.pdf")
    claire.open(f"/produits/{product.reference}/")
    looked_at(claire, "produit-certifie")

    if shutil.which("pdfsig"):
        for name, seals in (("convention", 2), ("certificat", 1)):
            said = subprocess.run(["pdfsig", "-nocert", tmp_path / f"{name}.pdf"], capture_output=True, text=True, check=False).stdout
            assert said.count("Signature is Valid.") == seals, said

    certificate = Certificate.objects.get()
    visitor.open("/annuaire/")
    visitor.page.get_by_label("Produit, entreprise ou numéro").fill("voltige")
    visitor.presses("Rechercher")
    looked_at(visitor, "annuaire")
    visitor.pictures("annuaire")
    visitor.follows("Voltige [Web]")
    expect(visitor.page.get_by_role("heading", name="Valide")).to_be_visible()
    looked_at(visitor, "certificat")
    visitor.pictures("certificat")
    visitor.page.get_by_label("Le PDF qu’on vous a remis").set_input_files(tmp_path / "certificat.pdf")
    visitor.presses("Vérifier ce fichier")
    expect(visitor.page.get_by_text("certificat.pdf est bien le fichier délivré par l’agence.")).to_be_visible()
    looked_at(visitor, "certificat-verifie")
    visitor.page.get_by_label("Le PDF qu’on vous a remis").set_input_files(tmp_path / "convention.pdf")
    visitor.presses("Vérifier ce fichier")
    expect(visitor.page.get_by_text("convention.pdf n’est pas le fichier délivré par l’agence")).to_be_visible()
    looked_at(visitor, "certificat-autre-fichier")

    claire.open(f"/candidatures/{candidature.number}/")
    claire.follows("Modifications du produit")
    claire.page.get_by_label("Nature *").select_option("wings")
    claire.page.get_by_label("Date de la modification *").fill("2026-11-20")
    claire.page.get_by_label("Nouvelle version").fill("3.3")
    claire.page.get_by_label("Description *").fill("Deux ailes de plus, sans toucher au moteur.")
    looked_at(claire, "modification-a-declarer")
    claire.presses("Déclarer la modification")
    looked_at(claire, "modification-declaree")
    agency.open(f"/agence/candidatures/{candidature.number}/")
    agency.follows("Suspendre, rétablir ou retirer")
    looked_at(agency, "agence-modification")
    agency.presses("Sans effet sur la conformité")
    agency.page.get_by_label("Raison *").fill("Contrôle en cours : deux preuves manquent.")
    looked_at(agency, "agence-certificat")
    agency.presses("Suspendre")
    expect(agency.page.get_by_text("Le certificat est suspendu.")).to_be_visible()
    visitor.open(f"/certificats/{certificate.number}/")
    expect(visitor.page.get_by_role("heading", name="Suspendu")).to_be_visible()
    looked_at(visitor, "certificat-suspendu")
    agency.page.get_by_label("Raison *").fill("Produit arrêté.")
    agency.presses("Retirer")
    visitor.open(f"/certificats/{certificate.number}/")
    expect(visitor.page.get_by_text("ne s’applique plus")).to_be_visible()
    looked_at(visitor, "certificat-retire")
    visitor.open("/annuaire/")
    looked_at(visitor, "annuaire-retire")
    visitor.open("/annuaire/?q=introuvable")
    looked_at(visitor, "annuaire-vide")


def test_signed_with_a_provider(visit: Visit, cast: Cast, at: datetime, tmp_path: Path, settings, monkeypatch) -> None:
    """The page says where it is: to be sent, waiting while the provider is down, sent, signed."""
    signing = signatory(at)
    monkeypatch.setattr(factory, "AGREEMENT", factory.AGREEMENT + "provider: yousign\n")
    with yousign(tmp_path) as simulator:
        settings.YOUSIGN_KEY, settings.YOUSIGN_SECRET, settings.YOUSIGN_URL = KEY, SECRET, simulator.url
        settings.TRUSTED_AUTHORITIES = simulator.authority
        candidature = to_sign(signed_trial(cast.claire, at), cast.claire, cast.ines, at)
        claire, agency = visit(cast.claire), visit(signing)
        page = f"/candidatures/{candidature.number}/convention/convention/"
        claire.open(page)
        looked_at(claire, "prestataire-a-demander")
        simulator.down = True
        claire.presses("Signer avec Yousign")
        expect(claire.page.get_by_text("Yousign n’a pas encore répondu")).to_be_visible()
        looked_at(claire, "prestataire-en-attente")
        simulator.down = False
        work_off()
        claire.open(page)
        expect(claire.page.get_by_text("en suivant les consignes qui vous ont été indiquées par e-mail")).to_be_visible()
        looked_at(claire, "prestataire-envoyee")
        simulator.sign(simulator.sign(simulator.only()))
        follow_envelopes()
        work_off()
        claire.open(page)
        expect(claire.page.get_by_text("Cachets vérifiés")).to_be_visible()
        looked_at(claire, "prestataire-signee")
        agency.open(f"/agence/candidatures/{candidature.number}/convention/convention/")
        looked_at(agency, "agence-prestataire-signee")
