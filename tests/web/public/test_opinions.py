"""Was it useful? Anyone says so once, in a word, without a name; robots are made to work, and the network to wait."""

from __future__ import annotations

import hashlib
import html
import json
import re
from base64 import b64encode
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from foundation.accounts.models import Person
from foundation.help.challenge import HARDEST
from foundation.help.models import Opinion, SearchReport
from foundation.journal.models import Entry
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import text_of

Browse = Callable[[Person | None], StrictClient]
DELAY = "delai-certificat-dmn"
HOME = {"page": "public:home", "retour": "/", "utile": "oui", "commentaire": ""}


@pytest.fixture(autouse=True)
def _nobody_wrote_before(db: None) -> None:
    cache.clear()


def proof(client: Client, where: str = "/avis/") -> str:
    """What a browser computes from the form it was given."""
    page = html.unescape(client.get(where).content.decode())
    found = re.search(r'data-challenge="(\{.*?\})"', page)
    assert found is not None
    asked = json.loads(found[1])
    number = next(n for n in range(HARDEST) if hashlib.sha256(f"{asked['salt']}{n}".encode()).hexdigest() == asked["challenge"])
    return b64encode(json.dumps({**{name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")}, "number": number}).encode()).decode()  # fmt: skip


def test_every_page_asks_and_the_answer_to_the_question_does_not(browse: Browse, cast: Cast) -> None:
    for client, where, route in (
        (browse(None), "/", "public:home"),
        (browse(None), "/connexion/", "public:sign_in"),
        (browse(cast.claire), "/tableau-de-bord/", "company:dashboard"),
        (browse(cast.ines), "/agence/contenus/", "agency:content_list"),
    ):
        page = text_of(client.get(where))
        assert "Cette page vous a-t-elle été utile ?" in page
        assert f'name="page" value="{route}"' in page
        assert f'name="retour" value="{where}"' in page
    for where in ("/avis/", "/avis/merci/", "/nulle-part/", "/aide/reponse-manquante/"):
        assert "data-opinion>" not in text_of(browse(None).get(where))


def test_a_page_is_judged_and_one_is_thanked(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    form = text_of(client.get("/avis/?page=public:help_list&utile=non&retour=/aide/"))
    assert 'value="non" checked' in form
    assert "sans votre nom ni votre adresse" in form
    assert 'href="/donnees-personnelles/"' in form
    sent = client.post("/avis/", {"page": "public:help_list", "retour": "/aide/", "utile": "non", "commentaire": "Trop long."})
    assert sent["Location"] == "/avis/merci/?retour=%2Faide%2F"
    assert 'href="/aide/"' in text_of(client.get(sent["Location"]))
    opinion = Opinion.objects.get()
    assert (opinion.page, opinion.value, opinion.comment, opinion.entry) == ("public:help_list", "no", "Trop long.", None)


def test_an_answer_is_judged_by_yes_or_no(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    form = text_of(client.get(f"/avis/?reponse={DELAY}&utile=oui"))
    assert "Combien de temps pour obtenir un certificat de conformité ?" in form
    assert "En partie" not in form
    assert client.post("/avis/", {"reponse": DELAY, "utile": "en-partie"}).status_code == 400
    assert client.post("/avis/", {"reponse": DELAY, "utile": "oui"}).status_code == 302
    opinion = Opinion.objects.get()
    assert opinion.entry is not None
    assert (opinion.entry.code, opinion.page, opinion.value) == (DELAY, "", "yes")


def test_once_each_and_no_more(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    assert client.post("/avis/", HOME).status_code == 302
    assert client.cookies["avis"]["httponly"]
    assert client.cookies["avis"]["samesite"] == "Lax"
    assert "Vous avez déjà donné votre avis." in text_of(client.get("/avis/?page=public:home"))
    assert "Vous avez déjà donné votre avis." in text_of(client.post("/avis/", HOME))
    assert client.post("/avis/", {**HOME, "page": "public:help_list"}).status_code == 302
    assert Opinion.objects.count() == 2
    client.cookies["avis"] = "forgé"
    assert client.post("/avis/", HOME).status_code == 302


def test_someone_signed_in_is_nobody_in_particular(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    assert "data-challenge" not in text_of(client.get("/avis/"))
    assert client.post("/avis/", {**HOME, "page": "company:dashboard"}).status_code == 302
    entry = Entry.objects.order_by("-position")[0]
    assert (entry.kind, entry.by, entry.company, entry.details) == (
        "help.OpinionGiven", "visitor", None, {"by_name": "une personne de passage", "from": "web"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"utile": ""}, 400, "Choisissez une des réponses proposées."),
        ({"utile": "yes"}, 302, ""),
        ({"utile": "peut-être"}, 400, "Choisissez une des réponses proposées."),
        ({"commentaire": "x" * 1001}, 400, "Le commentaire compte au plus 1000 caractères."),
        ({"page": "nulle:part"}, 404, ""),
        ({"reponse": "nulle-part"}, 404, ""),
    ],
)
def test_what_is_sent_badly_is_refused_and_what_was_typed_is_kept(
    browse: Browse, cast: Cast, changes: dict[str, str], status: int, words: str
) -> None:
    response = browse(None).post("/avis/", {**HOME, "commentaire": "Mon texte.", **changes})
    assert response.status_code == status
    if status == 400:
        page = text_of(response)
        assert words in page
        assert changes.get("commentaire", "Mon texte.") in page
    assert Opinion.objects.count() == (1 if status == 302 else 0)


@pytest.mark.parametrize("where", ["https://ailleurs.test/", "//ailleurs.test", "javascript:alert(1)", ""])
def test_one_is_never_led_elsewhere(browse: Browse, cast: Cast, where: str) -> None:
    sent = browse(None).post("/avis/", {**HOME, "retour": where})
    assert sent["Location"] == "/avis/merci/?retour=%2F"


def test_what_fills_the_hidden_field_is_thanked_and_forgotten(browse: Browse, cast: Cast) -> None:
    assert browse(None).post("/avis/", {**HOME, "site": "https://pub.test"}).status_code == 302
    assert browse(None).post("/aide/reponse-manquante/", {"q": "mot", "site": "x"}).status_code == 302
    assert not Opinion.objects.exists()
    assert not SearchReport.objects.exists()


def test_without_a_proof_ten_an_hour_and_with_one_more(cast: Cast) -> None:
    for _ in range(10):
        assert Client().post("/avis/", HOME).status_code == 302
    refused = Client().post("/avis/", HOME)
    assert refused.status_code == 429
    assert "Attendez une heure" in text_of(refused)
    client = Client()
    assert client.post("/avis/", {**HOME, "altcha": proof(client)}).status_code == 302
    assert Opinion.objects.count() == 11


def test_a_proof_serves_once(cast: Cast) -> None:
    for _ in range(10):
        Client().post("/avis/", HOME)
    worked = proof(Client())
    assert Client().post("/avis/", {**HOME, "altcha": worked}).status_code == 302
    assert Client().post("/avis/", {**HOME, "altcha": worked}).status_code == 429
    assert Client().post("/avis/", {**HOME, "altcha": "bm9u"}).status_code == 429


def test_a_search_without_an_answer_is_told_by_choice(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    assert client.get("/aide/?q=zèbre").status_code == 200
    assert not SearchReport.objects.exists()
    assert 'value="zèbre"' in text_of(client.get("/aide/reponse-manquante/?q=zèbre"))
    assert client.post("/aide/reponse-manquante/", {"q": "zèbre"})["Location"] == "/avis/merci/?retour=%2Faide%2F"
    assert SearchReport.objects.get().words == "zèbre"
    empty = client.post("/aide/reponse-manquante/", {"q": " "})
    assert empty.status_code == 400
    assert "Écrivez d'abord ce que vous cherchez." in text_of(empty)
