"""What is done later for agreements? What will be signed is made and frozen; a provider is told of it, and followed."""

from __future__ import annotations

import logging
from typing import Protocol

from convergence.agreements.actions import close_envelope, conclude_envelope, note_company_signature, place_envelope, prepare_agreement
from convergence.agreements.events import ProviderEventReceived, SignaturesRequested
from convergence.agreements.models import Envelope
from convergence.agreements.providers import ENDED, SIGNED, Order, ProviderDown, Signer, provider_named
from convergence.agreements.queries import piece_of
from convergence.agreements.workflow import PLACED, WAITING
from convergence.candidatures.models import Step
from foundation.core.clock import now
from foundation.core.verdict import Refused
from foundation.files.store import read_kept
from foundation.journal.actor import SYSTEM

log = logging.getLogger(__name__)


class OfCandidature(Protocol):
    """An event that may have opened steps."""

    @property
    def number(self) -> str: ...


def prepare_agreements(event: OfCandidature) -> None:
    """Of each step that now waits for a signature; one that has its agreement keeps it."""
    for step in Step.objects.filter(candidature__number=event.number, state="open").select_related("candidature__enrolment__subject"):
        prepare_agreement(step, by=SYSTEM, at=now())


def send_to_provider(event: SignaturesRequested) -> None:
    """Asked again by the queue where the provider does not answer: it makes one request of it, however often it is asked."""
    envelope = Envelope.objects.select_related(*_WITH).get(pk=event.envelope)
    if envelope.state != WAITING:
        return
    agreement = envelope.agreement
    provider = provider_named(piece_of(agreement).provider)
    if provider is None:
        raise ProviderDown("aucune clé")  # recorded as it is
    people = (envelope.company_signer, envelope.agency_signer)
    order = Order(
        name=envelope.name,
        title=f"{piece_of(agreement).title.fr}, candidature n° {agreement.step.candidature.number}",  # recorded as it is
        paper=read_kept(agreement.papers.get(round=envelope.round, seals=0).key),
        signers=tuple(Signer(one.name, one.email) for one in people),
    )
    place_envelope(envelope, provider.place(order), by=SYSTEM, at=now())


def follow_envelope(event: ProviderEventReceived) -> None:
    """Whatever the message said, and in whatever order it came, the provider is asked where it is now."""
    envelope = Envelope.objects.filter(reference=event.reference, state=PLACED).select_related(*_WITH).first()
    if envelope is not None:
        follow(envelope)


def follow_envelopes() -> None:
    """Those under way, in case a message was lost. One that fails does not keep the others from it."""
    for envelope in Envelope.objects.filter(state=PLACED).select_related(*_WITH):
        try:
            follow(envelope)
        except (ProviderDown, Refused):
            log.exception("envoi %s", envelope.pk)


def follow(envelope: Envelope) -> None:
    """What the provider now says of it. Another paper than ours is refused, and logged as an error: nothing moves."""
    provider = provider_named(piece_of(envelope.agreement).provider)
    if provider is None or not envelope.agreement.step.candidature.is_alive:
        return
    standing = provider.standing(envelope.reference)
    if standing.status == SIGNED:
        try:
            conclude_envelope(envelope, provider.paper(envelope.reference), by=SYSTEM, at=now())
        except Refused as refused:
            log.error("envoi %s : %s", envelope.pk, refused.reason)  # noqa: TRY400 - said in a sentence
    elif standing.status == ENDED:
        close_envelope(envelope, standing.reason, by=SYSTEM, at=now())
    elif envelope.company_signer.email in standing.signed:
        note_company_signature(envelope, by=SYSTEM, at=now())


_WITH = ("agreement__step__candidature__enrolment__subject__company", "company_signer", "agency_signer")
