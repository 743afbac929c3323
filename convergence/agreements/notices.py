"""Who is told that an agreement is theirs to sign, or was signed, and with which code? Decides nothing."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from convergence.agreements.codes import code_of
from convergence.agreements.events import (
    AgreementCountersigned,
    AgreementPrepared,
    AgreementSentBack,
    AgreementSigned,
    EnvelopeClosed,
    EnvelopeConcluded,
    SigningCodeSent,
)
from convergence.agreements.models import Agreement, Envelope, Signature, SigningCode
from convergence.agreements.permissions import signatories_of
from convergence.agreements.queries import piece_of
from convergence.agreements.rules import LIFE
from convergence.agreements.workflow import TO_COUNTERSIGN, TO_SIGN
from foundation.accounts.models import Person
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.notifications.mail import in_their_language, link_to, post_mail


def agreement_prepared(event: AgreementPrepared) -> None:
    """Those who may sign for the company, unless it was signed meanwhile."""
    agreement = _agreement(event.agreement)
    if agreement.state == TO_SIGN and agreement.round == event.round:
        for person in signatories_of(agreement):
            about = f"agreement_prepared:{agreement.pk}"
            _tell(person, agreement, "to_sign", about, "company:sign_agreement")


def agreement_sent_back(event: AgreementSentBack) -> None:
    agreement = _agreement(event.agreement)
    if agreement.state == TO_SIGN and agreement.round == event.round:
        for person in signatories_of(agreement):
            about = f"agreement_sent_back:{agreement.pk}.{event.round}"
            _tell(person, agreement, "sent_back", about, "company:sign_agreement")


def agreement_signed(event: AgreementSigned) -> None:
    """The company has signed: those who sign for the agency."""
    agreement = _agreement(event.agreement)
    if agreement.state == TO_COUNTERSIGN:
        for person in signatories_of(agreement):
            about = f"agreement_signed:{event.signature}"
            _tell(person, agreement, "to_countersign", about, "agency:countersign_agreement")


def agreement_countersigned(event: AgreementCountersigned) -> None:
    """Whoever signed for the company: it is signed by both, and can be kept."""
    agreement = _agreement(event.agreement)
    signed = Signature.objects.filter(paper__agreement=agreement, paper__round=agreement.round, party="company").select_related("signed_by")
    for signature in signed:
        if signature.signed_by.is_active:
            about = f"agreement_countersigned:{event.signature}"
            _tell(signature.signed_by, agreement, "concluded", about, "company:sign_agreement")


def envelope_concluded(event: EnvelopeConcluded) -> None:
    envelope = Envelope.objects.select_related("company_signer").get(pk=event.envelope)
    if envelope.company_signer.is_active:
        about = f"envelope_concluded:{envelope.pk}"
        _tell(envelope.company_signer, _agreement(event.agreement), "concluded", about, "company:sign_agreement")


def envelope_closed(event: EnvelopeClosed) -> None:
    """It ended without both signatures: those who may sign for the company are told why."""
    agreement = _agreement(event.agreement)
    if agreement.state == TO_SIGN and agreement.round == event.round:
        for person in signatories_of(agreement):
            about = f"envelope_closed:{event.envelope}"
            _tell(person, agreement, "sent_back", about, "company:sign_agreement")


def signing_code_sent(event: SigningCodeSent) -> None:
    """The code itself, at the address of whoever asked for it; one that serves no more is not sent."""
    code = SigningCode.objects.select_related("person", "agreement__step__candidature__enrolment__subject").get(pk=event.code)
    if code.is_alive(now()) and code.person.is_active:
        _post_code(code.person, code)


@in_their_language
def _post_code(person: Person, code: SigningCode) -> None:
    words = {**_words(person, code.agreement), "code": code_of(code), "minutes": int(LIFE.total_seconds() // 60)}
    text = render_to_string("mail/agreements/signing_code.txt", words)
    number = code.agreement.step.candidature.number
    title = _("Code de signature : convention de la candidature n° {number}").format(number=number)
    post_mail(person.email, title, text, about=f"signing_code:{code.pk}")


TITLES = {
    "to_sign": gettext_lazy("Convention à signer : candidature n° {number}"),
    "sent_back": gettext_lazy("Convention à signer de nouveau : candidature n° {number}"),
    "to_countersign": gettext_lazy("Convention à signer : candidature n° {number}"),
    "concluded": gettext_lazy("Convention signée : candidature n° {number}"),
}


@in_their_language
def _tell(person: Person, agreement: Agreement, what: str, about: str, route: str) -> None:
    number, code = agreement.step.candidature.number, agreement.step.code
    words = {**_words(person, agreement), "what": what, "link": link_to(route, number, code)}
    text = render_to_string("mail/agreements/agreement_told.txt", words)
    post_mail(person.email, TITLES[what].format(number=number), text, about=about)


def _words(person: Person, agreement: Agreement) -> dict[str, Any]:
    """The product is named to its own company alone: a mail goes through machines that are neither's."""
    candidature = agreement.step.candidature
    return {
        "to": person,
        "agreement": agreement,
        "title": piece_of(agreement).title,
        "candidature": candidature,
        "subject": candidature.enrolment.subject,
        "is_theirs": person.seat_in(candidature.enrolment.subject.company_id) is not None,
    }


def _agreement(key: int) -> Agreement:
    return Agreement.objects.select_related("step__candidature__enrolment__subject__company").get(pk=key)
