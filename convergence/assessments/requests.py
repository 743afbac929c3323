"""What becomes of a request for validation? The same whether the answers or the targets of a questionnaire are asked about.

Written here for the actions that validate, ask, send back and withdraw, in this room and above it (decision 0014). They
all hold the subject: no two of them act on one questionnaire at once.
"""

from __future__ import annotations

from datetime import datetime

from convergence.assessments.models import Assessment, ValidationRequest
from convergence.assessments.workflow import ANSWERS, PENDING, SENT_BACK, TARGETS, VALIDATION_REQUEST
from convergence.catalogue.models import Enrolment
from foundation.accounts.models import Person
from foundation.core.clock import told
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import Refused

KEPT = {
    ANSWERS: gettext_lazy("Vos réponses sont enregistrées, et seront validées avec les autres."),
    TARGETS: gettext_lazy("Vos dates sont enregistrées, et seront validées avec les autres."),
}


def pending_request(assessment: Assessment, matter: str) -> ValidationRequest | None:
    """The request that waits, if any."""
    waiting = assessment.requests.filter(matter=matter, state=PENDING)
    return waiting.select_related("requested_by", "assessment__subject").first()


def waiting_request(assessment: Assessment, matter: str) -> ValidationRequest:
    """The request that waits, or a refusal: someone settled it meanwhile."""
    request = pending_request(assessment, matter)
    if request is None:
        raise Refused(
            _("Aucune demande de validation n'est en attente : elle a été validée, renvoyée ou retirée. Rechargez la page."),
            code="wrong_state",
            status=409,
        )
    return request


def refuse_second_request(assessment: Assessment, matter: str, by: Person) -> None:
    """One request waits at a time."""
    pending = pending_request(assessment, matter)
    if pending is not None:
        asked = (
            _("Vous avez déjà demandé la validation le {at} : elle attend d'être validée.")
            if pending.requested_by_id == by.pk
            else _("{name} a déjà demandé la validation le {at} : elle attend d'être validée.")
        ).format(name=pending.requested_by.name, at=told(pending.requested_at))
        raise Refused(f"{asked} {KEPT[matter]}", code="duplicate", status=409)


def write_request(assessment: Assessment, matter: str, enrolment: Enrolment, *, by: Person, at: datetime) -> ValidationRequest:
    """Ask, after whatever was sent back before."""
    _follow(assessment, matter, at)
    return ValidationRequest.objects.create(assessment=assessment, matter=matter, enrolment=enrolment, requested_at=at, requested_by=by)


def settle_request(request: ValidationRequest, verb: str, *, by: Person, at: datetime, reason: str = "") -> None:
    request.state = VALIDATION_REQUEST.after(verb, request.state)
    request.settled_at, request.settled_by, request.reason = at, by, reason
    request.save(update_fields=["state", "settled_at", "settled_by", "reason"])


def close_requests(assessment: Assessment, matter: str, pending: ValidationRequest | None, verb: str, *, by: Person, at: datetime) -> None:  # fmt: skip
    """A validation settles the request that waits, and ends what an earlier one was sent back for."""
    if pending is not None:
        settle_request(pending, verb, by=by, at=at)
    _follow(assessment, matter, at)


def _follow(assessment: Assessment, matter: str, at: datetime) -> None:
    assessment.requests.filter(matter=matter, state=SENT_BACK, followed_at=None).update(followed_at=at)
