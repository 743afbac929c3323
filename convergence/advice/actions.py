"""Every write about advice: depositing an archive, archiving, asking that one be deleted, giving an opinion, closing."""

from __future__ import annotations

from datetime import datetime

from convergence.advice.events import (
    AdviceArchived,
    AdviceClosed,
    AdviceDeposited,
    AdviceRestored,
    DeletionAsked,
    DeletionDeclined,
    DeletionGranted,
    OpinionSent,
)
from convergence.advice.models import AdviceDeposit, DeletionRequest, Opinion
from convergence.advice.permissions import (
    can_archive_advice,
    can_ask_deletion,
    can_close_advice,
    can_decline_deletion,
    can_deposit_for_advice,
    can_grant_deletion,
    can_restore_advice,
    can_send_opinion,
)
from convergence.advice.queries import sections_asked
from convergence.advice.rules import LONGEST_OPINION, matched
from convergence.advice.workflow import ARCHIVE, ASKED, DECLINED, GRANTED
from convergence.candidatures.actions import conclude_step
from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Step
from convergence.candidatures.turns import refuse_ended
from convergence.candidatures.workflow import STEP
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, fitting, worded
from foundation.files.archives import Unsafe, names_in
from foundation.files.models import StoredFile
from foundation.files.store import on_disk
from foundation.journal.action import action

PURPOSE, OPINION = "advice", "opinion"
MOST_DEPOSITS = 200
LONGEST_ANSWER = 2000


@action(AdviceDeposited)
def deposit_for_advice(step: Step, file: StoredFile, *, by: Person, at: datetime) -> AdviceDeposited:
    """« Soumettre des preuves pour avis »: the names of the archive are matched at once with the scenarios asked.

    Its content is examined as any file's; until it is found clean, nobody at the agency opens it.
    """
    can_deposit_for_advice(by, step).or_refuse()
    state = STEP.after("deposit_for_advice", step.state)
    refuse_ended(step.candidature)
    if file.about != f"{PURPOSE}:{step.pk}":
        raise Refused(_("Ce fichier n'a pas été envoyé pour cette étape. Déposez-le de nouveau."), status=409)
    number = AdviceDeposit.objects.filter(step=step).count() + 1
    if number > MOST_DEPOSITS:
        raise Refused(
            _("Cette étape a reçu {most} archives : écrivez à l'agence avant d'en déposer une autre.").format(most=MOST_DEPOSITS),
            status=409,
        )
    call = call_of(library(), step)
    codes = [scenario.code for section in sections_asked(call) for asked in section.requirements for scenario in asked.scenarios]
    found = matched(_names(file), codes)
    deposit = AdviceDeposit.objects.create(
        step=step,
        number=number,
        file=file,
        known={code: list(names) for code, names in found.known.items()},
        unknown=list(found.unknown),
        missing=list(found.missing),
        deposited_at=at,
        deposited_by=by,
    )
    step.state, step.since = state, at
    step.save(update_fields=["state", "since"])
    return AdviceDeposited(
        **step.heading,
        step_key=step.pk,
        deposit=deposit.pk,
        file=file.pk,
        sha256=file.sha256,
        known=len(found.known),
        missing=len(found.missing),
        unknown=len(found.unknown),
    )


def _names(file: StoredFile) -> list[str]:
    with on_disk(file.key) as path, path.open("rb") as archive:
        try:
            return names_in(archive, file.size)
        except Unsafe as unsafe:
            raise Refused(str(unsafe), code="not_an_archive", status=400) from unsafe


@action(AdviceArchived)
def archive_advice(deposit: AdviceDeposit, *, by: Person, at: datetime) -> AdviceArchived:
    """An archive that another replaces: it is no longer to be examined, and stays readable."""
    can_archive_advice(by, deposit).or_refuse()
    refuse_ended(deposit.step.candidature)
    deposit.state = ARCHIVE.after("archive_advice", deposit.state)
    deposit.archived_at, deposit.archived_by = at, by
    deposit.save(update_fields=["state", "archived_at", "archived_by"])
    return AdviceArchived(**deposit.step.heading, deposit=deposit.pk)


@action(AdviceRestored)
def restore_advice(deposit: AdviceDeposit, *, by: Person, at: datetime) -> AdviceRestored:
    """Back among those to be examined."""
    can_restore_advice(by, deposit).or_refuse()
    refuse_ended(deposit.step.candidature)
    deposit.state = ARCHIVE.after("restore_advice", deposit.state)
    deposit.archived_at = deposit.archived_by = None
    deposit.save(update_fields=["state", "archived_at", "archived_by"])
    return AdviceRestored(**deposit.step.heading, deposit=deposit.pk)


@action(DeletionAsked)
def ask_deletion(deposit: AdviceDeposit, number: str, name: str, *, by: Person, at: datetime) -> DeletionAsked:
    """Deposited by mistake: the number of the candidature and the exact name of the file are typed, so that no other is deleted."""
    can_ask_deletion(by, deposit).or_refuse()
    if deposit.is_deleted:
        raise Refused(_("Cette archive est déjà supprimée."), code="wrong_state", status=409)
    if number.strip().upper() != deposit.step.candidature.number:
        raise Refused(_("Ce n'est pas le numéro de cette candidature : dix lettres, en tête de page."), code="other_number", status=400)
    if name.strip() != deposit.file.name:
        raise Refused(_("Ce n'est pas le nom exact de ce fichier : recopiez-le, extension comprise."), code="other_name", status=400)
    if DeletionRequest.objects.filter(deposit=deposit, state=ASKED).exists():
        raise Refused(_("La suppression de cette archive est déjà demandée."), code="duplicate", status=409)
    request = DeletionRequest.objects.create(deposit=deposit, asked_at=at, asked_by=by)
    return DeletionAsked(**deposit.step.heading, deposit=deposit.pk, request=request.pk)


@action(DeletionGranted)
def grant_deletion(request: DeletionRequest, text: str, *, by: Person, at: datetime) -> DeletionGranted:
    """Nobody reads the archive any more, and it is not examined."""
    can_grant_deletion(by, request).or_refuse()
    deposit = request.deposit
    deposit.state = ARCHIVE.after("grant_deletion", deposit.state)
    _settle(request, GRANTED, text, by, at)
    deposit.save(update_fields=["state"])
    return DeletionGranted(**deposit.step.heading, deposit=deposit.pk, request=request.pk)


@action(DeletionDeclined)
def decline_deletion(request: DeletionRequest, text: str, *, by: Person, at: datetime) -> DeletionDeclined:
    """The archive stays as it is, and the company reads why."""
    can_decline_deletion(by, request).or_refuse()
    words = worded(text, _("Écrivez à l'entreprise pourquoi cette archive n'est pas supprimée."), LONGEST_ANSWER)
    _settle(request, DECLINED, words, by, at)
    return DeletionDeclined(**request.deposit.step.heading, deposit=request.deposit_id, request=request.pk)


def _settle(request: DeletionRequest, state: str, text: str, by: Person, at: datetime) -> None:
    if not request.is_asked:
        raise Refused(_("Cette demande a déjà reçu une réponse. Rechargez la page."), code="wrong_state", status=409)
    request.state, request.settled_at, request.settled_by, request.text = state, at, by, fitting(text, LONGEST_ANSWER)
    request.save(update_fields=["state", "settled_at", "settled_by", "text"])


@action(OpinionSent)
def send_opinion(step: Step, text: str, file: StoredFile | None = None, *, by: Person, at: datetime) -> OpinionSent:
    """For information, on what was deposited so far; the step stays open to other deposits."""
    can_send_opinion(by, step).or_refuse()
    state = STEP.after("send_opinion", step.state)
    refuse_ended(step.candidature)
    if problem := problem_of_opinion(text):
        raise Refused(problem, code="no_text", status=400)
    if file is not None and (file.about != f"{OPINION}:{step.pk}" or file.deposited_by_id != by.pk):
        raise Refused(_("Ce fichier n'a pas été envoyé pour cet avis. Joignez-le de nouveau."), status=409)
    number = Opinion.objects.filter(step=step).count() + 1
    opinion = Opinion.objects.create(step=step, number=number, text=text.strip(), file=file, given_at=at, given_by=by)
    step.state, step.since = state, at
    step.save(update_fields=["state", "since"])
    return OpinionSent(**step.heading, step_key=step.pk, opinion=opinion.pk)


def problem_of_opinion(text: str) -> str:
    """Why this opinion cannot be given, or nothing."""
    if not text.strip():
        return _("Écrivez l'avis, même bref, avant de le rendre.")
    if len(text.strip()) > LONGEST_OPINION:
        return _("Cet avis compte plus de {longest} caractères : raccourcissez-le, ou joignez un document.").format(longest=LONGEST_OPINION)
    return ""


@action(AdviceClosed)
def close_advice(step: Step, text: str, *, by: Person, at: datetime) -> AdviceClosed:
    """No other deposit is expected: the step is over, and what waited for it opens. An opinion was given at least once."""
    can_close_advice(by, step).or_refuse()
    refuse_ended(step.candidature)
    if not Opinion.objects.filter(step=step).exists():
        raise Refused(_("Rendez au moins un avis avant de clore cette étape."), code="no_opinion", status=409)
    conclude_step(step, text, by=by, at=at)
    return AdviceClosed(**step.heading)
