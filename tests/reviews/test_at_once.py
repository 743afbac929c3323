"""What when two people act at the same moment, for real? One after the other, nothing lost, nothing said twice."""

from __future__ import annotations

import pytest

from convergence.candidatures.actions import submit_section
from convergence.reviews.actions import VerdictCrossed
from convergence.reviews.models import RequirementVerdict
from foundation.journal.models import Entry
from tests.factories.sections import another_reviewer, fill_section, give_back, give_proof, hand_over, proofs_step, proving, row, say
from tests.race import race

pytestmark = pytest.mark.slow  # several connections, really committing


@pytest.fixture
def candidature(committed_db, cast, at):
    return proving(cast.claire, cast.ines, at)


def test_two_reviewers_of_one_requirement_one_is_kept_and_the_other_is_shown_it(cast, at, candidature):
    hand_over(candidature, cast.claire, at)
    second = another_reviewer(at)
    outcomes = race(
        lambda: say(candidature, "ILL-L 1", cast.ines, at, note="Première."),
        lambda: say(candidature, "ILL-L 1", second, at, note="Seconde."),
    )
    (crossed,) = [one for one in outcomes if one is not None]
    assert isinstance(crossed, VerdictCrossed)
    kept = RequirementVerdict.objects.get()
    assert (crossed.theirs.note, kept.version) == (kept.note, 1)


def test_two_reviewers_of_two_requirements_do_not_wait_for_each_other_for_ever(cast, at, candidature):
    hand_over(candidature, cast.claire, at)
    second = another_reviewer(at)
    outcomes = race(lambda: say(candidature, "ILL-L 1", cast.ines, at), lambda: say(candidature, "ILL-L 2", second, at))
    assert outcomes == [None, None]
    assert RequirementVerdict.objects.count() == 2


def test_the_last_two_sections_at_once_complete_the_evidence_once(cast, at, candidature):
    for code in ("lights", "engine"):
        fill_section(candidature, cast.claire, at, code)
    outcomes = race(
        *(lambda code=code: submit_section(proofs_step(candidature), code, by=cast.claire, at=at) for code in ("lights", "engine"))
    )
    assert sorted(one.completes for one in outcomes) == [False, True]
    assert Entry.objects.filter(kind="candidatures.EvidenceComplete").count() == 1
    assert proofs_step(candidature).state == "submitted"


def test_a_section_submitted_twice_at_once_is_submitted_once(cast, at, candidature):
    fill_section(candidature, cast.claire, at)
    outcomes = race(*(lambda: submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at) for _ in range(2)))
    assert sorted(getattr(one, "code", "done") for one in outcomes) == ["done", "wrong_state"]
    assert proofs_step(candidature).submissions.count() == 1


def test_a_late_verdict_and_a_correction_take_their_rows_in_one_order(cast, at, candidature):
    hand_over(candidature, cast.claire, at)
    say(candidature, "ILL-L 1", cast.ines, at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.")
    give_back(candidature, cast.ines, at)
    give_proof(candidature, "ILL-L 2.1.1", cast.claire, at, content=b"nette")
    outcomes = race(
        lambda: submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at),
        lambda: say(candidature, "ILL-L 2", cast.ines, at),
    )
    assert row(candidature).state == "submitted"
    assert outcomes[1] is None or outcomes[1].code == "wrong_state"  # whoever came first; never a deadlock
