"""The quorum, the counts, the outcome: read as tables. And the two workflows, crossed whole."""

from __future__ import annotations

import pytest

from convergence.boards.rules import (
    Counts,
    Reservation,
    as_kept,
    as_read,
    counted,
    counts_told,
    has_quorum,
    leaning,
    merged,
    reservation_about,
    result_of,
    results_open,
)
from convergence.boards.workflow import CASE, SESSION
from tests.crossing import as_read_aloud, unreachable

F, R, A, X = "favourable", "reserved", "abstains", "recused"


@pytest.mark.parametrize(
    ("positions", "counts", "present"),
    [
        ([], Counts(), 0),
        ([F], Counts(1), 1),
        ([F, R, A, X], Counts(1, 1, 1, 1), 3),
        ([X, X], Counts(recused=2), 0),
        ([A, A, F], Counts(1, 0, 2), 3),
    ],
)
def test_counts(positions, counts, present):
    assert counted(positions) == counts
    assert counts.present == present


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (Counts(), "0 avis donné pour un quorum de 2 : 0 favorable, 0 avec réserves, 0 abstention"),
        (Counts(2, 1, 2, 1), "5 avis donnés pour un quorum de 2 : 2 favorables, 1 avec réserves, 2 abstentions\u00a0; 1 membre déporté"),
        (Counts(recused=2), "0 avis donné pour un quorum de 2 : 0 favorable, 0 avec réserves, 0 abstention\u00a0; 2 membres déportés"),
    ],
)
def test_the_counts_in_words(counts, words):
    assert counts_told(counts, 2) == words


@pytest.mark.parametrize(
    ("positions", "quorum", "is_there"),
    [([], 1, False), ([F], 1, True), ([F], 2, False), ([F, A], 2, True), ([A, A], 2, True), ([F, X], 2, False), ([X, X, X], 1, False)],
)
def test_who_abstains_counts_for_the_quorum_and_who_is_recused_does_not(positions, quorum, is_there):
    assert has_quorum(counted(positions), quorum) is is_there


@pytest.mark.parametrize(
    ("positions", "majority", "unanimity"),
    [
        ([], "", ""),
        ([F], "", ""),
        ([F, F], "granted", "granted"),
        ([F, A], "granted", "granted"),
        ([R, A], "reservations", "reservations"),
        ([A, A], "", ""),
        ([F, R], "", "reservations"),
        ([F, F, R], "granted", "reservations"),
        ([F, R, R], "reservations", "reservations"),
        ([R, R], "reservations", "reservations"),
        ([F, X, X], "", ""),
        ([F, R, A, A], "", "reservations"),
        ([F, F, X], "granted", "granted"),
    ],
)
def test_what_the_opinions_come_to_with_a_quorum_of_two(positions, majority, unanimity):
    counts = counted(positions)
    assert (leaning(counts, 2, "majority"), leaning(counts, 2, "unanimity")) == (majority, unanimity)
    assert results_open(counts, 2, "majority") == ((majority, "postponed") if majority else ("postponed",))


@pytest.mark.parametrize(
    ("chosen", "may_redeposit", "result"),
    [
        ("granted", True, "granted"),
        ("granted", False, "granted"),
        ("reservations", True, "reservations"),
        ("reservations", False, "refused"),
        ("postponed", True, "postponed"),
        ("postponed", False, "postponed"),
    ],
)
def test_reservations_end_the_candidature_where_nothing_may_be_deposited_again(chosen, may_redeposit, result):
    assert result_of(chosen, may_redeposit=may_redeposit) == result


@pytest.mark.parametrize(
    ("about", "section", "requirement"),
    [("", "", ""), ("ins", "ins", ""), ("ins/INS 1", "ins", "INS 1"), ("ssi/SSI/GEN.18", "ssi", "SSI/GEN.18")],
)
def test_what_a_reservation_is_about(about, section, requirement):
    one = reservation_about(about, "why", "Parce que.")
    assert (one.section, one.requirement, one.about) == (section, requirement, about)
    assert as_read(as_kept([one])) == [one]
    assert not one.is_empty


def test_what_is_left_empty_is_nothing():
    assert Reservation("", "", "", "  ").is_empty


def test_each_reservation_once():
    one, other = Reservation("ins", "", "why", "Un."), Reservation("", "", "why", "Deux.")
    assert merged([[one, other], [one], []]) == [one, other]


def test_the_life_of_a_session_read_aloud():
    nothing = dict.fromkeys(SESSION.states)
    assert as_read_aloud(SESSION) == {
        "reschedule_session": nothing | {"scheduled": "scheduled"},
        "put_on_agenda": nothing | {"scheduled": "scheduled"},
        "cancel_session": nothing | {"scheduled": "cancelled"},
        "close_board_session": nothing | {"scheduled": "closed"},
    }
    assert unreachable(SESSION) == set()


def test_the_life_of_a_case_read_aloud():
    nothing = dict.fromkeys(CASE.states)
    assert as_read_aloud(CASE) == {
        "give_member_opinion": nothing | {"listed": "listed"},
        "take_off_agenda": nothing | {"listed": "taken_off"},
        "record_outcome": nothing | {"listed": "settled"},
    }
    assert unreachable(CASE) == set()
