"""What opens again after a request, how an answer reads, what differs from one submission to the next."""

from __future__ import annotations

import pytest

from convergence.candidatures.actions import Correction, request_changes, save_form, submit_step
from convergence.candidatures.forms import Asked, changed_keys, is_open, told_value
from convergence.candidatures.models import Submission
from convergence.content.schema import FormBlock, FormField
from tests.factories.candidatures import step_of, submitted, typed
from tests.refusals import refused

TEXT = FormField.model_validate({"code": "part", "kind": "text", "title": "Pièce"})
OTHER = FormField.model_validate({"code": "pilot", "kind": "text", "title": "Pilote"})
PLAIN = FormBlock.model_validate({"code": "who", "title": "Qui", "fields": [OTHER]})
REPEATED = FormBlock.model_validate({"code": "parts", "title": "Pièces", "repeats": 3, "fields": [TEXT]})


@pytest.mark.parametrize(
    ("asked", "before", "requested", "opens"),
    [
        (Asked("pilot", PLAIN, OTHER), {"pilot"}, {"pilot"}, True),
        (Asked("pilot", PLAIN, OTHER), {"pilot"}, {"email"}, False),
        (Asked("pilot", PLAIN, OTHER), {"email"}, {"email"}, True),  # a corrected answer makes it appear
        (Asked("part.2", REPEATED, TEXT, 2), {"part.1"}, {"part.1"}, True),  # one more entry of what was to be corrected
        (Asked("part.2", REPEATED, TEXT, 2), {"part.1"}, {"pilot"}, False),
        (Asked("part.1", REPEATED, TEXT, 1), {"pilot"}, {"pilot"}, True),  # the whole block has just appeared
    ],
)
def test_what_opens_again(asked, before, requested, opens):
    assert is_open(asked, frozenset(before), frozenset(requested)) is opens


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("yes_no", "no", "Non"),
        ("yes_no", "", ""),
        ("date", "2026-11-25", "25/11/2026"),
        ("date", "demain", "demain"),
        ("text", "Claire", "Claire"),
        ("choices", ["fixed", "gone"], "Fixes, gone"),
        ("choice", "fixed", "Fixes"),
    ],
)
def test_an_answer_reads_as_people_write_it(kind, value, told):
    choices = [{"code": "fixed", "title": "Fixes"}] if kind in ("choice", "choices") else []
    field = FormField.model_validate({"code": "one", "kind": kind, "title": "Un", "choices": choices})
    assert told_value(field, value, ()) == told


def test_what_differs_names_fields_and_slots():
    paper = {"slot": "BREVET", "sha256": "a"}
    assert changed_keys({"a": "1", "b": ""}, [paper], {"a": "1"}, [paper]) == frozenset()
    assert changed_keys({"a": "2"}, [{**paper, "sha256": "b"}], {"a": "1", "c": "x"}, [paper]) == {"a", "c", "BREVET"}
    assert changed_keys({}, [], {}, [paper]) == {"BREVET"}


def test_a_field_that_a_corrected_answer_calls_for_may_be_filled_in(cast, at, trial):
    """Otherwise the correction asked for could never be submitted."""
    candidature = submitted(trial, cast.claire, at)
    request_changes(step_of(candidature), [Correction("alone", "", "Vraiment ?")], by=cast.ines, at=at)
    again = step_of(candidature)
    save_form(again, typed(again, {"alone": "no", "copilot": "Karim"}), by=cast.claire, at=at)
    with refused("Seuls les champs dont l'agence", status=409):
        save_form(again, typed(again, {"part.1": "Aile"}), by=cast.claire, at=at)
    submit_step(again, by=cast.claire, at=at)
    assert Submission.objects.get(number=2).values["copilot"] == "Karim"
