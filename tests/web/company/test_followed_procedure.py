"""The page of a product in a procedure: a card per questionnaire, with the numbers of the guide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from convergence.assessments.actions import request_validation, send_back_validation
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from foundation.accounts.models import Person
from ops.demo import LISTED, NOT_LISTED
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import (
    ARCHITECTURE,
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    answered,
    enrolled,
    product_at,
    validated,
)
from tests.factories.pages import address, sheet_address, text_of

Browse = Callable[[Person | None], StrictClient]


def page_of(browse: Browse, person: Person, enrolment: Enrolment) -> str:
    return text_of(browse(person).get(address("company:followed_procedure", enrolment.subject.reference, enrolment.code)))


@pytest.mark.parametrize(
    ("qualification", "code", "counts"),
    [
        (NOT_LISTED, SOCLES, ("0/7", "0/6", "0/36")),
        (LISTED, SOCLES, ("0/11", "0/6", "0/36")),
        (NOT_LISTED, WITHOUT_EXCHANGE, ("0/7", "0/5", "0/36")),
        (LISTED, WITHOUT_EXCHANGE, ("0/11", "0/5", "0/36")),
    ],
)
def test_the_numbers_of_the_guide(
    browse: Browse, cast: Cast, at: datetime, qualification: dict[str, str], code: str, counts: tuple[str, ...]
) -> None:
    """Guide, pages 31, 45 and 48: 7 criteria of « Interopérabilité », 11 for a product listed in Mon espace santé; 6 and 5; 36; 34; 3 zones."""
    enrolment = enrolled(product_at("active", cast.claire, at, qualification=qualification), code, cast.claire, at)
    page = page_of(browse, cast.claire, enrolment)
    cards = page.split('<div class="cv-card">')[1:]
    if code == WITHOUT_EXCHANGE:
        *cards, ethics, gdpr = cards
        assert '<span>Critères renseignés</span><b class="cv-num">0/34</b>' in ethics
        assert '<span>Types de documents déposés</span><b class="cv-num">0/3</b>' in gdpr
    assert [title in card for card, title in zip(cards, ("Interopérabilité", "Urbanisation", "Sécurité"), strict=True)] == [True] * 3
    for card, count in zip(cards, counts, strict=True):
        assert f'<span>Critères renseignés</span><b class="cv-num">{count}</b>' in card
        assert "À compléter" in card
        assert "Démarrer" in card
        assert "connu après validation" in card


def test_a_card_follows_its_questionnaire(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at, qualification=NOT_LISTED), SOCLES, cast.claire, at)
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at, level="high"), enrolment, cast.claire, at)
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="low"), enrolment, cast.claire, at)
    answered(enrolment, SECURITY, cast.claire, at)
    reached, missed, begun = page_of(browse, cast.claire, enrolment).split('<span class="cv-mention">Évaluation</span>')[1:]
    assert "Terminé<" in reached
    assert ">Atteint<" in reached
    assert "7/7" in reached
    assert f'href="{sheet_address(enrolment, route="company:results")}"' in reached
    assert f'href="{sheet_address(enrolment, route="company:results_pdf")}"' in reached
    assert ">Non atteint<" in missed
    assert "5 obligations non atteintes" in missed
    assert "En cours<" in begun
    assert "36/36" in begun
    assert "Continuer" in begun


def test_the_next_action_is_the_one_begun(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assert "Prochaine action : commencer l’évaluation « Interopérabilité 2021 »" in page_of(browse, cast.claire, enrolment)
    answered(enrolment, SECURITY, cast.claire, at)
    page = page_of(browse, cast.claire, enrolment)
    assert "Prochaine action : terminer l’évaluation « Sécurité 2021 »" in page
    assert "Tout est renseigné : il reste à valider" in page


@pytest.mark.parametrize(("level", "word"), [("high", "Atteint"), ("medium", "Non atteint")])
def test_all_done_says_the_level_of_the_procedure(browse: Browse, cast: Cast, at: datetime, level: str, word: str) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    for questionnaire in (INTEROPERABILITY, ARCHITECTURE, SECURITY):
        validated(answered(enrolment, questionnaire, cast.claire, at, level=level), enrolment, cast.claire, at)
    page = page_of(browse, cast.claire, enrolment)
    assert "Prochaine action : commencer la projection « Interopérabilité 2021 »" in page
    assert "3/3" in page
    assert f">{word}</span></p>" in page.split("Niveau de la démarche")[1]


def test_a_shared_questionnaire_says_with_which_procedures(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    page = page_of(browse, cast.claire, enrolment)
    assert page.count("Ce questionnaire est commun à plusieurs parcours") == 3
    assert "Mon espace santé : Référencement sans échange de données" in page


def test_a_draft_after_a_validation_is_said(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at, qualification=NOT_LISTED), SOCLES, cast.claire, at)
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, cast.claire, at)
    answered(enrolment, INTEROPERABILITY, cast.claire, at.replace(hour=15), level="low")
    page = page_of(browse, cast.claire, enrolment)
    assert "Un brouillon plus récent existe, enregistré le 16 novembre 2026 à 16 h 00." in page
    assert "Terminé<" in page


def test_who_may_edit_is_offered_to(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    assert "Éditer la qualification" in page_of(browse, cast.claire, enrolment)
    assert "Éditer la qualification" not in page_of(browse, cast.karim, enrolment)


def test_a_procedure_not_followed_does_not_exist(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    where = address("company:followed_procedure", enrolment.subject.reference, WITHOUT_EXCHANGE)
    assert browse(cast.claire).get(where).status_code == 404


def test_requests_for_validation_are_told(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("edit",), by=cast.claire, at=at)
    assert "Demandes de validation" not in page_of(browse, cast.claire, enrolment)
    assessment = answered(enrolment, INTEROPERABILITY, cast.karim, at)
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    assert "validation demandée par Karim le 16 novembre 2026 à 10" in page_of(browse, cast.claire, enrolment)
    send_back_validation(assessment, "Revoyez.", by=cast.claire, at=at)
    assert "renvoyé par Claire le 16 novembre 2026 à 10 h 00. Motif : Revoyez." in page_of(browse, cast.karim, enrolment)
