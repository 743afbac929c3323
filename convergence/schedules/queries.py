"""Which extensions were asked on a candidature, which documents will soon be no longer valid?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Candidature, Step
from convergence.content.library import library
from convergence.content.schema import Procedure
from convergence.evidence.models import Deposit
from convergence.evidence.workflow import IN_PLACE
from convergence.schedules.models import Extension
from convergence.schedules.rules import BEFORE_EXPIRY
from convergence.schedules.workflow import UNDER_WAY
from foundation.core.clock import PARIS
from foundation.core.rows import read_rows


def extensions_of(candidature: Candidature) -> list[Extension]:
    """What was asked, the latest first. One query."""
    asked = "WHERE step.candidature_id = %s ORDER BY thing.id DESC"
    return read_rows(Extension, asked, [candidature.pk], "step", "asked_by", "proposed_by", "settled_by")


_ALL_OF_IT = ("step__candidature__enrolment__subject__company", "asked_by", "proposed_by", "settled_by")


def extension_asked(key: int) -> Extension:
    """One request, as the agency reads it: of a draft too, of which nothing else is shown. Raises `Extension.DoesNotExist`."""
    return Extension.objects.select_related(*_ALL_OF_IT).get(pk=key)


@dataclass(frozen=True, slots=True)
class ExtensionLine:
    """A request of the list: of which candidature, which step, until when."""

    extension: Extension
    procedure: Procedure
    title: str
    closes_at: datetime | None


def line_of(extension: Extension) -> ExtensionLine:
    call = call_of(library(), extension.step)
    return ExtensionLine(extension, call.procedure, str(call.piece.title), call.closes_at)


def extensions_asked() -> list[ExtensionLine]:
    """Those the agency has not answered yet, the oldest first, then the last fifty answered. Two queries."""
    found = Extension.objects.select_related(*_ALL_OF_IT)
    waiting = list(found.filter(state__in=UNDER_WAY).order_by("asked_at", "pk"))
    answered = list(found.exclude(state__in=UNDER_WAY).order_by("-settled_at", "-pk")[:50])
    return [line_of(one) for one in (*waiting, *answered)]


def closing_step(candidature: Candidature, code: str) -> Step:
    """A step of this candidature that closes on a date. Raises `Step.DoesNotExist`."""
    step = candidature.steps.get(code=code)
    step.candidature = candidature
    if call_of(library(), step).closes_at is None:
        raise Step.DoesNotExist
    return step


def new_extension(step: Step, day: date, reason: str) -> Extension:
    """A request not made yet, for `ask_extension`: the day asked, at the hour at which the step closes."""
    return Extension(step=step, until=at_closing_hour(step, day), reason=reason)


def at_closing_hour(step: Step, day: date) -> datetime:
    """A day, at the hour in Paris at which the step closes."""
    closes_at = call_of(library(), step).closes_at
    assert closes_at is not None
    return datetime.combine(day, closes_at.astimezone(PARIS).time(), PARIS)


def expiring(today: date) -> list[Deposit]:
    """Evidence in place that will no longer be valid within a month."""
    soon = today + timedelta(days=max(BEFORE_EXPIRY))
    found = Deposit.objects.filter(state=IN_PLACE, expires_on__gte=today, expires_on__lte=soon)
    return list(found.select_related("folder__subject").order_by("pk"))
