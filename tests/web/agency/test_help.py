"""What does the agency read of its help, and how does it write a better answer?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.accounts.actions import give_seat, welcome_person
from foundation.accounts.models import Person
from foundation.accounts.queries import new_person
from foundation.accounts.rights import Role
from foundation.help.actions import report_search
from foundation.help.models import Opinion
from foundation.help.permissions import VISITOR
from foundation.help.queries import entry_of, new_report
from foundation.journal.actor import SYSTEM
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.help import drafted, said, typed_reply
from tests.factories.pages import text_of

Browse = Callable[[Person | None], StrictClient]
DELAY, HELP = "delai-certificat-dmn", "/agence/aide/"


def test_nothing_said_yet(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(cast.ines).get(HELP))
    for words in (
        "Aucun avis n’a encore été donné.",
        "Aucun commentaire.",
        "Personne n’a signalé de recherche",
        "Aucune page n’a encore reçu d’avis.",
    ):
        assert words in page
    assert "44 réponses publiées" in page


def test_what_readers_said_is_read(browse: Browse, cast: Cast, at: datetime) -> None:
    for _ in range(3):
        said("yes", at, code=DELAY)
    said("no", at, code=DELAY, comment="Et pour <b>PECT</b> ?")
    said("no", at, code=DELAY)
    said("partly", at, page="company:dashboard", comment="Trop dense.")
    report_search(new_report("zèbre", "fr"), by=VISITOR, at=at)
    client = browse(cast.ines)
    response = client.get(HELP)
    page = text_of(response)
    assert "60 %" in page
    assert "&lt;b&gt;PECT&lt;/b&gt;" in response.content.decode()
    assert "/tableau-de-bord/" in page
    assert "novembre 2026" in page
    assert "1 fois" in page
    alone = text_of(client.get(f"{HELP}?reponse={DELAY}"))
    assert "Trop dense." not in alone
    assert "Et pour" in alone


def test_a_comment_is_erased(browse: Browse, cast: Cast, at: datetime) -> None:
    opinion = said("no", at, page="public:home", comment="Mon nom est…")
    assert browse(cast.ines).post(f"{HELP}avis/{opinion.pk}/effacer/")["Location"] == HELP
    assert Opinion.objects.get().comment == ""


def test_an_answer_is_written_looked_at_and_published(browse: Browse, cast: Cast) -> None:
    client = browse(cast.ines)
    assert client.post(f"{HELP}nouvelle/", {"code": "Mal Dite"}).status_code == 400
    assert client.post(f"{HELP}nouvelle/", {"code": "attente"})["Location"] == f"{HELP}attente/"
    assert "À écrire" in text_of(client.get(f"{HELP}attente/"))
    assert client.post(f"{HELP}attente/", typed_reply())["Location"] == f"{HELP}attente/apercu/"
    preview = text_of(client.get(f"{HELP}attente/apercu/"))
    assert "Deux semaines au plus." in preview
    assert "Two weeks at most." in preview
    assert "Personne ne lit encore cette réponse" in preview
    assert browse(None).get("/aide/attente/").status_code == 404
    assert client.post(f"{HELP}attente/publier/")["Location"] == f"{HELP}attente/"
    assert "Deux semaines au plus." in text_of(browse(None).get("/aide/attente/"))
    assert "Inès" in text_of(client.get(f"{HELP}attente/editions/1/"))


def test_an_edit_keeps_what_was_and_says_where_the_facts_come_from(browse: Browse, cast: Cast) -> None:
    client = browse(cast.ines)
    page = text_of(client.get(f"{HELP}{DELAY}/"))
    assert "Foire aux questions du portail des industriels, page en français" in page
    assert 'value="dmn" checked' in page
    client.post(f"{HELP}{DELAY}/", typed_reply())
    client.post(f"{HELP}{DELAY}/publier/")
    edition = entry_of(DELAY).editions.first()
    assert edition is not None
    assert (edition.number, edition.reply.origin, edition.reply.facets) == (2, "agency", {"offre": ("dmn",), "theme": ("delais",)})
    assert edition.reply.source == "Foire aux questions du portail des industriels, page en français"
    history = text_of(client.get(f"{HELP}{DELAY}/"))
    assert "Édition 2" in history
    assert "Édition 1" in history
    assert "la plateforme" in history
    assert "Remplacée" in text_of(client.get(f"{HELP}{DELAY}/editions/1/"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"question_fr": ""}, "Écrivez ce texte."),
        ({"short_en": "x" * 801}, "Ce texte compte au plus 800 caractères."),
        ({"facet_offre": "", "facet_theme": ""}, "Cochez au moins un choix."),
        ({"facet_offre": "rien"}, "Ce choix n'existe pas."),
        ({"procedures": "rien"}, "Cette démarche n'existe pas."),
        ({"related": "rien"}, "Cette réponse n'existe pas."),
        ({"order": "douze"}, "Donnez un nombre de 0 à 9999"),
        ({"question_fr": "Quoi"}, "Cette réponse est incomplète ou trop longue"),
    ],
)
def test_what_is_typed_badly_is_refused_and_kept(browse: Browse, cast: Cast, changes: dict[str, str], words: str) -> None:
    response = browse(cast.ines).post(f"{HELP}attente/", typed_reply(**changes))
    assert response.status_code == 400
    page = text_of(response)
    assert words in page
    assert "Souvent moins." in page


def test_a_draft_is_given_up_and_an_answer_withdrawn(browse: Browse, cast: Cast, at: datetime) -> None:
    client = browse(cast.ines)
    drafted(DELAY, cast.ines, at)
    assert "brouillon en cours" in text_of(client.get(HELP))
    assert client.post(f"{HELP}{DELAY}/abandonner/")["Location"] == HELP
    assert client.get(f"{HELP}{DELAY}/apercu/")["Location"] == f"{HELP}{DELAY}/"
    assert client.post(f"{HELP}{DELAY}/retirer/", {"reason": ""}).status_code == 400
    long = client.post(f"{HELP}{DELAY}/retirer/", {"reason": "Elle a changé. " * 20})
    assert long.status_code == 400
    assert 'value="Elle a changé. Elle a changé.' in text_of(long)
    assert client.post(f"{HELP}{DELAY}/retirer/", {"reason": "Elle a changé."}).status_code == 302
    assert "Retirée" in text_of(client.get(HELP))
    assert browse(None).get(f"/aide/{DELAY}/").status_code == 410


def test_an_auditor_reads_and_writes_nothing(browse: Browse, cast: Cast, at: datetime) -> None:
    person = new_person(email="auditeur@demo.invalid", name="Auditeur")
    welcome_person(person, by=SYSTEM, at=at)
    give_seat(person, Role.AUDITOR, by=SYSTEM, at=at)
    said("no", at, page="public:home", comment="Un mot.")
    client = browse(person)
    page = text_of(client.get(HELP))
    assert "Un mot." in page
    assert "Écrire une réponse" not in page
    assert "Effacer" not in page
    assert client.get(f"{HELP}{DELAY}/").status_code == 404
    assert client.post(f"{HELP}{DELAY}/retirer/", {"reason": "Non."}).status_code == 404


@pytest.mark.parametrize("name", ["hugo", "claire", "karim", "zoe"])
def test_the_others_see_no_door(browse: Browse, cast: Cast, name: str) -> None:
    client = browse(getattr(cast, name))
    for where in (HELP, f"{HELP}{DELAY}/", f"{HELP}nouvelle/"):
        assert client.get(where).status_code == 404
    assert HELP not in text_of(client.get("/accessibilite/"))


def test_the_page_costs_the_same_whatever_was_said(cast: Cast, at: datetime) -> None:
    client = Client()
    client.force_login(cast.ines)
    prices = []
    for _ in range(3):
        said("no", at, page="public:home", comment="Un mot.")
        said("no", at, code=DELAY, comment="Un mot.")
        client.get(HELP)
        with CaptureQueriesContext(connection) as captured:
            client.get(HELP)
        prices.append(len(captured))
    assert len(set(prices)) == 1
    assert prices[0] <= 12
