"""What is read in plain SQL must say what the models say: every column, as Python has it, and the same rows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from convergence.assessments.models import Assessment, Standing
from convergence.assessments.queries import answers_of, begun_enrolment_of
from convergence.assessments.standings import standings_of
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment, Subject
from convergence.catalogue.queries import enrolment_of
from foundation.core.rows import columns, row_as, rows_of
from foundation.credentials.models import BrowserSession
from foundation.credentials.sessions import SessionStore
from foundation.journal.action import _locked
from tests.cast import Cast
from tests.factories.catalogue import SECURITY, SOCLES, answer, asked_by, begun, enrolled, product_at


def _fields(thing: models.Model) -> dict[str, object]:
    return {name: value for name, value in vars(thing).items() if not name.startswith("_")}


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    """A product in use, one questionnaire half answered."""
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    answer(begun(found, SECURITY, cast.claire, at), dict.fromkeys(asked_by(found, SECURITY)[:9], "medium"), cast.claire, at, "Un mot.")
    return found


@pytest.mark.parametrize("model", [Subject, Enrolment, Assessment, Standing])
def test_a_row_is_the_one_the_models_read(model: type[models.Model], enrolment: Enrolment) -> None:
    query = f"SELECT {columns(model, 'thing')} FROM {model._meta.db_table} thing ORDER BY thing.id"  # noqa: S608 - our own tables
    read = [row_as(model, row) for row in rows_of(query, [])]
    assert read
    assert [_fields(one) for one in read] == [_fields(one) for one in model._default_manager.order_by("pk")]


def test_an_enrolment_comes_with_its_subject_to_whom_may_see_it(enrolment: Enrolment, cast: Cast, at: datetime) -> None:
    reference = enrolment.subject.reference
    found, begun = begun_enrolment_of(reference, SOCLES, SECURITY, cast.claire)
    assert _fields(found) == _fields(enrolment_of(reference, SOCLES, cast.claire)) == _fields(Enrolment.objects.get(pk=enrolment.pk))
    assert _fields(found.subject) == _fields(Subject.objects.get(pk=enrolment.subject_id))
    assert begun == Assessment.objects.get()
    for stranger in (cast.zoe, cast.karim, cast.ines):
        for ask in (lambda: enrolment_of(reference, SOCLES, stranger), lambda: begun_enrolment_of(reference, SOCLES, SECURITY, stranger)):  # noqa: B023
            with pytest.raises(Enrolment.DoesNotExist):
                ask()
    grant_rights(enrolment.subject, cast.karim, ("view",), by=cast.claire, at=at)
    assert enrolment_of(reference, SOCLES, cast.karim) == enrolment
    with pytest.raises(Enrolment.DoesNotExist):
        enrolment_of(10**30, SOCLES, cast.claire)


def test_standings_and_answers_are_those_of_the_questionnaire(enrolment: Enrolment, cast: Cast) -> None:
    assessment = Assessment.objects.get()
    standings = standings_of(assessment)
    assert [_fields(one) for one in standings] == [_fields(one) for one in Standing.objects.filter(questionnaire=SECURITY)]
    assert [one.enrolment for one in standings] == [enrolment]
    kept = {answer.criterion: (answer.given, answer.version, answer.saved_at, answer.saved_by.name) for answer in assessment.answers.all()}
    read = answers_of(enrolment.subject, SECURITY)
    assert {code: (answer.given, answer.version, answer.saved_at, answer.saved_by) for code, answer in read.items()} == kept


def test_what_is_acted_on_is_locked_with_what_it_depends_on(enrolment: Enrolment) -> None:
    assessment = Assessment.objects.get()
    with CaptureQueriesContext(connection) as queries:
        locked = _locked(assessment)
        subject = locked.subject
    assert len(queries) == 1
    assert queries[0]["sql"].endswith("FOR NO KEY UPDATE OF subject, thing")
    assert _fields(locked) == _fields(Assessment.objects.get())
    assert _fields(subject) == _fields(Subject.objects.get(pk=enrolment.subject_id))
    with pytest.raises(Assessment.DoesNotExist):
        _locked(Assessment.from_db("default", ["id"], [0]))


def test_a_session_is_read_until_it_is_closed_or_expires(db: None, at: datetime) -> None:
    kept = SessionStore()
    kept["word"] = "Aubépine"
    kept.save()
    key = kept.session_key
    assert SessionStore(key)["word"] == "Aubépine"
    BrowserSession.objects.filter(pk=key).update(expire_date=at - timedelta(days=4000))
    assert SessionStore(key).get("word") is None
    BrowserSession.objects.filter(pk=key).update(expire_date=at + timedelta(days=4000))
    assert SessionStore(key)["word"] == "Aubépine"
    SessionStore(key).delete()
    assert SessionStore(key).get("word") is None
