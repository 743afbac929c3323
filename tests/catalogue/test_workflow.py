"""Which moves does a product's state allow? Every verb × every state: on the table, then by the real actions."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from convergence.catalogue.actions import (
    archive_product,
    change_edition,
    confirm_product,
    duplicate_product,
    enrol_product,
    identify_product,
    qualify_product,
    requalify_product,
    restore_product,
    start_product_version,
)
from convergence.catalogue.models import Subject
from convergence.catalogue.workflow import PRODUCT_LIFE
from convergence.content.library import library
from ops.demo import LISTED, NOT_LISTED
from tests.crossing import as_read_aloud, crossing, unreachable
from tests.factories.catalogue import SOCLES, again, identification, product_at
from tests.factories.packs import DAY
from tests.refusals import refused, remembered

VERBS = {
    "identify_product": lambda product, by, at: identify_product(product, identification(by, name="Autre nom"), by=by, at=at),
    "qualify_product": lambda product, by, at: qualify_product(product, dict(NOT_LISTED), by=by, at=at),
    "requalify_product": lambda product, by, at: requalify_product(product, dict(NOT_LISTED), by=by, at=at),
    "confirm_product": lambda product, by, at: confirm_product(product, by=by, at=at),
    "enrol_product": lambda product, by, at: enrol_product(product, library().procedure_in_force(SOCLES, DAY), by=by, at=at),
    "change_edition": lambda product, by, at: change_edition(product, by=by, at=at),
    "start_product_version": lambda product, by, at: start_product_version(product, "4.0", by=by, at=at),
    "duplicate_product": lambda product, by, at: duplicate_product(product, by=by, at=at),
    "archive_product": lambda product, by, at: archive_product(product, by=by, at=at),
    "restore_product": lambda product, by, at: restore_product(product, by=by, at=at),
}


def test_the_life_of_a_product_read_aloud():
    assert as_read_aloud(PRODUCT_LIFE) == {
        "identify_product": {"draft": "draft", "active": "active", "archived": None},
        "qualify_product": {"draft": "draft", "active": None, "archived": None},
        "requalify_product": {"draft": None, "active": "active", "archived": None},
        "confirm_product": {"draft": "active", "active": None, "archived": None},
        "enrol_product": {"draft": None, "active": "active", "archived": None},
        "change_edition": {"draft": None, "active": "active", "archived": None},
        "start_product_version": {"draft": None, "active": "active", "archived": None},
        "duplicate_product": {"draft": "draft", "active": "active", "archived": "archived"},
        "archive_product": {"draft": "archived", "active": "archived", "archived": None},
        "restore_product": {"draft": None, "active": None, "archived": "active"},
    }
    assert unreachable(PRODUCT_LIFE) == set()
    assert {move.by for move in PRODUCT_LIFE.moves} == {"company"}


@pytest.mark.parametrize(("verb", "state", "target"), crossing(PRODUCT_LIFE))
def test_the_action_does_what_the_table_says(cast, at, verb, state, target):
    product = product_at(state, cast.claire, at)
    if target is not None:
        VERBS[verb](product, cast.claire, at)
        assert again(product).state == target
        return
    before = Subject.objects.filter(pk=product.pk).values().get()
    with refused(f"l'état est « {PRODUCT_LIFE.states[state]} »", code="wrong_state", status=409):
        VERBS[verb](product, cast.claire, at)
    assert Subject.objects.filter(pk=product.pk).values().get() == before


def test_a_product_archived_before_its_recap_still_has_it_to_accept(cast, at):
    product = product_at("draft", cast.claire, at)
    archive_product(product, by=cast.claire, at=at)
    with remembered("catalogue.ProductRestored"):
        restore_product(product, by=cast.claire, at=at)
    assert again(product).state == "draft"


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [({"state": "sold"}, "subject_state_known"), ({"state": "active", "confirmed_at": None}, "subject_in_use_is_confirmed")],
)
def test_the_database_knows_no_other_state(cast, at, changes, constraint):
    product = product_at("active", cast.claire, at)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Subject.objects.filter(pk=product.pk).update(**changes)


def test_a_stale_sight_of_the_product_is_no_excuse(cast, at):
    """Two pages open on the same draft: the second acts on the row as it now is."""
    first = product_at("draft", cast.claire, at)
    second = again(first)
    confirm_product(first, by=cast.claire, at=at)
    with refused("l'état est « Ajouté »", code="wrong_state", status=409):
        confirm_product(second, by=cast.claire, at=at)
    assert again(first).qualification == LISTED
