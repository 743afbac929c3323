"""Every write to the board: a session and its agenda, an opinion, what a file came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from convergence.boards.events import (
    BoardSessionClosed,
    CasePutOnAgenda,
    CaseTakenOff,
    MemberOpinionGiven,
    OutcomeRecorded,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
)
from convergence.boards.models import BoardSession, Case, MemberOpinion, Outcome
from convergence.boards.permissions import (
    can_cancel_session,
    can_close_board_session,
    can_give_member_opinion,
    can_put_on_agenda,
    can_record_outcome,
    can_reschedule_session,
    can_schedule_session,
    can_take_off_agenda,
)
from convergence.boards.queries import CaseFile, arrival_of, case_file
from convergence.boards.rules import (
    CHOICE_WORDS,
    GRANTED,
    MOST_RESERVATIONS,
    POSITION_WORDS,
    POSTPONED,
    RECUSED,
    REFUSED,
    RESERVATIONS,
    RESERVED,
    Reservation,
    as_kept,
    result_of,
)
from convergence.boards.workflow import CASE, LISTED, SCHEDULED, SESSION
from convergence.candidatures.actions import Fault, conclude_step, refuse_step, reopen_evidence
from convergence.candidatures.models import Step
from convergence.candidatures.turns import refuse_ended
from convergence.candidatures.workflow import STEP
from foundation.accounts.models import Person
from foundation.core.clock import told
from foundation.core.language import gettext as _
from foundation.core.language import spoken
from foundation.core.verdict import Refused, fitting, worded
from foundation.journal.action import action
from foundation.journal.actor import Actor

LONGEST_TEXT = 2000
LONGEST_PLACE = 300


# — Sessions ——————————————————————————————————————————————————————————————————————————————


@action(SessionScheduled)
def schedule_session(session: BoardSession, *, by: Person, at: datetime) -> SessionScheduled:
    """A day to come on which the board meets, in a room or at the address of a video conference. Its members are told."""
    can_schedule_session(by, session).or_refuse()
    session.place = _place(session.place)
    _refuse_past(session.held_at, at)
    session.state, session.scheduled_at, session.scheduled_by = SCHEDULED, at, by
    session.save()
    return SessionScheduled(**session.heading, held_at=session.held_at.isoformat())


@action(SessionRescheduled)
def reschedule_session(session: BoardSession, held_at: datetime, place: str, *, by: Person, at: datetime) -> SessionRescheduled | None:
    """Another day, or another place; its agenda goes with it. Saved as it is, nothing changes."""
    can_reschedule_session(by, session).or_refuse()
    session.state = SESSION.after("reschedule_session", session.state)
    place, before = _place(place), session.held_at
    if (held_at, place) == (before, session.place):
        return None
    if held_at != before:
        _refuse_past(held_at, at)
    session.held_at, session.place = held_at, place
    session.save(update_fields=["held_at", "place"])
    return SessionRescheduled(**session.heading, held_at=held_at.isoformat(), before=before.isoformat())


@action(SessionCancelled)
def cancel_session(session: BoardSession, *, by: Person, at: datetime) -> SessionCancelled:
    """Only one that has no file: those of its agenda are first put on another one, or it is moved to another day."""
    can_cancel_session(by, session).or_refuse()
    state = SESSION.after("cancel_session", session.state)
    if session.cases.exclude(state="taken_off").exists():
        raise Refused(
            _("Cette séance a des dossiers à son ordre du jour : déplacez-la, ou retirez-les d'abord."), code="has_files", status=409
        )
    session.state, session.ended_at, session.ended_by = state, at, by
    session.save(update_fields=["state", "ended_at", "ended_by"])
    return SessionCancelled(**session.heading)


@action(BoardSessionClosed)
def close_board_session(session: BoardSession, remarks: str, *, by: Person, at: datetime) -> BoardSessionClosed:
    """Once it has begun, and every file of its agenda has an outcome. Its minutes are made of what was recorded, and change no more."""
    can_close_board_session(by, session).or_refuse()
    state = SESSION.after("close_board_session", session.state)
    _refuse_early(session, at)
    waiting = session.cases.filter(state=LISTED).count()
    if waiting:
        if waiting == 1:
            sentence = _("Un dossier attend encore son issue : consignez-la, ou reportez-le à une prochaine séance.")
        else:
            sentence = _("{count} dossiers attendent encore leur issue : consignez-les, ou reportez-les à une prochaine séance.")
        raise Refused(sentence.format(count=waiting), code="incomplete", status=409)
    session.remarks = fitting(remarks, LONGEST_TEXT)
    session.state, session.ended_at, session.ended_by = state, at, by
    session.save(update_fields=["state", "ended_at", "ended_by", "remarks"])
    return BoardSessionClosed(**session.heading, files=session.cases.filter(state="settled").count())


def _place(place: str) -> str:
    return worded(place, _("Dites où se tient la séance : une salle, ou l'adresse (https://…) de la visioconférence."), LONGEST_PLACE)


def _refuse_past(held_at: datetime, at: datetime) -> None:
    if held_at <= at:
        raise Refused(_("Choisissez une date et une heure à venir."), code="past", status=400)


def _refuse_early(session: BoardSession, at: datetime) -> None:
    if not session.has_begun(at):
        raise Refused(
            _("La séance a lieu le {held_at} : attendez qu'elle ait commencé, ou déplacez-la.").format(held_at=told(session.held_at)),
            code="early",
            status=409,
        )


# — Its agenda ————————————————————————————————————————————————————————————————————————————


@action(CasePutOnAgenda)
def put_on_agenda(step: Step, session: int, *, by: Person, at: datetime) -> CasePutOnAgenda:
    """A complete file goes before the board that day, at the rank of its arrival in the queue. On one agenda at a time."""
    can_put_on_agenda(by, step).or_refuse()
    refuse_ended(step.candidature, _("Cette candidature est {state} : elle ne passe plus devant le collège."))
    STEP.after("conclude_step", step.state)
    meeting = BoardSession.objects.select_for_update().get(pk=session)
    SESSION.after("put_on_agenda", meeting.state)
    held = Case.objects.filter(step=step, state=LISTED).select_related("session").first()
    if held is not None:
        raise Refused(
            _("Ce dossier est déjà à l'ordre du jour de la séance du {held_at}.").format(held_at=told(held.session.held_at)),
            code="duplicate",
            status=409,
        )
    case = Case.objects.create(session=meeting, step=step, arrived_at=arrival_of(step), put_on_at=at, put_on_by=by)
    return CasePutOnAgenda(**step.heading, step_key=step.pk, case=case.pk, session=meeting.pk, held_at=meeting.held_at.isoformat())


@action(CaseTakenOff)
def take_off_agenda(case: Case, *, by: Actor, at: datetime) -> CaseTakenOff:
    """The file waits for another session, at its place. The opinions given stay with this one."""
    can_take_off_agenda(by, case).or_refuse()
    case.state = CASE.after("take_off_agenda", case.state)
    case.save(update_fields=["state"])
    return CaseTakenOff(
        **case.step.heading, step_key=case.step_id, case=case.pk, session=case.session_id, held_at=case.session.held_at.isoformat()
    )


# — What is thought of a file —————————————————————————————————————————————————————————————


class OpinionCrossed(Refused):
    """Nothing was written: the same member saved their opinion elsewhere meanwhile. `theirs` is that one."""

    def __init__(self, theirs: MemberOpinion) -> None:
        super().__init__(
            _(
                "Vous avez enregistré un autre avis depuis que cette page est ouverte. Rien n'est perdu : les deux sont ci-dessous, enregistrez celui qu'il faut retenir."
            ),
            code="diverged",
            status=409,
        )
        self.theirs = theirs


@action(MemberOpinionGiven)
def give_member_opinion(case: Case, position: str, reservations: Sequence[Reservation], text: str, version: int, *, by: Person, at: datetime) -> MemberOpinionGiven | None:  # fmt: skip
    """What a member thinks of a file, over the version they had before their eyes (0: none yet), until its outcome is recorded.

    Reserved, each reservation has its reason and its words; whoever is linked to the company, and declared it nowhere, says so here.
    """
    can_give_member_opinion(by, case).or_refuse()
    file = _file_on_agenda(case, "give_member_opinion")
    if position not in POSITION_WORDS:
        raise Refused(_("Choisissez votre avis : favorable, réserves bloquantes, abstention ou déport."), code="no_position", status=400)
    kept = _reservations(file, reservations) if position == RESERVED else []
    if position == RECUSED:
        words = worded(text, _("Dites en une phrase ce qui vous lie à cette entreprise."), LONGEST_TEXT)
    else:
        words = fitting(text, LONGEST_TEXT)
    held = MemberOpinion.objects.filter(case=case, member=by).first()
    said = (position, as_kept(kept), words)
    if held is not None and (held.position, held.reservations, held.text) == said:
        return None
    if (held.version if held else 0) != version:
        if held is None:
            raise Refused(_("Cet avis n'existe plus. Rechargez la page."), code="stale", status=409)
        raise OpinionCrossed(held)
    opinion = held or MemberOpinion(case=case, member=by, version=0)
    opinion.position, opinion.reservations, opinion.text = said
    opinion.version, opinion.saved_at = opinion.version + 1, at
    opinion.save()
    return MemberOpinionGiven(**case.step.heading, case=case.pk, position=position, version=opinion.version)


@action(OutcomeRecorded)
def record_outcome(case: Case, chosen: str, reservations: Sequence[Reservation], text: str, *, over: str, by: Person, at: datetime) -> OutcomeRecorded:  # fmt: skip
    """What the opinions came to, as they were counted before one's eyes (`over`), once the session has begun.

    Granted concludes the step. Reservations open again the evidence they name, where the content lets it be deposited again and
    its milestone has not passed; otherwise they end the candidature. Put off, the file awaits another session.
    """
    can_record_outcome(by, case).or_refuse()
    file = _file_on_agenda(case, "record_outcome")
    _refuse_early(case.session, at)
    if opinions_told(file) != over:
        raise Refused(
            _("Un avis a changé depuis que cette page est ouverte. Vos mots sont gardés : relisez les avis, puis consignez l'issue."),
            code="diverged",
            status=409,
        )
    _refuse_other_result(file, chosen)
    can_redeposit = file.may_redeposit(at)
    result = result_of(chosen, may_redeposit=can_redeposit)
    kept = _reservations(file, reservations) if chosen == RESERVATIONS else []
    words = _words(chosen, text)
    if result == RESERVATIONS and not any(one.section for one in kept):
        raise Refused(
            _("L'entreprise peut encore redéposer ses preuves : dites sur quelle section porte au moins une réserve."),
            code="no_section",
            status=400,
        )
    case.state = CASE.after("record_outcome", case.state)
    case.save(update_fields=["state"])
    reasons = [one.code for one in file.call.piece.reasons if one.code in {each.reason for each in kept}]
    redepositing = file.redepositing if result == RESERVATIONS else None
    counts = file.counts
    Outcome.objects.create(
        case=case,
        result=result,
        reservations=as_kept(kept),
        reasons=reasons,
        text=words,
        appeal=file.call.procedure.outcome.appeal.fr if result == REFUSED and file.call.procedure.outcome.appeal else "",
        redeposit_until=redepositing.until.at if redepositing and redepositing.until else None,
        quorum=file.board.quorum,
        favourable=counts.favourable,
        reserved=counts.reserved,
        abstained=counts.abstained,
        recused=counts.recused,
        recorded_at=at,
        recorded_by=by,
        recorded_by_name=by.name,
    )
    if result == GRANTED:
        conclude_step(case.step, words, by=by, at=at)
    elif result == REFUSED:
        refuse_step(case.step, reasons, words, by=by, at=at)
    elif redepositing is not None:
        with spoken("fr"):  # kept, and read by everyone
            faults = [Fault(one.section, one.requirement, f"{file.reason_title(one.reason)}. {one.text}") for one in kept if one.section]
        reopen_evidence(case.step, redepositing.piece.code, faults, by=by, at=at)
    return OutcomeRecorded(
        **case.step.heading,
        step_key=case.step_id,
        case=case.pk,
        session=case.session_id,
        held_at=case.session.held_at.isoformat(),
        result=result,
        favourable=counts.favourable,
        reserved=counts.reserved,
        abstained=counts.abstained,
        recused=counts.recused,
        reasons=tuple(reasons),
    )


def opinions_told(file: CaseFile) -> str:
    """What tells one state of the opinions from another: whose, in which version, and who is kept from the file."""
    return "-".join([*(f"{one.member_id}.{one.version}" for one in file.opinions), str(file.counts.recused)])


def _file_on_agenda(case: Case, verb: str) -> CaseFile:
    """A file still to be settled, of a candidature that has not ended, read under the lock."""
    refuse_ended(case.step.candidature, _("Cette candidature est {state} : elle ne passe plus devant le collège."))
    CASE.after(verb, case.state)
    STEP.after("conclude_step", case.step.state)
    return case_file(case.session_id, case.pk)


def _refuse_other_result(file: CaseFile, chosen: str) -> None:
    """Only what the opinions came to is recorded."""
    if chosen not in CHOICE_WORDS:
        raise Refused(_("Choisissez l'issue de ce dossier."), code="no_outcome", status=400)
    if chosen in file.results_open:
        return
    counts = file.counts
    if not file.has_quorum:
        raise Refused(
            _("Le quorum n'est pas atteint : {present} avis sur {quorum}. Attendez d'autres avis, ou reportez le dossier.").format(
                present=counts.present, quorum=file.board.quorum
            ),
            code="no_quorum",
            status=409,
        )
    raise Refused(
        _("Les avis ne vont pas dans ce sens ({told}). Consignez ce qu'ils disent, ou reportez le dossier.").format(told=file.told),
        code="against_opinions",
        status=409,
    )


def _words(chosen: str, text: str) -> str:
    if chosen == RESERVATIONS:
        return worded(text, _("Écrivez à l'entreprise ce que le collège a conclu."), LONGEST_TEXT)
    if chosen == POSTPONED:
        return worded(text, _("Dites à l'entreprise pourquoi l'examen de son dossier est reporté."), LONGEST_TEXT)
    return fitting(text, LONGEST_TEXT)


def _reservations(file: CaseFile, reservations: Sequence[Reservation]) -> list[Reservation]:
    """Each with a reason of the content and its words, on something of the file; what was left empty is left out."""
    written = [one for one in reservations if not one.is_empty]
    if not written:
        raise Refused(
            _("Écrivez au moins une réserve : sur quoi elle porte, son motif, ce qui est attendu."), code="no_reservation", status=400
        )
    if len(written) > MOST_RESERVATIONS:
        raise Refused(
            _("Un dossier porte {most} réserves au plus : réunissez-en.").format(most=MOST_RESERVATIONS),
            code="too_many",
            status=400,
        )
    known = {"": {""}} | {one.section.code: {"", *(each.requirement.code for each in one.requirements)} for one in file.sections}
    reasons = {one.code for one in file.call.piece.reasons}
    kept = []
    for one in written:
        if one.requirement not in known.get(one.section, ()):
            raise Refused(_("Cette section ou cette exigence n'est pas dans le dossier. Rechargez la page."), code="unknown", status=400)
        if one.reason not in reasons:
            raise Refused(_("Choisissez dans la liste le motif de chaque réserve."), code="no_reason", status=400)
        text = worded(one.text, _("Pour chaque réserve, écrivez ce qui est attendu de l'entreprise."), LONGEST_TEXT)
        kept.append(Reservation(one.section, one.requirement, one.reason, text))
    return list(dict.fromkeys(kept))
