"""« Stratégie globale »: begun from the page of a procedure, three steps, then its questionnaire and results."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import Library
from foundation.accounts.models import Person
from ops.demo import OTHER_SERVICES
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import OVERALL, SOCLES, again, answered, enrolled, followed_products, product_at, strategy_at, validated
from tests.factories.pages import address, plain, sheet_address, text_of, whole_sheet
from tests.refusals import remembered

Browse = Callable[[Person | None], StrictClient]
BEGIN = f"/strategie-globale/{SOCLES}/identification/"
PROCEDURE = f"/parcours/doctrine/{SOCLES}/"


def typed(person: Person, **changes: str) -> dict[str, str]:
    """The first step, filled in."""
    return {"name": "Aubépine Santé", "responsible": str(person.pk), "certifications": "ISO 27001", "demarche": SOCLES, **changes}


def place(strategy: Subject, route: str, *path: str) -> str:
    return address(f"company:{route}", strategy.reference, *path)


def in_procedure(where: str) -> str:
    return f"{where}?demarche={SOCLES}"


def card_of(client: StrictClient, **query: str) -> str:
    return text_of(client.get(PROCEDURE, query)).split('id="strategie"')[1].split("</section>")[0]


def test_from_the_procedure_to_the_results(browse: Browse, cast: Cast, shelf: Library) -> None:
    """Guide, pages 10 to 20: every page of the way, each button where it leads."""
    client = browse(cast.claire)
    (question,) = shelf.qualification("global_strategy").questions
    card = card_of(client)
    assert "À compléter" in card
    assert "Politique globale 2021" in card
    assert f'href="{BEGIN}">Démarrer' in card
    first = text_of(client.get(BEGIN))
    assert "Stratégie globale : Évaluation et projection socles</h1>" in first
    assert "Étape 1 sur 3" in first
    with remembered(
        "catalogue.GlobalStrategyAdded", "catalogue.ProductQualified", "catalogue.ProductConfirmed", "catalogue.ProductEnrolled"
    ):
        second = client.post(BEGIN, typed(cast.claire))["Location"]
        strategy = Subject.objects.get()
        assert second == in_procedure(place(strategy, "qualify_product"))
        page = text_of(client.get(second))
        assert f"01. {plain(question.title)} *" in page
        assert "Étape 2 sur 3" in page
        third = client.post(second, {**OTHER_SERVICES, "demarche": SOCLES})["Location"]
        recap = text_of(client.get(third))
        last = client.post(third, {"demarche": SOCLES})["Location"]
    for text in ("Étape 3 sur 3", "Nom de la stratégie globale", "ISO 27001", "Autres services", "Oui", "Valider"):
        assert text in recap
    assert last == place(strategy, "followed_procedure", SOCLES)
    followed = text_of(client.get(last))
    assert "Stratégie globale : Évaluation et projection socles</h1>" in followed
    assert "Politique globale 2021</h3>" in followed
    sheet = sheet_address(Enrolment.objects.get(), OVERALL)
    assert f'href="{sheet}"' in followed
    assert "Niveau de maturité de votre stratégie globale" in text_of(client.get(sheet))
    results = client.post(sheet, {**whole_sheet(Enrolment.objects.get(), OVERALL, "high"), "validate": "1"})["Location"]
    assert results == sheet_address(Enrolment.objects.get(), OVERALL, "company:results")
    assert "obligations atteintes" in text_of(client.get(results))
    assert client.get(sheet_address(Enrolment.objects.get(), OVERALL, "company:results_pdf")).content.startswith(b"%PDF")
    assert client.get(sheet_address(Enrolment.objects.get(), OVERALL, "company:results_workbook")).status_code == 200
    card = card_of(client)
    assert "Terminé" in card
    assert f'href="{last}">Voir' in card


def test_no_page_of_the_way_calls_it_a_product(browse: Browse, cast: Cast, at: datetime) -> None:
    draft = strategy_at("draft", cast.claire, at)
    client = browse(cast.claire)
    pages = [BEGIN, *(place(draft, step) for step in ("identify_product", "qualify_product", "confirm_product"))]
    read = [_words(client.get(where, follow=True)) for where in pages]
    client.post(place(draft, "confirm_product"), {"demarche": SOCLES})
    enrolment = Enrolment.objects.select_related("subject").get()
    validated(answered(enrolment, OVERALL, cast.claire, at), enrolment, cast.claire, at)
    later = [
        place(draft, "followed_procedure", SOCLES),
        sheet_address(enrolment, OVERALL),
        sheet_address(enrolment, OVERALL, "company:results"),
    ]
    read += [_words(client.get(where)) for where in [*later, *(place(draft, step) for step in ("identify_product", "qualify_product"))]]
    for main in read:
        assert "tratégie globale" in main
        assert [
            words
            for words in ("ce produit", "votre produit", "le produit", "du produit", "ajouter un nouveau produit")
            if words in main.lower()
        ] == []


def _words(response: Any) -> str:
    """What is read on the page, between its header and its footer."""
    return re.sub(r"<[^>]+>", " ", text_of(response).split("<main")[1].split("</main>")[0])


def test_the_name_of_the_company_is_proposed(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(cast.claire).get(BEGIN))
    assert 'value="Aubépine Santé"' in page
    assert "Nom de la stratégie globale *" in page
    assert "Responsable *" in page
    assert "Certification(s)<" in page
    assert f'<option value="{cast.claire.pk}" selected>Claire</option>' in page
    assert "Zoé" not in page
    for absent in ('name="version"', 'name="type"', 'name="nil"', 'name="description"', "NomDuProduit"):
        assert absent not in page


WRONG = {
    "name": ("", "Saisissez le nom de la stratégie globale."),
    "responsible": ("999999", "Choisissez le responsable dans la liste."),
    "certifications": ("x" * 2001, "Les certifications comptent au plus 2000 caractères."),
}


@pytest.mark.parametrize("field", WRONG)
def test_an_error_is_said_and_keeps_what_was_typed(browse: Browse, cast: Cast, at: datetime, field: str) -> None:
    value, sentence = WRONG[field]
    sent = typed(cast.claire, name="Nom tapé", certifications="HDS tapé") | {field: value}
    client = browse(cast.claire)
    for where in (BEGIN, ""):
        where = where or place(strategy_at("draft", cast.claire, at), "identify_product")
        with remembered():
            response = client.post(where, sent)
        page = text_of(response)
        assert response.status_code == 400
        assert page.count(sentence) == 2
        for kept in {"name", "certifications"} - {field}:
            assert sent[kept] in page


def test_each_step_is_left_and_taken_up_again(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    second = client.post(BEGIN, typed(cast.claire))["Location"]
    strategy = Subject.objects.get()
    card = card_of(client)
    assert f'Réf. <span class="cv-num">{strategy.reference}</span>' in card
    assert f'href="{second}">Reprendre' in card
    assert client.get(BEGIN)["Location"] == second
    assert client.get(place(strategy, "product"))["Location"] == second
    left = client.post(second, {"later": "1", "demarche": SOCLES}, follow=True)
    assert left.redirect_chain[-1][0] == PROCEDURE
    assert "est enregistré : vous le retrouverez ici" in text_of(left)
    back = client.get(in_procedure(place(strategy, "identify_product")))
    assert 'value="Aubépine Santé"' in text_of(back)
    assert client.post(place(strategy, "identify_product"), typed(cast.claire, name="Autre"))["Location"] == second
    assert again(strategy).name == "Autre"


def test_the_question_is_asked_again_before_it_is_confirmed(browse: Browse, cast: Cast, at: datetime) -> None:
    strategy = strategy_at("draft", cast.claire, at, qualification={})
    client = browse(cast.claire)
    missing = client.post(place(strategy, "qualify_product"), {"demarche": SOCLES})
    assert missing.status_code == 400
    assert "1 réponse est à corriger" in text_of(missing)
    with remembered():
        refused = client.post(place(strategy, "confirm_product"), {"demarche": SOCLES})
    assert refused["Location"] == in_procedure(place(strategy, "qualify_product"))
    assert again(strategy).state == "draft"


def test_a_second_strategy_leads_to_the_first(browse: Browse, cast: Cast, at: datetime) -> None:
    strategy = strategy_at("active", cast.claire, at)
    enrolled(strategy, SOCLES, cast.claire, at)
    client = browse(cast.claire)
    with remembered():
        response = client.post(BEGIN, typed(cast.claire), follow=True)
    assert response.redirect_chain[0][0] == place(strategy, "followed_procedure", SOCLES)
    assert "Votre entreprise a déjà commencé sa stratégie globale : la voici." in text_of(response)


def test_confirmed_however_often_the_button_is_pressed(browse: Browse, cast: Cast, at: datetime) -> None:
    strategy = strategy_at("draft", cast.claire, at)
    client = browse(cast.claire)
    client.post(place(strategy, "confirm_product"))
    with remembered():
        assert client.post(place(strategy, "confirm_product"))["Location"] == place(strategy, "followed_procedure", SOCLES)
    assert client.get(place(strategy, "confirm_product"))["Location"] == place(strategy, "followed_procedure", SOCLES)


def test_a_strategy_in_use_that_does_not_follow_it_is_enrolled_from_its_card(browse: Browse, cast: Cast, at: datetime) -> None:
    strategy = strategy_at("active", cast.claire, at)
    client = browse(cast.claire)
    enrol = place(strategy, "enrol_product", SOCLES)
    assert f'action="{enrol}"' in card_of(client)
    assert client.get(place(strategy, "product"))["Location"] == PROCEDURE
    assert client.post(enrol)["Location"] == place(strategy, "followed_procedure", SOCLES)
    assert "Démarrer" in card_of(client)


def test_it_is_edited_from_the_page_of_its_questionnaires(browse: Browse, cast: Cast, at: datetime) -> None:
    strategy = strategy_at("active", cast.claire, at)
    enrolled(strategy, SOCLES, cast.claire, at)
    client = browse(cast.claire)
    home = place(strategy, "followed_procedure", SOCLES)
    page = text_of(client.get(home))
    for step in ("identify_product", "qualify_product"):
        where = in_procedure(place(strategy, step))
        assert f'href="{where}">Éditer' in page
        assert f'href="{home}">Annuler' in text_of(client.get(where))
    changed = client.post(place(strategy, "identify_product"), typed(cast.karim, name="Nouveau nom"), follow=True)
    assert changed.redirect_chain[-1][0] == home
    assert "L'identification de la stratégie globale est enregistrée." in text_of(changed)
    assert "Nouveau nom" in text_of(client.get("/tableau-de-bord/", {"q": "nouveau"}))
    with remembered():
        preview = client.post(in_procedure(place(strategy, "qualify_product")), {"other_services": "no"})
    assert "Rien n’est encore modifié" in text_of(preview)
    assert "Aucun critère n’apparaît ni ne disparaît" in text_of(preview)
    with remembered("catalogue.ProductRequalified"):
        done = client.post(place(strategy, "qualify_product"), {"other_services": "no", "confirmed": "1"})
    assert done["Location"] == home
    assert again(strategy).qualification == {"other_services": "no"}


# — Elsewhere —————————————————————————————————————————————————————————————————————————————


def test_it_is_in_the_procedures_and_not_in_the_products(browse: Browse, cast: Cast, at: datetime) -> None:
    strategy = strategy_at("active", cast.claire, at, name="Toute l'offre")
    enrolled(strategy, SOCLES, cast.claire, at)
    client = browse(cast.claire)
    home = place(strategy, "followed_procedure", SOCLES)
    dashboard = text_of(client.get("/tableau-de-bord/"))
    assert f'<a href="{home}">Toute l\'offre</a>' in dashboard
    assert f'href="{place(strategy, "product")}"' not in dashboard
    assert "Stratégie globale · Toute l'offre" in dashboard
    assert "Toute l'offre" not in text_of(client.get("/produits/"))
    assert client.get(place(strategy, "product"))["Location"] == home
    for page in (place(strategy, "new_procedure"), place(strategy, "new_procedure_in_track", "doctrine"), place(strategy, "product_added")):
        assert client.get(page, follow=True).redirect_chain[-1][0] == home
    listed = text_of(client.get(PROCEDURE)).split('id="suivies"')[1]
    assert '<span class="cv-title__count">(0)</span>' in listed
    with remembered():
        assert client.post(place(strategy, "archive_product")).status_code == 403


@pytest.mark.parametrize(("track", "code"), [("mes", "mes-sans-echange"), ("doctrine", "telesoin")])
def test_a_procedure_for_products_alone_has_no_such_section(browse: Browse, cast: Cast, track: str, code: str) -> None:
    client = browse(cast.claire)
    assert 'id="strategie"' not in text_of(client.get(f"/parcours/{track}/{code}/"))
    assert client.get(f"/strategie-globale/{code}/identification/").status_code == 404


@pytest.mark.parametrize("code", ["nulle-part", "politique-globale"])
def test_a_procedure_that_does_not_exist_begins_nothing(browse: Browse, cast: Cast, code: str) -> None:
    assert browse(cast.claire).get(f"/strategie-globale/{code}/identification/").status_code == 404


# — Those who may not —————————————————————————————————————————————————————————————————————


def test_an_employee_is_told_why_he_may_not_begin(browse: Browse, cast: Cast) -> None:
    client = browse(cast.karim)
    assert "Votre rôle ne permet pas de commencer la stratégie globale." in card_of(client)
    assert "Démarrer" not in card_of(client)
    page = text_of(client.get(BEGIN))
    assert "Votre rôle ne permet pas de commencer la stratégie globale." in page
    assert 'name="certifications"' not in page
    with remembered():
        assert client.post(BEGIN, typed(cast.karim)).status_code == 403


def test_an_employee_entrusted_with_it_may_edit_and_not_confirm(browse: Browse, cast: Cast, at: datetime) -> None:
    """Confirming enrols: whoever may not enrol confirms nothing, so that it is never left halfway."""
    strategy = strategy_at("draft", cast.claire, at)
    grant_rights(strategy, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    client = browse(cast.karim)
    assert "Reprendre" in card_of(client)
    recap = text_of(client.get(place(strategy, "confirm_product")))
    assert "Votre rôle ne permet pas d'inscrire la stratégie globale dans une démarche." in recap
    assert ">Valider<" not in recap
    with remembered():
        assert client.post(place(strategy, "confirm_product")).status_code == 403
    assert again(strategy).state == "draft"


def test_an_employee_who_may_only_read_is_told_why(browse: Browse, cast: Cast, at: datetime) -> None:
    strategy = strategy_at("draft", cast.claire, at)
    grant_rights(strategy, cast.karim, ("view",), by=cast.claire, at=at)
    client = browse(cast.karim)
    assert "Vous pouvez voir la stratégie globale, pas la modifier." in card_of(client)
    for step in ("identify_product", "qualify_product", "confirm_product"):
        assert "Vous pouvez voir la stratégie globale, pas la modifier." in text_of(client.get(place(strategy, step)))
        with remembered():
            assert client.post(place(strategy, step), typed(cast.karim) | OTHER_SERVICES).status_code == 403


def test_for_a_stranger_there_is_none(browse: Browse, cast: Cast, at: datetime) -> None:
    """Zoé neither sees nor meets the strategy of Aubépine: she begins her own."""
    strategy = strategy_at("active", cast.claire, at)
    enrolment = enrolled(strategy, SOCLES, cast.claire, at)
    client = browse(cast.zoe)
    steps = [place(strategy, step) for step in ("product", "identify_product", "qualify_product", "confirm_product")]
    for where in [*steps, place(strategy, "followed_procedure", SOCLES), sheet_address(enrolment, OVERALL)]:
        assert client.get(where).status_code == 404
    assert str(strategy.reference) not in card_of(client)
    assert client.post(BEGIN, typed(cast.zoe, name="Borée"))["Location"].endswith(f"/qualification/?demarche={SOCLES}")
    assert Subject.objects.filter(kind="global_strategy").count() == 2


# — What it costs —————————————————————————————————————————————————————————————————————————


def test_the_page_of_the_procedure_costs_the_same_for_one_row_or_three(
    browse: Browse, cast: Cast, at: datetime, django_assert_num_queries: Any
) -> None:
    strategy = strategy_at("active", cast.claire, at)
    enrolled(strategy, SOCLES, cast.claire, at)
    client = browse(cast.claire)
    for more in (1, 2):
        followed_products(more, cast.claire, at)
        client.get(PROCEDURE)
        with django_assert_num_queries(6):
            client.get(PROCEDURE)
    with django_assert_num_queries(7):
        client.get(place(strategy, "followed_procedure", SOCLES))


def test_a_product_keeps_its_words(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    enrolled(product, SOCLES, cast.claire, at)
    page = text_of(browse(cast.claire).get(place(product, "followed_procedure", SOCLES)))
    assert "Voir le produit" in page
    assert "Stratégie globale" not in page
