"""What is asked, and what is answered, for whoever comes by? Every choice is a link, every search an address."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.accounts.models import Person
from foundation.core.language import spoken
from foundation.help.actions import publish_help_draft, withdraw_help_entry
from foundation.help.models import HelpFacets
from foundation.help.queries import entry_of
from tests.cast import Cast
from tests.client import StrictClient
from tests.conftest import help_pack
from tests.factories.help import drafted, said
from tests.factories.pages import plain, text_of
from web.public.caching import forget_pages

Browse = Callable[[Person | None], StrictClient]
DELAY = "delai-certificat-dmn"


def answers_of(page: str) -> list[str]:
    """The codes listed, in order."""
    inside = page[page.index('<ul class="cv-answers">') :] if "cv-answers" in page else ""
    return re.findall(r'<h3 class="fr-h6"[^>]*><a href="/aide/([\w-]+)/', inside)


def ways_of(page: str) -> dict[str, int]:
    """Where each choice leads, and how many answers it promises."""
    inside = page[page.index('<ul class="cv-facets">') : page.index("</nav>", page.index('<ul class="cv-facets">'))]
    found = re.findall(r'<a href="([^"]+)"><span[^>]*>[^<]+</span> <span class="cv-num" aria-hidden="true">(\d+)<', inside)
    return {html.unescape(where): int(count) for where, count in found}


def counted(page: str) -> int:
    found = re.search(r"<b>(\d+) réponses?</b> sur (\d+)", page)
    assert found is not None
    return int(found[1])


def test_every_answer_is_listed_page_after_page(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    listed = [code for page in (1, 2, 3) for code in answers_of(text_of(client.get(f"/aide/?page={page}")))]
    assert sorted(listed) == sorted(reply.code for reply in help_pack().replies)
    assert listed[0] == "decouvrir-convergence"


def test_each_choice_leaves_as_many_answers_as_it_says(browse: Browse, cast: Cast) -> None:
    """The walk: every way of the first page, then every way of the page it leads to."""
    client = browse(None)
    first = ways_of(text_of(client.get("/aide/")))
    assert len(first) == len({facet for reply in help_pack().replies for facet in reply.flat_facets})
    for where, count in list(first.items())[:6]:
        page = text_of(client.get(where))
        assert counted(page) == count
        for further, left in list(ways_of(page).items())[:3]:
            assert counted(text_of(client.get(further))) == left


def test_a_choice_made_can_be_taken_back_and_one_without_object_says_so(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(None).get("/aide/?offre=hds&theme=comprendre"))
    assert '<a class="cv-chip" href="/aide/?theme=comprendre">' in page
    assert '<a class="cv-chip" href="/aide/?offre=hds">' in page
    assert page.count("Sans objet pour ces choix") == 3
    assert counted(page) == 5


def test_a_choice_that_does_not_exist_is_no_choice(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(None).get("/aide/?offre=rien&autre=chose&page=zzz"))
    assert counted(page) == 44
    assert "cv-chip" not in page


def test_words_and_choices_together(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(None).get("/aide/?q=delai+certificat&offre=dmn"))
    assert answers_of(page)[0] == DELAY
    assert "<mark>certificat</mark>" in page
    assert '<input type="hidden" name="offre" value="dmn">' in page
    assert 'value="delai certificat"' in page


def test_a_slip_is_forgiven_and_said(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(None).get("/aide/?q=mandatiare"))
    assert "« mandatiare » ne figure nulle part : voici ce qui répond à « <b>mandataire</b> »." in page
    assert "role-mandataire" in answers_of(page)


def test_some_of_the_words_only(browse: Browse, cast: Cast) -> None:
    assert "Aucune réponse ne contient tous ces mots." in text_of(browse(None).get("/aide/?q=ventilation+Mifare"))


def test_no_answer_leaves_a_way_out(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(None).get("/aide/?q=zzzzzz&offre=dmn"))
    assert "Aucune réponse pour « zzzzzz »" in page
    assert "Retirer le dernier choix" in page
    assert 'href="/aide/reponse-manquante/?q=zzzzzz"' in page
    assert "Retirer le dernier choix" not in text_of(browse(None).get("/aide/?q=zzzzzz"))


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", '"><b>', "' OR 1=1 --", "x" * 5000])
def test_what_is_typed_is_shown_and_never_run(browse: Browse, cast: Cast, typed: str) -> None:
    response = browse(None).get("/aide/", {"q": typed})
    assert response.status_code == 200
    assert typed not in response.content.decode() or "<" not in typed


def test_the_answers_in_english(browse: Browse, cast: Cast) -> None:
    with spoken("en"):
        everything, address = reverse("public:help_list"), reverse("public:help_entry", args=["test-intrusion"])
    page = text_of(browse(None).get(f"{everything}?q=penetration"))
    assert f'<h3 class="fr-h6"><a href="{address}">' in page
    assert page.count('<h3 class="fr-h6"><a') == 1
    entry = text_of(browse(None).get(address))
    assert '<article class="cv-answer">' in entry
    assert "at your expense" in entry
    assert 'href="/aide/test-intrusion/" hreflang="fr" lang="fr">Français</a>' in entry


def test_the_former_addresses_in_english_lead_to_the_present_ones(browse: Browse, cast: Cast) -> None:
    with spoken("en"):
        everything, address = reverse("public:help_list"), reverse("public:help_entry", args=["test-intrusion"])
    client = browse(None)
    for former, present in (
        ("/aide/?langue=en&q=a+b&offre=dmn", f"{everything}?q=a+b&offre=dmn"),
        ("/aide/test-intrusion/?langue=en", address),
    ):
        response = client.get(former)
        assert (response.status_code, response["Location"]) == (301, present)


def test_an_answer_at_its_permanent_address(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(None).get(f"/aide/{DELAY}/"))
    assert "Combien de temps pour obtenir un certificat de conformité ?</h1>" in page
    assert "<strong>60 jours calendaires</strong>" in page
    assert 'href="/aide/certificat-dmn-attribution/"' in page
    assert 'href="/demarches/dmn-pecan/"' in page
    assert "Revu le 30 avril 2026" in page
    assert "Cette réponse vous a-t-elle été utile ?" in page
    assert "Utile pour" not in page


@pytest.mark.parametrize("reply", help_pack().replies, ids=lambda reply: reply.code)
def test_each_answer_has_its_page_in_both_languages(browse: Browse, cast: Cast, reply) -> None:
    for language in ("fr", "en"):
        with spoken(language):
            address = reverse("public:help_entry", args=[reply.code])
        assert plain(reply.wording(language).question) in text_of(browse(None).get(address))


def test_enough_readers_and_the_share_is_said(browse: Browse, cast: Cast, at: datetime) -> None:
    for value in ("yes", "yes", "yes", "no", "yes"):
        said(value, at, code=DELAY)
    assert "Utile pour 80 % des lecteurs" in text_of(browse(None).get(f"/aide/{DELAY}/"))
    assert "utile pour 80 % des lecteurs" in text_of(browse(None).get("/aide/?q=delai+certificat"))


def test_an_answer_withdrawn_says_so_and_a_draft_does_not_exist(browse: Browse, cast: Cast, at: datetime) -> None:
    client = browse(None)
    drafted("attente", cast.ines, at)
    assert client.get("/aide/attente/").status_code == 404
    assert client.get("/aide/nulle-part/").status_code == 404
    withdraw_help_entry(entry_of(DELAY), "Fausse.", by=cast.ines, at=at)
    response = client.get(f"/aide/{DELAY}/")
    assert response.status_code == 410
    assert "Cette réponse a été retirée" in text_of(response)
    assert DELAY not in answers_of(text_of(client.get("/aide/?q=delai+certificat")))


def test_what_is_published_is_read_at_once(browse: Browse, cast: Cast, at: datetime) -> None:
    publish_help_draft(drafted("attente", cast.ines, at), by=cast.ines, at=at)
    assert answers_of(text_of(browse(None).get("/aide/?q=zythologie"))) == ["attente"]


def test_a_visitor_s_page_may_be_kept_and_someone_s_may_not(cast: Cast) -> None:
    visitor, claire = Client(), Client()
    claire.force_login(cast.claire)
    for where in ("/aide/", f"/aide/{DELAY}/", "/demarches/", "/"):
        response = visitor.get(where)
        assert response["Cache-Control"] == "public, max-age=60" if where != "/" else True
        assert not response.cookies, where
        assert "Cookie" in response["Vary"]
        again = visitor.get(where, headers={"If-None-Match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert "no-store" in claire.get("/aide/")["Cache-Control"]
    assert "Cache-Control" not in visitor.get("/aide/nulle-part/")


@pytest.mark.parametrize(
    ("where", "most"),
    [("/aide/", 4), ("/aide/?q=delai+certificat&offre=dmn", 6), ("/aide/?q=mandatiare+zzzz", 8), (f"/aide/{DELAY}/", 6), ("/", 2)],
)
def test_pages_cost_little(cast: Cast, where: str, most: int) -> None:
    """Drawn, not shown again; and the one question that says whether it may be, apart."""
    client = Client()
    client.get(where)
    forget_pages()
    with CaptureQueriesContext(connection) as captured:
        client.get(where)
    asked = sum("FROM journal_entry" in query["sql"] for query in captured)
    assert asked == 1
    assert len(captured) - asked <= most


def test_before_the_help_is_taken_in_the_page_still_stands(browse: Browse, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HelpFacets.objects, "first", lambda: None)
    assert browse(None).get("/aide/").status_code == 200
    assert browse(None).get(f"/aide/{DELAY}/").status_code == 200


def test_questions_are_shown_on_the_page_they_are_about(browse: Browse, cast: Cast) -> None:
    assert f'href="/aide/{DELAY}/"' in text_of(browse(cast.claire).get("/parcours/dmn/dmn-pecan/"))
    assert f'href="/aide/{DELAY}/"' in text_of(browse(None).get("/demarches/dmn-pecan/"))
