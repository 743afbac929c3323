"""The support looks over a user's shoulder: with consent, reading only, half an hour, under a banner, every page recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from foundation.accounts.actions import end_seat
from foundation.accounts.models import Person, SharedView
from foundation.accounts.rights import Role
from foundation.core.clock import now
from tests.cast import Cast
from tests.client import StrictClient, check_html
from tests.factories.pages import Furnished, address, furnish, text_of
from tests.factories.people import seat_of, someone
from tests.house.routes import ACCESS, COMPANY
from tests.refusals import remembered

Browse = Callable[[Person | None], StrictClient]
DASHBOARD = "/tableau-de-bord/"


@pytest.fixture
def stage(cast: Cast, at: datetime) -> Furnished:
    return furnish(cast.claire, at, colleague=cast.karim)


@pytest.fixture
def looking(browse: Browse, cast: Cast, at: datetime, stage: Furnished) -> Client:
    """The support, looking at Karim's screens. Not the strict client: reading writes, in the journal."""
    page = browse(cast.karim).post("/compte/vue/partager/", follow=True)
    assert "Le support peut regarder vos écrans" in text_of(page)
    client = Client()
    client.force_login(someone("support", Role.SUPPORT, None, at))
    assert "Karim" in text_of(client.get("/agence/comptes/vues/"))
    view = SharedView.objects.get()
    assert client.post(address("agency:look_over_shoulder", view.pk))["Location"] == DASHBOARD
    return client


def test_the_page_is_his_under_a_banner_and_recorded(looking: Client, cast: Cast, stage: Furnished) -> None:
    with remembered("accounts.PageLookedAt") as entries:
        response = looking.get(DASHBOARD)
    check_html(response)
    page = text_of(response)
    assert "Vous regardez les écrans de Karim" in page
    assert "Arrêter de regarder" in page
    assert stage.active.name in page
    assert (entries[0].company, entries[0].details["by_name"]) == (cast.aubepine.pk, "Support")
    assert DASHBOARD in entries[0].body


def test_only_what_he_sees_is_seen(looking: Client, cast: Cast, at: datetime) -> None:
    hidden = furnish(cast.claire, at, word="Secret").active
    assert looking.get(address("company:product", hidden.reference)).status_code == 404
    assert "Secret" not in text_of(looking.get("/produits/"))


@pytest.mark.parametrize("name", [name for name, row in ACCESS.items() if row.side is COMPANY and "POST" in row.methods and not row.keys])
def test_nothing_is_changed(looking: Client, cast: Cast, stage: Furnished, name: str) -> None:
    row = ACCESS[name]
    where, typed = row.address(name, stage), dict(row.body(cast.karim, stage))
    with remembered():
        response = looking.post(where, typed)
    assert response.status_code == 403
    assert "rien ne peut y être changé" in text_of(response)


def test_stopping_ends_the_consent(looking: Client, cast: Cast) -> None:
    with remembered("accounts.ViewClosed"):
        assert looking.post("/agence/comptes/vues/arreter/").status_code == 302
    assert looking.get(DASHBOARD).status_code == 404
    assert "Personne ne partage" in text_of(looking.get("/agence/comptes/vues/"))
    assert looking.post(address("agency:look_over_shoulder", SharedView.objects.get().pk)).status_code == 404
    assert looking.post("/agence/comptes/vues/arreter/").status_code == 302


def test_he_takes_his_consent_back(looking: Client, browse: Browse, cast: Cast) -> None:
    page = text_of(browse(cast.karim).get("/compte/"))
    assert "Arrêter le partage" in page
    assert "ne voit plus vos écrans" in text_of(browse(cast.karim).post("/compte/vue/arreter/", follow=True))
    with remembered():
        response = looking.get(DASHBOARD)
    assert response.status_code == 403
    assert "Le partage est terminé" in text_of(response)
    assert looking.get(DASHBOARD).status_code == 404  # and the session no longer looks


def test_half_an_hour_and_no_more(looking: Client) -> None:
    SharedView.objects.update(begun_at=now() - timedelta(minutes=31), ends_at=now() - timedelta(minutes=1))
    assert looking.get(DASHBOARD).status_code == 403


def test_he_left_or_his_account_was_closed(looking: Client, cast: Cast, at: datetime) -> None:
    end_seat(seat_of(cast.karim, cast.aubepine), by=cast.karim, at=at)
    assert looking.get(DASHBOARD).status_code == 403


def test_a_closed_account_is_not_looked_at(looking: Client, cast: Cast) -> None:
    Person.objects.get_queryset().filter(pk=cast.karim.pk).update(is_active=False)
    assert looking.get(DASHBOARD).status_code == 403


def test_the_agency_pages_and_ones_own_stay_ones_own(looking: Client) -> None:
    assert "Support · Agence" in text_of(looking.get("/compte/"))
    assert looking.get("/agence/comptes/").status_code == 200


@pytest.mark.parametrize("who", ["ines", "hugo", "claire", "zoe"])
def test_nobody_else_looks(browse: Browse, looking: Client, cast: Cast, who: str) -> None:
    client = browse(cast.everyone()[who])
    for method, where in (("get", "/agence/comptes/vues/"), ("post", address("agency:look_over_shoulder", SharedView.objects.get().pk))):
        assert getattr(client, method)(where).status_code == 404


def test_a_session_that_claims_a_view_without_the_right_sees_nothing(looking: Client, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ines)
    session = client.session
    session["view"] = SharedView.objects.get().pk
    session.save()
    with remembered():
        assert client.get(DASHBOARD).status_code == 403


def test_a_second_share_and_one_without_a_company_are_refused(browse: Browse, looking: Client, cast: Cast) -> None:
    assert browse(cast.karim).post("/compte/vue/partager/").status_code == 409
    assert browse(cast.ines).post("/compte/vue/partager/").status_code == 404
