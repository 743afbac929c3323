"""Where does an agreement stand, which papers does it have, who signed them? Reads, of a candidature someone sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from convergence.agreements.models import Agreement, Envelope, Paper, ProviderEvent, Signature, SigningCode
from convergence.agreements.providers import Told, provider_named
from convergence.agreements.workflow import TO_SIGN
from convergence.candidatures.calls import Call, call_of
from convergence.candidatures.models import Candidature, Step
from convergence.content.library import library
from convergence.content.schema import Agreement as AgreementPiece
from foundation.accounts.models import Person


def piece_of(agreement: Agreement) -> AgreementPiece:
    """What the content has signed."""
    found = library().piece("agreements", agreement.piece)
    assert isinstance(found, AgreementPiece), agreement.piece
    return found


def latest_paper(agreement: Agreement) -> Paper:
    """The paper to read and sign now, or the one that both have signed."""
    found = agreement.papers.order_by("-round", "-seals").first()
    assert found is not None, "une convention est préparée avec son exemplaire"
    return found


@dataclass(frozen=True, slots=True)
class AgreementSheet:
    """A step of a candidature where something is signed. `agreement` is None while it is being prepared."""

    step: Step
    call: Call
    agreement: Agreement | None
    papers: list[Paper]
    signatures: list[Signature]
    envelope: Envelope | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is signed with an outside provider."""
        return self.agreement is not None and is_signed_elsewhere(self.agreement)

    @property
    def candidature(self) -> Candidature:
        return self.step.candidature

    @property
    def title(self) -> str:
        return str(piece_of(self.agreement).title) if self.agreement else str(self.call.piece.title)

    @property
    def paper(self) -> Paper | None:
        """The one to read now."""
        return self.papers[-1] if self.papers else None

    @property
    def signed(self) -> list[Signature]:
        """Those of the present round."""
        return [one for one in self.signatures if self.agreement is not None and one.paper.round == self.agreement.round]

    @property
    def past(self) -> list[Signature]:
        """Those of the rounds that were sent back."""
        return [one for one in self.signatures if one not in self.signed]

    @property
    def was_sent_back(self) -> bool:
        return self.agreement is not None and self.agreement.state == TO_SIGN and self.agreement.round > 1


def agreement_sheet(candidature: Candidature, code: str) -> AgreementSheet:
    """Raises `Step.DoesNotExist` where there is no such step, or nothing is signed at it. Four queries."""
    step = candidature.steps.select_related("settled_by").get(code=code)
    step.candidature = candidature
    call = call_of(library(), step)
    if call.piece.kind != "agreement":
        raise Step.DoesNotExist
    agreement = Agreement.objects.filter(step=step).first()
    if agreement is None:
        return AgreementSheet(step, call, None, [], [])
    agreement.step = step
    signatures = Signature.objects.filter(paper__agreement=agreement).select_related("paper", "signed_by")
    envelope = None
    if is_signed_elsewhere(agreement):
        found = agreement.envelopes.filter(round=agreement.round).select_related("company_signer", "agency_signer")
        envelope = found.first()
    return AgreementSheet(step, call, agreement, list(agreement.papers.all()), list(signatures), envelope)


def is_signed_elsewhere(agreement: Agreement) -> bool:
    """Whether the content names an outside provider that this installation has; otherwise both sign here."""
    return provider_named(piece_of(agreement).provider) is not None


def code_awaited(agreement: Agreement, person: Person, at: datetime) -> SigningCode | None:
    """The last code sent to someone for what is to be signed now, if it still serves. One query."""
    latest = agreement.codes.filter(person=person, round=agreement.round).order_by("-sent_at", "-pk").first()
    return latest if latest is not None and latest.is_alive(at) else None


def paper_of(sheet: AgreementSheet, number: int) -> Paper:
    """A paper of this agreement. Raises `Paper.DoesNotExist`."""
    found = next((one for one in sheet.papers if one.pk == number), None)
    if found is None:
        raise Paper.DoesNotExist
    return found


def papers_kept() -> Iterator[tuple[str, str, int, str]]:
    """What the store must hold of ours: reference, key, size, hash."""
    for paper in Paper.objects.order_by("pk").iterator(chunk_size=1000):
        yield f"convention {paper.agreement_id}, {paper.round}.{paper.seals}", paper.key, paper.size, paper.sha256


def new_provider_event(told: Told) -> ProviderEvent:
    """What a provider told, not kept yet."""
    return ProviderEvent(event=told.event, name=told.name, reference=told.reference)
