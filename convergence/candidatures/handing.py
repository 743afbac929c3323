"""What is handed over is frozen, and given a receipt. Called within an action, of a step that the action has locked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from convergence.candidatures.calls import Call
from convergence.candidatures.deadlines import is_late
from convergence.candidatures.models import Step, Submission
from convergence.candidatures.workflow import OPEN
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.core.clock import PARIS, told
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.journal.chain import canonical

LONGEST_TEXT = 2000


def freeze(
    step: Step, section: str, values: Mapping[str, Any], documents: Sequence[Mapping[str, Any]], by: Person, at: datetime
) -> Submission:
    """A form, or a section of evidence, as it is now: never changed. Its digest is of what it says and of the hashes of its files."""
    kept = {"number": step.candidature.number, "step": step.code, "values": values, "documents": documents}
    return Submission.objects.create(
        step=step,
        section=section,
        number=step.submissions.filter(section=section).count() + 1,
        receipt=_receipt(at),
        release=library().number,
        values=values,
        documents=documents,
        digest=sha256(canonical(kept | ({"section": section} if section else {})).encode()).hexdigest(),
        submitted_at=at,
        submitted_by=by,
        submitted_by_name=by.name,
    )


def _receipt(at: datetime) -> str:
    """« R-20261105-7QK2M9 »: the day in Paris, and six characters nobody confuses with others."""
    letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    return f"R-{at.astimezone(PARIS):%Y%m%d}-{''.join(secrets.choice(letters) for _rank in range(6))}"


def latest_of(step: Step) -> Submission:
    """The form handed over last, of a step where one was."""
    latest = step.submissions.order_by("-number").first()
    assert latest is not None
    return latest


def refuse_late(call: Call, step: Step, at: datetime) -> None:
    """From the closing date on, nothing is handed over for the first time; what was sent back may still be corrected."""
    if step.state == OPEN and is_late(at, call.closes_at):
        assert call.closing is not None
        assert call.closes_at is not None
        raise Refused(
            _(
                "{milestone} : c'était le {closed_at} (heure de Paris). Cette étape ne peut plus être soumise. Votre brouillon est gardé ; écrivez à l'agence si un incident vous a empêché de le soumettre à temps."
            ).format(milestone=call.closing.title, closed_at=told(call.closes_at)),
            code="late",
            status=409,
        )


def refuse_past_last_correction(call: Call, at: datetime) -> None:
    """From the last milestone on, no evidence is handed over, even what the agency sent back."""
    last = call.last_correction
    if last is not None and is_late(at, last.at):
        assert last.at is not None
        raise Refused(
            _(
                "{milestone} : c'était le {closed_at} (heure de Paris). Plus aucune preuve ne peut être soumise, même à la demande de l'agence. Ce que vous avez déposé est gardé."
            ).format(milestone=last.title, closed_at=told(last.at)),
            code="late",
            status=409,
        )


def refuse_late_profile(call: Call, chosen: Iterable[str], at: datetime) -> None:
    """A profile that was not held is not added once its milestone has passed."""
    for profile, milestone in call.added_too_late(chosen, at):
        assert milestone.at is not None
        raise Refused(
            _(
                "Le profil « {profile} » ne peut plus être ajouté : {milestone}, c'était le {closed_at} (heure de Paris). Retirez-le de vos choix."
            ).format(profile=profile.title, milestone=milestone.title, closed_at=told(milestone.at)),
            code="late",
            status=409,
        )
