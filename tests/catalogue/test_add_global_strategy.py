"""The global strategy of a company: one, begun by whoever may add a product, then qualified, confirmed and enrolled as one."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from convergence.assessments.listings import followed_procedures, pending_questionnaires
from convergence.assessments.models import Standing
from convergence.catalogue.actions import (
    add_global_strategy,
    archive_product,
    confirm_product,
    enrol_product,
    grant_rights,
    identify_product,
    qualify_product,
)
from convergence.catalogue.listings import product_cards
from convergence.catalogue.models import Subject
from convergence.catalogue.queries import global_strategy_of, product_of_reference
from convergence.content.library import library
from foundation.core.verdict import Refused
from foundation.journal.models import Entry
from tests.factories.catalogue import OVERALL, SOCLES, WITHOUT_EXCHANGE, again, enrolled, product_at, strategy_at, strategy_identification
from tests.factories.packs import DAY
from tests.race import race
from tests.refusals import refused, remembered


def test_the_first_step_makes_a_draft_under_a_public_reference(cast, at):
    with remembered("catalogue.GlobalStrategyAdded") as entries:
        event = add_global_strategy(cast.aubepine, strategy_identification(cast.claire), by=cast.claire, at=at)
    strategy = product_of_reference(event.reference, cast.claire)
    assert (strategy.state, strategy.company, strategy.kind, strategy.created_at) == ("draft", cast.aubepine, "global_strategy", at)
    assert (strategy.name, strategy.responsible, strategy.certification_list) == ("Aubépine Santé", cast.claire, ["HDS"])
    assert strategy.full_name == f"Stratégie globale – Aubépine Santé – {event.reference}"
    assert (entries[0].company, entries[0].by, entries[0].about) == (cast.aubepine.pk, cast.claire.key, f"product:{strategy.pk}")


def test_what_only_a_product_has_is_not_kept(cast, at):
    typed = strategy_identification(cast.claire, version="2", type="gratuit", description="Rien", nil="1")
    strategy = again(Subject.objects.get(pk=add_global_strategy(cast.aubepine, typed, by=cast.claire, at=at).subject))
    assert (strategy.version, strategy.type, strategy.description, strategy.nil) == ("", "", "", "")


def test_a_company_has_one_strategy(cast, at):
    strategy_at("draft", cast.claire, at)
    with refused("Votre entreprise a déjà commencé sa stratégie globale", code="duplicate", status=409):
        add_global_strategy(cast.aubepine, strategy_identification(cast.claire), by=cast.claire, at=at)
    add_global_strategy(cast.boree, strategy_identification(cast.zoe), by=cast.zoe, at=at)
    assert Subject.objects.count() == 2


def test_the_database_holds_it_too(cast, at):
    strategy = strategy_at("draft", cast.claire, at)
    with pytest.raises(IntegrityError, match="global_strategy_once"), transaction.atomic():
        Subject.objects.create(
            company=cast.aubepine, kind="global_strategy", reference=1, name="Autre", responsible=cast.claire, searched="", created_at=at
        )
    product_at("draft", cast.claire, at)
    assert global_strategy_of(cast.aubepine, cast.claire) == strategy


def test_two_people_at_once_begin_it_once(committed_db, cast, at):
    outcomes = race(*[lambda: add_global_strategy(cast.aubepine, strategy_identification(cast.claire), by=cast.claire, at=at)] * 6)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [refusal.code for refusal in refusals] == ["duplicate"] * 5
    assert Subject.objects.count() == 1
    assert Entry.objects.filter(kind="catalogue.GlobalStrategyAdded").count() == 1


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_only_a_representative_of_the_company_begins_it(cast, at, who):
    with refused("Votre rôle ne permet pas de commencer la stratégie globale."):
        add_global_strategy(cast.aubepine, strategy_identification(cast.claire), by=cast.everyone()[who], at=at)
    assert not Subject.objects.exists()


def test_the_responsible_is_someone_of_the_company(cast, at):
    with refused("Le responsable doit être une personne de votre entreprise.", status=400):
        add_global_strategy(cast.aubepine, strategy_identification(cast.claire, responsible=cast.zoe.pk), by=cast.claire, at=at)


def test_a_change_of_identification_says_which_fields_changed(cast, at):
    strategy = strategy_at("active", cast.claire, at)
    event = identify_product(strategy, strategy_identification(cast.karim, name="Œuvre commune"), by=cast.claire, at=at)
    changed = again(strategy)
    assert sorted(event.changed) == ["name", "responsible_id"]
    assert changed.searched == f"{strategy.reference} strategie globale oeuvre commune"


def test_it_is_confirmed_once_its_question_is_answered(cast, at):
    strategy = strategy_at("draft", cast.claire, at, qualification={})
    with refused("Il reste des questions sans réponse", code="incomplete", status=409):
        confirm_product(strategy, by=cast.claire, at=at)
    with refused("Une réponse ne fait pas partie des choix proposés.", status=400):
        qualify_product(strategy, {"mes_listing": "likely"}, by=cast.claire, at=at)
    qualify_product(strategy, {"other_services": "no"}, by=cast.claire, at=at)
    confirm_product(strategy, by=cast.claire, at=at)
    assert again(strategy).state == "active"


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_it_is_changed_and_enrolled_by_its_company_only(cast, at, who):
    strategy, person = strategy_at("active", cast.claire, at), cast.everyone()[who]
    with refused("Vous pouvez voir la stratégie globale, pas la modifier."):
        identify_product(strategy, strategy_identification(cast.claire), by=person, at=at)
    with refused("Votre rôle ne permet pas d'inscrire la stratégie globale dans une démarche."):
        enrol_product(strategy, library().procedure_in_force(SOCLES, DAY), by=person, at=at)


def test_it_follows_the_procedures_that_concern_it_with_their_own_questionnaires(cast, at):
    strategy = strategy_at("active", cast.claire, at)
    enrolment = enrolled(strategy, SOCLES, cast.claire, at)
    assert list(Standing.objects.filter(enrolment=enrolment).values_list("questionnaire", "asked")) == [(OVERALL, 4)]
    with refused("Votre stratégie globale suit déjà cette démarche", code="duplicate", status=409):
        enrol_product(strategy, library().procedure_in_force(SOCLES, DAY), by=cast.claire, at=at)
    with refused("Cette démarche ne concerne pas la stratégie globale.", status=409):
        enrol_product(strategy, library().procedure_in_force(WITHOUT_EXCHANGE, DAY), by=cast.claire, at=at)


def test_it_is_never_archived(cast, at):
    strategy = strategy_at("active", cast.claire, at)
    with refused("La stratégie globale ne s'archive pas"):
        archive_product(strategy, by=cast.claire, at=at)


def test_it_is_among_the_procedures_and_not_among_the_products(cast, at):
    strategy = strategy_at("active", cast.claire, at)
    enrolled(strategy, SOCLES, cast.claire, at)
    assert product_cards(cast.claire, cast.aubepine, limit=5) == ([], 0)
    (line,), total = followed_procedures(cast.claire, company=cast.aubepine, words="strategie globale")
    assert (line.reference, line.is_product, total) == (strategy.reference, False, 1)
    assert followed_procedures(cast.claire, company=cast.aubepine, kind="product") == ([], 0)
    (pending,) = pending_questionnaires(cast.claire, cast.aubepine, 5)
    assert (pending.questionnaire.key, pending.is_product) == (OVERALL, False)


def test_it_is_seen_by_those_to_whom_it_was_entrusted(cast, at):
    strategy = strategy_at("draft", cast.claire, at)
    for person in (cast.karim, cast.zoe, cast.ines, cast.hugo):
        assert global_strategy_of(cast.aubepine, person) is None
    grant_rights(strategy, cast.karim, ("view",), by=cast.claire, at=at)
    assert global_strategy_of(cast.aubepine, cast.karim) == strategy
