"""What starts a clock, stops it, starts it again: the journal read through one table, the same story told twice gives the same days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.candidatures.clocks import NAMES, Fact, Run, facts_of, runs_of
from convergence.content.schema import CLOCK_EVENTS, Clock, Procedure
from foundation.core.clock import PARIS


def paris(text: str) -> datetime:
    """« 2026-11-25 14:00 » in Paris, as an aware moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


KINDS = {"dossier": "form", "preuves": "evidence", "decision": "decision"}


def clock(code: str, **changes: Any) -> Clock:
    told = {"title": code, "origin": "illustrative", "length": 60, "unit": "calendar_days", "starts": "evidence_complete", "at_end": "warn"}
    return Clock.model_validate({"code": code, **told, **changes})


CERTIFICATION = clock("certification", pauses=["changes_requested"], resumes=["resubmitted"])
COMPLEMENT = clock("complement", length=5, unit="working_days", starts="changes_requested", pauses=["resubmitted"], at_end="reject")


def procedure(*clocks: Clock, **carried: list[str]) -> Procedure:
    steps = [
        {"code": code, "kind": kind, "title": code, "origin": "illustrative", "clocks": carried.get(code, [])}
        for code, kind in KINDS.items()
    ]
    told = {
        "code": "essai",
        "edition": "1",
        "title": "Essai",
        "origin": "illustrative",
        "track": "dmn",
        "summary": "S",
        "presentation": "P",
    }
    return Procedure.model_validate(
        {**told, "clocks": list(clocks), "steps": steps, "outcome": {"kind": "opinion", "title": "Avis", "origin": "illustrative"}}
    )


PROCEDURE = procedure(
    CERTIFICATION, COMPLEMENT, dossier=["complement"], preuves=["certification", "complement"], decision=["certification"]
)
OPEN = {code: ("open", paris("2026-09-01 09:00")) for code in KINDS}


def story(*lines: tuple[str, str, str]) -> list[tuple[str, datetime, dict[str, Any]]]:
    """« StepSubmitted », « preuves », « 2026-09-21 09:12 »."""
    return [(kind.partition(" ")[0], paris(at), {"step": step, "result": kind.partition(" ")[2]}) for kind, step, at in lines]


def runs(*lines: tuple[str, str, str], states: dict[str, tuple[str, datetime]] | None = None, ended_at: datetime | None = None) -> dict[tuple[str, str], Run]:  # fmt: skip
    found = runs_of(PROCEDURE, facts_of(story(*lines), KINDS), {**OPEN, **(states or {})}, {"preuves": "agency"}, ended_at)
    return {(run.clock.code, run.step): run for run in found}


def test_the_table_names_every_event_of_the_content_and_no_other() -> None:
    told = {name for names in NAMES.values() for name in names({"result": "changes_requested"})[0]}
    assert told | {"resubmitted"} == set(CLOCK_EVENTS)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([("StepSubmitted", "dossier", "2026-09-01 10:00")], [{"step_submitted"}]),
        (
            [
                ("StepSubmitted", "dossier", "2026-09-01 10:00"),
                ("ChangesRequested", "dossier", "2026-09-02 10:00"),
                ("StepSubmitted", "dossier", "2026-09-03 10:00"),
            ],
            [{"step_submitted"}, {"changes_requested"}, {"step_submitted", "resubmitted"}],
        ),
        # what is asked at one step is not answered at another
        (
            [
                ("ChangesRequested", "preuves", "2026-09-02 10:00"),
                ("StepSubmitted", "dossier", "2026-09-03 10:00"),
            ],
            [{"changes_requested"}, {"step_submitted"}],
        ),
        # evidence is complete the first time alone
        (
            [
                ("EvidenceComplete", "preuves", "2026-09-01 10:00"),
                ("SectionGivenBack changes_requested", "preuves", "2026-09-02 10:00"),
                ("EvidenceComplete", "preuves", "2026-09-03 10:00"),
            ],
            [{"evidence_complete"}, {"changes_requested"}, {"resubmitted"}],
        ),
        # a section accepted, or an event of something else, moves nothing
        ([("SectionGivenBack accepted", "preuves", "2026-09-02 10:00"), ("FormSaved", "dossier", "2026-09-02 11:00")], []),
        ([("StepSubmitted", "preuves", "2026-09-01 10:00")], [{"step_submitted", "evidence_complete"}]),
    ],
)
def test_what_happened_under_the_names_of_the_content(lines: list[tuple[str, str, str]], names: list[set[str]]) -> None:
    assert [set(fact.names) for fact in facts_of(story(*lines), KINDS)] == names


def test_nothing_has_begun_before_its_event() -> None:
    assert runs(("StepSubmitted", "dossier", "2026-09-01 10:00")) == {}


def test_the_time_spent_waiting_for_the_company_does_not_count() -> None:
    lines = (
        ("EvidenceComplete", "preuves", "2026-09-21 09:12"),
        ("ChangesRequested", "preuves", "2026-10-05 10:00"),
    )
    run = runs(*lines)["certification", "preuves"]
    at = paris("2026-10-20 12:00")
    assert (run.spent(at), run.total, run.is_stopped, run.due_at) == (13, 60, True, None)
    assert [(one.is_running, one.because) for one in run.past] == [
        (True, "toutes les preuves sont déposées"),
        (False, "l'agence a demandé une modification"),
    ]
    again = runs(*lines, ("StepSubmitted", "preuves", "2026-10-21 08:00"))["certification", "preuves"]
    assert (again.is_stopped, again.spent(paris("2026-10-24 12:00"))) == (False, 15)
    assert again.due_at == paris("2026-12-08 00:00")
    assert again.past[-1].because == "l'entreprise a répondu à la demande"


def test_a_second_request_gives_the_whole_delay_again() -> None:
    lines = (
        ("StepSubmitted", "dossier", "2026-11-02 10:00"),
        ("ChangesRequested", "dossier", "2026-11-03 10:00"),
        ("StepSubmitted", "dossier", "2026-11-05 10:00"),
        ("ChangesRequested", "dossier", "2026-11-16 10:00"),
    )
    run = runs(*lines)["complement", "dossier"]
    assert [turn.does for turn in run.turns] == ["start"]
    assert run.due_at == paris("2026-11-24 00:00")
    assert run.is_passed(paris("2026-11-24 00:00"))
    assert not run.is_passed(paris("2026-11-23 23:59"))


def test_each_step_answers_for_itself_where_the_clock_begins_at_each() -> None:
    found = runs(
        ("ChangesRequested", "dossier", "2026-11-03 10:00"),
        ("ChangesRequested", "preuves", "2026-11-04 10:00"),
        ("StepSubmitted", "dossier", "2026-11-05 10:00"),
    )
    assert (found["complement", "dossier"].is_stopped, found["complement", "preuves"].is_running) == (True, True)


def test_a_clock_goes_on_at_the_steps_that_carry_it_and_ends_with_the_last() -> None:
    lines = (("EvidenceComplete", "preuves", "2026-09-21 09:12"),)
    settled = paris("2026-10-10 12:00")
    one = runs(*lines, states={"preuves": ("accepted", settled)})["certification", "preuves"]
    assert one.is_running
    both = {"preuves": ("accepted", settled), "decision": ("accepted", settled + timedelta(days=2))}
    done = runs(*lines, states=both)["certification", "preuves"]
    assert (done.is_over, done.due_at, done.spent(paris("2027-01-01 00:00"))) == (True, None, 20)
    ended = runs(*lines, ended_at=settled)["certification", "preuves"]
    assert (ended.over_at, ended.is_running, ended.is_stopped) == (settled, False, False)


def test_hours_are_counted_as_they_run() -> None:
    place = clock("place", length=24, unit="elapsed_hours", starts="changes_requested", pauses=["resubmitted"], at_end="lose_place")
    facts = facts_of(story(("ChangesRequested", "dossier", "2026-10-24 12:00")), KINDS)
    (run,) = runs_of(procedure(place, dossier=["place"]), facts, OPEN, {}, None)
    assert (run.total, run.spent(paris("2026-10-24 17:59")), run.due_at) == (24, 5, paris("2026-10-25 11:00"))
    assert run.spent(paris("2026-11-24 17:59")) == 24


MOMENT = datetime(2026, 9, 1, 8, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from(sorted(CLOCK_EVENTS))), max_size=25))
def test_turns_alternate_and_whole_days_never_exceed_the_delay(told: list[tuple[int, str]]) -> None:
    facts = [Fact(MOMENT + timedelta(hours=hours), "preuves", frozenset({name}), name) for hours, name in sorted(told)]
    for run in runs_of(PROCEDURE, facts, OPEN, {}, None):
        does = [turn.does for turn in run.turns]
        assert does[0] == "start"
        assert all((one == "pause") != (other == "pause") for one, other in pairwise(does))
        at = MOMENT + timedelta(hours=500)
        assert 0 <= run.spent(at) <= run.total
        assert run.is_stopped == (does[-1] == "pause")
        assert (run.due_at is None) == run.is_stopped
