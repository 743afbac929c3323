"""The board in the browser: a session, its agenda, two opinions, a reservation, evidence deposited again, the next session, a certificate."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from foundation.accounts.actions import declare_conflict
from foundation.core.clock import now
from tests.cast import Cast
from tests.factories.boards import bench_of, board_step_of, boarded_of, complete, listed, prove, scheduled
from tests.factories.catalogue import product_at
from tests.factories.sections import give_proof
from tests.journeys.conftest import Visit
from tests.journeys.looking import looked_at
from tests.queue import work_off

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_from_the_agenda_to_the_certificate(visit: Visit, cast: Cast, at: datetime) -> None:
    bench = bench_of(at)
    begun = now() - timedelta(days=3)
    found = complete(boarded_of(product_at("active", cast.claire, at, name="Balise [Web]"), cast.claire, at), cast.claire, cast.ines, begun)
    complete(
        boarded_of(product_at("active", cast.claire, at, name="Carnet de suivi des soins à domicile [iOS]"), cast.claire, at),
        cast.claire,
        cast.ines,
        begun + timedelta(hours=1),
    )
    lead, claire = visit(bench.coordinator), visit(cast.claire)
    one, other = visit(bench.members[0]), visit(bench.members[1])

    lead.open("/agence/college/")
    expect(lead.page.get_by_text("Aucune séance n’est convoquée.")).to_be_visible()
    looked_at(lead, "college-vide")
    lead.follows("Convoquer une séance")
    with lead.expecting("400"):
        lead.presses("Convoquer")
    expect(lead.page.get_by_text("Donnez un jour et une heure.")).to_be_visible()
    looked_at(lead, "college-convoquer")
    lead.page.get_by_label("Jour").fill(f"{now() + timedelta(days=30):%Y-%m-%d}")
    lead.page.get_by_label("Heure de Paris").fill("14:00")
    lead.page.get_by_label("Lieu ou lien").fill("https://visio.example/college-technique")
    lead.presses("Convoquer")
    expect(lead.page.get_by_text("L’ordre du jour est encore vide.")).to_be_visible()
    looked_at(lead, "college-ordre-du-jour-vide")
    lead.presses("Inscrire : Carnet de suivi")
    expect(lead.page.get_by_text("est inscrite à l'ordre du jour.")).to_be_visible()

    held = scheduled(bench.coordinator, begun + timedelta(hours=2), begun + timedelta(days=1))
    lead.open(f"/agence/candidatures/{found.number}/")
    looked_at(lead, "college-candidature-agence")
    lead.follows("Voir : Collège technique")
    looked_at(lead, "college-etape-agence")
    lead.page.locator(f'form[action="/agence/college/{held.pk}/inscrire/"] button').click()
    expect(lead.page.get_by_role("heading", name="Ordre du jour")).to_be_visible()
    claire.open(f"/candidatures/{found.number}/")
    expect(claire.page.get_by_text("Inscrite à l’ordre du jour de la séance du").first).to_be_visible()
    looked_at(claire, "college-candidature-inscrite")
    claire.follows("Voir l’étape : Collège technique")
    looked_at(claire, "college-etape-inscrite")

    declare_conflict(bench.members[2], cast.aubepine, "Ancien salarié.", by=bench.members[2], at=begun)
    recused = visit(bench.members[2])
    recused.open(f"/agence/college/{held.pk}/")
    recused.follows("Voir le dossier : Balise")
    expect(recused.page.get_by_text("vous êtes déporté de ce dossier")).to_be_visible()
    looked_at(recused, "college-deporte")

    one.open(f"/agence/college/{held.pk}/")
    looked_at(one, "college-seance-membre")
    one.follows("Donner mon avis : Balise")
    looked_at(one, "college-avis")
    one.page.get_by_text("Réserves bloquantes", exact=True).click()
    one.page.get_by_label("Réserve 1 : elle porte sur").select_option(label="Exigence ILL-L 1")
    with one.expecting("400"):
        one.presses("Enregistrer mon avis")
    expect(one.page.get_by_text("Choisissez dans la liste le motif de chaque réserve.")).to_be_visible()
    looked_at(one, "college-avis-refuse")
    one.page.get_by_label("Motif").select_option(label="Preuve insuffisante")
    one.page.get_by_label("Ce qui est attendu").fill("La capture est coupée : montrez l'écran entier.")
    one.presses("Ajouter une réserve")
    expect(one.page.get_by_label("Réserve 2 : elle porte sur")).to_be_visible()
    expect(one.page.get_by_label("Ce qui est attendu").first).to_have_value("La capture est coupée : montrez l'écran entier.")
    one.presses("Enregistrer mon avis")
    expect(one.page.get_by_text("Votre avis est enregistré.")).to_be_visible()
    looked_at(one, "college-avis-donne")
    other.open(f"/agence/college/{held.pk}/")
    other.follows("Donner mon avis : Balise")
    other.page.get_by_text("S'abstient", exact=True).click()
    other.presses("Enregistrer mon avis")
    expect(other.page.get_by_text("Votre avis est enregistré.")).to_be_visible()

    lead.open(f"/agence/college/{held.pk}/")
    looked_at(lead, "college-seance")
    lead.pictures("college")
    lead.follows("Consigner l’issue : Balise")
    looked_at(lead, "college-issue")
    lead.page.locator("label[for=issue-reservations]").click()
    lead.page.get_by_label("Explication").fill("Une preuve est à reprendre.")
    lead.page.locator("button[name=record]").click()
    expect(lead.page.get_by_role("heading", name="Réserves bloquantes, preuves à redéposer")).to_be_visible()
    looked_at(lead, "college-issue-consignee")
    lead.open(f"/agence/college/{held.pk}/")
    lead.follows("Clore la séance")
    looked_at(lead, "college-clore")
    lead.presses("Clore la séance")
    expect(lead.page.get_by_text("La séance est close.")).to_be_visible()
    looked_at(lead, "college-seance-close")
    assert lead.takes("Télécharger le procès-verbal (PDF)").suggested_filename.startswith("proces-verbal-")
    lead.open("/agence/college/")
    looked_at(lead, "college-seances")

    claire.open(f"/candidatures/{found.number}/")
    expect(claire.page.get_by_role("heading", name="Le collège a énoncé des réserves bloquantes")).to_be_visible()
    looked_at(claire, "college-candidature-reserves")
    claire.follows("Lire les réserves et ce qui peut être redéposé")
    expect(claire.page.get_by_text("La capture est coupée : montrez l'écran entier.")).to_be_visible()
    expect(claire.page.get_by_text("Membre A")).to_have_count(0)
    looked_at(claire, "college-reserves")
    claire.follows("Redéposer les preuves")
    claire.follows("Corriger : Feux de bord")
    looked_at(claire, "college-redeposer")
    give_proof(found, "ILL-L 1.1.1", cast.claire, now(), content=b"entier")
    prove(found, cast.claire, cast.ines, now(), "lights")
    assert board_step_of(found).state == "submitted"
    claire.open(f"/candidatures/{found.number}/college/college/")
    expect(claire.page.get_by_role("heading", name="Votre dossier est complet")).to_be_visible()
    looked_at(claire, "college-de-nouveau-complet")

    again = scheduled(bench.coordinator, now() - timedelta(hours=2), now() - timedelta(hours=1))
    case = listed(found, again, bench.coordinator, now())
    for member in (one, other):
        member.open(f"/agence/college/{again.pk}/dossiers/{case.pk}/")
        member.page.get_by_text("Favorable", exact=True).click()
        member.presses("Enregistrer mon avis")
        expect(member.page.get_by_text("Votre avis est enregistré.")).to_be_visible()
    lead.open(f"/agence/college/{again.pk}/dossiers/{case.pk}/")
    lead.page.locator("label[for=issue-granted]").click()
    looked_at(lead, "college-issue-favorable")
    lead.page.locator("button[name=record]").click()
    expect(lead.page.get_by_role("heading", name="Favorable", exact=True)).to_be_visible()
    work_off()
    claire.open(f"/candidatures/{found.number}/")
    expect(claire.page.get_by_text("Terminée").first).to_be_visible()
    looked_at(claire, "college-certifiee")
    claire.open(f"/candidatures/{found.number}/college/college/")
    looked_at(claire, "college-accorde")
    lead.open(f"/agence/candidatures/{found.number}/college/college/")
    looked_at(lead, "college-passages")
