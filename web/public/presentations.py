"""What does each procedure ask, for whoever has no account yet? Drawn from the contents: dates and delays are written nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from convergence.content.library import library
from convergence.content.schema import Clock, Milestone, Origin, Procedure
from foundation.core.clock import now, today
from foundation.core.language import agreed, gettext_lazy, language
from foundation.help.queries import entries_of_procedure
from web.guard import Side, guarded
from web.public.caching import kept_by_caches

MOST_MILESTONES = 4
ENDS = {
    "reject": gettext_lazy("Demande rejetée"),
    "abandon": gettext_lazy("Demande considérée comme abandonnée"),
    "lose_place": gettext_lazy("Place dans la file perdue"),
    "warn": gettext_lazy("L’agence est prévenue"),
}


@dataclass(frozen=True, slots=True)
class Delay:
    """A delay of the procedure, as a row of the table."""

    title: str
    length: str
    end: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A milestone of one procedure: past, to come, or without a date yet."""

    title: str
    at: datetime | None
    is_past: bool
    procedure: Procedure


@guarded(Side.PUBLIC)
@kept_by_caches
def presented_procedures(request: HttpRequest) -> HttpResponse:
    """Every procedure, by track."""
    shelf = library()
    return render(
        request,
        "public/presentations/presented_procedures.html",
        {"tracks": [(track, shelf.procedures_of(track.code, today())) for track in shelf.tracks]},
    )


@guarded(Side.PUBLIC)
@kept_by_caches
def presented_procedure(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: what to prepare, its phases, milestones, delays, and what is often asked about it."""
    shelf = library()
    procedure = shelf.procedure_in_force(code, today())
    if procedure is None:
        raise Http404
    presentation = shelf.presentation_of(code)
    context = {
        "procedure": procedure,
        "presentation": presentation,
        "track": shelf.track(procedure.track),
        "door": shelf.procedure(procedure.opens_into) if procedure.opens_into else None,
        "milestones": _milestones(procedure, now()),
        "delays": [_delay(clock) for clock in procedure.clocks],
        "uses": [questionnaire for use in procedure.uses if (questionnaire := shelf.questionnaire(use.questionnaire))],
        "blocks": presentation.blocks if presentation else (),
        "lines": entries_of_procedure(code, language()),
    }
    return render(request, "public/presentations/presented_procedure.html", context)


def dated_milestones(procedures: Iterable[Procedure], at: datetime) -> list[Dated]:
    """The next dates of all the procedures, the nearest first. None where nothing is dated; what is made up for a demonstration is not announced."""
    told = [(procedure, one) for procedure in procedures for one in procedure.milestones if one.origin is not Origin.ILLUSTRATIVE]
    coming = [dated for procedure, one in told if (dated := _dated(procedure, one, at)).at is not None and not dated.is_past]
    return sorted(coming, key=lambda one: (one.at, one.title))[:MOST_MILESTONES]


def _milestones(procedure: Procedure, at: datetime) -> list[Dated]:
    return [_dated(procedure, one, at) for one in procedure.milestones]


def _dated(procedure: Procedure, one: Milestone, at: datetime) -> Dated:
    return Dated(str(one.title), one.at, one.at is not None and one.at <= at, procedure)


def _delay(clock: Clock) -> Delay:
    return Delay(str(clock.title), _length(clock), ENDS[clock.at_end])


def _length(clock: Clock) -> str:
    """« 60 jours calendaires », its number never left alone at the end of a line."""
    told = {
        "calendar_days": agreed(clock.length, "jour calendaire,jours calendaires"),
        "working_days": agreed(clock.length, "jour ouvré,jours ouvrés"),
        "elapsed_hours": agreed(clock.length, "heure,heures"),
        "months": agreed(clock.length, "mois,mois"),
    }[clock.unit]
    return told.replace(" ", "\u00a0", 1)
