"""What a new version keeps of the answers: all of them, as drafts, none validated, and its standings say so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergence.assessments.actions import Change, save_answers, validate_assessment
from convergence.assessments.models import Answer, Assessment, Standing, Validation
from convergence.catalogue.actions import confirm_product, qualify_product, requalify_product, start_product_version
from convergence.catalogue.models import Enrolment, Subject
from foundation.core.verdict import Refused
from foundation.journal import action
from foundation.journal.models import Entry
from ops.demo import EXCHANGING, LISTED, NOT_LISTED
from tests.factories.catalogue import (
    ARCHITECTURE,
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    again,
    answer,
    answered,
    begun,
    enrolled,
    product_at,
    validated,
)
from tests.race import Meanwhile
from tests.refusals import remembered
from tests.truth import published_bodies, standings_that_are, standings_that_should_be

GIVEN = ("assessment__questionnaire", "criterion", "level", "comment")


def given(subject):
    return set(Answer.objects.filter(assessment__subject=subject).values_list(*GIVEN))


def furnished(cast, at):
    """A product in two procedures: one questionnaire validated then changed, one begun with a comment, one empty."""
    product = product_at("active", cast.claire, at)
    socles = enrolled(product, SOCLES, cast.claire, at)
    enrolled(product, WITHOUT_EXCHANGE, cast.claire, at)
    interoperability = answered(socles, INTEROPERABILITY, cast.claire, at, level="medium")
    validated(interoperability, socles, cast.claire, at)
    answer(interoperability, {"A08.1.1": "high"}, cast.claire, at, comment="mieux depuis l'été")
    answer(begun(socles, ARCHITECTURE, cast.claire, at), {"ILL-URB-01": "", "ILL-URB-02": "low"}, cast.claire, at, comment="à voir")
    begun(socles, SECURITY, cast.claire, at)
    return product


def version_of(product, cast, at, version="4.0"):
    return Subject.objects.get(pk=start_product_version(product, version, by=cast.claire, at=at).subject)


def test_the_answers_are_those_of_the_source_as_first_drafts(cast, at):
    product, later = furnished(cast, at), at + timedelta(days=1)
    with remembered("catalogue.ProductVersionStarted"):
        new = version_of(product, cast, later)
    assert given(new) == given(product)
    assert len(given(new)) == 13
    rows = Answer.objects.filter(assessment__subject=new)
    assert set(rows.values_list("version", "saved_at", "saved_by")) == {(1, later, cast.claire.pk)}
    assessments = Assessment.objects.filter(subject=new).order_by("pk")
    assert list(assessments.values_list("questionnaire", flat=True)) == [INTEROPERABILITY, ARCHITECTURE, SECURITY]
    assert set(assessments.values_list("begun_at", "begun_by")) == {(later, cast.claire.pk)}


def test_no_validation_is_carried(cast, at):
    product = furnished(cast, at)
    new = version_of(product, cast, at)
    assert Validation.objects.filter(assessment__subject=product).count() == 1
    assert not Validation.objects.filter(assessment__subject=new).exists()
    assert set(Standing.objects.filter(enrolment__subject=new).values_list("validated_at", "outcome", "gaps")) == {(None, "unknown", 0)}


def test_the_standings_say_what_the_answers_say(cast, at):
    product = furnished(cast, at)
    new, bodies = version_of(product, cast, at + timedelta(days=1)), published_bodies()
    assert standings_that_are(new) == standings_that_should_be(new, bodies)
    assert standings_that_are(product) == standings_that_should_be(product, bodies)
    found = {key: (one["status"], one["answered"], one["asked"]) for key, one in standings_that_are(new).items()}
    assert found[SOCLES, INTEROPERABILITY] == ("in_progress", 11, 11)
    assert found[SOCLES, ARCHITECTURE] == ("in_progress", 1, 6)
    assert found[WITHOUT_EXCHANGE, SECURITY] == ("to_complete", 0, 36)


def test_the_source_keeps_all_it_had(cast, at):
    product = furnished(cast, at)
    tables = (Answer, Assessment, Validation, Standing)
    before = [list(table._default_manager.order_by("pk").values()) for table in tables]
    version_of(product, cast, at + timedelta(days=1))
    kept = [{row["id"] for row in rows} for rows in before]
    after = [list(t._default_manager.filter(pk__in=pks).order_by("pk").values()) for t, pks in zip(tables, kept, strict=True)]
    assert after == before


def test_the_two_live_apart_afterwards(cast, at):
    product = furnished(cast, at)
    new = version_of(product, cast, at)
    before = given(product)
    ours = Assessment.objects.get(subject=new, questionnaire=INTEROPERABILITY)
    save_answers(ours, {"A08.1.1": Change("low", "", 1)}, by=cast.claire, at=at)
    enrolment = Enrolment.objects.get(subject=new, code=SOCLES)
    validate_assessment(ours, enrolment, by=cast.claire, at=at)
    assert given(product) == before
    assert Validation.objects.filter(assessment=ours).values_list("number", flat=True).get() == 1
    assert standings_that_are(new) == standings_that_should_be(new, published_bodies())


def test_answers_hidden_by_the_qualification_come_too(cast, at):
    product = furnished(cast, at)
    requalify_product(product, dict(NOT_LISTED), by=cast.claire, at=at)
    new = version_of(again(product), cast, at)
    assert given(new) == given(product)
    assert standings_that_are(new)[SOCLES, INTEROPERABILITY]["asked"] == 7
    requalify_product(new, dict(LISTED), by=cast.claire, at=at)
    assert standings_that_are(new)[SOCLES, INTEROPERABILITY]["answered"] == 11


def test_an_answer_emptied_since_is_not_an_answer(cast, at):
    product = product_at("active", cast.claire, at)
    assessment = answered(enrolled(product, SOCLES, cast.claire, at), ARCHITECTURE, cast.claire, at)
    answer(assessment, {"ILL-URB-01": ""}, cast.claire, at)
    new = version_of(product, cast, at)
    assert given(new) == {one for one in given(product) if one[1] != "ILL-URB-01"}
    assert standings_that_are(new) == standings_that_should_be(new, published_bodies())


def test_a_version_still_a_draft_has_its_answers_and_its_standings_follow_its_qualification(cast, at):
    product = furnished(cast, at)
    Subject.objects.filter(pk=product.pk).update(qualification={"mes_listing": "likely"})
    new, bodies = version_of(product, cast, at), published_bodies()
    assert new.is_draft
    assert given(new) == given(product)
    assert standings_that_are(new) == standings_that_should_be(new, bodies)
    qualify_product(new, dict(EXCHANGING), by=cast.claire, at=at)
    confirm_product(new, by=cast.claire, at=at)
    assert standings_that_are(new) == standings_that_should_be(new, bodies)
    assert standings_that_are(new)[SOCLES, INTEROPERABILITY]["asked"] == 12


def test_a_version_of_a_version_carries_on(cast, at):
    product = furnished(cast, at)
    new = version_of(version_of(product, cast, at), cast, at, "5.0")
    assert given(new) == given(product)


def test_only_the_source_is_carried(cast, at):
    product = product_at("active", cast.claire, at)
    enrolled(product, SOCLES, cast.claire, at)
    answered(enrolled(product_at("active", cast.claire, at, name="Autre"), SOCLES, cast.claire, at), ARCHITECTURE, cast.claire, at)
    answered(enrolled(product_at("active", cast.zoe, at), SOCLES, cast.zoe, at), ARCHITECTURE, cast.zoe, at)
    assert given(version_of(product, cast, at)) == set()


def test_the_cost_does_not_grow_with_the_answers(cast, at):
    counts = []
    for rank, questionnaires in enumerate([(ARCHITECTURE,), (ARCHITECTURE, INTEROPERABILITY), (ARCHITECTURE, INTEROPERABILITY, SECURITY)]):
        product = product_at("active", cast.claire, at, name=f"Produit {rank}")
        enrolment = enrolled(product, SOCLES, cast.claire, at)
        for questionnaire in questionnaires:
            answered(enrolment, questionnaire, cast.claire, at)
        with CaptureQueriesContext(connection) as captured:
            version_of(product, cast, at)
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_all_or_nothing(cast, at, monkeypatch):
    """A reaction that fails takes the version with it: what follows the event is in its transaction."""

    def fails(event):
        raise Refused("Rien ne va plus.")

    product = furnished(cast, at)
    kind = next(kind for kind in action.at_once if kind.__name__ == "ProductVersionStarted")
    monkeypatch.setitem(action.at_once, kind, (*action.at_once[kind], fails))
    before = Subject.objects.count(), Assessment.objects.count(), Answer.objects.count(), Entry.objects.count()
    with pytest.raises(Refused):
        version_of(product, cast, at)
    assert (Subject.objects.count(), Assessment.objects.count(), Answer.objects.count(), Entry.objects.count()) == before


def test_an_answer_saved_meanwhile_waits_and_stays_with_the_source(committed_db, cast, at, monkeypatch):
    """The source is locked from the first line to the last: what is carried is what it said then."""
    product = product_at("active", cast.claire, at)
    assessment = answered(enrolled(product, SOCLES, cast.claire, at), ARCHITECTURE, cast.claire, at)
    kind = next(kind for kind in action.at_once if kind.__name__ == "ProductVersionStarted")
    saving = []

    def save_meanwhile(event):
        saving.append(Meanwhile(lambda: save_answers(assessment, {"ILL-URB-01": Change("high", "", 1)}, by=cast.claire, at=at)))
        saving[0].wait_until_blocked()

    monkeypatch.setitem(action.at_once, kind, (save_meanwhile, *action.at_once[kind]))
    new = version_of(product, cast, at)
    assert saving[0].outcome().levels == {"ILL-URB-01": "high"}
    assert Answer.objects.get(assessment__subject=new, criterion="ILL-URB-01").level == "medium"
    assert Answer.objects.get(assessment=assessment, criterion="ILL-URB-01").level == "high"
