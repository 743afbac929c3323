"""Handing over: frozen, with a receipt, in time, by who binds the company, once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from convergence.candidatures.actions import Correction, NotReady, request_changes, submit_step
from convergence.candidatures.models import Candidature, Step, Submission
from convergence.candidatures.permissions import can_see_candidature
from convergence.catalogue.actions import archive_product, grant_rights
from foundation.files.purposes import purposes
from tests.factories.candidatures import (
    begun,
    enrolled_for_trial,
    fill_in,
    give_document,
    publish_trial,
    save_form,
    step_of,
    typed,
)
from tests.factories.files import TERMS, terms_of_test
from tests.race import kinds_of, race
from tests.refusals import refused, remembered

CLOSING = datetime(2026, 12, 14, 13, 0, tzinfo=UTC)
"""Two in the afternoon, in Paris."""


@pytest.fixture
def step(cast, at, trial):
    """A form well filled in, with its document, not submitted yet."""
    step = fill_in(step_of(begun(trial, cast.claire, at)), cast.claire, at, story="Histoire")
    give_document(step, "BREVET", cast.claire, at)
    return step


def test_it_is_frozen_with_its_documents_and_a_receipt_is_given(cast, at, step):
    with remembered("candidatures.StepSubmitted") as entries:
        event = submit_step(step, by=cast.claire, at=at)
    submission = Submission.objects.get(pk=event.submission)
    assert submission.values == {
        "pilot": "Claire",
        "email": "claire@demo.invalid",
        "alone": "yes",
        "profiles": ["night"],
        "story": "Histoire",
    }
    ((document),) = submission.documents
    assert (document["slot"], document["name"], len(document["sha256"])) == ("BREVET", "rapport.txt", 64)
    assert re.fullmatch(r"R-20261116-[A-Z2-9]{6}", event.receipt)
    assert (submission.number, submission.submitted_by_name, submission.digest) == (1, "Claire", event.digest)
    assert event.digest in entries[0].body
    candidature = Candidature.objects.get(pk=step.candidature_id)
    assert (candidature.state, candidature.submitted_at) == ("under_way", at)
    assert candidature.profiles == ["general", "lights", "night"]
    assert Step.objects.get(pk=step.pk).awaits == "agency"


def test_what_was_handed_over_changes_no_more(cast, at, step):
    submit_step(step, by=cast.claire, at=at)
    with pytest.raises(DatabaseError), transaction.atomic():
        Submission.objects.update(receipt="R-1")


def test_what_is_missing_or_malformed_is_listed_and_nothing_is_written(cast, at, step):
    save_form(step, typed(step, {"pilot": "", "email": "x"}), by=cast.claire, at=at)
    with refused("Il reste 2 points à régler avant de soumettre.", code="incomplete", status=409) as caught:
        submit_step(step, by=cast.claire, at=at)
    assert isinstance(caught.value, NotReady)
    assert [problem.key for problem in caught.value.problems] == ["pilot", "email"]
    assert not Submission.objects.exists()


def test_one_point_is_told_in_the_singular(cast, at, step):
    save_form(step, typed(step, {"pilot": ""}), by=cast.claire, at=at)
    with refused("Il reste un point à régler avant de soumettre.", code="incomplete", status=409):
        submit_step(step, by=cast.claire, at=at)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=9)])
def test_from_the_closing_on_it_is_refused_and_the_draft_is_kept(cast, step, late):
    with refused("Fermeture du dépôt de candidature : c'était le 14 décembre 2026 à 14", code="late", status=409):
        submit_step(step, by=cast.claire, at=CLOSING + late)
    assert step.values.count() == 5


def test_a_second_before_the_closing_it_is_in_time(cast, step):
    submit_step(step, by=cast.claire, at=CLOSING - timedelta(seconds=1))


def test_what_was_handed_over_in_time_may_be_corrected_after_the_closing(cast, at, step):
    submit_step(step, by=cast.claire, at=at)
    request_changes(Step.objects.get(pk=step.pk), [Correction("story", "", "Plus long.")], by=cast.ines, at=at)
    again = Step.objects.get(pk=step.pk)
    save_form(again, typed(again, {"story": "Une plus longue histoire"}), by=cast.claire, at=CLOSING + timedelta(days=1))
    submit_step(again, by=cast.claire, at=CLOSING + timedelta(days=1))
    assert [one.number for one in Submission.objects.filter(step=step)] == [1, 2]


def test_a_step_that_waits_for_another_is_not_submitted(cast, at, step):
    with refused("l'état est « Verrouillée »", code="wrong_state", status=409):
        submit_step(step_of(step.candidature, "visite"), by=cast.claire, at=at)


def test_submitted_twice_it_is_submitted_once(cast, at, step):
    submit_step(step, by=cast.claire, at=at)
    with refused("l'état est « Soumise »", code="wrong_state", status=409):
        submit_step(step, by=cast.claire, at=at)


def test_who_fills_in_does_not_bind_the_company(cast, at, trial, step):
    grant_rights(trial.subject, cast.karim, ("view", "edit", "validate"), by=cast.claire, at=at)
    for person in (cast.karim, cast.zoe, cast.ines):
        with refused("Votre rôle ne permet pas de soumettre une candidature : enregistrez votre brouillon."):
            submit_step(step, by=person, at=at)


def test_a_product_taken_out_of_the_catalogue_submits_nothing(cast, at, trial, step):
    archive_product(trial.subject, by=cast.claire, at=at)
    with refused("Ce produit n'est plus dans votre catalogue : restaurez-le pour soumettre sa candidature."):
        submit_step(Step.objects.get(pk=step.pk), by=cast.claire, at=at)


@pytest.mark.slow
def test_fifty_who_press_at_once_submit_once(committed_db, cast, at, packs, tmp_path, monkeypatch):
    monkeypatch.setitem(purposes, TERMS, terms_of_test)
    publish_trial(tmp_path, packs, at)
    step = fill_in(step_of(begun(enrolled_for_trial(cast.claire, at), cast.claire, at)), cast.claire, at)
    give_document(step, "BREVET", cast.claire, at)
    outcomes = race(*[lambda: submit_step(step, by=cast.claire, at=at)] * 50, within=120)
    assert kinds_of(outcomes).count("StepSubmitted") == 1
    assert kinds_of(outcomes).count("Refused") == 49
    assert Submission.objects.filter(step=step).count() == 1


def test_a_submitted_candidature_is_seen_by_the_agency_a_draft_is_not(cast, at, trial, step):
    draft = step.candidature
    assert [bool(can_see_candidature(one, draft)) for one in (cast.claire, cast.zoe, cast.ines, cast.hugo)] == [True, False, False, False]
    submit_step(step, by=cast.claire, at=at)
    candidature = Candidature.objects.get(pk=draft.pk)
    assert [bool(can_see_candidature(one, candidature)) for one in (cast.claire, cast.zoe, cast.ines, cast.hugo)] == [
        True,
        False,
        True,
        True,
    ]
