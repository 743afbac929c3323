"""Every write to an agreement: freezing what is signed, sending a code, signing, countersigning, sending back, refusing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from convergence.agreements.codes import is_code
from convergence.agreements.events import (
    AgreementCountersigned,
    AgreementPrepared,
    AgreementRefused,
    AgreementSentBack,
    AgreementSigned,
    CompanySignatureNoted,
    EnvelopeClosed,
    EnvelopeConcluded,
    EnvelopePlaced,
    ProviderEventReceived,
    SignaturesRequested,
    SigningCodeSent,
    SigningCodeTried,
)
from convergence.agreements.models import Agreement, Envelope, Paper, ProviderEvent, Signature, SigningCode
from convergence.agreements.papers import agreement_pdf
from convergence.agreements.permissions import (
    agency_signatory_of,
    can_close_envelope,
    can_conclude_envelope,
    can_countersign_agreement,
    can_note_company_signature,
    can_place_envelope,
    can_prepare_agreement,
    can_receive_provider_event,
    can_refuse_agreement,
    can_request_signatures,
    can_send_back_agreement,
    can_send_signing_code,
    can_sign_agreement,
    can_try_signing_code,
)
from convergence.agreements.queries import is_signed_elsewhere, latest_paper, piece_of
from convergence.agreements.rules import MOST_TRIES, wait_before_code
from convergence.agreements.workflow import AGENCY, AGREEMENT, COMPANY, ENVELOPE, PLACED, SEALS, TO_COUNTERSIGN, TO_SIGN, WAITING
from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Step
from convergence.candidatures.turns import give_back, hand_over, refuse_ended
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.core.language import agreed, spoken
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, worded
from foundation.documents.sealing import is_sealed_whole
from foundation.files.store import keep_bytes, read_kept
from foundation.journal.action import action
from foundation.journal.actor import Actor

LONGEST_TEXT = 2000


class WrongCode(Refused):
    """The code typed is not the one that was sent, or serves no more."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, code="wrong_code", status=400)


# — What is signed ————————————————————————————————————————————————————————————————————————


@action(AgreementPrepared)
def prepare_agreement(step: Step, *, by: Actor, at: datetime) -> AgreementPrepared | None:
    """The step has opened: what will be signed is made and frozen. Asked twice, done once."""
    can_prepare_agreement(by, step).or_refuse()
    piece = call_of(library(), step).piece
    if piece.agreement is None or not step.candidature.is_alive or step.awaits != "company" or Agreement.objects.filter(step=step).exists():
        return None
    agreement = Agreement.objects.create(step=step, piece=piece.agreement, since=at)
    agreement.step = step
    paper = _freeze(agreement, at)
    return AgreementPrepared(**agreement.step.heading, agreement=agreement.pk, round=agreement.round, sha256=paper.sha256)


def _freeze(agreement: Agreement, at: datetime) -> Paper:
    return _keep(agreement, 0, agreement_pdf(agreement.step, piece_of(agreement), agreement.round, at), at)


def _keep(agreement: Agreement, seals: int, body: bytes, at: datetime) -> Paper:
    digest = sha256(body).hexdigest()
    return Paper.objects.create(
        agreement=agreement, round=agreement.round, seals=seals, key=keep_bytes(body), size=len(body), sha256=digest, made_at=at
    )


# — Codes —————————————————————————————————————————————————————————————————————————————————


@action(SigningCodeSent)
def send_signing_code(agreement: Agreement, *, by: Person, at: datetime) -> SigningCodeSent:
    """A code to whoever may sign now, at their own address. Not two within a minute, nor six within an hour."""
    can_send_signing_code(by, agreement).or_refuse()
    AGREEMENT.after("send_signing_code", agreement.state)
    refuse_ended(agreement.step.candidature)
    _refuse_elsewhere(agreement)
    sent = SigningCode.objects.filter(agreement=agreement, person=by, sent_at__gt=at - timedelta(hours=1))
    wait = wait_before_code(list(sent.values_list("sent_at", flat=True)), at)
    if wait > timedelta():
        raise Refused(
            _("Un code vous a déjà été envoyé. Vous pourrez en demander un autre dans {wait}.").format(wait=_told_wait(wait)),
            code="too_soon",
            status=429,
        )
    code = SigningCode.objects.create(agreement=agreement, round=agreement.round, person=by, secret=secrets.token_urlsafe(24), sent_at=at)
    return SigningCodeSent(about=f"agreement:{agreement.pk}", company=_company(agreement), code=code.pk)


def _refuse_elsewhere(agreement: Agreement) -> None:
    if is_signed_elsewhere(agreement):
        raise Refused(_("Cette convention se signe, ou se refuse, chez le prestataire de signature : suivez son message."), status=409)


def _told_wait(wait: timedelta) -> str:
    seconds = int(wait.total_seconds()) + 1
    return agreed(seconds, "seconde,secondes") if seconds < 120 else agreed(-(-seconds // 60), "minute,minutes")


@action(SigningCodeTried)
def try_signing_code(code: SigningCode, *, by: Person, at: datetime) -> SigningCodeTried:
    """Counted before it is looked at: a hundred guesses at once are a hundred tries, and the sixth finds no code."""
    can_try_signing_code(by, code).or_refuse()
    if not code.is_alive(at):
        raise WrongCode(_("Ce code ne sert plus. Demandez-en un autre."))
    code.tries += 1
    code.save(update_fields=["tries"])
    return SigningCodeTried(about=f"agreement:{code.agreement_id}", company=_company(code.agreement), code=code.pk, tries=code.tries)


def _prove(agreement: Agreement, code: SigningCode, typed: str, by: Person, at: datetime) -> SigningCode:
    """The code, locked: it is theirs, for this paper, right, and was not spent meanwhile."""
    held = SigningCode.objects.select_for_update(no_key=True).get(pk=code.pk)
    if held.agreement_id != agreement.pk or held.round != agreement.round or held.person_id != by.pk or held.spent_at is not None:
        raise WrongCode(_("Ce code ne sert plus. Demandez-en un autre."))
    refuse_wrong(held, typed)
    return held


def refuse_wrong(code: SigningCode, typed: str) -> None:
    """Says how many tries are left."""
    if not is_code(code, typed):
        left = MOST_TRIES - code.tries
        if left > 0:
            tries = agreed(left, "essai,essais")
            raise WrongCode(_("Ce code n'est pas celui qui vous a été envoyé. Il vous reste {tries}.").format(tries=tries))
        raise WrongCode(_("Ce code n'est pas celui qui vous a été envoyé. Demandez-en un autre."))


# — Signing ———————————————————————————————————————————————————————————————————————————————


@action(AgreementSigned)
def sign_agreement(agreement: Agreement, code: SigningCode, typed: str, paper: bytes, *, by: Person, at: datetime) -> AgreementSigned:
    """The company signs: its code is right, and the paper is the frozen one with our seal, to the byte. Then it is the agency's turn."""
    can_sign_agreement(by, agreement).or_refuse()
    signature = _sign(agreement, "sign_agreement", COMPANY, code, typed, paper, by, at)
    hand_over(agreement.step, "sign_agreement", at)
    return AgreementSigned(**agreement.step.heading, agreement=agreement.pk, signature=signature.pk, sha256=signature.paper.sha256)


@action(AgreementCountersigned)
def countersign_agreement(agreement: Agreement, code: SigningCode, typed: str, paper: bytes, *, by: Person, at: datetime) -> AgreementCountersigned:  # fmt: skip
    """The agency signs what the company signed, and it alone: the step is over (`convergence/wiring.py`)."""
    can_countersign_agreement(by, agreement).or_refuse()
    signature = _sign(agreement, "countersign_agreement", AGENCY, code, typed, paper, by, at)
    return AgreementCountersigned(**agreement.step.heading, agreement=agreement.pk, signature=signature.pk, sha256=signature.paper.sha256)


def _sign(agreement: Agreement, verb: str, party: str, code: SigningCode, typed: str, body: bytes, by: Person, at: datetime) -> Signature:
    state = AGREEMENT.after(verb, agreement.state)
    refuse_ended(agreement.step.candidature)
    proved = _prove(agreement, code, typed, by, at)
    before = latest_paper(agreement)
    if before.seals != SEALS[party] - 1 or not is_sealed_whole(body, read_kept(before.key), SEALS[party]):
        raise Refused(
            _(
                "Le document signé n'est pas celui qui vous a été présenté : la signature n'est pas retenue. Rechargez la page, lisez-le, puis signez de nouveau."
            ),
            code="altered",
            status=409,
        )
    signature = Signature.objects.create(
        paper=_keep(agreement, SEALS[party], body, at),
        party=party,
        signed_by=by,
        signed_by_name=by.name,
        signed_as=signing_role(agreement, party, by),
        code=proved,
        signed_at=at,
    )
    proved.spent_at = at
    proved.save(update_fields=["spent_at"])
    agreement.state, agreement.since, agreement.reason = state, at, ""
    agreement.save(update_fields=["state", "since", "reason"])
    return signature


def signing_role(agreement: Agreement, party: str, by: Person) -> str:
    """In which quality someone signs: the word of their role, in French as all that is signed."""
    company = agreement.step.candidature.enrolment.subject.company_id
    seat = by.seat_in(company) if party == COMPANY else by.agency_seat
    with spoken("fr"):
        return str(seat.role_word) if seat is not None else ""


# — Not signing ———————————————————————————————————————————————————————————————————————————


@action(AgreementSentBack)
def send_back_agreement(agreement: Agreement, reason: str, *, by: Person, at: datetime) -> AgreementSentBack:
    """Something is wrong in it: the company's turn again, on a paper made anew of what the platform now knows, with the reason."""
    can_send_back_agreement(by, agreement).or_refuse()
    _refuse_elsewhere(agreement)
    state = AGREEMENT.after("send_back_agreement", agreement.state)
    refuse_ended(agreement.step.candidature)
    agreement.reason = worded(reason, _("Dites à l'entreprise pourquoi la convention est à signer de nouveau."), LONGEST_TEXT)
    agreement.state, agreement.since, agreement.round = state, at, agreement.round + 1
    agreement.save(update_fields=["state", "since", "round", "reason"])
    paper = _freeze(agreement, at)
    give_back(agreement.step, "send_back_agreement", at)
    return AgreementSentBack(**agreement.step.heading, agreement=agreement.pk, round=agreement.round, sha256=paper.sha256)


@action(AgreementRefused)
def refuse_agreement(agreement: Agreement, reasons: Sequence[str], reason: str, *, by: Person, at: datetime) -> AgreementRefused:
    """The agency does not sign: the candidature is rejected, with the reason (`convergence/wiring.py`)."""
    can_refuse_agreement(by, agreement).or_refuse()
    _refuse_elsewhere(agreement)
    state = AGREEMENT.after("refuse_agreement", agreement.state)
    refuse_ended(agreement.step.candidature)
    agreement.reason = worded(reason, _("Dites à l'entreprise pourquoi l'agence ne signe pas."), LONGEST_TEXT)
    agreement.state, agreement.since, agreement.refused_by = state, at, by
    agreement.save(update_fields=["state", "since", "reason", "refused_by"])
    return AgreementRefused(**agreement.step.heading, agreement=agreement.pk, reasons=tuple(reasons))


def _company(agreement: Agreement) -> int:
    return agreement.step.candidature.enrolment.subject.company_id


# — With an outside provider ——————————————————————————————————————————————————————————————


@action(SignaturesRequested)
def request_signatures(agreement: Agreement, *, by: Person, at: datetime) -> SignaturesRequested:
    """« Signer avec … »: the paper goes to the provider, which asks whoever presses to sign, then a signatory of the agency."""
    can_request_signatures(by, agreement).or_refuse()
    AGREEMENT.after("request_signatures", agreement.state)
    refuse_ended(agreement.step.candidature)
    if not is_signed_elsewhere(agreement):
        raise Refused(_("Cette convention se signe ici, avec un code."), status=409)
    if agreement.envelopes.filter(round=agreement.round).exists():
        raise Refused(_("La convention est déjà envoyée à signer : suivez le message du prestataire."), code="duplicate", status=409)
    signatory = agency_signatory_of(agreement)
    if signatory is None:
        raise Refused(_("Personne ne peut signer pour l'agence aujourd'hui. Prévenez le support."), code="no_signatory", status=409)
    envelope = Envelope.objects.create(agreement=agreement, round=agreement.round, since=at, company_signer=by, agency_signer=signatory)
    return SignaturesRequested(**agreement.step.heading, agreement=agreement.pk, envelope=envelope.pk)


@action(EnvelopePlaced)
def place_envelope(envelope: Envelope, reference: str, *, by: Actor, at: datetime) -> EnvelopePlaced | None:
    """The provider has it; it says so twice where it was asked twice."""
    can_place_envelope(by, envelope).or_refuse()
    if envelope.reference:
        return None
    envelope.state, envelope.since, envelope.reference = ENVELOPE.after("place_envelope", envelope.state), at, reference
    envelope.save(update_fields=["state", "since", "reference"])
    about = f"agreement:{envelope.agreement_id}"
    return EnvelopePlaced(about=about, company=_company(envelope.agreement), envelope=envelope.pk, reference=reference)


@action(ProviderEventReceived)
def receive_provider_event(told: ProviderEvent, *, by: Actor, at: datetime) -> ProviderEventReceived | None:
    """Kept once, by its own identifier: told again, late or in another order, it changes nothing more."""
    can_receive_provider_event(by, told).or_refuse()
    _kept, is_new = ProviderEvent.objects.get_or_create(
        event=told.event, defaults={"name": told.name, "reference": told.reference, "received_at": at}
    )
    return ProviderEventReceived(about=f"provider:{told.reference}", reference=told.reference, name=told.name) if is_new else None


@action(CompanySignatureNoted)
def note_company_signature(envelope: Envelope, *, by: Actor, at: datetime) -> CompanySignatureNoted | None:
    """The provider says that the company has signed: the agency's turn."""
    can_note_company_signature(by, envelope).or_refuse()
    agreement = envelope.agreement
    if envelope.state != PLACED or agreement.state != TO_SIGN or agreement.round != envelope.round:
        return None
    refuse_ended(agreement.step.candidature)
    agreement.state, agreement.since, agreement.reason = AGREEMENT.after("note_company_signature", agreement.state), at, ""
    agreement.save(update_fields=["state", "since", "reason"])
    hand_over(agreement.step, "sign_agreement", at)
    return CompanySignatureNoted(**agreement.step.heading, agreement=agreement.pk, envelope=envelope.pk)


@action(EnvelopeConcluded)
def conclude_envelope(envelope: Envelope, paper: bytes, *, by: Actor, at: datetime) -> EnvelopeConcluded | None:
    """Both have signed with the provider, and the paper that comes back is ours, signed: the step is over. Another paper is refused."""
    from convergence.agreements.envelopes import is_signed_version  # noqa: PLC0415 - slow, and only the worker concludes

    can_conclude_envelope(by, envelope).or_refuse()
    agreement = envelope.agreement
    if envelope.state != PLACED or agreement.round != envelope.round:
        return None
    refuse_ended(agreement.step.candidature)
    frozen = agreement.papers.get(round=agreement.round, seals=0)
    if not is_signed_version(paper, read_kept(frozen.key)):
        raise Refused(_("Le document rendu par le prestataire n'est pas celui qui lui a été remis, signé."), code="altered", status=409)
    if agreement.state == TO_SIGN:
        hand_over(agreement.step, "sign_agreement", at)
    kept = _keep(agreement, SEALS[AGENCY], paper, at)
    envelope.state, envelope.since = ENVELOPE.after("conclude_envelope", envelope.state), at
    envelope.save(update_fields=["state", "since"])
    agreement.state, agreement.since = AGREEMENT.after("conclude_envelope", agreement.state), at
    agreement.save(update_fields=["state", "since"])
    return EnvelopeConcluded(**agreement.step.heading, agreement=agreement.pk, envelope=envelope.pk, sha256=kept.sha256)


@action(EnvelopeClosed)
def close_envelope(envelope: Envelope, reason: str, *, by: Actor, at: datetime) -> EnvelopeClosed | None:
    """Declined, expired, cancelled there: a new paper is made, and the company may ask again."""
    can_close_envelope(by, envelope).or_refuse()
    agreement = envelope.agreement
    if envelope.state not in (WAITING, PLACED) or agreement.round != envelope.round:
        return None
    refuse_ended(agreement.step.candidature)
    envelope.state, envelope.since = ENVELOPE.after("close_envelope", envelope.state), at
    envelope.save(update_fields=["state", "since"])
    if agreement.state == TO_COUNTERSIGN:
        give_back(agreement.step, "send_back_agreement", at)
    agreement.state, agreement.since = AGREEMENT.after("close_envelope", agreement.state), at
    agreement.round, agreement.reason = agreement.round + 1, reason
    agreement.save(update_fields=["state", "since", "round", "reason"])
    _freeze(agreement, at)
    return EnvelopeClosed(**agreement.step.heading, agreement=agreement.pk, envelope=envelope.pk, round=agreement.round)
