"""Filling in a form: all or none, malformed or not, nothing lost, and whoever saves over someone else is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from convergence.candidatures.actions import Crossed, Typed, discard_draft, save_form
from convergence.candidatures.models import FieldValue, Step
from convergence.catalogue.actions import grant_rights
from tests.factories.candidatures import begun, fill_in, step_of, typed
from tests.refusals import refused, remembered


@pytest.fixture
def step(cast, at, trial):
    return step_of(begun(trial, cast.claire, at))


def stored(step):
    return {one.field: (one.value, one.version) for one in FieldValue.objects.filter(step=step)}


def test_what_was_typed_is_kept_malformed_or_not(cast, at, step):
    with remembered("candidatures.FormSaved"):
        save_form(step, typed(step, {"email": "pas une adresse", "wings": ["turning", "fixed"], "alone": ""}), by=cast.claire, at=at)
    assert stored(step) == {"email": ("pas une adresse", 1), "wings": (["fixed", "turning"], 1)}


def test_saving_the_same_again_is_nothing(cast, at, step):
    fill_in(step, cast.claire, at)
    with remembered():
        assert save_form(step, typed(step, {"pilot": "Claire"}), by=cast.claire, at=at) is None


def test_what_is_emptied_is_emptied(cast, at, step):
    fill_in(step, cast.claire, at)
    save_form(step, typed(step, {"pilot": "", "profiles": []}), by=cast.claire, at=at)
    assert (stored(step)["pilot"], stored(step)["profiles"]) == (("", 2), ([], 2))


def test_what_another_answer_has_hidden_is_left_as_it_was(cast, at, step):
    save_form(step, typed(step, {"alone": "no", "copilot": "Karim"}), by=cast.claire, at=at)
    save_form(step, typed(step, {"alone": "yes", "copilot": "Inès"}), by=cast.claire, at=at)
    assert stored(step)["copilot"] == ("Karim", 1)


@pytest.mark.parametrize(
    ("values", "words", "code"),
    [
        ({"state": "accepted"}, "Ce champ n'est pas dans le formulaire.", "refused"),
        ({"part.4": "Aile"}, "Ce champ n'est pas dans le formulaire.", "refused"),
        ({"licence": "brevet.pdf", "unknown": "x"}, "Ce champ n'est pas dans le formulaire.", "refused"),
        ({"pilot": "a" * 301}, "« Pilote » : ce texte est trop long", "too_long"),
        ({"wings": ["feathers"]}, "« Ailes » : ce texte est trop long, ou ce choix n'existe pas.", "too_long"),
    ],
)
def test_what_could_not_be_typed_on_the_page_is_refused_whole(cast, at, step, values, words, code):
    with refused(words, code=code, status=400):
        save_form(step, typed(step, {"email": "claire@demo.invalid"} | values), by=cast.claire, at=at)
    assert stored(step) == {}


def test_two_people_at_once_the_second_sees_both_and_nothing_is_lost(cast, at, trial, step):
    grant_rights(trial.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    before = typed(step, {"pilot": "Karim", "story": "La mienne"})
    save_form(step, typed(step, {"pilot": "Claire"}), by=cast.claire, at=at)
    with refused("Claire a modifié le formulaire", code="diverged", status=409) as caught:
        save_form(step, {"pilot": Typed(("Karim",), 0), "story": before["story"]}, by=cast.karim, at=at)
    assert isinstance(caught.value, Crossed)
    (crossing,) = caught.value.crossings
    assert (crossing.field, crossing.mine, crossing.theirs.value) == ("pilot", "Karim", "Claire")
    assert "story" not in stored(step)
    save_form(step, {"pilot": Typed(("Claire",), 0), "story": before["story"]}, by=cast.karim, at=at)  # the same text is no divergence
    assert stored(step) == {"pilot": ("Claire", 1), "story": ("La mienne", 1)}


def test_a_step_that_is_locked_or_a_draft_discarded_takes_nothing(cast, at, trial, step):
    locked = step_of(step.candidature, "visite")
    with refused("l'état est « Verrouillée »", code="wrong_state", status=409):
        save_form(locked, typed(locked, {"pilot": "Claire"}), by=cast.claire, at=at)
    discard_draft(step.candidature, by=cast.claire, at=at + timedelta(minutes=1))
    with refused("Cette candidature est brouillon supprimé : elle ne peut plus changer.", code="wrong_state", status=409):
        save_form(Step.objects.get(pk=step.pk), typed(step, {"pilot": "Claire"}), by=cast.claire, at=at)


def test_who_may_only_read_the_product_fills_in_nothing(cast, at, trial, step):
    grant_rights(trial.subject, cast.karim, ("view",), by=cast.claire, at=at)
    for person in (cast.karim, cast.zoe, cast.ines):
        with refused("Vous pouvez lire cette candidature, pas la remplir."):
            save_form(step, typed(step, {"pilot": "x"}), by=person, at=at)
