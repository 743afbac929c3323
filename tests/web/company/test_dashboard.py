"""What awaits the company, and where does everything stand?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from convergence.assessments.actions import request_validation, send_back_validation
from convergence.catalogue.actions import archive_product, grant_rights
from convergence.catalogue.models import Enrolment
from convergence.projections.actions import request_projection_validation
from convergence.projections.models import Projection
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import (
    ARCHITECTURE,
    INTEROPERABILITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    again,
    answered,
    enrolled,
    followed_products,
    product_at,
    validated,
)
from tests.factories.pages import CANARY, address, furnish, sheet_address, text_of
from tests.factories.projections import planned, projected, projection

Browse = Callable[[Person | None], StrictClient]
DASHBOARD = "/tableau-de-bord/"


def test_an_empty_company_is_shown_where_to_begin(browse: Browse, cast: Cast) -> None:
    """The tracks come first while there is nothing yet, and each list says what to do instead of showing nothing."""
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert page.index('id="parcours"') < page.index('id="demarches"')
    assert "Aucune démarche pour l’instant." in page
    assert "Votre catalogue est vide." in page
    assert "SIREN 834 217 697" in page
    assert "Votre rôle : mandataire" in page
    assert "À faire" not in page


def test_what_is_followed_is_listed_with_its_standing(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert 'Vos démarches <span class="cv-title__count">(1)</span>' in page
    assert f'href="{address("company:followed_procedure", stage.active.reference, SOCLES)}"' in page
    assert "1/3 terminé<" in page.replace(" </td>", "<").replace("</td>", "<")
    assert '<span class="cv-state cv-state--in_progress">En cours</span>' in page
    assert page.index('id="demarches"') < page.index('id="parcours"')


@pytest.mark.parametrize(
    ("done", "word", "count"), [(0, "À compléter", "0/3 terminé"), (1, "En cours", "1/3 terminé"), (3, "Terminé", "3/3 terminés")]
)
def test_the_status_of_a_procedure_follows_its_questionnaires(
    browse: Browse, cast: Cast, at: datetime, done: int, word: str, count: str
) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    for questionnaire in (INTEROPERABILITY, "urbanisation-2021", "securite-2021")[:done]:
        validated(answered(enrolment, questionnaire, cast.claire, at), enrolment, cast.claire, at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert f">{word}</span>" in page
    assert f"{count}</td>" in page


def test_what_is_begun_is_to_do_first(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    answered(stage.enrolment, "securite-2021", cast.claire, at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    begun, other = page.index("Terminer « Sécurité 2021 »"), page.index("Commencer « Urbanisation 2021 »")
    assert begun < other
    assert "er « Interopérabilité 2021 »" not in page  # validated
    assert f'href="{sheet_address(stage.enrolment, "securite-2021")}"' in page
    assert "6 critères sans réponse" in page


def test_a_questionnaire_shared_by_two_procedures_is_to_do_once(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    for code in (SOCLES, WITHOUT_EXCHANGE):
        enrolled(product, code, cast.claire, at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert page.count("Commencer « Sécurité 2021 »") == 1
    assert page.split('À faire <span class="cv-title__count">')[1].split("<")[0] == "(5)"


@pytest.mark.parametrize("words", ["telesuivi", "TÉLÉSUIVI cardio", "cardio 3.2", "socles", "doctrine"])
def test_a_procedure_is_found_without_accents_or_case(browse: Browse, cast: Cast, at: datetime, words: str) -> None:
    enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    enrolled(product_at("active", cast.claire, at, name="Agenda", version="1"), WITHOUT_EXCHANGE, cast.claire, at)
    table = text_of(browse(cast.claire).get(DASHBOARD, {"q": words})).split('id="produits"')[0].split('id="demarches"')[1]
    assert "TéléSuivi Cardio" in table
    assert "Agenda" not in table


def test_a_search_that_finds_nothing_says_so_and_can_be_undone(browse: Browse, cast: Cast, at: datetime) -> None:
    furnish(cast.claire, at)
    page = text_of(browse(cast.claire).get(DASHBOARD, {"q": "<b>rien</b>", "produit": "rien non plus"}))
    assert "Aucune démarche ne correspond à « <b>rien</b> »." in page
    assert "Aucun produit ne correspond à « rien non plus »." in page
    assert page.count("Effacer la recherche") == 2


@pytest.mark.parametrize("key", ["reference", "product", "version", "track", "procedure", "questionnaires", "status"])
def test_each_column_sorts_both_ways(browse: Browse, cast: Cast, at: datetime, key: str) -> None:
    _, second = followed_products(2, cast.claire, at)
    enrolment = enrolled(second, WITHOUT_EXCHANGE, cast.claire, at)
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, cast.claire, at)
    client = browse(cast.claire)
    up, down = (_lines(text_of(client.get(DASHBOARD, {"tri": sort}))) for sort in (key, f"-{key}"))
    assert sorted(up) == sorted(down)
    assert len(up) == 3
    assert up != down
    page = text_of(client.get(DASHBOARD, {"tri": key}))
    assert page.count('aria-sort="ascending"') == 1


def _lines(page: str) -> list[str]:
    return [line.split("</tr>")[0] for line in page.split('<tr role="row">')[2:]]


@pytest.mark.parametrize(
    "query", [{"tri": "password"}, {"tri": "-"}, {"par": "1000"}, {"page": "zéro"}, {"page": "-3"}, {"page": "99999999999"}]
)
def test_a_strange_query_gets_the_ordinary_page(browse: Browse, cast: Cast, at: datetime, query: dict[str, str]) -> None:
    furnish(cast.claire, at)
    assert len(_lines(text_of(browse(cast.claire).get(DASHBOARD, query)))) == 1


def test_a_page_beyond_the_last_is_the_last(browse: Browse, cast: Cast, at: datetime) -> None:
    followed_products(11, cast.claire, at)
    client = browse(cast.claire)
    assert len(_lines(text_of(client.get(DASHBOARD)))) == 10
    for page in ("2", "7"):
        text = text_of(client.get(DASHBOARD, {"page": page}))
        assert "Page 2 sur 2" in text
        assert len(_lines(text)) == 1
    assert len(_lines(text_of(client.get(DASHBOARD, {"par": "25"})))) == 11


def test_the_archived_are_out_of_sight(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    archive_product(stage.active, by=cast.claire, at=at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert 'Vos démarches <span class="cv-title__count">(0)</span>' in page
    assert f"{CANARY} archived" not in page
    assert f"{CANARY} active" not in page
    assert f"{CANARY} draft" in page


def test_more_products_than_shown_are_one_link_away(browse: Browse, cast: Cast, at: datetime) -> None:
    for rank in range(9):
        product_at("active", cast.claire, at, name=f"Produit {rank}")
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert page.count('<div class="cv-card">') - page.count("En savoir plus") == 8
    assert "Voir tous vos produits" in page


def test_a_colleague_sees_what_was_entrusted_to_him(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    other = product_at("active", cast.claire, at, name="Réservé")
    enrolled(other, SOCLES, cast.claire, at)
    grant_rights(stage.active, cast.karim, ("view",), by=cast.claire, at=at)
    page = text_of(browse(cast.karim).get(DASHBOARD))
    assert f"{CANARY} active" in page
    assert "Réservé" not in page
    assert f"{CANARY} draft" not in page
    assert "Votre rôle : salarié" in page
    grant_rights(again(stage.active), cast.karim, (), by=cast.claire, at=at)
    assert CANARY not in text_of(browse(cast.karim).get(DASHBOARD))


def test_the_other_company_sees_its_own_only(browse: Browse, cast: Cast, at: datetime) -> None:
    furnish(cast.claire, at)
    furnish(cast.zoe, at, word="Borée")
    page = text_of(browse(cast.zoe).get(DASHBOARD))
    assert "Borée active" in page
    assert CANARY not in page
    assert "Borée active" not in text_of(browse(cast.claire).get(DASHBOARD))


# — Validations asked for —————————————————————————————————————————————————————————————————


def test_what_a_colleague_asks_to_have_validated_comes_first(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    assessment = answered(enrolment, INTEROPERABILITY, cast.karim, at)
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    to_do = page.split('id="a-faire"')[1].split("</section>")[0]
    first = to_do.split("<li>")[1]
    assert "Valider « Interopérabilité 2021 »</a> – demandé par Karim le 16 novembre 2026 à 10" in first
    assert f'href="{sheet_address(enrolment)}"' in first
    assert to_do.count("Interopérabilité 2021") == 1  # not also to be finished
    assert page.split('À faire <span class="cv-title__count">')[1].split("<")[0] == "(3)"
    assert "demandé par" not in text_of(browse(cast.karim).get(DASHBOARD))
    assert "demandé par" not in text_of(browse(cast.zoe).get(DASHBOARD))
    send_back_validation(assessment, "Revoyez A08.1.1", by=cast.claire, at=at)
    page = text_of(browse(cast.karim).get(DASHBOARD))
    assert "Reprendre « Interopérabilité 2021 »</a> – renvoyé par Claire le " in page
    assert "Motif : Revoyez A08.1.1" in page
    assert "renvoyé par" not in text_of(browse(cast.claire).get(DASHBOARD))


def test_requests_beyond_what_is_shown_are_counted(browse: Browse, cast: Cast, at: datetime) -> None:
    for product in followed_products(9, cast.claire, at, ()):
        enrolment = enrolled(product, SOCLES, cast.claire, at)
        grant_rights(product, cast.karim, ("edit",), by=cast.claire, at=at)
        request_validation(answered(enrolment, INTEROPERABILITY, cast.karim, at), enrolment, by=cast.karim, at=at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert page.count("– demandé par Karim") == 8
    assert 'À faire <span class="cv-title__count">(8+)</span>' in page


# — Projections to be done —


def projected_stage(cast: Cast, at: datetime) -> tuple[Enrolment, Projection]:
    """« Urbanisation » evaluated, so that its projection is open."""
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), enrolment, cast.claire, at)
    return enrolment, projection(enrolment, ARCHITECTURE, cast.claire, at)


def dated(quarter: str) -> dict[str, dict[str, str]]:
    levels = {"ILL-URB-02": "medium", "ILL-URB-03": "high", "ILL-URB-04": "medium", "ILL-URB-05": "medium"}
    return {code: {level: quarter} for code, level in levels.items()}


def test_a_projection_that_opened_is_to_do_after_the_evaluations(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment, held = projected_stage(cast, at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert page.index("Commencer « Interopérabilité 2021 »") < page.index("Commencer la projection « Urbanisation 2021 »")
    assert f'href="{sheet_address(enrolment, ARCHITECTURE, "company:projection")}"' in page
    assert "4 critères sans cible" in page
    planned(held, enrolment, dated("2035-T1"), cast.claire, at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert "Terminer la projection « Urbanisation 2021 »" in page
    assert "Tout est renseigné : il reste à valider" in page
    projected(held, enrolment, cast.claire, at)
    assert "la projection «" not in text_of(browse(cast.claire).get(DASHBOARD))


def test_an_evaluation_that_changed_asks_again_for_its_dates(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment, held = projected_stage(cast, at)
    planned(held, enrolment, dated("2035-T1"), cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="low"), enrolment, cast.claire, at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert "Terminer la projection « Urbanisation 2021 »" in page
    assert "1 critère sans cible" in page


def test_a_late_promise_comes_before_the_evaluations(browse: Browse, cast: Cast, at: datetime) -> None:
    long_ago = at.replace(year=2024)
    enrolment, held = projected_stage(cast, long_ago)
    planned(held, enrolment, dated("2025-T1"), cast.claire, long_ago)
    projected(held, enrolment, cast.claire, long_ago)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert page.index("Tenir ou redater la projection « Urbanisation 2021 »") < page.index("Commencer « Interopérabilité 2021 »")
    assert 'En retard depuis <span class="cv-num">2025-T1' in page
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="high"), enrolment, cast.claire, at)
    assert "En retard" not in text_of(browse(cast.claire).get(DASHBOARD))


def test_evaluations_are_not_drowned_by_projections(browse: Browse, cast: Cast, at: datetime) -> None:
    """Eight lines: three projections at most while there are evaluations to fill them."""
    for _ in range(5):
        projected_stage(cast, at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert page.count("Commencer la projection «") == 3
    assert page.count("Commencer «") == 5
    assert "(8+)" in page


def test_a_projection_asked_about_is_told_once(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment, held = projected_stage(cast, at)
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    planned(held, enrolment, dated("2035-T1"), cast.karim, at)
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert page.count("la projection « Urbanisation 2021 »") == 1
    assert page.index("Valider la projection « Urbanisation 2021 »") < page.index("Commencer «")


def test_projections_of_products_not_seen_or_not_in_use_are_nobody_s(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment, _ = projected_stage(cast, at)
    for person in (cast.karim, cast.zoe):
        assert "la projection «" not in text_of(browse(person).get(DASHBOARD))
    archive_product(enrolment.subject, by=cast.claire, at=at)
    assert "la projection «" not in text_of(browse(cast.claire).get(DASHBOARD))


def test_a_projection_shared_by_two_products_and_two_procedures_is_told_once_each(browse: Browse, cast: Cast, at: datetime) -> None:
    """Where one procedure asks for no projection, only the other counts."""
    enrolment, _ = projected_stage(cast, at)
    enrolled(enrolment.subject, WITHOUT_EXCHANGE, cast.claire, at)
    assert text_of(browse(cast.claire).get(DASHBOARD)).count("la projection « Urbanisation 2021 »") == 1
