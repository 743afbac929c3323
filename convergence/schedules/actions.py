"""Every write about what is due: a reminder sent once, more time asked, proposed, granted or declined."""

from __future__ import annotations

from datetime import datetime

from convergence.candidatures.actions import extend_closing
from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Candidature
from convergence.candidatures.watch import Due
from convergence.candidatures.workflow import OPEN
from convergence.content.library import library
from convergence.evidence.models import Deposit
from convergence.schedules.events import (
    ExpiryReminded,
    ExtensionAsked,
    ExtensionDeclined,
    ExtensionGranted,
    ExtensionProposed,
    ReminderSent,
)
from convergence.schedules.models import ExpiryReminder, Extension, Reminder
from convergence.schedules.permissions import (
    can_ask_extension,
    can_decline_extension,
    can_grant_extension,
    can_propose_extension,
    can_remind_expiry,
    can_send_reminder,
)
from convergence.schedules.workflow import EXTENSION, UNDER_WAY
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, fitting, worded
from foundation.journal.action import action
from foundation.journal.actor import Actor

LONGEST_REASON = 2000


@action(ReminderSent)
def send_reminder(candidature: Candidature, due: Due, days: int, *, by: Actor, at: datetime) -> ReminderSent | None:
    """Once for each thing due, at the moment it is due, and each number of days before: a moment put off is another one."""
    can_send_reminder(by, candidature).or_refuse()
    reminder, is_new = Reminder.objects.get_or_create(candidature=candidature, thing=due.about, days=days, defaults={"sent_at": at})
    if not is_new:
        return None
    return ReminderSent(
        **candidature.heading,
        step=due.step.code,
        step_key=due.step.pk,
        reminder=reminder.pk,
        title=due.title,
        due=due.due_at.isoformat(),
        days=days,
        awaits=due.awaits,
    )


@action(ExpiryReminded)
def remind_expiry(deposit: Deposit, days: int, *, by: Actor, at: datetime) -> ExpiryReminded | None:
    """Once for each date of validity and each number of days before it."""
    can_remind_expiry(by, deposit).or_refuse()
    if not deposit.is_in_place or deposit.expires_on is None:
        return None
    _sent, is_new = ExpiryReminder.objects.get_or_create(
        deposit=deposit, expires_on=deposit.expires_on, days=days, defaults={"sent_at": at}
    )
    if not is_new:
        return None
    return ExpiryReminded(about=f"evidence:{deposit.pk}", company=deposit.folder.subject.company_id, deposit=deposit.pk, days=days)


@action(ExtensionAsked)
def ask_extension(extension: Extension, *, by: Person, at: datetime) -> ExtensionAsked:
    """The company asks for more time on a step that closes, and says why. One request is answered before another is made."""
    can_ask_extension(by, extension).or_refuse()
    step = extension.step
    if step.state != OPEN or not step.candidature.is_alive:
        raise Refused(_("Cette étape n'attend plus d'être soumise : il n'y a pas de date à reporter."), code="wrong_state", status=409)
    extension.reason = worded(extension.reason, _("Dites pourquoi vous avez besoin de plus de temps."), LONGEST_REASON)
    _refuse_early(extension, extension.until, at)
    if Extension.objects.filter(step=step, state__in=UNDER_WAY).exists():
        raise Refused(_("Un report est déjà demandé pour cette étape : l'agence y répond d'abord."), code="duplicate", status=409)
    extension.asked_at, extension.asked_by = at, by
    extension.save()
    return ExtensionAsked(**extension.step.heading, extension=extension.pk)


@action(ExtensionProposed)
def propose_extension(extension: Extension, until: datetime, *, by: Person, at: datetime) -> ExtensionProposed:
    """A reviewer is in favour, of the date asked or of another; someone else must grant it."""
    can_propose_extension(by, extension).or_refuse()
    extension.state = EXTENSION.after("propose_extension", extension.state)
    _refuse_early(extension, until, at)
    extension.until, extension.proposed_at, extension.proposed_by = until, at, by
    extension.save(update_fields=["state", "until", "proposed_at", "proposed_by"])
    return ExtensionProposed(**extension.step.heading, extension=extension.pk, until=until.isoformat())


@action(ExtensionGranted)
def grant_extension(extension: Extension, text: str, *, by: Person, at: datetime) -> ExtensionGranted:
    """The second person: the closing date of the step is put off, for this candidature alone."""
    can_grant_extension(by, extension).or_refuse()
    extension.state = EXTENSION.after("grant_extension", extension.state)
    extend_closing(extension.step, extension.until, by=by, at=at)
    _settle(extension, text, by, at)
    return ExtensionGranted(**extension.step.heading, extension=extension.pk, until=extension.until.isoformat())


@action(ExtensionDeclined)
def decline_extension(extension: Extension, text: str, *, by: Person, at: datetime) -> ExtensionDeclined:
    """The date stays as it is, and the company reads why."""
    can_decline_extension(by, extension).or_refuse()
    extension.state = EXTENSION.after("decline_extension", extension.state)
    _settle(extension, worded(text, _("Écrivez à l'entreprise pourquoi la date ne change pas."), LONGEST_REASON), by, at)
    return ExtensionDeclined(**extension.step.heading, extension=extension.pk)


def _settle(extension: Extension, text: str, by: Person, at: datetime) -> None:
    extension.settled_at, extension.settled_by, extension.text = at, by, fitting(text, LONGEST_REASON)
    extension.save(update_fields=["state", "settled_at", "settled_by", "text"])


def _refuse_early(extension: Extension, until: datetime, at: datetime) -> None:
    closes_at = call_of(library(), extension.step).closes_at
    if closes_at is None:
        raise Refused(_("Cette étape n'a pas de date de clôture à reporter."), code="no_closing", status=409)
    if until <= max(closes_at, at):
        raise Refused(_("Choisissez une date postérieure à la date de clôture, et à venir."), code="not_later", status=400)
