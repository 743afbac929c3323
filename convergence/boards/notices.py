"""Who is told of a session, or that a file is on an agenda? Members by mail, those who asked for copies; the company in its conversation."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string

from convergence.boards.events import CasePutOnAgenda, CaseTakenOff, OutcomeRecorded, SessionRescheduled, SessionScheduled
from convergence.boards.models import BoardSession
from convergence.boards.rules import POSTPONED
from convergence.candidatures.calls import call_of
from convergence.candidatures.conversations import tell
from convergence.candidatures.models import Step
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.accounts.rights import Right
from foundation.core.clock import told
from foundation.core.language import gettext as _
from foundation.core.language import spoken
from foundation.journal.models import Entry
from foundation.messaging.queries import copies_wanted
from foundation.notifications.mail import in_their_language, link_to, post_mail


def session_scheduled(event: SessionScheduled) -> None:
    _tell_members(event.session, f"session_scheduled:{event.session}")


def session_rescheduled(event: SessionRescheduled) -> None:
    _tell_members(event.session, f"session_rescheduled:{event.session}:{event.held_at}", is_moved=True)


def _tell_members(session: int, about: str, *, is_moved: bool = False) -> None:
    """The members of the board who asked for copies by mail of the steps taken, or of everything."""
    found = BoardSession.objects.get(pk=session)
    for choice in copies_wanted():
        if choice.person.agency_has(Right.SIT_ON_BOARD):
            _post(choice.person, found, about, is_moved)


@in_their_language
def _post(person: Person, session: BoardSession, about: str, is_moved: bool) -> None:
    words = {"to": person, "session": session, "is_moved": is_moved, "link": link_to("agency:board_session", session.pk)}
    text = render_to_string("mail/boards/session_told.txt", words)
    title = _("Séance du collège déplacée : {moment}") if is_moved else _("Séance du collège : {moment}")
    post_mail(person.email, title.format(moment=told(session.held_at)), text, about=about)


def tell_agenda(event: CasePutOnAgenda | CaseTakenOff) -> None:
    """« Inscrite à l'ordre du jour de la séance du … », and when it is no longer; nothing of a candidature that ended."""
    step = _step(event.step_key)
    if not step.candidature.is_alive:
        return
    with spoken("fr"):
        day = told(datetime.fromisoformat(event.held_at))
    if isinstance(event, CasePutOnAgenda):
        text = f"votre candidature est inscrite à l'ordre du jour de la séance du {day}."  # recorded as it is
    else:
        text = f"votre candidature n'est plus à l'ordre du jour de la séance du {day}. Elle sera inscrite à une autre."  # recorded as it is
    _say(step, text, f"{type(event).kind()}:{event.case}")


def tell_postponed(event: OutcomeRecorded) -> None:
    """The other outcomes move the step, and are told with it."""
    if event.result == POSTPONED:
        text = "l'examen de votre candidature est reporté à une prochaine séance."  # recorded as it is
        _say(_step(event.step_key), text, f"postponed:{event.case}")


def _step(key: int) -> Step:
    return Step.objects.select_related("candidature__enrolment__subject").get(pk=key)


def _say(step: Step, text: str, notice: str) -> None:
    """At the time the journal says, in this very transaction."""
    entry = Entry.objects.about("candidature", step.candidature_id).order_by("-position").first()
    assert entry is not None
    tell(step.candidature, f"{call_of(library(), step).piece.title.fr} : {text}", notice, at=entry.at)  # recorded as it is
