"""Someone without an account has a question: the five choices, a search, an opinion; the agency reads it. And what the home page weighs."""

from __future__ import annotations

import gzip
import re
from datetime import datetime

import pytest
from django.core.cache import cache
from playwright.sync_api import Response, expect

from foundation.help.models import Opinion
from tests.cast import Cast
from tests.factories.help import drafted, said
from tests.journeys.conftest import Visit
from tests.journeys.test_accessibility import Check, arrive, check

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

__all__ = ["arrive", "check"]

DELAY = "delai-certificat-dmn"
HEAVIEST = 400_000
TEXTS = ("text/html", "text/css", "text/javascript", "image/svg+xml")


@pytest.fixture(autouse=True)
def _nobody_wrote_before(cast: Cast) -> None:
    cache.clear()


def test_from_a_question_to_its_answer_and_back_to_the_agency(visit: Visit, cast: Cast) -> None:
    visitor = visit()
    page = visitor.page
    visitor.open("/")
    visitor.follows("Questions fréquentes")
    visitor.reads("Questions fréquentes")
    page.get_by_role("link", name="Dispositifs médicaux numériques : 14 réponses").click()
    expect(page.locator("[data-count]")).to_contain_text("14 réponses sur 44")
    page.get_by_label("Rechercher une réponse").press_sequentially("certifcat delai", delay=20)
    expect(page.get_by_text("voici ce qui répond à « certificat »")).to_be_visible()
    expect(page).to_have_url(re.compile(r"q=certifcat\+delai.*offre=dmn"))
    expect(page).to_have_title("« certifcat delai » : questions fréquentes – Convergence")
    expect(page.locator("[data-told]")).to_have_text(str(page.locator("[data-count]").inner_text()))
    page.get_by_role("link", name="Combien de temps pour obtenir un certificat de conformité").click()
    visitor.reads("Combien de temps pour obtenir un certificat de conformité ?")
    page.get_by_role("button", name="Non : cette réponse").click()
    page.get_by_label(visitor.word("Que manque-t-il")).fill("Et si l'Agence se tait ?")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("C’est noté.")).to_be_visible()
    visitor.reads("Combien de temps pour obtenir un certificat de conformité ?")
    page.get_by_role("button", name="En partie").click()
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("C’est noté.")).to_have_count(2)
    assert Opinion.objects.count() == 2
    page.reload()
    page.get_by_role("button", name="Oui : cette réponse").click()
    expect(page.get_by_text("Vous avez déjà donné votre avis.")).to_be_visible()

    ines = visit(cast.ines)
    ines.open("/agence/")
    ines.follows("Aide et avis")
    expect(ines.page.get_by_text("Et si l'Agence se tait ?")).to_be_visible()
    ines.follows("Combien de temps pour obtenir un certificat de conformité")
    ines.page.get_by_label("Réponse en un paragraphe, en français").fill("Deux mois, l'attente exceptée.")
    ines.presses("Enregistrer comme brouillon")
    ines.reads("Relire avant de publier")
    ines.presses("Publier")
    expect(ines.page.get_by_text("L'édition 2 est publiée.")).to_be_visible()
    another = visit()  # the first one's browser may keep the page for a minute
    another.open(f"/aide/{DELAY}/")
    expect(another.page.get_by_text("Deux mois, l’attente exceptée.")).to_be_visible()


def test_the_same_with_scripts_off(visit: Visit, cast: Cast) -> None:
    visitor = visit(java_script_enabled=False)
    page = visitor.page
    visitor.open("/aide/")
    page.get_by_label("Rechercher une réponse").fill("penetration mandatiare")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_text("voici ce qui répond à « mandataire »")).to_be_visible()
    page.get_by_role("link", name="Signaler que la réponse manque").click()
    visitor.presses("Signaler")
    visitor.reads("Merci")
    visitor.follows("Revenir à la page")
    page.get_by_role("button", name="Oui").last.click()
    visitor.reads("Votre avis")
    visitor.presses("Envoyer")
    visitor.reads("Merci")
    assert Opinion.objects.get().page == "public:help_list"


def test_a_page_in_english_fetches_its_words(visit: Visit, cast: Cast) -> None:
    """Those of its scripts, which a page in French does without."""
    visitor = visit()
    fetched: list[str] = []
    visitor.page.on("response", lambda answer: fetched.append(answer.url.rpartition("/")[2]))
    visitor.open("/")
    assert "words.js" in fetched
    assert "words.en.js" not in fetched
    visitor.open("/en/")
    visitor.page.locator("[data-opinion] button[value=oui]").last.click()
    expect(visitor.page.locator("[data-opinion-form]")).to_be_visible()  # in place: the script runs
    assert "words.en.js" in fetched


def test_the_home_page_weighs_little(visit: Visit, cast: Cast) -> None:
    """Everything the browser fetches for the first page, texts compressed as a server would."""
    visitor = visit()
    answers: list[Response] = []
    visitor.page.on("response", lambda answer: answers.append(answer))
    visitor.page.goto("/", wait_until="networkidle")
    weights: dict[str, int] = {}
    for answer in list(answers):
        body = answer.body()
        is_text = answer.headers.get("content-type", "").split(";")[0] in TEXTS
        weights[answer.url.rpartition("/")[2] or "/"] = len(gzip.compress(body, 6)) if is_text else len(body)
    total = sum(weights.values())
    print(f"accueil : {total / 1000:.0f} ko compressés, {len(weights)} fichiers, {sorted(weights.items(), key=lambda one: -one[1])[:6]}")
    assert total <= HEAVIEST


def test_the_pages_of_the_help_are_accessible(arrive, check: Check, cast: Cast, at: datetime) -> None:
    visitor = arrive()
    for where in ("/", "/aide/", "/aide/?q=delai+certificat&offre=dmn", "/aide/?q=zzzzzz&offre=dmn", f"/aide/{DELAY}/", f"/aide/{DELAY}/?langue=en", "/avis/?utile=non"):  # fmt: skip
        visitor.open(where)
        check(visitor, where)
    visitor.open("/plan-du-site/")
    visitor.page.get_by_role("button", name=visitor.word("Non")).last.click()
    expect(visitor.page.get_by_label(visitor.word("Que manque-t-il"))).to_be_visible()
    check(visitor, "avis dans la page")


def test_the_public_pages_are_accessible(arrive, check: Check, cast: Cast) -> None:
    visitor = arrive()
    for where in ("/demarches/", "/demarches/segur-vague-2/", "/demarches/evaluation-socles/", "/mentions-legales/", "/donnees-personnelles/", "/plan-du-site/", "/etat-de-la-plateforme/", "/avis/merci/", "/aide/reponse-manquante/?q=mot"):  # fmt: skip
        visitor.open(where)
        check(visitor, where)


def test_the_pages_of_those_who_write_are_accessible(arrive, check: Check, cast: Cast, at: datetime) -> None:
    ines = arrive(cast.ines)
    ines.open("/agence/aide/")
    check(ines, "aide et avis (vide)")
    said("no", at, code=DELAY, comment="Un commentaire " * 20)
    said("partly", at, page="public:home")
    drafted(DELAY, cast.ines, at)
    for where in ("/agence/aide/", f"/agence/aide/{DELAY}/", f"/agence/aide/{DELAY}/apercu/", f"/agence/aide/{DELAY}/editions/1/", "/agence/aide/nouvelle/"):  # fmt: skip
        ines.open(where)
        check(ines, where)
    with ines.expecting("400"):
        ines.open("/agence/aide/attente/")
        ines.presses("Enregistrer comme brouillon")
        check(ines, "réponse refusée")
