"""Sixty days from the deposit of all the evidence, the time spent waiting for the company left out: as the sections really go."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from convergence.candidatures.actions import submit_section
from convergence.candidatures.clocks import Run
from convergence.candidatures.models import Candidature
from convergence.candidatures.queries import progress_of
from convergence.candidatures.watch import clocks_of, dues_under_way
from convergence.reviews.rules import CHANGES_ASKED
from tests.cast import Cast
from tests.factories import sections
from tests.factories.schedules import paris
from tests.factories.sections import accept_all, evidence, give_back, give_proof, hand_over, proofs_step, proving, say

CLOCKED = (
    "clocks:\n  - {code: certification, title: Délai de certification, length: 60, unit: calendar_days, starts: evidence_complete, "
    "pauses: [changes_requested], resumes: [resubmitted], at_end: warn, reminders_days: [7]}\nsteps:\n"
)


@pytest.fixture
def found(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Candidature:
    """The made-up procedure of evidence, its time counted."""
    monkeypatch.setattr(sections, "PROCEDURE", sections.PROCEDURE.replace("steps:\n", CLOCKED, 1))
    return proving(cast.claire, cast.ines, at, flags="clocks: [certification]")


def run_of(found: Candidature) -> Run | None:
    candidature = Candidature.objects.select_related("enrolment__subject__company").get(pk=found.pk)
    return next(iter(clocks_of(progress_of(candidature))), None)


def test_it_runs_once_all_is_there_stops_while_the_company_corrects_and_goes_on(cast: Cast, at: datetime, found: Candidature) -> None:
    codes = [section.code for section in evidence(found).sections]
    for code in codes[:-1]:
        hand_over(found, cast.claire, at, code)
    assert run_of(found) is None, "une partie des preuves n'est pas toutes les preuves"
    hand_over(found, cast.claire, at, codes[-1])
    run = run_of(found)
    assert run is not None
    assert (run.is_running, run.awaits, run.due_at) == (True, "agency", paris("2027-01-16 00:00"))

    asked_at = at + timedelta(days=10)
    say(found, "ILL-L 1", cast.ines, asked_at, outcome=CHANGES_ASKED, reason="unreadable", text="Trop sombre.")
    accept_all(found, cast.ines, asked_at)
    give_back(found, cast.ines, asked_at)
    run = run_of(found)
    assert run is not None
    assert (run.is_stopped, run.spent(at + timedelta(days=40)), run.due_at) == (True, 9, None)
    assert run.past[-1].because == "l'agence a demandé une modification"
    assert [due.code for due in dues_under_way() if due.kind == "clock"] == []

    answered_at = at + timedelta(days=20)
    give_proof(found, "ILL-L 1.1.1", cast.claire, answered_at)
    submit_section(proofs_step(found), "lights", by=cast.claire, at=answered_at)
    run = run_of(found)
    assert run is not None
    assert (run.is_running, run.past[-1].because) == (True, "l'entreprise a répondu à la demande")
    assert run.due_at == paris("2027-01-27 00:00"), "onze jours ne comptent pas : dix d'attente, et celui où elle a commencé"
