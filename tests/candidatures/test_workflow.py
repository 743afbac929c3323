"""Where can a candidature and its steps stand? The tables, read aloud."""

from __future__ import annotations

from convergence.candidatures.workflow import AWAITED, CANDIDATURE, SECTION, STEP
from tests.crossing import as_read_aloud, unreachable


def only(**moves):
    return lambda states: {state: moves.get(state) for state in states}


def test_the_life_of_a_candidature_read_aloud():
    of = {
        "submit_step": only(draft="under_way", under_way="under_way"),
        "submit_section": only(under_way="under_way"),
        "discard_draft": only(draft="discarded"),
        "withdraw_candidature": only(under_way="withdrawn"),
        "request_changes": only(under_way="under_way"),
        "accept_step": only(under_way="under_way"),
        "accept_last_step": only(under_way="completed"),
        "reject_step": only(under_way="rejected"),
        "reject_lapsed": only(under_way="rejected"),
        "abandon_lapsed": only(under_way="abandoned"),
        "refuse_step": only(under_way="rejected"),
    }
    assert as_read_aloud(CANDIDATURE) == {verb: expected(CANDIDATURE.states) for verb, expected in of.items()}
    assert unreachable(CANDIDATURE) == set()
    assert CANDIDATURE.initial == "draft"


def test_the_life_of_a_step_read_aloud():
    of = {
        "open_step": only(locked="open"),
        "hand_to_agency": only(locked="submitted"),
        "save_form": only(open="open", changes_requested="changes_requested"),
        "submit_step": only(open="submitted", changes_requested="submitted"),
        "submit_section": only(open="open", changes_requested="changes_requested"),
        "complete_evidence": only(open="submitted", changes_requested="submitted"),
        "return_section": only(open="open", submitted="changes_requested", changes_requested="changes_requested"),
        "sign_agreement": only(open="submitted", changes_requested="submitted"),
        "send_back_agreement": only(submitted="changes_requested"),
        "accept_step": only(submitted="accepted"),
        "conclude_step": only(open="accepted", submitted="accepted"),
        "deposit_for_advice": only(open="submitted", submitted="submitted"),
        "send_opinion": only(open="open", submitted="open"),
        "request_changes": only(submitted="changes_requested"),
        "reject_step": only(submitted="rejected"),
        "lapse_step": only(open="lapsed", changes_requested="lapsed"),
        "extend_closing": only(open="open"),
        "refuse_step": only(submitted="rejected"),
        "reopen_evidence": only(accepted="changes_requested"),
        "await_evidence": only(submitted="locked"),
    }
    assert as_read_aloud(STEP) == {verb: expected(STEP.states) for verb, expected in of.items()}
    assert unreachable(STEP) == set()
    assert STEP.initial == "locked"


def test_the_life_of_a_section_read_aloud():
    of = {
        "submit_section": only(open="submitted", changes_requested="submitted"),
        "return_section": only(submitted="changes_requested"),
        "accept_section": only(submitted="accepted"),
        "reopen_section": only(submitted="changes_requested", accepted="changes_requested"),
    }
    assert as_read_aloud(SECTION) == {verb: expected(SECTION.states) for verb, expected in of.items()}
    assert unreachable(SECTION) == set()
    assert SECTION.initial == "open"


def test_whose_turn_it_is():
    assert AWAITED == {"open": "company", "changes_requested": "company", "submitted": "agency"}
