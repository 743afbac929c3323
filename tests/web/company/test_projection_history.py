"""Past projections as they were, two of them compared, and the same dates in an agenda."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from convergence.catalogue.models import Enrolment
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import ARCHITECTURE, SOCLES, WITHOUT_EXCHANGE, answered, enrolled, product_at, validated
from tests.factories.pages import address, plain, sheet_address, text_of
from tests.factories.projections import planned, projected, projection
from tests.foundation.test_calendar import unescaped, values

Browse = Callable[[Person | None], StrictClient]
PAST, COMPARE, AGENDA = "company:projection_validation", "company:compare_projection_validations", "company:roadmap_calendar"
FIRST = {
    "ILL-URB-02": {"medium": "2027-T1"},
    "ILL-URB-03": {"high": "2027-T3"},
    "ILL-URB-04": {"medium": "2027-T2"},
    "ILL-URB-05": {"medium": "2027-T2"},
}
THEN = {"ILL-URB-02": {"medium": "2027-T4"}, "ILL-URB-03": {"medium": "2027-T1", "high": "2027-T3"}, "ILL-URB-04": None}


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    """Projected twice; between the two, one criterion reached its level."""
    found = enrolled(product_at("active", cast.claire, at, name="Suivi ; « cœur », v3"), SOCLES, cast.claire, at)
    validated(answered(found, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), found, cast.claire, at)
    held = projection(found, ARCHITECTURE, cast.claire, at)
    planned(held, found, FIRST, cast.claire, at)
    projected(held, found, cast.claire, at)
    later = at + timedelta(days=30)
    evaluation = answered(found, ARCHITECTURE, cast.claire, later, level="low", ILL_URB_01="medium", ILL_URB_05="medium")
    validated(evaluation, found, cast.claire, later)
    planned(held, found, THEN, cast.claire, later)
    projected(held, found, cast.claire, later)
    return found


def past(enrolment: Enrolment, number: int) -> str:
    return address(PAST, enrolment.subject.reference, SOCLES, ARCHITECTURE, number)


def comparing(enrolment: Enrolment, **chosen: str) -> str:
    return address(COMPARE, enrolment.subject.reference, SOCLES, ARCHITECTURE, **chosen)


def test_a_past_projection_is_shown_as_it_was(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    page = text_of(browse(cast.claire).get(past(enrolment, 1)))
    assert "Projection validée n° 1 : Urbanisation 2021" in page
    assert "Validée le 16 novembre 2026 à 10" in page
    assert "par Claire" in page
    assert "Évaluation n° 1" in page
    assert "Version des contenus :" in page
    assert 'Atteint le <span class="cv-num">2027-T3' in page
    assert "faible alors, moyenne attendu" in page  # the levels of its own evaluation
    assert "2027-T4" not in page
    assert "Éditer" not in page
    assert f'href="{comparing(enrolment, avant="1")}"' in page
    assert "Comparer avec la dernière" not in text_of(browse(cast.claire).get(past(enrolment, 2)))


def test_the_last_one_has_its_own_page_too_and_each_list_leads_to_all(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    claire = browse(cast.claire)
    assert "Non atteint</span> : 1 critère sans cible" in text_of(claire.get(past(enrolment, 2)))
    for route in ("company:projection", "company:roadmap"):
        page = text_of(claire.get(sheet_address(enrolment, ARCHITECTURE, route)))
        assert f'href="{past(enrolment, 1)}"' in page
        assert f'href="{past(enrolment, 2)}"' in page
        assert f'href="{comparing(enrolment)}"' in page


def test_what_was_promised_is_late_only_as_of_then(browse: Browse, cast: Cast, at: datetime) -> None:
    long_ago = at.replace(year=2024)
    found = enrolled(product_at("active", cast.claire, long_ago), SOCLES, cast.claire, long_ago)
    validated(answered(found, ARCHITECTURE, cast.claire, long_ago, level="low", ILL_URB_01="medium"), found, cast.claire, long_ago)
    held = projection(found, ARCHITECTURE, cast.claire, long_ago)
    planned(held, found, {code: dict.fromkeys(dates, "2025-T1") for code, dates in FIRST.items()}, cast.claire, long_ago)
    projected(held, found, cast.claire, long_ago)
    claire = browse(cast.claire)
    assert "En retard" in text_of(claire.get(sheet_address(found, ARCHITECTURE, "company:roadmap")))
    assert "En retard" not in text_of(claire.get(past(found, 1)))


def test_a_criterion_asked_since_leaves_the_past_as_it_was(browse: Browse, cast: Cast, enrolment: Enrolment, at: datetime) -> None:
    """Another procedure that shares the questionnaire is told of too, by its own expectations."""
    enrolled(enrolment.subject, WITHOUT_EXCHANGE, cast.claire, at)
    page = text_of(browse(cast.claire).get(past(enrolment, 1)))
    assert page.count('<p class="fr-h5">') == 2


@pytest.mark.parametrize("number", [0, 3, 99])
def test_one_that_never_was_is_no_page(browse: Browse, cast: Cast, enrolment: Enrolment, number: int) -> None:
    assert browse(cast.claire).get(past(enrolment, number)).status_code == 404


def test_two_are_compared_criterion_by_criterion(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    page = text_of(browse(cast.claire).get(comparing(enrolment)))
    for told in (
        '<span class="cv-move cv-move--later">Repoussé</span>',
        "moyenne en 2027-T4",
        '<span class="cv-move cv-move--moved">Changé</span>',
        "moyenne en 2027-T1, forte en 2027-T3",
        '<span class="cv-move cv-move--set_aside">Cible non applicable</span>',
        '<span class="cv-move cv-move--undated">Sans date</span>',
        "Niveau recommandé atteint",
        "Évaluation n° 2.",
    ):
        assert told in page
    assert 'Ce qui change <span class="cv-title__count">(4)' in page
    assert "Ce qui ne change pas" not in page


def test_the_other_way_round_and_with_itself(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    claire = browse(cast.claire)
    assert "cv-move--earlier" in text_of(claire.get(comparing(enrolment, avant="2", apres="1")))
    same = claire.get(comparing(enrolment, avant="2", apres="2"))
    assert same.status_code == 400
    assert "Vous avez choisi deux fois la validation n° 2." in text_of(same)
    assert "Rien ne précède la validation choisie" in text_of(claire.get(comparing(enrolment, apres="1")))


def test_what_does_not_change_is_folded(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    planned(held, enrolment, {"ILL-URB-02": {"medium": "2027-T3"}, "ILL-URB-01": {"high": "2029-T1"}}, cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    page = text_of(browse(cast.claire).get(comparing(enrolment)))
    assert "cv-move--earlier" in page
    assert "Voir 2 critères inchangés" in page
    assert "forte en 2029-T1" in page


@pytest.mark.parametrize("chosen", [{"avant": "9"}, {"apres": "brouillon"}, {"avant": "x"}])
def test_what_was_never_validated_is_not_compared(browse: Browse, cast: Cast, enrolment: Enrolment, chosen: dict[str, str]) -> None:
    assert browse(cast.claire).get(comparing(enrolment, **chosen)).status_code == 404


def test_one_alone_has_nothing_to_be_compared_with_and_none_is_no_page(browse: Browse, cast: Cast, at: datetime) -> None:
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    claire = browse(cast.claire)
    assert claire.get(comparing(found)).status_code == 404
    validated(answered(found, ARCHITECTURE, cast.claire, at, level="high"), found, cast.claire, at)
    projected(projection(found, ARCHITECTURE, cast.claire, at), found, cast.claire, at)
    assert "Une seule projection est validée." in text_of(claire.get(comparing(found)))


@pytest.mark.parametrize("route", [COMPARE, AGENDA])
def test_where_no_projection_is_asked_there_is_none_of_it(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, route: str) -> None:  # fmt: skip
    other = enrolled(enrolment.subject, WITHOUT_EXCHANGE, cast.claire, at)
    claire = browse(cast.claire)
    assert claire.get(sheet_address(other, ARCHITECTURE, route)).status_code == 404
    assert claire.get(past(other, 1).replace(SOCLES, WITHOUT_EXCHANGE)).status_code == 404


def test_a_stranger_finds_nothing(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    zoe = browse(cast.zoe)
    for where in (past(enrolment, 1), comparing(enrolment), sheet_address(enrolment, ARCHITECTURE, AGENDA)):
        assert zoe.get(where).status_code == 404


def test_each_mark_is_in_the_agenda_on_the_last_day_of_its_quarter(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    answer = browse(cast.claire).get(sheet_address(enrolment, ARCHITECTURE, AGENDA))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"].endswith('.ics"')
    days, titles = values(answer.content, "DTSTART"), [plain(unescaped(one)) for one in values(answer.content, "SUMMARY")]
    told = sorted(zip(days, titles, strict=True))
    assert [day for day, _ in told] == ["20270331", "20270930", "20271231"]
    assert told[1][1].endswith(": forte, niveau recommandé")
    assert "Suivi ; « cœur », v3" in plain(unescaped(values(answer.content, "X-WR-CALNAME")[0]))
    assert len(set(values(answer.content, "UID"))) == 3


def test_a_date_that_moves_keeps_its_name_and_every_roadmap_gives_the_same(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:  # fmt: skip
    claire = browse(cast.claire)
    where = sheet_address(enrolment, ARCHITECTURE, AGENDA)
    before = set(values(claire.get(where).content, "UID"))
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    planned(held, enrolment, {"ILL-URB-02": {"medium": "2028-T1"}, "ILL-URB-04": {"medium": "2027-T2"}}, cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    after = claire.get(where).content
    assert "20280331" in values(after, "DTSTART")
    assert before < set(values(after, "UID"))
    of_product = claire.get(address("company:product_roadmap_calendar", enrolment.subject.reference)).content
    of_company = claire.get(address("company:company_roadmap_calendar")).content
    assert len(set(values(after, "UID")) & set(values(of_product, "UID"))) == 1  # the procedure, as this questionnaire reaches it
    assert set(values(of_company, "UID")) <= set(values(of_product, "UID"))
