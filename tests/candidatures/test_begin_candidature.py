"""« Candidater »: a number, a draft, its steps; one alive at a time."""

from __future__ import annotations

import re
import secrets

import pytest
from django.db import IntegrityError

from convergence.candidatures.actions import begin_candidature, discard_draft
from convergence.candidatures.models import Candidature
from convergence.catalogue.actions import archive_product, grant_rights
from convergence.catalogue.models import Subject
from tests.factories.candidatures import PROCEDURE, TRIAL, begun, enrolled_for_trial, publish_trial
from tests.factories.catalogue import SOCLES, enrolled, product_at
from tests.race import kinds_of, race
from tests.refusals import refused, remembered


def test_it_has_a_number_of_ten_capitals_and_the_steps_of_the_procedure(cast, at, trial):
    with remembered("candidatures.CandidatureBegun") as entries:
        event = begin_candidature(trial, by=cast.claire, at=at)
    assert re.fullmatch(r"[A-Z]{10}", event.number)
    assert entries[0].company == cast.aubepine.pk
    candidature = Candidature.objects.get(number=event.number)
    assert (candidature.state, candidature.procedure, candidature.begun_by) == ("draft", "essai-de-vol-1", cast.claire)
    assert [(step.code, step.state, step.awaits) for step in candidature.steps.all()] == [
        ("dossier", "open", "company"),
        ("visite", "locked", ""),
        ("radio", "locked", ""),
        ("vol", "locked", ""),
    ]
    assert [bool(step.folder) for step in candidature.steps.all()] == [True, True, True, False]


def test_one_is_alive_at_a_time_and_the_next_has_another_number(cast, at, trial):
    first = begun(trial, cast.claire, at)
    with refused(f"La candidature n° {first.number} est déjà commencée : reprenez-la.", code="duplicate", status=409):
        begin_candidature(trial, by=cast.claire, at=at)
    discard_draft(first, by=cast.claire, at=at)
    assert begun(trial, cast.claire, at).number != first.number


def test_a_number_given_before_is_drawn_again(cast, at, trial, monkeypatch):
    drawn = iter("A" * 10 + "A" * 10 + "B" * 10)
    monkeypatch.setattr(secrets, "choice", lambda letters: next(drawn))
    discard_draft(begun(trial, cast.claire, at), by=cast.claire, at=at)
    assert begun(trial, cast.claire, at).number == "B" * 10


def test_who_may_begin(cast, at, trial):
    product = trial.subject
    with refused("Vous pouvez lire cette candidature, pas la remplir."):
        begin_candidature(trial, by=cast.karim, at=at)
    with refused("Vous pouvez lire cette candidature, pas la remplir."):
        begin_candidature(trial, by=cast.zoe, at=at)
    grant_rights(product, cast.karim, ("view", "edit"), questionnaire="securite", by=cast.claire, at=at)
    with refused("Vous pouvez lire cette candidature, pas la remplir."):
        begin_candidature(trial, by=cast.karim, at=at)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    assert begun(trial, cast.karim, at).begun_by == cast.karim


def test_a_product_out_of_the_catalogue_applies_for_nothing(cast, at, trial):
    archive_product(trial.subject, by=cast.claire, at=at)
    trial.subject = Subject.objects.get(pk=trial.subject_id)
    with refused("Ce produit n'est pas, ou plus, dans votre catalogue : restaurez-le pour candidater."):
        begin_candidature(trial, by=cast.claire, at=at)


def test_a_procedure_without_steps_asks_for_no_candidature(cast, at, trial):
    other = enrolled(product_at("active", cast.claire, at, name="Autre"), SOCLES, cast.claire, at)
    with refused("Cette démarche ne demande pas de candidature.", status=409):
        begin_candidature(other, by=cast.claire, at=at)


def test_a_procedure_closed_since_says_why(cast, at, packs, tmp_path, trial):
    closed = PROCEDURE.replace('edition: "1"', 'edition: "2"').replace("milestones:", "closed_because: La saison est finie.\nmilestones:")
    publish_trial(tmp_path / "then", packs, at, closed)
    trial.procedure = f"{TRIAL}-2"
    trial.save()
    with refused("La saison est finie.", status=409):
        begin_candidature(trial, by=cast.claire, at=at)


def test_two_who_apply_at_once_begin_one(committed_db, cast, at, packs, tmp_path):
    publish_trial(tmp_path, packs, at)
    enrolment = enrolled_for_trial(cast.claire, at)
    outcomes = race(*[lambda: begin_candidature(enrolment, by=cast.claire, at=at)] * 4)
    assert sorted(kinds_of(outcomes)) == ["CandidatureBegun", "Refused", "Refused", "Refused"]


@pytest.mark.parametrize("number", ["abcdefghij", "ABCDEFGHI", "ABCDEFGHI1"])
def test_the_database_knows_what_a_number_is(cast, at, trial, number):
    with pytest.raises(IntegrityError, match="candidature_ten_capitals"):
        Candidature.objects.create(number=number, enrolment=trial, procedure=trial.procedure, begun_at=at, begun_by=cast.claire)
