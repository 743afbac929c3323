"""A procedure whose time is counted, made up: a closing date, five working days to answer, thirty days after which nobody waits."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from convergence.candidatures.actions import Correction, request_changes
from convergence.candidatures.models import Candidature
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.core.clock import PARIS
from tests.factories.candidatures import publish_trial, step_of, submitted
from tests.factories.catalogue import enrolled
from tests.factories.packs import real_packs

TIMED = "essai-minute"

CLOSES, LONG_AFTER = "2026-12-14", "2045-12-14"

PROCEDURE = """\
code: essai-minute
edition: "1"
title: Essai minuté
origin: illustrative
track: dmn
summary: Essayer.
presentation: Un essai.
profiles_from: vol-1.0
milestones:
  - {code: closing, title: Fermeture du dépôt, at: "2026-12-14T14:00:00+01:00"}
clocks:
  - {code: complement, title: Réponse au complément, length: 5, unit: working_days, starts: changes_requested, pauses: [resubmitted], at_end: reject, reminders_days: [2, 1]}
  - {code: silence, title: Réponse sur la visite, length: 30, unit: calendar_days, starts: changes_requested, pauses: [resubmitted], at_end: abandon, reminders_days: [7]}
  - {code: examen, title: Délai d'examen, length: 60, unit: calendar_days, starts: step_submitted, pauses: [changes_requested], resumes: [resubmitted], at_end: warn, reminders_days: [7, 2, 1]}
steps:
  - {code: dossier, kind: form, form: vol-1, title: Dossier, closes: closing, clocks: [complement, examen]}
  - {code: visite, kind: form, form: vol-1, title: Visite, after: [dossier], clocks: [silence]}
outcome: {kind: opinion, title: Avis}
"""


def paris(text: str) -> datetime:
    """« 2026-11-25 14:00 » in Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def timed(product: Subject, person: Person, at: datetime, *, closes: str = CLOSES) -> Enrolment:
    """A product enrolled in the procedure whose time is counted, published now unless it already is.

    What is read by the real clock `closes` long after: no test may change its answer one fourteenth of December.
    """
    if library().procedure(f"{TIMED}-1") is None:
        with TemporaryDirectory() as folder:
            publish_trial(Path(folder), real_packs(), at, PROCEDURE.replace(CLOSES, closes))
    return enrolled(product, TIMED, person, at)


def to_correct(enrolment: Enrolment, company: Person, reviewer: Person, at: datetime, asked_at: datetime, step: str = "dossier") -> Candidature:  # fmt: skip
    """A candidature whose step was submitted, and of which a change was asked."""
    found = submitted(enrolment, company, at)
    request_changes(step_of(found, step), [Correction("pilot", "", "Qui ?")], by=reviewer, at=asked_at)
    return Candidature.objects.get(pk=found.pk)
