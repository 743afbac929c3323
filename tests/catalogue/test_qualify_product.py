"""Qualifying a product: questions that exist, choices that exist, and nothing missing once it is in use."""

from __future__ import annotations

import pytest

from convergence.catalogue.actions import add_product, confirm_product, grant_rights, qualify_product, requalify_product
from convergence.catalogue.queries import product_of_reference, qualification_shown, questions_asked
from ops.demo import EXCHANGING, LISTED, NOT_LISTED
from tests.factories.catalogue import again, identification, product_at
from tests.refusals import refused, remembered


def draft(cast, at):
    event = add_product(cast.aubepine, identification(cast.claire), by=cast.claire, at=at)
    return product_of_reference(event.reference, cast.claire)


def test_a_draft_keeps_an_incomplete_qualification(cast, at):
    product = draft(cast, at)
    with remembered("catalogue.ProductQualified"):
        qualify_product(product, {"delivery": "saas", "mes_listing": "likely", "bsp_listing": ""}, by=cast.claire, at=at)
    assert again(product).qualification == {"mes_listing": "likely", "delivery": "saas"}
    assert again(product).state == "draft"


def test_a_later_qualification_replaces_the_one_before(cast, at):
    product = draft(cast, at)
    qualify_product(product, dict(EXCHANGING), by=cast.claire, at=at)
    qualify_product(product, {"delivery": "standalone"}, by=cast.claire, at=at)
    assert again(product).qualification == {"delivery": "standalone"}


@pytest.mark.parametrize(
    "answers",
    [{**LISTED, "mes_listing": "certainly"}, {**LISTED, "state": "active"}, {**LISTED, "company_id": "2"}, {"other_services": "yes"}],
)
def test_an_answer_that_is_not_among_the_choices_is_refused(cast, at, answers):
    """An extra field, an unknown choice, a question of the global strategy: none of them ends in the database."""
    product = product_at("draft", cast.claire, at)
    with refused("Une réponse ne fait pas partie des choix proposés.", status=400):
        qualify_product(product, answers, by=cast.claire, at=at)
    in_use = product_at("active", cast.claire, at)
    with refused("Une réponse ne fait pas partie des choix proposés.", status=400):
        requalify_product(in_use, answers, by=cast.claire, at=at)
    assert again(product).qualification == again(in_use).qualification == LISTED


def test_the_recap_is_accepted_only_once_every_question_is_answered(cast, at):
    product = draft(cast, at)
    with refused("Il reste des questions sans réponse : Mon espace santé ; Échanges", code="incomplete", status=409):
        confirm_product(product, by=cast.claire, at=at)
    qualify_product(product, {**LISTED, "delivery": ""}, by=cast.claire, at=at)
    with refused("Il reste des questions sans réponse : Mise à disposition.", code="incomplete", status=409):
        confirm_product(product, by=cast.claire, at=at)
    qualify_product(product, dict(LISTED), by=cast.claire, at=at)
    with remembered("catalogue.ProductConfirmed"):
        confirm_product(product, by=cast.claire, at=at)
    confirmed = again(product)
    assert (confirmed.state, confirmed.confirmed_at) == ("active", at)


def test_a_product_in_use_is_requalified_whole_or_not_at_all(cast, at):
    product = product_at("active", cast.claire, at)
    with refused("Il reste des questions sans réponse : Échanges avec Mon espace santé.", code="incomplete", status=409):
        requalify_product(product, {**LISTED, "mes_exchange": ""}, by=cast.claire, at=at)
    assert again(product).qualification == LISTED
    with remembered("catalogue.ProductRequalified"):
        event = requalify_product(product, dict(EXCHANGING), by=cast.claire, at=at)
    assert again(product).qualification == EXCHANGING
    assert (event.before, event.after) == (LISTED, EXCHANGING)


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_who_may_not_edit_the_product_may_not_qualify_it(cast, at, who):
    person = cast.everyone()[who]
    for state, act in (("draft", qualify_product), ("active", requalify_product)):
        product = product_at(state, cast.claire, at)
        with refused("Vous pouvez voir ce produit, pas le modifier."):
            act(product, dict(NOT_LISTED), by=person, at=at)
        assert again(product).qualification == LISTED


def test_an_employee_qualifies_what_was_granted_for_editing_and_nothing_else(cast, at):
    granted, other = product_at("active", cast.claire, at), product_at("active", cast.claire, at)
    grant_rights(granted, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    requalify_product(granted, dict(NOT_LISTED), by=cast.karim, at=at)
    with refused("Vous pouvez voir ce produit, pas le modifier."):
        requalify_product(other, dict(NOT_LISTED), by=cast.karim, at=at)


def test_a_right_on_one_questionnaire_is_not_a_right_on_the_product(cast, at):
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit"), questionnaire="securite", by=cast.claire, at=at)
    with refused("Vous pouvez voir ce produit, pas le modifier."):
        requalify_product(product, dict(NOT_LISTED), by=cast.karim, at=at)


def test_questions_are_shown_in_order_with_the_choice_made(cast, at, shelf):
    product = draft(cast, at)
    qualify_product(product, {"delivery": "saas"}, by=cast.claire, at=at)
    shown = qualification_shown(shelf, again(product))
    assert [question.code for question, _ in shown] == ["mes_listing", "mes_exchange", "bsp_listing", "bsp_exchange", "delivery"]
    assert [choice.code if choice else None for _, choice in shown] == [None, None, None, None, "saas"]
    assert [question.code for question in questions_asked(shelf, "global_strategy", {})] == ["other_services"]
