"""Outlooks are derived: after each save they say what a computation from nothing says, for fewer queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergence.assessments.actions import Change, save_answers
from convergence.catalogue.actions import requalify_product
from convergence.projections.actions import Plan, save_targets
from convergence.projections.models import Outlook
from convergence.projections.outlooks import refresh_outlooks
from ops.demo import EXCHANGING
from tests.factories.catalogue import (
    ARCHITECTURE,
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    answered,
    asked_by,
    begun,
    enrolled,
    product_at,
    validated,
)
from tests.factories.projections import planned, projected, projection

STEPS = (
    {"ILL-URB-02": {"medium": "2027-T1"}},
    {"ILL-URB-02": {"low": "2027-T1"}},
    {"ILL-URB-02": {}},
    {"ILL-URB-02": None, "ILL-URB-03": {"high": "2027-T3"}},
    {"ILL-URB-04": {"medium": "2027-T2"}, "ILL-URB-05": {"medium": "2027-T2"}, "ILL-URB-06": {"low": "2027-T2"}},
)


def rows():
    return list(Outlook.objects.order_by("pk").values())


def check(subject):
    """What is stored is what a computation from the answers, the dates and the validations finds."""
    told = rows()
    refresh_outlooks(subject)
    assert rows() == told


@pytest.fixture
def enrolment(cast, at):
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    enrolled(found.subject, WITHOUT_EXCHANGE, cast.claire, at)
    validated(answered(found, ARCHITECTURE, cast.claire, at, level="very_low", ILL_URB_01="medium"), found, cast.claire, at)
    return found


def test_each_save_leaves_what_a_computation_from_nothing_finds(cast, at, enrolment):
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    for rank, dates in enumerate(STEPS):
        planned(held, enrolment, dates, cast.claire, at + timedelta(minutes=rank))
        check(enrolment.subject)
    projected(held, enrolment, cast.claire, at)
    check(enrolment.subject)
    for rank, dates in enumerate(STEPS[:4]):
        planned(held, enrolment, dates, cast.claire, at + timedelta(hours=rank + 1))
        check(enrolment.subject)
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="very_low"), enrolment, cast.claire, at)
    check(enrolment.subject)
    planned(held, enrolment, {"ILL-URB-01": {"medium": "2028-T1"}}, cast.claire, at + timedelta(days=1))
    check(enrolment.subject)


def test_what_one_procedure_closes_another_may_still_plan(cast, at):
    """« Mon espace santé » asks for more once the product exchanges: its outlook stays closed, and says so."""
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    enrolled(found.subject, WITHOUT_EXCHANGE, cast.claire, at)
    validated(answered(found, INTEROPERABILITY, cast.claire, at, level="low"), found, cast.claire, at)
    requalify_product(found.subject, EXCHANGING, by=cast.claire, at=at)
    found.subject.refresh_from_db()
    check(found.subject)


def test_saving_thirty_six_dates_is_six_queries(cast, at):
    """Locks, what it depends on, targets, writing them, outlooks written, journal; the savepoint apart."""
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(found, SECURITY, cast.claire, at, level="very_low"), found, cast.claire, at)
    held = projection(found, SECURITY, cast.claire, at)
    plans = {code: Plan({"high": "2027-T3"}) for code in asked_by(found, SECURITY)}
    with CaptureQueriesContext(connection) as captured:
        save_targets(held, found, plans, by=cast.claire, at=at)
    assert len(written(captured)) == 6


def test_saving_thirty_six_answers_is_six_queries(cast, at):
    """Locks, standings, answers, writing them, standings written, journal; the savepoint apart."""
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assessment = begun(found, SECURITY, cast.claire, at)
    changes = {code: Change("medium", "Un mot.", 0) for code in asked_by(found, SECURITY)}
    with CaptureQueriesContext(connection) as captured:
        save_answers(assessment, changes, by=cast.claire, at=at)
    assert len(written(captured)) == 6


def written(captured):
    return [one["sql"] for one in captured if "SAVEPOINT" not in one["sql"]]
