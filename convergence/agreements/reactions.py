"""What follows at once from the agency's answer? A step signed by both is concluded; one the agency refuses to sign is rejected."""

from __future__ import annotations

from convergence.agreements.events import AgreementCountersigned, AgreementRefused, EnvelopeConcluded
from convergence.agreements.models import Agreement, Envelope, Signature
from convergence.candidatures.actions import conclude_step, reject_step
from convergence.candidatures.models import Step


def conclude_signed(event: AgreementCountersigned) -> None:
    """In the transaction of the last signature, by whoever signed."""
    signature = Signature.objects.select_related("signed_by").get(pk=event.signature)
    conclude_step(_step(event.agreement), "", by=signature.signed_by, at=signature.signed_at)


def conclude_provided(event: EnvelopeConcluded) -> None:
    """Signed with a provider: by whom signed for the agency."""
    envelope = Envelope.objects.select_related("agency_signer").get(pk=event.envelope)
    conclude_step(_step(event.agreement), "", by=envelope.agency_signer, at=envelope.since)


def reject_refused(event: AgreementRefused) -> None:
    agreement = Agreement.objects.select_related("refused_by").get(pk=event.agreement)
    assert agreement.refused_by is not None
    reject_step(_step(event.agreement), event.reasons, agreement.reason, by=agreement.refused_by, at=agreement.since)


def _step(agreement: int) -> Step:
    return Step.objects.select_related("candidature__enrolment__subject").get(pk=Agreement.objects.get(pk=agreement).step_id)
