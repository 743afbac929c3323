"""Is a product identified and qualified well enough? Pure answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.catalogue.rules import (
    LONGEST_NAME,
    Asked,
    follows_naming_hint,
    is_same_version,
    name_of_copy,
    unanswered_questions,
    unknown_answers,
)

HOSTING = Asked("hosting", frozenset({"inside", "outside"}), required=True)
COUNTRY = Asked("country", frozenset({"france", "elsewhere"}), required=True)
NOTE = Asked("note", frozenset({"yes", "no"}), required=False)


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({}, ["hosting", "country"]),
        ({"hosting": "inside"}, ["country"]),
        ({"hosting": "", "country": "france"}, ["hosting"]),
        ({"country": "france", "hosting": "inside"}, []),
        ({"note": "yes"}, ["hosting", "country"]),
    ],
)
def test_required_questions_without_an_answer_are_missing_in_order(answers, missing):
    assert unanswered_questions([HOSTING, NOTE, COUNTRY], answers) == missing


def test_nothing_asked_is_fully_answered():
    assert unanswered_questions([], {}) == []
    assert unanswered_questions([NOTE], {}) == []


@pytest.mark.parametrize(
    ("answers", "unknown"),
    [
        ({}, []),
        ({"hosting": "inside", "note": "no"}, []),
        ({"hosting": "nowhere"}, ["hosting"]),
        ({"zone": "a", "hosting": "nowhere", "note": "no"}, ["hosting", "zone"]),
        ({"country": "inside"}, ["country"]),
    ],
)
def test_answers_that_are_not_among_the_choices_are_told_in_alphabetical_order(answers, unknown):
    assert unknown_answers([HOSTING, NOTE, COUNTRY], answers) == unknown


@given(st.dictionaries(st.sampled_from("abcd"), st.tuples(st.sampled_from("xyz"), st.booleans())))
def test_choices_taken_from_the_questions_are_always_known_and_complete(chosen):
    asked = [Asked(code, frozenset({choice, "other"}), required) for code, (choice, required) in chosen.items()]
    answers = {code: choice for code, (choice, _) in chosen.items()}
    assert unknown_answers(asked, answers) == []
    assert unanswered_questions(asked, answers) == []


@pytest.mark.parametrize(
    ("name", "follows"),
    [
        ("TéléSuivi Cardio [Site Web]", True),
        ("Agenda partagé de ville [Android] [Mobile]", True),
        ("Agenda [IOS]", True),
        ("Agenda [ios] [mobile]  ", True),
        ("Agenda", False),
        ("[Mobile] Agenda", False),
        ("Agenda [Windows]", False),
        ("", False),
    ],
)
def test_the_naming_hint_is_followed_when_the_name_ends_with_its_marks(name, follows):
    assert follows_naming_hint(name) is follows


@pytest.mark.parametrize(
    ("name", "taken", "copied"),
    [
        ("Agenda", [], "Agenda (copie)"),
        ("Agenda", ["Agenda"], "Agenda (copie)"),
        ("Agenda", ["Agenda (copie)"], "Agenda (copie 2)"),
        ("Agenda", ["Agenda (copie 2)"], "Agenda (copie)"),
        ("Agenda", ["Agenda (copie)", "Agenda (copie 2)"], "Agenda (copie 3)"),
        ("Agenda (copie)", ["Agenda (copie)"], "Agenda (copie) (copie)"),
        ("a" * 200, [], "a" * 192 + " (copie)"),
        ("a" * 200, ["a" * 192 + " (copie)"], "a" * 190 + " (copie 2)"),
        ("a" * 191 + " suite", [], "a" * 191 + " (copie)"),
    ],
)
def test_a_copy_takes_the_first_free_name_that_fits(name, taken, copied):
    assert name_of_copy(name, taken) == copied
    assert len(copied) <= LONGEST_NAME


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("3.2", "3.2", True),
        ("v3.2", "3.2", True),
        (" V3.2", "v3.2 ", True),
        ("3.2 LTS", "3.2  lts", True),
        ("3.2", "3.20", False),
        ("3.2", "", False),
        ("", "", True),
    ],
)
def test_two_versions_are_one_when_pages_show_them_alike(one, other, same):
    assert is_same_version(one, other) is is_same_version(other, one) is same
