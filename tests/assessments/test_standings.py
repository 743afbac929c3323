"""Does what is shown always say what was answered? Standings against an independent reading, after any history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from convergence.assessments.actions import Change, begin_assessment, save_answers, validate_assessment
from convergence.assessments.models import Answer, Assessment, Standing
from convergence.assessments.standings import refresh_standings
from convergence.catalogue.actions import archive_product, change_edition, enrol_product, requalify_product, restore_product
from convergence.catalogue.models import Enrolment
from convergence.content.library import library
from foundation.core.clock import day_of
from foundation.core.verdict import Refused
from ops.demo import EXCHANGING, LISTED, NOT_LISTED
from tests.factories.catalogue import (
    ARCHITECTURE,
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    WITH_EXCHANGE,
    WITHOUT_EXCHANGE,
    again,
    answer,
    answered,
    begun,
    enrolled,
    product_at,
    validated,
)
from tests.factories.editions import NEXT_INTEROPERABILITY, next_edition_at
from tests.truth import published_bodies, standings_that_are, standings_that_should_be

LEVELS = ("not_concerned", "very_low", "low", "medium", "high", "")
PROCEDURES = (SOCLES, WITHOUT_EXCHANGE, WITH_EXCHANGE)
QUESTIONNAIRES = (INTEROPERABILITY, ARCHITECTURE, NEXT_INTEROPERABILITY)
QUALIFICATIONS = {"not listed": NOT_LISTED, "listed": LISTED, "exchanging": EXCHANGING}


# — Generated histories —

MOVES = st.one_of(
    st.tuples(st.just("enrol"), st.sampled_from(PROCEDURES)),
    st.tuples(st.just("answer"), st.sampled_from(QUESTIONNAIRES), st.integers(0, 11), st.sampled_from(LEVELS)),
    st.tuples(st.just("fill"), st.sampled_from(QUESTIONNAIRES), st.sampled_from(LEVELS)),
    st.tuples(st.just("validate"), st.sampled_from(QUESTIONNAIRES), st.sampled_from(PROCEDURES)),
    st.tuples(st.just("requalify"), st.sampled_from(sorted(QUALIFICATIONS))),
    st.tuples(st.just("archive and restore")),
    st.tuples(st.just("change edition")),
)

EVERYTHING = [
    ("enrol", SOCLES),
    ("fill", INTEROPERABILITY, "medium"),
    ("validate", INTEROPERABILITY, SOCLES),
    ("enrol", WITHOUT_EXCHANGE),
    ("requalify", "exchanging"),
    ("answer", INTEROPERABILITY, 11, "high"),
    ("validate", INTEROPERABILITY, WITHOUT_EXCHANGE),
    ("requalify", "not listed"),
    ("fill", ARCHITECTURE, "high"),
    ("validate", ARCHITECTURE, SOCLES),
    ("answer", ARCHITECTURE, 2, ""),
    ("requalify", "exchanging"),
    ("archive and restore",),
]
"""A history in which every move is accepted."""

MOVING = [
    ("fill", INTEROPERABILITY, "medium"),
    ("validate", INTEROPERABILITY, SOCLES),
    ("enrol", WITHOUT_EXCHANGE),
    ("change edition",),
    ("answer", NEXT_INTEROPERABILITY, 4, "high"),
    ("enrol", WITH_EXCHANGE),
    ("requalify", "exchanging"),
    ("fill", NEXT_INTEROPERABILITY, "medium"),
    ("validate", NEXT_INTEROPERABILITY, WITH_EXCHANGE),
    ("requalify", "not listed"),
]
"""A history that goes through an edition to the next."""


class Story:
    """One product, and whatever its company does with it, a minute apart. A refusal changes nothing, and the story goes on."""

    def __init__(self, claire, at):
        self.claire, self.at = claire, at
        self.product = product_at("active", claire, at)
        self.refusals = 0

    def play(self, move):
        self.at += timedelta(minutes=1)
        verb, *details = move
        try:
            with transaction.atomic():
                getattr(self, verb.replace(" ", "_"))(*details)
        except Refused:
            self.refusals += 1

    def enrol(self, code):
        enrol_product(self.product, library().procedure_in_force(code, day_of(self.at)), by=self.claire, at=self.at)

    def answer(self, questionnaire, rank, level):
        criteria = [criterion.code for _, criterion in library().criteria(questionnaire)]
        self._save(questionnaire, {criteria[rank % len(criteria)]: level})

    def fill(self, questionnaire, level):
        asked = set()
        for enrolment in Enrolment.objects.filter(subject=self.product):
            for use in library().uses_of(library().procedure(enrolment.procedure), "product"):
                if use.questionnaire == questionnaire:
                    asked |= set(library().asked(use, again(self.product).qualification_items, "product"))
        self._save(questionnaire, dict.fromkeys(sorted(asked), level))

    def validate(self, questionnaire, code):
        enrolment = Enrolment.objects.filter(subject=self.product, code=code).first()
        assessment = Assessment.objects.filter(subject=self.product, questionnaire=questionnaire).first()
        if enrolment is None or assessment is None:
            raise Refused("Rien à valider.")
        validate_assessment(assessment, enrolment, by=self.claire, at=self.at)

    def requalify(self, name):
        requalify_product(self.product, dict(QUALIFICATIONS[name]), by=self.claire, at=self.at)

    def change_edition(self):
        self.at = max(self.at, next_edition_at())
        change_edition(self.product, by=self.claire, at=self.at)

    def archive_and_restore(self):
        archive_product(self.product, by=self.claire, at=self.at)
        restore_product(self.product, by=self.claire, at=self.at)

    def _save(self, questionnaire, levels):
        enrolment = Enrolment.objects.filter(subject=self.product).first()
        if enrolment is None:
            raise Refused("Rien à remplir.")
        assessment = Assessment.objects.filter(subject=self.product, questionnaire=questionnaire).first()
        if assessment is None:
            begin_assessment(enrolment, questionnaire, by=self.claire, at=self.at)
            assessment = Assessment.objects.get(subject=self.product, questionnaire=questionnaire)
        versions = dict(Answer.objects.filter(assessment=assessment).values_list("criterion", "version"))
        save_answers(assessment, {c: Change(level, "", versions.get(c, 0)) for c, level in levels.items()}, by=self.claire, at=self.at)


@pytest.mark.slow
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(MOVES, min_size=4, max_size=14))
@example(EVERYTHING)
@example(MOVING)
def test_after_any_history_standings_say_what_answers_and_validations_say(cast, at, history):
    """Slow: twenty histories of real actions on PostgreSQL, checked after every move."""
    bodies = published_bodies()
    with transaction.atomic():
        story = Story(cast.claire, at)
        for move in [("enrol", SOCLES), *history]:
            story.play(move)
            assert standings_that_are(story.product) == standings_that_should_be(story.product, bodies), move
        if history == EVERYTHING:
            assert story.refusals == 1  # only the second enrolment in the same procedure
        if history == MOVING:
            assert story.refusals == 0
        transaction.set_rollback(True)


@pytest.mark.slow
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(MOVES, min_size=4, max_size=10))
@example(EVERYTHING)
@example(MOVING)
def test_computing_them_all_again_changes_nothing(cast, at, history):
    """Slow, for the same reason. What is noted along the way and what is computed whole are one and the same."""
    with transaction.atomic():
        story = Story(cast.claire, at)
        for move in [("enrol", SOCLES), *history]:
            story.play(move)
        before = standings_that_are(story.product)
        refresh_standings(again(story.product))
        assert standings_that_are(story.product) == before
        transaction.set_rollback(True)


# — Told one by one —


def line(enrolment, questionnaire):
    standing = Standing.objects.get(enrolment=enrolment, questionnaire=questionnaire)
    return standing.status, standing.answered, standing.asked, standing.outcome


def test_a_questionnaire_is_to_complete_then_in_progress_then_done(cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assert line(enrolment, ARCHITECTURE) == ("to_complete", 0, 6, "unknown")
    assessment = begun(enrolment, ARCHITECTURE, cast.claire, at)
    assert line(enrolment, ARCHITECTURE) == ("to_complete", 0, 6, "unknown")
    answer(assessment, {"ILL-URB-01": "high"}, cast.claire, at)
    assert line(enrolment, ARCHITECTURE) == ("in_progress", 1, 6, "unknown")
    answered(enrolment, ARCHITECTURE, cast.claire, at, level="high")
    assert line(enrolment, ARCHITECTURE) == ("in_progress", 6, 6, "unknown")
    validated(assessment, enrolment, cast.claire, at)
    assert line(enrolment, ARCHITECTURE) == ("done", 6, 6, "reached")


def test_hidden_answers_are_kept_and_come_back(cast, at):
    product = product_at("active", cast.claire, at)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    assessment = answered(enrolment, INTEROPERABILITY, cast.claire, at, ILL_INT_07="low")
    validated(assessment, enrolment, cast.claire, at)
    assert line(enrolment, INTEROPERABILITY) == ("done", 11, 11, "not_reached")
    before = list(Answer.objects.order_by("criterion").values())
    requalify_product(product, dict(NOT_LISTED), by=cast.claire, at=at)
    assert line(enrolment, INTEROPERABILITY) == ("done", 7, 7, "not_reached")  # A08.1.1 « moyenne » where « forte » is expected
    requalify_product(product, dict(LISTED), by=cast.claire, at=at)
    assert line(enrolment, INTEROPERABILITY) == ("done", 11, 11, "not_reached")
    assert list(Answer.objects.order_by("criterion").values()) == before


def test_criteria_that_appear_reopen_what_was_done_until_they_are_answered_and_validated(cast, at):
    product = product_at("active", cast.claire, at, qualification=NOT_LISTED)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    assessment = answered(enrolment, INTEROPERABILITY, cast.claire, at, level="high")
    validated(assessment, enrolment, cast.claire, at)
    assert line(enrolment, INTEROPERABILITY) == ("done", 7, 7, "reached")
    requalify_product(product, dict(EXCHANGING), by=cast.claire, at=at)
    assert line(enrolment, INTEROPERABILITY) == ("in_progress", 7, 12, "unknown")
    answered(enrolment, INTEROPERABILITY, cast.claire, at, level="high")
    assert line(enrolment, INTEROPERABILITY) == ("in_progress", 12, 12, "unknown")
    validated(assessment, enrolment, cast.claire, at)
    assert line(enrolment, INTEROPERABILITY) == ("done", 12, 12, "reached")


def test_a_new_enrolment_starts_from_the_answers_already_given_and_validated(cast, at):
    product = product_at("active", cast.claire, at)
    first = enrolled(product, SOCLES, cast.claire, at)
    validated(answered(first, SECURITY, cast.claire, at, level="high"), first, cast.claire, at)
    answer(begun(first, ARCHITECTURE, cast.claire, at), {"ILL-URB-01": "low", "ILL-URB-06": "low"}, cast.claire, at)
    second = enrolled(product, WITHOUT_EXCHANGE, cast.claire, at)
    assert line(second, SECURITY) == ("done", 36, 36, "reached")
    assert line(second, ARCHITECTURE) == ("in_progress", 1, 5, "unknown")
    assert line(second, INTEROPERABILITY) == ("to_complete", 0, 11, "unknown")


def test_one_company_never_moves_the_standings_of_another(cast, at):
    ours = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    theirs = enrolled(product_at("active", cast.zoe, at), SOCLES, cast.zoe, at)
    answered(theirs, ARCHITECTURE, cast.zoe, at)
    assert line(ours, ARCHITECTURE) == ("to_complete", 0, 6, "unknown")
    assert line(theirs, ARCHITECTURE) == ("in_progress", 6, 6, "unknown")
