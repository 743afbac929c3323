"""When does the board meet, and what does it make of each file? Sessions, one agenda, one file with its opinions, the minutes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.boards import actions
from convergence.boards.actions import LONGEST_PLACE, LONGEST_TEXT, OpinionCrossed, opinions_told
from convergence.boards.papers import minutes_file_name, minutes_of
from convergence.boards.permissions import (
    can_close_board_session,
    can_give_member_opinion,
    can_put_on_agenda,
    can_record_outcome,
    can_schedule_session,
    can_take_off_agenda,
)
from convergence.boards.queries import (
    agenda_of,
    board_step,
    case_file,
    files_awaiting,
    files_of_step,
    new_session,
    reservations_told,
    sections_examined,
    session_of,
    sessions_past,
    sessions_to_come,
    step_awaiting,
)
from convergence.boards.rules import (
    CHOICE_WORDS,
    MOST_RESERVATIONS,
    POSITION_WORDS,
    RESERVATIONS,
    RESULT_WORDS,
    Reservation,
    reservation_about,
)
from convergence.candidatures.calls import call_of
from convergence.candidatures.queries import candidature_handed_over, lines_of
from convergence.content.library import library
from foundation.accounts.rights import Right
from foundation.core.clock import PARIS, now, told
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.company.dashboard import page_of
from web.company.results import file_answer
from web.forms import typed_moment, typed_number, typed_version
from web.guard import AgencyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.boards.models import MemberOpinion
    from convergence.boards.queries import CaseFile
    from foundation.accounts.models import Person

PER_PAGE = 20
MOST_PROPOSED = 5


# — Sessions ——————————————————————————————————————————————————————————————————————————————


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def board_sessions(request: AgencyRequest) -> HttpResponse:
    """« Séances du collège »: those to come, then those that were held."""
    context = {
        "to_come": sessions_to_come(),
        "page": page_of(sessions_past, request.GET.get("page"), PER_PAGE),
        "awaiting": len(files_awaiting()),
        "may_schedule": bool(can_schedule_session(request.user, new_session(now(), ""))),
        "at": now(),
    }
    return render(request, "agency/boards/board_sessions.html", context)


@dataclass(frozen=True, slots=True)
class Meeting:
    """The day, the time and the place of a session, as they were typed."""

    day: str
    time: str
    place: str

    @property
    def held_at(self) -> datetime:
        return typed_moment(self.day, self.time)


def _meeting(request: AgencyRequest) -> Meeting:
    posted = request.POST
    return Meeting(str(posted.get("day", "")).strip(), str(posted.get("time", "")).strip(), str(posted.get("place", "")))


@guarded(Side.AGENCY, "GET", "POST", right=Right.PREPARE_BOARD)
def schedule_session(request: AgencyRequest) -> HttpResponse:
    """« Convoquer une séance »."""
    typed, refused = Meeting("", "", ""), None
    if request.method == "POST":
        typed = _meeting(request)
        try:
            event = actions.schedule_session(new_session(typed.held_at, typed.place), by=request.user, at=now())
        except Refused as refusal:
            refused = refusal
        else:
            messages.success(request, _("La séance est convoquée. Inscrivez maintenant les dossiers à son ordre du jour."))
            return redirect("agency:board_session", event.session)
    context = {"typed": typed, "refused": refused, "longest": LONGEST_PLACE, "session": None}
    return render(request, "agency/boards/schedule_session.html", context, status=refused.status if refused else 200)


@guarded(Side.AGENCY, "GET", "POST", right=Right.PREPARE_BOARD)
def reschedule_session(request: AgencyRequest, number: int) -> HttpResponse:
    """Another day, another place; its agenda goes with it."""
    session, refused = session_of(number), None
    here = session.held_at.astimezone(PARIS)
    typed = Meeting(f"{here:%Y-%m-%d}", f"{here:%H:%M}", session.place)
    if request.method == "POST":
        typed = _meeting(request)
        try:
            actions.reschedule_session(session, typed.held_at, typed.place, by=request.user, at=now())
        except Refused as refusal:
            refused = refusal
        else:
            messages.success(request, _("La séance est enregistrée. Son ordre du jour la suit."))
            return redirect("agency:board_session", number)
    context = {"typed": typed, "refused": refused, "longest": LONGEST_PLACE, "session": session}
    return render(request, "agency/boards/schedule_session.html", context, status=refused.status if refused else 200)


@guarded(Side.AGENCY, "POST", right=Right.PREPARE_BOARD)
def cancel_session(request: AgencyRequest, number: int) -> HttpResponse:
    """Only one that has no file."""
    actions.cancel_session(session_of(number), by=request.user, at=now())
    messages.success(request, _("La séance est annulée."))
    return redirect("agency:board_sessions")


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def board_session(request: AgencyRequest, number: int) -> HttpResponse:
    """The agenda, each file with what is thought of it; what awaits a session beside, for whoever prepares it."""
    session = session_of(number)
    files = agenda_of(session)
    may_prepare = session.is_scheduled and bool(can_schedule_session(request.user, session))
    sits = request.user.agency_has(Right.SIT_ON_BOARD)
    context = {
        "session": session,
        "at": now(),
        "has_begun": session.has_begun(now()),
        "files": [(one, _mine(one, request.user) if sits else "", sits and _is_awaited(one, request.user)) for one in files],
        "to_say": sum(1 for one in files if sits and _is_awaited(one, request.user)),
        "waiting": sum(1 for one in files if one.case.is_listed),
        "awaiting": files_awaiting() if may_prepare else [],
        "may_prepare": may_prepare,
        "may_close": session.is_scheduled and bool(can_close_board_session(request.user, session)),
        "results": RESULT_WORDS,
    }
    return render(request, "agency/boards/board_session.html", context)


def _mine(file: CaseFile, person: Person) -> str:
    """Where one's own opinion on a file stands."""
    if file.is_linked(person.pk):
        return _("Vous êtes déporté")
    held = file.opinion_of(person)
    if held is not None:
        return _("Votre avis : {word}").format(word=held.word.lower())
    return _("Votre avis est attendu") if _is_awaited(file, person) else ""


def _is_awaited(file: CaseFile, person: Person) -> bool:
    """Whether a member is still to say what they think of a file."""
    return file.case.is_listed and not file.is_linked(person.pk) and file.opinion_of(person) is None


@guarded(Side.AGENCY, "GET", "POST", right=Right.RECORD_BOARD)
def close_board_session(request: AgencyRequest, number: int) -> HttpResponse:
    """What was recorded, read once more; then the session is closed, and its minutes are ready."""
    session, refused = session_of(number), None
    remarks = str(request.POST.get("remarks", ""))
    if request.method == "POST":
        try:
            actions.close_board_session(session, remarks, by=request.user, at=now())
        except Refused as refusal:
            refused, session = refusal, session_of(number)
        else:
            messages.success(request, _("La séance est close. Son procès-verbal est prêt."))
            return redirect("agency:board_session", number)
    context = {
        "session": session,
        "files": agenda_of(session),
        "remarks": remarks,
        "refused": refused,
        "longest": LONGEST_TEXT,
    }
    return render(request, "agency/boards/close_board_session.html", context, status=refused.status if refused else 200)


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def session_minutes(request: AgencyRequest, number: int) -> HttpResponse:
    """The minutes on paper, once the session is closed."""
    session = session_of(number)
    if not session.is_closed:
        raise Refused(_("Le procès-verbal se lit une fois la séance close."), code="wrong_state", status=409)
    return file_answer(minutes_of(session), "application/pdf", minutes_file_name(session))


# — Its agenda ————————————————————————————————————————————————————————————————————————————


@guarded(Side.AGENCY, "POST", right=Right.PREPARE_BOARD)
def put_on_agenda(request: AgencyRequest, number: int) -> HttpResponse:
    """« Inscrire »: from the session, or from the candidature."""
    session = session_of(number)
    key = typed_number(request.POST.get("step", ""), 15)
    if key is None:
        raise Refused(_("Choisissez un dossier dans la liste."), status=400)
    event = actions.put_on_agenda(step_awaiting(key), session.pk, by=request.user, at=now())
    messages.success(request, _("La candidature n° {number} est inscrite à l'ordre du jour.").format(number=event.number))
    return redirect("agency:board_session", number)


@guarded(Side.AGENCY, "POST", right=Right.PREPARE_BOARD)
def take_off_agenda(request: AgencyRequest, number: int, key: int) -> HttpResponse:
    """« Retirer »: the file awaits another session."""
    event = actions.take_off_agenda(case_file(number, key).case, by=request.user, at=now())
    messages.success(
        request, _("La candidature n° {number} n'est plus à l'ordre du jour. Elle attend une autre séance.").format(number=event.number)
    )
    return redirect("agency:board_session", number)


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def board_passages(request: AgencyRequest, number: str, step: str) -> HttpResponse:
    """The board step of a candidature: on which agenda it is, what each session came to."""
    found = candidature_handed_over(number, request.user)
    held = board_step(found, step)
    call = call_of(library(), held)
    files = files_of_step(held)
    listed = next((one for one in files if one.case.is_listed), None)
    is_ours = found.is_alive and held.awaits == "agency"
    may_put_on = is_ours and listed is None and bool(can_put_on_agenda(request.user, held))
    context = {
        "candidature": found,
        "subject": found.enrolment.subject,
        "lines": lines_of(found),
        "step": held,
        "piece": call.piece,
        "procedure": call.procedure,
        "listed": listed,
        "past": [(one, reservations_told(one)) for one in files if one.outcome is not None],
        "is_ours": is_ours,
        "may_put_on": may_put_on,
        "sessions": sessions_to_come()[:MOST_PROPOSED] if may_put_on else [],
    }
    return render(request, "agency/boards/board_passages.html", context)


# — A file ————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed of a file, kept where it is refused: an opinion or an outcome. `read` is what the person had before their eyes."""

    choice: str
    reservations: list[Reservation]
    text: str
    read: str

    @property
    def texts(self) -> list[str]:
        """What was written, where there is no longer a form to keep it in."""
        return [one for one in (self.text, *(each.text for each in self.reservations)) if one.strip()]

    def with_room(self, more: int = 0) -> Said:
        """With one empty reservation at least, and `more` besides those there are."""
        count = max(len(self.reservations) + more, 1)
        empty = [Reservation("", "", "", "")] * (min(count, MOST_RESERVATIONS) - len(self.reservations))
        return replace(self, reservations=[*self.reservations, *empty])


def _said(request: AgencyRequest, choice: str, read: str) -> Said:
    posted = request.POST
    rows = zip(posted.getlist("about"), posted.getlist("reason"), posted.getlist("reserve"), strict=False)
    return Said(
        choice=str(posted.get(choice, "")),
        reservations=[reservation_about(str(about), str(reason), str(text)) for about, reason, text in rows][: MOST_RESERVATIONS + 1],
        text=str(posted.get("text", "")),
        read=str(posted.get(read, ""))[:4000],
    )


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_CANDIDATURES)
def board_case(request: AgencyRequest, number: int, key: int) -> HttpResponse:
    """A file of the agenda: where its evidence stands, what is thought of it; one's own opinion, or what it came to."""
    file = case_file(number, key)
    refused: Refused | None = None
    crossed: MemberOpinion | None = None
    records = "record" in request.POST or "room_record" in request.POST
    opinion, outcome = _opinion_before(file, request.user), _outcome_before(file)
    if request.method == "POST":
        said = _said(request, "chosen", "over") if records else _said(request, "position", "version")
        if "room" in request.POST or "room_record" in request.POST:
            said = said.with_room(1)
        else:
            try:
                _settle(request, file, said, records=records)
                return redirect("agency:board_case", number, key)
            except Refused as refusal:
                refused = refusal
                file = case_file(number, key)  # as it now stands: someone else may have written meanwhile
                crossed = refusal.theirs if isinstance(refusal, OpinionCrossed) else None
        opinion, outcome = (opinion, said) if records else (said, outcome)
    return render(request, "agency/boards/board_case.html", _around(request, file, opinion, outcome, refused, crossed, records=records), status=refused.status if refused else 200)  # fmt: skip


def _settle(request: AgencyRequest, file: CaseFile, said: Said, *, records: bool) -> None:
    by, at = request.user, now()
    if records:
        event = actions.record_outcome(file.case, said.choice, said.reservations, said.text, over=said.read, by=by, at=at)
        messages.success(
            request,
            _("L'issue est consignée : {result}. L'entreprise en est prévenue.").format(result=RESULT_WORDS[event.result].lower()),
        )
    else:
        actions.give_member_opinion(file.case, said.choice, said.reservations, said.text, typed_version(said.read), by=by, at=at)
        messages.success(request, _("Votre avis est enregistré. Vous pouvez le changer jusqu'à ce que l'issue soit consignée."))


def _opinion_before(file: CaseFile, person: Person) -> Said:
    """One's own last words."""
    held = file.opinion_of(person)
    return Said(held.position, held.held, held.text, str(held.version)) if held else Said("", [], "", "0")


def _outcome_before(file: CaseFile) -> Said:
    """To record it, the reservations of the members, each once."""
    leaning = file.leaning
    return Said("", file.written if leaning == RESERVATIONS else [], "", opinions_told(file))


def _around(request: AgencyRequest, file: CaseFile, opinion: Said, outcome: Said, refused: Refused | None, crossed: MemberOpinion | None, *, records: bool) -> dict[str, Any]:  # fmt: skip
    at, session = now(), file.case.session
    is_open = file.case.is_listed and file.candidature.is_alive
    may_say, may_record = can_give_member_opinion(request.user, file.case), can_record_outcome(request.user, file.case)
    held = file.opinion_of(request.user)
    if crossed is not None and held is not None:
        opinion = replace(opinion, read=str(held.version))  # both are before their eyes now
    if refused is not None and refused.code == "diverged" and records:
        outcome = replace(outcome, read=opinions_told(file))
    redepositing = file.redepositing
    return {
        "session": session,
        "file": file,
        "candidature": file.candidature,
        "subject": file.candidature.enrolment.subject,
        "piece": file.call.piece,
        "procedure": file.call.procedure,
        "sections": sections_examined(file),
        "opinions": [(one, _told(file, one), file.is_linked(one.member_id)) for one in file.opinions],
        "silent": [one.name for one in file.members if file.opinion_of(one) is None and not file.is_linked(one.pk)],
        "recused": [one.name for one in file.members if file.is_linked(one.pk)],
        "outcome": file.outcome,
        "reservations": reservations_told(file),
        "is_open": is_open,
        "has_begun": session.has_begun(at),
        "starts": told(session.held_at),
        "may_say": may_say,
        "may_record": may_record,
        "can_say": is_open and bool(may_say),
        "can_record": is_open and bool(may_record) and session.has_begun(at),
        "may_take_off": is_open and bool(can_take_off_agenda(request.user, file.case)),
        "positions": list(POSITION_WORDS.items()),
        "choices": [(code, CHOICE_WORDS[code]) for code in file.results_open],
        "leaning": CHOICE_WORDS.get(file.leaning, ""),
        "shows_reservations": file.leaning == RESERVATIONS or any(not one.is_empty for one in outcome.reservations),
        "may_redeposit": file.may_redeposit(at),
        "redepositing": redepositing,
        "opinion": opinion.with_room(),
        "said": outcome.with_room(),
        "records": records,
        "refused": refused,
        "crossed": crossed,
        "orphans": (outcome if records else opinion).texts if refused else [],
        "longest": LONGEST_TEXT,
    }


def _told(file: CaseFile, opinion: MemberOpinion) -> list[tuple[str, str, str]]:
    """The reservations of one member, in words: on what, why, what is expected."""
    return [(file.named(one), file.reason_title(one.reason), one.text) for one in opinion.held]
