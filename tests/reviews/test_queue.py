"""The order that is the same for all: arrival of what is complete, places kept or lost, whose turn, what is late, who has what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from convergence.candidatures.actions import Correction, accept_step, request_changes, save_form, submit_step, withdraw_candidature
from convergence.reviews.actions import take_candidature
from convergence.reviews.models import Place
from convergence.reviews.places import fill_places
from convergence.reviews.queue import TABS, loads, queue_counts, queue_of
from foundation.accounts.actions import declare_conflict
from tests.factories import sections
from tests.factories.candidatures import begun, fill_in, give_document, step_of, typed
from tests.factories.catalogue import product_at
from tests.factories.decisions import PROCEDURE, QUEUED, judged_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def arrive(cast, at, packs):
    """`arrive(hours)` is a candidature handed over so long after the beginning."""

    def handed_over(hours, procedure=QUEUED):
        enrolment = judged_of(product_at("active", cast.claire, at), cast.claire, at, packs, procedure)
        candidature = begun(enrolment, cast.claire, at)
        give_document(fill_in(step_of(candidature), cast.claire, at), "BREVET", cast.claire, at, content=str(hours).encode())
        submit_step(step_of(candidature), by=cast.claire, at=at + hours * HOUR)
        candidature.refresh_from_db()
        return candidature

    return handed_over


def corrected(cast, candidature, asked, answered):
    request_changes(step_of(candidature), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=asked)
    step = step_of(candidature)
    save_form(step, typed(step, {"pilot": f"Claire, {answered}"}), by=cast.claire, at=answered)
    submit_step(step_of(candidature), by=cast.claire, at=answered)


def numbers(cast, tab, at, **options):
    return [line.number for line in queue_of(cast.ines, tab, at, limit=50, **options)[0]]


def ranks(cast, at, tab="agency"):
    return {line.number: line.rank for line in queue_of(cast.ines, tab, at, limit=50)[0]}


def test_the_first_to_arrive_is_the_first_whatever_the_order_they_were_begun(cast, at, arrive):
    late, early = arrive(5), arrive(2)
    assert numbers(cast, "agency", at + DAY) == [early.number, late.number]
    assert ranks(cast, at + DAY) == {early.number: 1, late.number: 2}


@pytest.mark.parametrize(("waited", "keeps"), [(23, True), (24, True), (24.01, False)])
def test_a_correction_within_the_day_keeps_its_place(cast, at, arrive, waited, keeps):
    first, second = arrive(1), arrive(3)
    corrected(cast, first, at + 4 * HOUR, at + 4 * HOUR + waited * HOUR)
    expected = [first, second] if keeps else [second, first]
    assert numbers(cast, "agency", at + 9 * DAY) == [one.number for one in expected]


def test_a_place_lost_is_lost_until_it_ends_but_kept_from_then_on(cast, at, arrive):
    first, second = arrive(1), arrive(40)
    corrected(cast, first, at + 4 * HOUR, at + 30 * HOUR)  # lost: it arrives at 30
    corrected(cast, first, at + 41 * HOUR, at + 42 * HOUR)  # answered within the day: still at 30
    assert numbers(cast, "agency", at + 9 * DAY) == [first.number, second.number]


def test_an_installation_older_than_the_table_is_placed_once(cast, at, arrive):
    """What places a candidature afterwards does not wait for this: it is written again at each event."""
    first, second = arrive(1), arrive(3)
    Place.objects.filter(candidature=first).delete()
    assert numbers(cast, "agency", at + DAY) == [second.number]
    assert fill_places() == 1
    assert numbers(cast, "agency", at + DAY) == [first.number, second.number]
    assert fill_places() == 0


def test_without_a_rule_a_correction_takes_a_new_place(cast, at, arrive):
    first, second = arrive(1, PROCEDURE), arrive(3, PROCEDURE)
    corrected(cast, first, at + 4 * HOUR, at + 5 * HOUR)
    assert numbers(cast, "agency", at + DAY) == [second.number, first.number]


def test_whose_turn_it_is_and_what_ended(cast, at, arrive):
    ours, theirs, gone, granted = arrive(1), arrive(2), arrive(3), arrive(4)
    request_changes(step_of(theirs), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=at + 4 * HOUR)
    withdraw_candidature(gone, "Trop tôt.", by=cast.claire, at=at + 5 * HOUR)
    accept_step(step_of(granted), "", by=cast.ines, at=at + 5 * HOUR)  # the decision is the agency's too
    assert numbers(cast, "agency", at + DAY) == [ours.number, granted.number]
    assert numbers(cast, "company", at + DAY) == [theirs.number]
    assert numbers(cast, "ended", at + DAY) == [gone.number]
    assert queue_counts(cast.ines, at + DAY) == {"mine": 0, "free": 2, "agency": 2, "company": 1, "late": 0, "ended": 1}
    assert queue_counts(cast.ines, at + DAY, most=1) == {"mine": 0, "free": 2, "agency": 2, "company": 1, "late": 0, "ended": 1}
    assert queue_counts(cast.ines, at + DAY, most=0) == {"mine": 0, "free": 1, "agency": 1, "company": 1, "late": 0, "ended": 1}


def test_a_draft_is_not_in_the_queue(cast, at, packs):
    begun(judged_of(product_at("active", cast.claire, at), cast.claire, at, packs), cast.claire, at)
    assert sum(queue_counts(cast.ines, at).values()) == 0
    assert [queue_of(cast.ines, tab, at, limit=5) for tab in TABS] == [([], 0)] * len(TABS)


def test_late_from_the_midnight_in_paris_that_ends_the_last_day(cast, at, arrive):
    """Handed over on the 16th of November: the ten whole days end with the 26th."""
    found = arrive(0)
    last = at.replace(day=26, hour=22, minute=59, second=59)
    assert numbers(cast, "late", last) == []
    assert numbers(cast, "late", last + timedelta(seconds=1)) == [found.number]
    (line,), _ = queue_of(cast.ines, "late", last, limit=5) if numbers(cast, "late", last) else queue_of(cast.ines, "agency", last, limit=5)
    assert not line.is_late(last)
    assert line.is_late(last + timedelta(seconds=1))
    request_changes(step_of(found), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=last)
    assert numbers(cast, "late", last + DAY) == []  # it is the company's turn


def test_what_is_mine_is_no_longer_free_and_keeps_its_rank(cast, at, arrive):
    first, second = arrive(1), arrive(2)
    take_candidature(second, by=cast.ines, at=at + 3 * HOUR)
    assert numbers(cast, "mine", at + DAY) == [second.number]
    assert numbers(cast, "free", at + DAY) == [first.number]
    assert ranks(cast, at + DAY, "mine") == {second.number: 2}
    (load,) = loads()
    assert (load.person, load.ours, load.theirs) == (cast.ines, 1, 0)
    corrected_at = at + 4 * HOUR
    request_changes(step_of(second), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=corrected_at)
    assert [(one.ours, one.theirs) for one in loads()] == [(0, 1)]


def test_a_section_handed_over_has_its_place_while_the_others_are_still_deposited(cast, at, packs):
    found = []
    for hours in (3, 1):
        enrolment = sections.proving_of(product_at("active", cast.claire, at), cast.claire, at)
        candidature = sections.opened(enrolment, cast.claire, cast.ines, at)
        sections.fill_section(candidature, cast.claire, at)
        found.append((candidature, hours))
    assert numbers(cast, "agency", at + DAY) == []
    for candidature, hours in found:
        sections.hand_over(candidature, cast.claire, at + hours * HOUR)
    assert numbers(cast, "agency", at + DAY) == [found[1][0].number, found[0][0].number]
    assert numbers(cast, "company", at + DAY) == []
    assert [line.arrived_at for line in queue_of(cast.ines, "agency", at + DAY, limit=5)[0]] == [at + HOUR, at + 3 * HOUR]


def test_words_and_procedure_narrow_it(cast, at, arrive):
    found = arrive(1)
    assert numbers(cast, "agency", at, words=found.number.lower()) == [found.number]
    assert numbers(cast, "agency", at, words="aubépine jamais") == []
    assert numbers(cast, "agency", at, procedure="essai-de-jugement") == [found.number]
    assert numbers(cast, "agency", at, procedure="essai-de-vol") == []


def test_whoever_is_linked_to_the_company_sees_that_they_are(cast, at, arrive):
    arrive(1)
    declare_conflict(cast.ines, cast.aubepine, "Ancienne salariée.", by=cast.ines, at=at)
    assert [line.is_recused for line in queue_of(cast.ines, "free", at, limit=5)[0]] == [True]
    assert [line.is_recused for line in queue_of(cast.hugo, "free", at, limit=5)[0]] == [False]


@pytest.mark.parametrize("tab", TABS)
def test_each_list_is_one_query(cast, at, arrive, tab, django_assert_num_queries):
    for hours in (1, 2, 3):
        arrive(hours)
    with django_assert_num_queries(1):
        queue_of(cast.ines, tab, at, limit=2)
    with django_assert_num_queries(1):
        queue_counts(cast.ines, at)
