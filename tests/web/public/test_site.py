"""What is this site, who answers for it, how is it, and where does everything stand?"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection

from convergence.content.library import Library
from foundation.accounts.models import Person
from foundation.core.clock import now, today
from foundation.notifications.jobs import send_mail
from tests.cast import Cast
from tests.client import StrictClient
from tests.conftest import help_pack
from tests.factories.pages import text_of
from web.public.caching import forget_pages

Browse = Callable[[Person | None], StrictClient]


def test_the_site_map_for_machines_names_every_public_page_and_each_opens(browse: Browse, shelf: Library) -> None:
    client = browse(None)
    response = client.get("/sitemap.xml")
    assert response["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own answer
    places = [node.text.removeprefix("http://testserver") for node in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(places) == len(set(places)) == 2 * (8 + len(shelf.procedures(today())) + len(help_pack().replies))
    assert len([place for place in places if place.startswith("/en/")]) == len(places) / 2
    for place in places[:12] + places[-12:]:
        assert client.get(place).status_code == 200, place
    assert "<lastmod>2026-04-30</lastmod>" in response.content.decode()


def test_robots_are_told_where_they_are_welcome(browse: Browse, shelf: Library) -> None:
    response = browse(None).get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /agence/", "Disallow: /en/agence/", "Disallow: /connexion/"} <= set(lines)
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"


def test_the_site_map_leads_everywhere(browse: Browse, shelf: Library) -> None:
    page = text_of(browse(None).get("/plan-du-site/"))
    for where in (
        "/aide/",
        "/mentions-legales/",
        "/donnees-personnelles/",
        "/etat-de-la-plateforme/",
        "/accessibilite/",
        "/demarches/",
        "/demande-de-compte/",
    ):
        assert f'href="{where}"' in page
    assert all(f'href="/demarches/{procedure.code}/"' in page for procedure in shelf.procedures(today()))


@pytest.mark.parametrize("name", ["claire", "karim", "ines", "hugo"])
def test_the_site_map_leads_whoever_is_in_through_their_side_and_each_page_opens(browse: Browse, cast: Cast, name: str) -> None:
    client = browse(getattr(cast, name))
    page = text_of(client.get("/plan-du-site/"))
    theirs = page.split('id="plan-espace"')[1].split("</section>")[0]
    places = re.findall(r'href="([^"]+)"', theirs)
    assert ("/agence/" in places) == (name in ("ines", "hugo"))
    assert ("/tableau-de-bord/" in places) == (name in ("claire", "karim"))
    for place in places:
        assert client.get(place, follow=True).status_code == 200, place
    assert "plan-espace" not in text_of(browse(None).get("/plan-du-site/"))


def test_the_notices_say_who_answers_or_that_nobody_said(browse: Browse, shelf: Library, settings) -> None:
    assert "ne dit pas encore qui l’édite" in text_of(browse(None).get("/mentions-legales/"))
    settings.SITE_PUBLISHER, settings.SITE_HOST, settings.SITE_CONTACT = "Agence\n1 rue X", "Hébergeur", "ecrire@exemple.test"
    forget_pages()  # settings are those of a process
    page = text_of(browse(None).get("/mentions-legales/"))
    assert "Agence<br>1 rue X" in page
    assert 'href="mailto:ecrire@exemple.test"' in page
    assert "ne dit pas encore" not in page
    assert "ecrire@exemple.test" in text_of(browse(None).get("/donnees-personnelles/"))
    assert "ecrire@exemple.test" in text_of(browse(None).get("/accessibilite/"))
    assert "ecrire@exemple.test" in text_of(browse(None).get("/aide/?q=zzzz"))


def test_the_privacy_page_names_the_cookies_there_are(browse: Browse, shelf: Library) -> None:
    page = text_of(browse(None).get("/donnees-personnelles/"))
    for cookie in ("csrftoken", "sessionid", "avis"):
        assert f"<code>{cookie}</code>" in page


def test_the_state_is_well_until_work_waits_too_long(browse: Browse, shelf: Library) -> None:
    assert "Tout fonctionne" in text_of(browse(None).get("/etat-de-la-plateforme/"))
    send_mail.defer(to="x@exemple.test", subject="a", text="b", message_id="<c>")
    assert "Tout fonctionne" in text_of(browse(None).get("/etat-de-la-plateforme/"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = %s", [now() - timedelta(hours=1)])
    page = text_of(browse(None).get("/etat-de-la-plateforme/"))
    assert "Une partie de la plateforme est ralentie" in page
    assert "Retardés" in page


@pytest.mark.parametrize("where", ["/", "/aide/", "/demarches/", "/plan-du-site/", "/mentions-legales/", "/donnees-personnelles/"])
def test_the_foot_leads_to_what_the_law_asks_for(browse: Browse, shelf: Library, where: str) -> None:
    page = text_of(browse(None).get(where))
    for link in ("/plan-du-site/", "/accessibilite/", "/mentions-legales/", "/donnees-personnelles/"):
        assert f'class="fr-footer__bottom-link" href="{link}"' in page
