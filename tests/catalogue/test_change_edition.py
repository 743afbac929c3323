"""Moving a product to the edition in force: every procedure at once, on its day and not before, nothing old rewritten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from convergence.catalogue.actions import change_edition, enrol_product, grant_rights
from convergence.catalogue.models import Enrolment
from convergence.catalogue.queries import edition_moves
from convergence.content.library import library
from foundation.core.clock import day_of
from foundation.core.verdict import Refused
from foundation.journal.models import Entry
from tests.factories.catalogue import OVERALL, SOCLES, WITH_EXCHANGE, WITHOUT_EXCHANGE, again, enrolled, product_at, strategy_at
from tests.factories.editions import next_edition_at
from tests.race import race
from tests.refusals import refused, remembered

NEXT = {SOCLES: "evaluation-socles-2027", WITHOUT_EXCHANGE: "mes-sans-echange-2027", WITH_EXCHANGE: "mes-avec-echange-2027"}


def followed(product):
    return dict(Enrolment.objects.filter(subject=product).values_list("code", "procedure"))


@pytest.fixture
def later(cast):
    return next_edition_at()


@pytest.fixture
def product(cast, at):
    product = product_at("active", cast.claire, at)
    for code in (SOCLES, WITHOUT_EXCHANGE, "teleconsultation"):
        enrolled(product, code, cast.claire, at)
    return product


def test_every_procedure_of_the_product_moves_at_once_and_keeps_the_edition_it_left(cast, product, later):
    with remembered("catalogue.EditionChanged") as entries:
        event = change_edition(product, by=cast.claire, at=later)
    assert followed(product) == {
        SOCLES: NEXT[SOCLES],
        WITHOUT_EXCHANGE: NEXT[WITHOUT_EXCHANGE],
        "teleconsultation": "teleconsultation-2026",
    }
    assert event.procedures == {"evaluation-socles-2023": NEXT[SOCLES], "mes-sans-echange-2026": NEXT[WITHOUT_EXCHANGE]}
    assert event.questionnaires == {"interoperabilite-2021": "interoperabilite-2027"}
    assert (entries[0].about, entries[0].company) == (f"product:{product.pk}", cast.aubepine.pk)
    moved = Enrolment.objects.get(subject=product, code=SOCLES)
    assert (moved.past_editions, moved.moved_at, moved.editions) == (
        ["evaluation-socles-2023"],
        later,
        [NEXT[SOCLES], "evaluation-socles-2023"],
    )
    still = Enrolment.objects.get(subject=product, code="teleconsultation")
    assert (still.past_editions, still.moved_at) == ([], None)


def test_before_its_day_the_move_is_refused_with_the_date(cast, product, later):
    before = followed(product)
    with refused("L'édition 2027 entre en vigueur le 1er janvier 20", code="not_yet", status=409):
        change_edition(product, by=cast.claire, at=later - timedelta(hours=10, minutes=1))
    assert followed(product) == before
    assert change_edition(product, by=cast.claire, at=later - timedelta(hours=10)) is not None  # midnight, in Paris


def test_a_second_press_changes_nothing_and_is_not_remembered(cast, product, later):
    change_edition(product, by=cast.claire, at=later)
    with remembered():
        assert change_edition(product, by=cast.claire, at=later + timedelta(minutes=1)) is None
    assert Enrolment.objects.get(subject=product, code=SOCLES).moved_at == later


def test_a_product_that_follows_nothing_has_nothing_to_move(cast, at, later):
    product = product_at("active", cast.claire, at)
    with remembered():
        assert change_edition(product, by=cast.claire, at=later) is None


def test_a_product_enrolled_since_is_not_moved_and_its_older_procedures_join_it(cast, at, product, later):
    enrol_product(product, library().procedure(NEXT[WITH_EXCHANGE]), by=cast.claire, at=later)
    event = change_edition(product, by=cast.claire, at=later + timedelta(days=1))
    assert NEXT[WITH_EXCHANGE] not in event.procedures.values()
    assert {key for key in followed(product).values() if key.endswith("2027")} == set(NEXT.values())


def test_the_global_strategy_moves_too_its_questionnaire_unchanged(cast, at, later):
    strategy = strategy_at("active", cast.claire, at)
    enrolled(strategy, SOCLES, cast.claire, at)
    event = change_edition(strategy, by=cast.claire, at=later)
    assert event.questionnaires == {}
    assert followed(strategy) == {SOCLES: NEXT[SOCLES]}
    assert library().uses_of(library().procedure(NEXT[SOCLES]), "global_strategy")[0].questionnaire == OVERALL


@pytest.mark.parametrize("rights", [("view",), ("view", "edit"), ("edit", "validate", "view")])
def test_whoever_may_not_enrol_does_not_move(cast, at, product, later, rights):
    grant_rights(product, cast.karim, rights, by=cast.claire, at=at)
    with refused("Votre rôle ne permet pas de faire passer un produit à une autre édition."):
        change_edition(product, by=cast.karim, at=later)


@pytest.mark.parametrize("who", ["zoe", "ines", "hugo"])
def test_nobody_from_elsewhere_moves(cast, product, later, who):
    with refused("Votre rôle ne permet pas"):
        change_edition(product, by=cast.everyone()[who], at=later)


def test_a_strategy_is_refused_in_its_own_words(cast, at, later):
    strategy = strategy_at("active", cast.claire, at)
    with refused("de faire passer la stratégie globale à une autre édition"):
        change_edition(strategy, by=cast.zoe, at=later)


def test_the_first_edition_cannot_be_followed_any_more_once_the_next_is_in_force(cast, at, later):
    product = product_at("active", cast.claire, at)
    for key, when in ((NEXT[SOCLES], at), ("evaluation-socles-2023", later)):
        with refused("de cette démarche n'est pas en vigueur", code="not_in_force", status=409):
            enrol_product(product, library().procedure(key), by=cast.claire, at=when)
    assert library().procedure_in_force(SOCLES, day_of(later)).key == NEXT[SOCLES]


def test_an_edition_closed_or_that_asks_nothing_of_the_subject_is_no_move(cast, later, monkeypatch):
    shelf, day = library(), day_of(later)
    open_now, announced = edition_moves(["evaluation-socles-2023", "unknown-1", NEXT[SOCLES]], "product", day)
    assert [(move.held.key, move.later.key, move.begins) for move in open_now] == [("evaluation-socles-2023", NEXT[SOCLES], day)]
    assert announced == []
    assert edition_moves(["mes-sans-echange-2026"], "global_strategy", day) == ([], [])
    closed = shelf.procedure(NEXT[SOCLES]).model_copy(update={"closed_because": "Fermée."})
    monkeypatch.setattr(shelf, "procedure_in_force", lambda code, day: closed)
    assert edition_moves(["evaluation-socles-2023"], "product", day) == ([], [])


def test_two_people_at_once_make_one_move(committed_db, cast, at, later):
    product = product_at("active", cast.claire, at)
    enrolled(product, SOCLES, cast.claire, at)
    outcomes = race(*[lambda: change_edition(product, by=cast.claire, at=later)] * 2)
    assert sorted(outcome is None for outcome in outcomes) == [False, True]
    assert Entry.objects.filter(kind="catalogue.EditionChanged").count() == 1
    assert Enrolment.objects.get(subject=product).past_editions == ["evaluation-socles-2023"]


@pytest.mark.parametrize("changes", [{"past_editions": ["a-1"]}, {"moved": True}])
def test_the_database_holds_the_past_and_the_day_together(cast, at, product, changes):
    values = {"past_editions": changes.get("past_editions", []), "moved_at": at if changes.get("moved") else None}
    with pytest.raises(IntegrityError, match="enrolment_moved_with_its_past"), transaction.atomic():
        Enrolment.objects.filter(subject=product, code=SOCLES).update(**values)


def test_a_draft_or_an_archived_product_does_not_move(cast, at, later):
    for state in ("draft", "archived"):
        product = product_at(state, cast.claire, at, name=state)
        with pytest.raises(Refused, match="l'état est"):
            change_edition(again(product), by=cast.claire, at=later)
