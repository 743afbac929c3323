"""Coming in by every door, in a real browser: a provider, a code after the password; and a session closed from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as in_force
from playwright.sync_api import expect
from pytest_django.fixtures import Settings

from config.providers import form_origins
from foundation.accounts.models import Seat
from foundation.credentials.models import BrowserSession
from foundation.credentials.oidc import forget_published
from ops.demo import AUBEPINE
from tests.cast import Cast
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor
from tests.peers.oidc import Certified, certified
from tests.totp import code_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CLAIRE = {"sub": "c-1", "name": "Claire", "email": "Claire@Demo.invalid", "email_verified": True, "siren": AUBEPINE, "organisation": "Aubépine Santé", "roles": ["mandataire"]}  # fmt: skip
INES = {"sub": "i-1", "name": "Inès", "email": "ines@demo.invalid", "email_verified": True, "groups": ["reviewer", "coordinator"]}


@pytest.fixture
def trusted(live_server: Any, tmp_path: Path, settings: Settings) -> Iterator[Certified]:
    """The certified providers, which send browsers back to the live server; the policy lets forms lead to them."""
    with certified(tmp_path, live_server.url) as found:
        settings.OIDC_PROVIDERS = found.written()
        policy = in_force.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        allowed = [*policy["form-action"], *form_origins(settings.OIDC_PROVIDERS)]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "form-action": allowed}}
        forget_published()
        found.says("isc", CLAIRE)
        found.says("agence", INES)
        yield found
        forget_published()


def types_password(visitor: Visitor, email: str) -> None:
    visitor.page.get_by_label("Adresse électronique").fill(email)
    visitor.page.get_by_label("Mot de passe").fill(in_force.DEMO_PASSWORD)
    visitor.page.get_by_role("button", name="Se connecter").first.click()


def test_someone_of_a_company_comes_in_by_isc_and_goes_out_of_both(visit: Visit, trusted: Certified, cast: Cast) -> None:
    visitor = visit()
    visitor.open("/produits/")
    visitor.reads("Se connecter à Convergence")
    visitor.pictures("connexion-fournisseurs")
    with visitor.expecting("404"):  # the provider's pages have no icon
        visitor.presses("Continuer avec industriels Santé Connect")
        visitor.page.get_by_role("button", name="Claire").click()
        visitor.reads("Votre catalogue produits")
        assert "/produits/" in visitor.page.url
        visitor.presses("Se déconnecter")
        visitor.page.get_by_role("button", name="Oui").click()
        visitor.reads("Se connecter à Convergence")
    expect(visitor.page.get_by_text("Vous êtes déconnecté.")).to_be_visible()
    visitor.open("/produits/")
    visitor.reads("Se connecter à Convergence")
    with visitor.expecting("404"):
        visitor.presses("Continuer avec industriels Santé Connect")
        expect(visitor.page.get_by_role("button", name="Claire")).to_be_visible()  # she is out over there too


def test_the_staff_come_in_by_theirs(visit: Visit, trusted: Certified, cast: Cast) -> None:
    visitor = visit()
    visitor.open("/agence/contenus/")
    with visitor.expecting("404"):
        visitor.presses("Continuer avec le compte de l'agence")
        visitor.page.get_by_role("button", name="Inès").click()
        visitor.page.wait_for_url("**/agence/contenus/")
    assert {seat.role for seat in Seat.objects.held().filter(person=cast.ines)} == {"reviewer", "coordinator"}


def test_a_code_is_added_to_the_password_then_asked_after_it(visit: Visit, cast: Cast) -> None:
    ines = visit()
    ines.open("/agence/contenus/")
    types_password(ines, cast.ines.email)
    ines.reads("Activer la double authentification")
    ines.pictures("double-authentification")
    secret = ines.page.locator("code").inner_text()
    with ines.expecting("400"):
        ines.page.locator("#code").fill("000000")
        ines.presses("Activer")
        expect(ines.page.get_by_role("alert")).to_contain_text("n'est pas celui de l'application")
    assert ines.page.locator("code").inner_text() == secret
    ines.page.locator("#code").fill(code_at(secret))
    ines.presses("Activer")
    ines.reads("Vos codes de secours")
    code = ines.page.locator(".cv-codes code").first.inner_text()
    ines.follows("J’ai noté mes codes")
    ines.page.wait_for_url("**/agence/contenus/")
    ines.presses("Se déconnecter")

    ines.open("/agence/contenus/")
    types_password(ines, cast.ines.email)
    ines.reads("Votre code")
    ines.page.locator("#code").fill(code_at(secret))
    ines.presses("Entrer")
    ines.page.wait_for_url("**/agence/contenus/")
    ines.presses("Se déconnecter")

    ines.open("/agence/contenus/")
    types_password(ines, cast.ines.email)
    ines.page.locator("#code").fill(code)  # the day the telephone is lost
    ines.presses("Entrer")
    ines.page.wait_for_url("**/agence/contenus/")


def test_a_session_is_closed_from_another_browser(visit: Visit, cast: Cast) -> None:
    forgotten, here = visit(), visit()
    for visitor in (forgotten, here):
        visitor.open("/connexion/")
        types_password(visitor, cast.claire.email)
        visitor.reads("Tableau de bord")
    here.page.get_by_role("link", name=re.compile("Claire")).click()
    here.open("/compte/securite/")
    here.reads("Sécurité de votre compte")
    expect(here.page.get_by_text("celle-ci")).to_have_count(1)
    here.presses("Fermer la session Chrome sur Linux")
    expect(here.page.get_by_text("est fermée.")).to_be_visible()
    forgotten.open("/produits/")
    forgotten.reads("Se connecter à Convergence")
    here.open("/produits/")
    here.reads("Votre catalogue produits")
    assert BrowserSession.objects.filter(person=cast.claire).count() == 1
