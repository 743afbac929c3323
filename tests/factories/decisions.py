"""Candidatures that end with a decision, in a made-up procedure: a form, then what a reviewer proposes and a signatory decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from convergence.candidatures.actions import accept_step
from convergence.candidatures.models import Candidature, Step
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import library
from convergence.content.reading import ReadPiece
from convergence.decisions.actions import propose_decision
from foundation.accounts.actions import give_seat
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from tests.factories.candidatures import PROCEDURE as OTHER
from tests.factories.candidatures import publish_trial, step_of, submitted
from tests.factories.catalogue import enrolled
from tests.factories.packs import real_packs
from tests.factories.people import fresh, someone

JUDGED = "essai-de-jugement"

PROCEDURE = """\
code: essai-de-jugement
edition: "1"
title: Essai de jugement
origin: illustrative
track: dmn
summary: Juger.
presentation: Un jugement.
profiles_from: vol-1.0
steps:
  - {code: dossier, kind: form, form: vol-1, title: Dossier}
  - code: jugement
    kind: decision
    title: Jugement
    acts: agency
    after: [dossier]
    reasons: [{code: heavy, title: Trop lourd}, {code: noisy, title: Trop bruyant}]
    messages: {accepted: Vous volez., rejected: Vous ne volez pas.}
outcome: {kind: opinion, title: Droit de voler, appeal: "Écrivez à la **tour de contrôle** sous deux mois."}
"""


QUEUED = PROCEDURE.replace(
    "steps:\n  - {code: dossier, kind: form, form: vol-1, title: Dossier}",
    """queue: complete_candidature
clocks: [{code: place, title: Place gardée, length: 24, unit: elapsed_hours, starts: changes_requested, at_end: lose_place}]
steps:
  - {code: dossier, kind: form, form: vol-1, title: Dossier, target_days: 10}""",
)
"""The same, where a correction made within a day keeps its place, and the agency gives itself ten days to answer a form."""


@dataclass(frozen=True, slots=True)
class Judges:
    """Two who sign, and someone who holds both roles at once."""

    signatory: Person
    other: Person
    both: Person


def judges(at: datetime) -> Judges:
    from_agency = {login: someone(login, Role.SIGNATORY, None, at) for login in ("signataire-a", "signataire-b")}
    both = someone("double", Role.REVIEWER, None, at)
    give_seat(both, Role.SIGNATORY, None, by=SYSTEM, at=at)
    return Judges(from_agency["signataire-a"], from_agency["signataire-b"], fresh(both))


def judged_of(
    product: Subject, person: Person, at: datetime, packs: Sequence[ReadPiece] | None = None, procedure: str = PROCEDURE
) -> Enrolment:
    """A product enrolled in the procedure that judges, published now unless it already is."""
    found = Enrolment.objects.select_related("subject").filter(subject=product, code=JUDGED).first()
    if found is not None:
        return found
    if library().procedure(f"{JUDGED}-1") is None:
        with TemporaryDirectory() as folder:
            (Path(folder) / "procedures").mkdir()
            (Path(folder) / "procedures/vol.yaml").write_text(OTHER)
            publish_trial(Path(folder), packs or real_packs(), at, procedure)
    return enrolled(product, JUDGED, person, at)


def to_judge(enrolment: Enrolment, person: Person, reviewer: Person, at: datetime) -> Candidature:
    """Everything before the decision is accepted."""
    found = submitted(enrolment, person, at)
    accept_step(step_of(found), "", by=reviewer, at=at)
    return Candidature.objects.get(pk=found.pk)


def judgement(candidature: Candidature) -> Step:
    return step_of(candidature, "jugement")


def proposed(candidature: Candidature, reviewer: Person, at: datetime, outcome: str = "refused", *, over: int = 0) -> Step:
    """A proposal, to refuse unless said otherwise."""
    reasons = [] if outcome == "granted" else ["noisy", "heavy"]
    propose_decision(judgement(candidature), outcome, reasons, "Il s'entend de loin.", over=over, by=reviewer, at=at)
    return judgement(candidature)
