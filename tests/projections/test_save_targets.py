"""Dating: what cannot hold is refused with its reason, all or nothing, and nobody overwrites a colleague unawares."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from convergence.catalogue.actions import archive_product, grant_rights
from convergence.projections.actions import Misdated, Overtaken, Plan, begin_projection, save_targets
from convergence.projections.models import Outlook, PlannedTarget
from tests.factories.catalogue import ARCHITECTURE, INTEROPERABILITY, SOCLES, WITHOUT_EXCHANGE, answered, enrolled, product_at, validated
from tests.factories.projections import planned, projection
from tests.refusals import refused, remembered


@pytest.fixture
def enrolment(cast, at):
    """Evaluated on « Urbanisation »: everything low, but one at the level recommended."""
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(found, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), found, cast.claire, at)
    return found


@pytest.fixture
def held(cast, at, enrolment):
    return projection(enrolment, ARCHITECTURE, cast.claire, at)


def outlook(enrolment):
    return Outlook.objects.get(enrolment=enrolment, questionnaire=ARCHITECTURE)


def test_it_is_closed_until_the_evaluation_is_validated(cast, at):
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    answered(found, ARCHITECTURE, cast.claire, at)
    with refused("Afin de procéder à une projection sur ce thème, vous devez d'abord évaluer", code="closed", status=409):
        begin_projection(found, ARCHITECTURE, by=cast.claire, at=at)
    assert outlook(found).is_closed


def test_a_procedure_without_projection_has_none(cast, at):
    found = enrolled(product_at("active", cast.claire, at), WITHOUT_EXCHANGE, cast.claire, at)
    with refused("Cette démarche ne demande pas de projection", status=404):
        begin_projection(found, INTEROPERABILITY, by=cast.claire, at=at)


def test_dates_are_kept_counted_and_remembered(cast, at, enrolment, held):
    assert (outlook(enrolment).status, outlook(enrolment).decided, outlook(enrolment).asked) == ("to_complete", 2, 6)
    with remembered("projections.TargetsSaved") as entries:
        planned(held, enrolment, {"ILL-URB-02": {"medium": "2027-T1", "high": "2027-T3"}, "ILL-URB-04": None}, cast.claire, at)
    told = outlook(enrolment)
    assert (told.status, told.decided, told.saved_at) == ("in_progress", 4, at)
    fields = json.loads(entries[0].body)["fields"]
    assert fields["targets"] == {"ILL-URB-02": "medium 2027-T1, high 2027-T3", "ILL-URB-04": "not_applicable"}
    assert fields["versions"] == {"ILL-URB-02": 1, "ILL-URB-04": 1}


def test_saying_the_same_again_writes_nothing(cast, at, enrolment, held):
    planned(held, enrolment, {"ILL-URB-02": {"medium": "2027-T1"}}, cast.claire, at)
    later = at + timedelta(hours=1)
    assert save_targets(held, enrolment, {"ILL-URB-02": Plan({"medium": "2027-T1"}, version=0)}, by=cast.claire, at=later) is None
    assert PlannedTarget.objects.get(criterion="ILL-URB-02").version == 1


@pytest.mark.parametrize(
    ("dates", "aside", "level", "sentence"),
    [
        ({"medium": "2026-T3"}, False, "medium", "Le trimestre 2026-T3 est passé. Choisissez 2026-T4 ou un trimestre suivant."),
        ({"medium": "2027-T2", "high": "2027-T1"}, False, "high", "« Maturité forte » ne peut pas précéder « Maturité moyenne » (2027-T2)."),
        ({"low": "2027-T1"}, False, "low", "« Maturité faible » est déjà acquis. Retirez cette date, ou visez un niveau plus haut."),
        ({"very_low": "2027-T1"}, False, "very_low", "« Maturité très faible » est déjà acquis. Retirez cette date, ou visez un niveau plus haut."),
        ({"medium": "2027-T1"}, True, "medium", "Choisissez : une date, ou « Cible non applicable »."),
        ({"medium": "demain"}, False, "medium", "Ce trimestre n'existe pas ou est trop lointain. Choisissez-en un dans la liste."),
        ({"medium": "2099-T1"}, False, "medium", "Ce trimestre n'existe pas ou est trop lointain. Choisissez-en un dans la liste."),
    ],
)  # fmt: skip
def test_a_date_that_cannot_hold_is_refused_on_its_level_and_nothing_is_written(cast, at, enrolment, held, dates, aside, level, sentence):
    plans = {"ILL-URB-02": Plan(dates, aside), "ILL-URB-03": Plan({"high": "2027-T1"})}
    with refused("1 date à corriger.", code="misdated", status=400) as caught:
        save_targets(held, enrolment, plans, by=cast.claire, at=at)
    assert isinstance(caught.value, Misdated)
    assert caught.value.faults == {"ILL-URB-02": {level: sentence}}
    assert not PlannedTarget.objects.exists()


@pytest.mark.parametrize(
    ("plans", "sentence", "status"),
    [
        ({"ILL-URB-99": Plan({"medium": "2027-T1"})}, "Un des critères n'est pas demandé pour ce produit.", 409),
        ({"ILL-URB-02": Plan({"sublime": "2027-T1"})}, "Ce niveau n'existe pas.", 400),
        ({"ILL-URB-02": Plan({"not_concerned": "2027-T1"})}, "Ce niveau n'existe pas.", 400),
    ],
)
def test_what_is_not_asked_is_refused(cast, at, enrolment, held, plans, sentence, status):
    with refused(sentence, code="not_asked" if status == 409 else "refused", status=status):
        save_targets(held, enrolment, plans, by=cast.claire, at=at)


def test_a_date_become_late_is_kept_while_another_is_changed(cast, at, enrolment, held):
    planned(held, enrolment, {"ILL-URB-02": {"medium": "2026-T4"}}, cast.claire, at)
    later = at + timedelta(days=90)
    plans = {"ILL-URB-02": Plan({"medium": "2026-T4"}, version=1), "ILL-URB-03": Plan({"high": "2027-T2"})}
    save_targets(held, enrolment, plans, by=cast.claire, at=later)
    assert PlannedTarget.objects.get(criterion="ILL-URB-02").quarters == {"medium": "2026-T4"}


def test_two_people_at_once_the_second_sees_both_and_loses_nothing(cast, at, enrolment, held):
    planned(held, enrolment, {"ILL-URB-02": {"medium": "2027-T1"}}, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    planned(held, enrolment, {"ILL-URB-02": {"medium": "2027-T2"}}, cast.karim, at)
    with refused("Karim a modifié une date pendant que vous planifiiez.", code="diverged", status=409) as caught:
        save_targets(held, enrolment, {"ILL-URB-02": Plan({"medium": "2027-T3"}, version=1)}, by=cast.claire, at=at)
    assert isinstance(caught.value, Overtaken)
    assert caught.value.theirs["ILL-URB-02"].quarters == {"medium": "2027-T2"}
    save_targets(held, enrolment, {"ILL-URB-02": Plan({"medium": "2027-T3"}, version=2)}, by=cast.claire, at=at)
    assert PlannedTarget.objects.get(criterion="ILL-URB-02").quarters == {"medium": "2027-T3"}


def test_who_may_only_see_may_not_plan(cast, at, enrolment, held):
    grant_rights(enrolment.subject, cast.karim, ("view",), by=cast.claire, at=at)
    with refused("Vous pouvez lire ce questionnaire, pas y répondre."):
        save_targets(held, enrolment, {"ILL-URB-02": Plan({"medium": "2027-T1"})}, by=cast.karim, at=at)
    with refused("Vous pouvez lire ce questionnaire, pas y répondre."):
        save_targets(held, enrolment, {"ILL-URB-02": Plan({"medium": "2027-T1"})}, by=cast.zoe, at=at)


def test_an_archived_product_is_planned_no_more(cast, at, enrolment, held):
    archive_product(enrolment.subject, by=cast.claire, at=at)
    with refused("Ce produit n'est pas, ou plus, dans votre catalogue"):
        save_targets(held, enrolment, {"ILL-URB-02": Plan({"medium": "2027-T1"})}, by=cast.claire, at=at)


def test_another_product_s_enrolment_is_refused(cast, at, enrolment, held):
    other = enrolled(product_at("active", cast.claire, at, name="Autre"), SOCLES, cast.claire, at)
    with refused("Cette projection est celle d'un autre produit.", status=400):
        save_targets(held, other, {}, by=cast.claire, at=at)
