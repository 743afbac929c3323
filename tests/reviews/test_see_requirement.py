"""What is new to whom: what a reviewer has not had before their eyes since it changed, told requirement by requirement."""

from __future__ import annotations

import pytest

from convergence.candidatures.actions import submit_section
from convergence.candidatures.models import StepSection, Submission
from convergence.evidence.actions import archive_evidence
from convergence.reviews.actions import see_requirement
from convergence.reviews.examination import examination_of
from foundation.accounts.actions import declare_conflict
from tests.factories.sections import another_reviewer, give_back, give_proof, proofs_step, row, say, section
from tests.refusals import refused, remembered

FIRST = b"ILL-L 2.1.1"
"""What the proof held when the section was first handed over."""


def seen(candidature, requirement, person, at, number=1):
    return see_requirement(row(candidature).step, "lights", requirement, number, by=person, at=at)


def new_to(candidature, person, number=None):
    return [line.code for line in examination_of(row(candidature), number, person).lines if line.is_new]


def corrected(cast, at, candidature, content):
    """« ILL-L 2 » is sent back, its proof replaced, the section handed over again."""
    for one in ("ILL-L 1", "ILL-L 2"):
        line = examination_of(row(candidature)).line(one)
        if not line.is_closed(1):
            outcome = {"outcome": "changes_asked", "reason": "unreadable", "text": "Floue."} if one == "ILL-L 2" else {}
            say(candidature, one, cast.ines, at, **outcome)
    give_back(candidature, cast.ines, at)
    (old,) = [one for one in section(candidature).deposits if one.slot == "ILL-L 2.1.1" and one.is_in_place]
    archive_evidence(old, by=cast.claire, at=at)
    give_proof(candidature, "ILL-L 2.1.1", cast.claire, at, content=content, name="autre.txt")
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)


def test_seen_once_is_said_once(cast, at, candidature):
    with remembered("reviews.RequirementSeen"):
        seen(candidature, "ILL-L 1", cast.ines, at)
    with remembered():
        assert seen(candidature, "ILL-L 1", cast.ines, at) is None


def test_nothing_is_new_in_a_first_submission(cast, at, candidature):
    assert new_to(candidature, cast.ines) == []


def test_what_changed_is_new_until_it_is_seen_to_each_apart(cast, at, candidature):
    other = another_reviewer(at)
    corrected(cast, at, candidature, b"une")
    assert new_to(candidature, cast.ines) == new_to(candidature, other) == ["ILL-L 2"]
    seen(candidature, "ILL-L 2", cast.ines, at, 2)
    assert new_to(candidature, cast.ines) == []
    assert new_to(candidature, other) == ["ILL-L 2"]


def test_it_is_new_beside_what_one_saw_last_not_beside_the_submission_before(cast, at, candidature):
    """Inès follows each submission; a colleague saw the first, and comes back at the third: the proof is the first again."""
    other = another_reviewer(at)
    seen(candidature, "ILL-L 2", other, at, 1)
    corrected(cast, at, candidature, b"une")
    seen(candidature, "ILL-L 2", cast.ines, at, 2)
    corrected(cast, at, candidature, FIRST)
    assert new_to(candidature, cast.ines) == ["ILL-L 2"]
    assert new_to(candidature, other) == []


def test_an_older_submission_read_again_shows_nothing_as_new(cast, at, candidature):
    corrected(cast, at, candidature, b"une")
    seen(candidature, "ILL-L 2", cast.ines, at, 2)
    assert new_to(candidature, cast.ines, 1) == []


def test_only_who_examines_says_it_and_only_of_what_was_handed_over(cast, at, candidature):
    with refused("pas de l'examiner"):
        seen(candidature, "ILL-L 1", cast.hugo, at)
    with pytest.raises(StepSection.DoesNotExist):
        seen(candidature, "ILL-L 9", cast.ines, at)
    with pytest.raises(Submission.DoesNotExist):
        seen(candidature, "ILL-L 1", cast.ines, at, 2)
    declare_conflict(cast.ines, cast.aubepine, "Ancienne salariée.", by=cast.ines, at=at)
    with refused("Un lien avec cette entreprise"):
        seen(candidature, "ILL-L 1", cast.ines, at)
