"""A file was sent for advice, or with an opinion: who may send it, what is taken, and how does an archive get to its step?

A deposit names its step: « advice:<step> » from the company, « opinion:<step> » from the agency. As for evidence, the page puts
an archive in its step as soon as it is received; where the page was closed meanwhile, the queue does.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist

from convergence.advice.actions import PURPOSE, deposit_for_advice
from convergence.advice.events import AdviceDeposited
from convergence.advice.models import AdviceDeposit
from convergence.advice.permissions import can_deposit_for_advice, can_send_opinion
from convergence.candidatures.models import Step
from convergence.candidatures.permissions import can_see_candidature
from convergence.content.formats import media_types_of
from foundation.accounts.models import Company, Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.files.events import FileReceived
from foundation.files.models import StoredFile
from foundation.files.purposes import Terms


def terms_of_advice(by: Person, company: Company, key: str) -> Terms:
    """A .zip, and nothing else. A step that is not seen does not exist."""
    step = _step(key, by)
    if step.candidature.enrolment.subject.company_id != company.pk:
        raise Step.DoesNotExist
    can_deposit_for_advice(by, step).or_refuse()
    return Terms(media_types=media_types_of(("zip",)))


def terms_of_opinion(by: Person, company: Company, key: str) -> Terms:
    step = _step(key, by)
    if step.candidature.enrolment.subject.company_id != company.pk:
        raise Step.DoesNotExist
    can_send_opinion(by, step).or_refuse()
    return Terms()


def put_archive(file: StoredFile, *, by: Person, at: datetime) -> AdviceDeposited | None:
    """In the step it was sent for; None where it is already there."""
    purpose, _colon, key = file.about.partition(":")
    if purpose != PURPOSE:
        raise Refused(_("Ce fichier n'a pas été envoyé pour avis."), status=409)
    if AdviceDeposit.objects.filter(file=file).exists():
        return None
    return deposit_for_advice(_step(key, by), file, by=by, at=at)


def put_in_advice(event: FileReceived) -> None:
    """For whoever closed the page before its archive was in place. What became impossible meanwhile is left: the file stays theirs."""
    if not event.purpose.startswith(f"{PURPOSE}:"):
        return
    file = StoredFile.objects.select_related("deposited_by").get(pk=event.file)
    try:
        put_archive(file, by=file.deposited_by, at=file.deposited_at)
    except (Refused, ObjectDoesNotExist):
        return


def _step(key: str, by: Person) -> Step:
    if not (key.isascii() and key.isdigit() and len(key) < 18):
        raise Step.DoesNotExist
    step = Step.objects.select_related("candidature__enrolment__subject__company").get(pk=int(key))
    if not can_see_candidature(by, step.candidature):
        raise Step.DoesNotExist
    return step
