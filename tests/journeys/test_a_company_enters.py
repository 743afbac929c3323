"""A company enters: its account asked for and accepted, its first employee invited, and the questionnaire they fill in validated."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from convergence.assessments.models import Validation
from foundation.accounts.models import Person, Seat
from foundation.accounts.rights import Role
from foundation.invitations.models import AccountRequest, Invitation, PasswordLink
from tests.cast import Cast
from tests.factories.catalogue import INTEROPERABILITY, SOCLES, asked_by, enrolled, product_at
from tests.factories.pages import sheet_address
from tests.factories.people import STRONG, someone
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor
from tests.queue import work_off

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def chooses_a_password(visitor: Visitor) -> None:
    visitor.page.get_by_label("Nouveau mot de passe").fill(STRONG)
    visitor.page.get_by_label("Le même, une seconde fois").fill(STRONG)


def test_a_company_enters(visit: Visit, cast: Cast, at) -> None:
    # — Someone asks for the account of their company —
    visitor = visit()
    page = visitor.page
    visitor.open("/")
    visitor.follows("Demander un compte")
    visitor.reads("Demander un compte pour votre entreprise")
    for label, typed in (
        ("SIREN", "732 829 321"),
        ("Raison sociale", "Cormoran Santé"),
        ("Adresse du siège", "1 rue du Phare, 29200 Brest"),
        ("Votre nom", "Gérante"),
        ("Votre fonction", "Gérante"),
        ("Adresse électronique professionnelle", "gerance@cormoran.example"),
        ("Votre téléphone", "02 98 00 00 00"),
    ):
        page.get_by_label(label).fill(typed)
    page.get_by_text("J'atteste pouvoir engager cette entreprise").click()
    with visitor.expecting("400"):
        with page.expect_navigation():  # once the proof is worked out
            visitor.presses("Envoyer la demande")
        expect(page.get_by_role("alert")).to_contain_text("La clé de contrôle ne correspond pas")
    page.get_by_label("SIREN").fill("732 829 320")
    with page.expect_navigation():
        visitor.presses("Envoyer la demande")
    visitor.reads("Demande de compte envoyée")
    request = AccountRequest.objects.get()
    expect(page.get_by_role("status")).to_contain_text(request.reference)

    # — The support accepts it —
    support = visit(someone("support", Role.SUPPORT, None, at))
    support.open("/agence/comptes/")
    support.follows(request.reference)
    support.presses("Accepter la demande")
    expect(support.page.get_by_role("status")).to_contain_text("est ouvert")

    # — A password, the terms, then in —
    visitor.open(f"/mot-de-passe/{PasswordLink.objects.get().token}/")
    chooses_a_password(visitor)
    visitor.presses("Enregistrer ce mot de passe")
    visitor.reads("Se connecter à Convergence")
    page.get_by_label("Adresse électronique").fill("gerance@cormoran.example")
    page.get_by_label("Mot de passe").fill(STRONG)
    page.keyboard.press("Enter")
    visitor.reads("Conditions d’utilisation")
    page.get_by_text("J’ai lu ces conditions").click()
    visitor.presses("Continuer")
    visitor.reads("Tableau de bord")

    # — An employee is invited, and accepts —
    visitor.follows("Votre entreprise")
    visitor.follows("Inviter une personne")
    page.get_by_label("Adresse électronique professionnelle").fill("Salariee@Cormoran.example")
    page.get_by_text("Salarié", exact=True).first.click()
    visitor.presses("Envoyer l’invitation")
    expect(page.get_by_role("status")).to_contain_text("salariee@cormoran.example")
    employee = visit()
    employee.open(f"/invitation/{Invitation.objects.get().token}/")
    employee.reads("Rejoindre Cormoran Santé")
    employee.page.get_by_label("Votre nom").fill("Salariée")
    chooses_a_password(employee)
    employee.presses("Ouvrir mon compte et accepter")
    employee.reads("Conditions d’utilisation")
    employee.page.get_by_text("J’ai lu ces conditions").click()
    employee.presses("Continuer")
    employee.reads("Tableau de bord")

    # — A product, and the right to fill it in —
    owner = Person.objects.get_queryset().get(email="gerance@cormoran.example")
    product = product_at("active", owner, at)
    enrolment = enrolled(product, SOCLES, owner, at)
    visitor.open("/entreprise/")
    visitor.follows("Salariée")
    visitor.follows("Droits sur")
    number = Seat.objects.get(person__email="salariee@cormoran.example").person_id
    for right in ("view", "edit"):
        page.locator(f'[id="r-{number}--{right}"]').press("Space")
    visitor.presses("Enregistrer")
    expect(page.get_by_role("status")).to_contain_text("Les droits sont enregistrés.")

    # — She asks for a validation, and it is given —
    employee.open(sheet_address(enrolment))
    for criterion in asked_by(enrolment, INTEROPERABILITY):
        employee.picks(criterion, "Maturité moyenne")
    employee.presses("Enregistrer et demander validation")
    expect(employee.page.get_by_role("status").first).to_be_visible()
    visitor.open(sheet_address(enrolment))
    visitor.presses("Valider")
    expect(page.get_by_role("status").first).to_be_visible()
    assert Validation.objects.get().validated_by == owner
    work_off()
