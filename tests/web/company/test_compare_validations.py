"""What changed between two validations? Criterion by criterion, for whoever may see the product, at a fixed price."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergence.assessments.comparison import ComparedRow, comparison_of
from convergence.assessments.models import Assessment
from convergence.catalogue.actions import grant_rights, requalify_product
from convergence.catalogue.models import Enrolment, Subject
from foundation.accounts.models import Person
from ops.demo import LISTED, NOT_LISTED
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import (
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    again,
    answer,
    answered,
    enrolled,
    product_at,
    validated,
)
from tests.factories.pages import address, sheet_address, text_of

Browse = Callable[[Person | None], StrictClient]
MOST = 8
LONG = "Anticonstitutionnellement" * 20


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    return enrolled(product_at("active", cast.claire, at, qualification=NOT_LISTED), SOCLES, cast.claire, at)


@pytest.fixture
def assessment(cast: Cast, at: datetime, enrolment: Enrolment) -> Assessment:
    """Three validations by Claire: the second raises one level and lowers another, the third repeats it with a comment."""
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    found = answered(enrolment, INTEROPERABILITY, cast.claire, at, level="medium", ILL_INT_04="not_concerned")
    validated(found, enrolment, cast.claire, at)
    answer(found, {"A08.1.1": "high"}, cast.karim, at + timedelta(days=1))
    answer(found, {"ILL-INT-03": "low", "ILL-INT-04": "low"}, cast.claire, at + timedelta(days=1))
    validated(found, enrolment, cast.claire, at + timedelta(days=2))
    answer(found, {"ILL-INT-03": "low"}, cast.claire, at + timedelta(days=3), comment=LONG)
    validated(found, enrolment, cast.claire, at + timedelta(days=4))
    return found


def where(enrolment: Enrolment, questionnaire: str = INTEROPERABILITY, **query: object) -> str:
    chosen = {name: str(value) for name, value in query.items()}
    return address("company:compare_validations", enrolment.subject.reference, SOCLES, questionnaire, **chosen)


def rows_of(page: str) -> dict[str, str]:
    """Each row of the page, by the number of its criterion."""
    return {
        found[1]: row for row in page.split('<tr role="row">') if (found := re.search(r'data-label="Critère"[^>]*><b>([^<]+)</b>', row))
    }


def moves_of(page: str) -> dict[str, str]:
    return {number: re.findall(r'cv-move--\w+">([^<]+)<', row)[0] for number, row in rows_of(page).items()}


def test_each_criterion_says_what_became_of_it(browse: Browse, cast: Cast, enrolment: Enrolment, assessment: Assessment) -> None:
    page = text_of(browse(cast.claire).get(where(enrolment, avant=1, apres=3)))
    changed, unchanged = page.split('id="inchanges"')
    numbers = {row.difference.criterion: row.number for row in _rows(enrolment, 1, 3)}
    assert moves_of(changed) == {
        numbers["A08.1.1"]: "En hausse",
        numbers["ILL-INT-03"]: "En baisse",
        numbers["ILL-INT-04"]: "Niveau changé",
    }
    assert set(moves_of(unchanged).values()) == {"Inchangé"}
    assert len(moves_of(unchanged)) == 4
    assert "<details" in unchanged
    head = changed.split('id="changes"')[0]
    assert "3 critères changés" in head
    assert [words in head for words in (">1 en hausse<", ">1 en baisse<", ">1 changé autrement<", ">4 inchangés<")] == [True] * 4
    raised = rows_of(changed)[numbers["A08.1.1"]]
    assert ['data-level="3"' in raised.split('data-label="Après"')[0], 'data-level="4"' in raised.split('data-label="Après"')[1]] == [
        True,
        True,
    ]
    assert "Claire, le 16 novembre 2026 à 10 h 00" in raised.split('data-label="Après"')[0]
    assert "Karim, le 17 novembre 2026 à 10 h 00" in raised.split('data-label="Après"')[1]
    lowered = rows_of(changed)[numbers["ILL-INT-03"]]
    assert "Aucun commentaire" in lowered.split('data-label="Après"')[0]
    assert LONG in lowered.split('data-label="Après"')[1]


def _rows(enrolment: Enrolment, before: int, after: int) -> list[ComparedRow]:
    found = comparison_of(enrolment, INTEROPERABILITY, before=before, after=after)
    assert found is not None
    return found.rows


def test_the_head_says_who_validated_what_and_the_verdict_each_time(
    browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, assessment: Assessment
) -> None:
    answered(enrolment, INTEROPERABILITY, cast.claire, at + timedelta(days=5), level="high")
    validated(assessment, enrolment, cast.claire, at + timedelta(days=6))
    before, after, _ = text_of(browse(cast.claire).get(where(enrolment, avant=1, apres=4))).split('<div class="cv-card')[1:]
    assert ["Validation n° 1" in before, "Le 16 novembre 2026 à 10 h 00 par Claire" in before, ">Non atteint<" in before] == [True] * 3
    assert ["Validation n° 4" in after, "Le 22 novembre 2026 à 10 h 00 par Claire" in after, ">Atteint<" in after] == [True] * 3
    assert "Version des contenus : 1" in before


def test_the_last_two_are_compared_unless_others_are_chosen(
    browse: Browse, cast: Cast, enrolment: Enrolment, assessment: Assessment
) -> None:
    page = text_of(browse(cast.claire).get(where(enrolment)))
    assert re.findall(r'value="(\w+)" selected', page) == ["2", "3"]
    assert list(moves_of(page.split('id="inchanges"')[0]).values()) == ["Commentaire changé"]
    assert re.findall(r'value="(\w+)" selected', text_of(browse(cast.claire).get(where(enrolment, apres=2)))) == ["1", "2"]


def test_the_draft_may_come_after(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, assessment: Assessment) -> None:
    client = browse(cast.claire)
    assert 'value="brouillon"' not in text_of(client.get(where(enrolment)))
    answer(assessment, {"A08.1.1": "very_low"}, cast.karim, at + timedelta(days=5))
    page = text_of(client.get(where(enrolment, avant=3, apres="brouillon")))
    assert list(moves_of(page.split('id="inchanges"')[0]).values()) == ["En baisse"]
    assert "Dernier enregistrement le 21 novembre 2026 à 10 h 00 par Karim" in page
    assert re.findall(r'value="(\w+)" selected', page) == ["3", "brouillon"]
    assert client.get(where(enrolment, avant="brouillon", apres=3)).status_code == 404


def test_what_the_qualification_hid_has_disappeared_and_comes_back_the_other_way(
    browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment
) -> None:
    requalify_product(enrolment.subject, LISTED, by=cast.claire, at=at)
    full = answered(again(enrolment), INTEROPERABILITY, cast.claire, at, level="high")
    validated(full, again(enrolment), cast.claire, at)
    requalify_product(Subject.objects.get(pk=enrolment.subject_id), NOT_LISTED, by=cast.claire, at=at)
    validated(again(full), again(enrolment), cast.claire, at + timedelta(days=1))
    client = browse(cast.claire)
    page = text_of(client.get(where(enrolment, avant=1, apres=2)))
    gone = moves_of(page.split('id="inchanges"')[0])
    assert gone
    assert set(gone.values()) == {"Disparu"}
    assert page.count("Masqué par la qualification.") == len(gone)
    back = text_of(client.get(where(enrolment, avant=2, apres=1)))
    assert moves_of(back.split('id="inchanges"')[0]) == dict.fromkeys(gone, "Apparu")
    assert back.count("La qualification ne le demandait pas.") == len(gone)


def test_a_criterion_the_contents_no_longer_hold_is_still_told(
    browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, assessment: Assessment
) -> None:
    """No edition loses a criterion today: the validation is written as an older release would have left it."""
    last = assessment.validations.get(number=3)
    last.pk, last.number, last.validated_at = None, 4, at + timedelta(days=5)
    last.answers = {**last.answers, "OLD-1": {**last.answers["A08.1.1"], "saved_by": cast.karim.pk}}
    last.save(force_insert=True)
    changed = text_of(browse(cast.claire).get(where(enrolment, avant=4, apres=3))).split('id="inchanges"')[0]
    assert moves_of(changed) == {"OLD-1": "Disparu"}
    assert "Critères retirés des contenus" in changed
    assert "Les contenus ne le comportent plus." in changed
    assert "Karim, le 17 novembre 2026" in changed


def test_where_nothing_differs_a_sentence_says_so(
    browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, assessment: Assessment
) -> None:
    answer(assessment, {"ILL-INT-03": "high"}, cast.claire, at + timedelta(days=5))
    validated(assessment, enrolment, cast.claire, at + timedelta(days=6))
    answer(assessment, {"ILL-INT-03": "low"}, cast.claire, at + timedelta(days=7), comment=LONG)
    validated(assessment, enrolment, cast.claire, at + timedelta(days=8))
    page = text_of(browse(cast.claire).get(where(enrolment, avant=3, apres=5)))
    assert "Rien ne diffère : les mêmes niveaux et les mêmes commentaires, critère par critère." in page
    assert "0 critère changé" in page


def test_a_validation_is_not_compared_with_itself(browse: Browse, cast: Cast, enrolment: Enrolment, assessment: Assessment) -> None:
    response = browse(cast.claire).get(where(enrolment, avant=2, apres=2))
    assert response.status_code == 400
    page = text_of(response)
    assert "Vous avez choisi deux fois la validation n° 2. Choisissez deux validations différentes, puis comparez." in page
    assert ">Comparer</button>" in page
    assert rows_of(page) == {}


@pytest.mark.parametrize(
    "query", [{"avant": 9}, {"avant": 1, "apres": 9}, {"apres": 0}, {"avant": "x"}, {"apres": "-1"}, {"apres": "1" * 30}, {"avant": "²"}]
)
def test_an_unknown_number_is_no_page(
    browse: Browse, cast: Cast, enrolment: Enrolment, assessment: Assessment, query: dict[str, object]
) -> None:
    assert browse(cast.claire).get(where(enrolment, **query)).status_code == 404


def test_before_two_validations_the_page_says_when_there_will_be_something(
    browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment
) -> None:
    client = browse(cast.claire)
    assert client.get(where(enrolment)).status_code == 404
    found = answered(enrolment, INTEROPERABILITY, cast.claire, at)
    assert "Rien n’a encore été validé." in text_of(client.get(where(enrolment)))
    validated(found, enrolment, cast.claire, at)
    page = text_of(client.get(where(enrolment)))
    assert "Une seule validation existe, et rien n’a changé depuis." in page
    assert "Comparer</button>" not in page
    answer(found, {"A08.1.1": "high"}, cast.claire, at + timedelta(days=1))
    page = text_of(client.get(where(enrolment)))
    assert re.findall(r'value="(\w+)" selected', page) == ["1", "brouillon"]
    page = text_of(client.get(where(enrolment, apres=1)))
    assert "Rien ne précède la validation choisie : prenez-en une autre." in page


def test_whoever_may_see_the_product_may_compare_and_nobody_else(
    browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, assessment: Assessment
) -> None:
    grant_rights(again(enrolment.subject), cast.karim, ("view",), by=cast.claire, at=at)
    asked = where(enrolment, avant=1, apres=3)
    assert "En hausse" in text_of(browse(cast.karim).get(asked))
    assert browse(cast.zoe).get(asked).status_code == 404
    assert browse(cast.claire).get(where(enrolment, "inconnu-2021")).status_code == 404
    grant_rights(again(enrolment.subject), cast.karim, (), by=cast.claire, at=at)
    assert browse(cast.karim).get(asked).status_code == 404


def test_the_history_offers_the_choice_from_two_validations_on(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    results = sheet_address(enrolment, route="company:results")
    found = answered(enrolment, INTEROPERABILITY, cast.claire, at)
    validated(found, enrolment, cast.claire, at)
    assert "Comparer</button>" not in text_of(client.get(results))
    answer(found, {"A08.1.1": "high"}, cast.claire, at + timedelta(days=1))
    validated(found, enrolment, cast.claire, at + timedelta(days=2))
    page = text_of(client.get(results))
    assert re.findall(r'name="(\w+)" value="(\w+)" checked', page) == [("apres", "2"), ("avant", "1")]
    assert f'action="{where(enrolment)}"' in page
    assert 'value="brouillon"' not in page
    answer(found, {"A08.1.1": "low"}, cast.claire, at + timedelta(days=3))
    page = text_of(client.get(results))
    assert 'name="apres" value="brouillon"' in page
    assert f'href="{where(enrolment, avant=2, apres="brouillon")}"' in page


@pytest.mark.parametrize("questionnaire", [INTEROPERABILITY, SECURITY])
def test_a_comparison_costs_the_same_for_seven_or_thirty_six_criteria(
    browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, questionnaire: str
) -> None:
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    found = answered(enrolment, questionnaire, cast.claire, at)
    validated(found, enrolment, cast.claire, at)
    answered(enrolment, questionnaire, cast.karim, at + timedelta(days=1), level="high")
    validated(found, enrolment, cast.claire, at + timedelta(days=2))
    prices = []
    for person in (cast.claire, cast.karim):
        client = browse(person)
        client.get(where(enrolment, questionnaire))
        with CaptureQueriesContext(connection) as captured:
            assert "En hausse" in text_of(client.get(where(enrolment, questionnaire)))
        prices.append(len(captured))
    assert prices == [6, 6]
    assert max(prices) <= MOST
