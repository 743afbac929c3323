"""Who is told of a request for validation, in which words? Decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from django.template.loader import render_to_string

from convergence.assessments.events import ValidationSentBack
from convergence.assessments.models import ValidationRequest
from convergence.assessments.permissions import validators_of
from convergence.assessments.workflow import ANSWERS, TARGETS
from convergence.catalogue.permissions import can_see_subject
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.core.language import gettext_lazy
from foundation.notifications.mail import in_their_language, link_to, post_mail

TITLES = {
    (ANSWERS, "validation_requested"): gettext_lazy("Validation demandée : {named}, {product}"),
    (TARGETS, "validation_requested"): gettext_lazy("Validation demandée : projection {named}, {product}"),
    (ANSWERS, "validation_sent_back"): gettext_lazy("Validation renvoyée : {named}, {product}"),
    (TARGETS, "validation_sent_back"): gettext_lazy("Validation renvoyée : projection {named}, {product}"),
    (ANSWERS, "validated_as_asked"): gettext_lazy("Validation faite : {named}, {product}"),
    (TARGETS, "validated_as_asked"): gettext_lazy("Validation faite : projection {named}, {product}"),
}
ROUTES = {
    (ANSWERS, False): "questionnaire",
    (ANSWERS, True): "results",
    (TARGETS, False): "projection",
    (TARGETS, True): "roadmap",
}
"""Where each mail leads, by what was asked and whether it is done."""


class OfRequest(Protocol):
    """An event that asks for a validation."""

    @property
    def request(self) -> int: ...


class OfValidation(Protocol):
    """An event that validates, asked for or not."""

    @property
    def request(self) -> int | None: ...


def validation_requested(event: OfRequest) -> None:
    """Those who may validate learn that it is asked of them: the answers or the targets, as the request says."""
    _tell(event.request, _who_may_validate, "validation_requested")


def validation_sent_back(event: ValidationSentBack) -> None:
    """Who asked learns why it is not validated yet."""
    _tell(event.request, _who_asked, "validation_sent_back")


def validated_as_asked(event: OfValidation) -> None:
    """Who asked learns that it is done; a validation nobody asked for is told to nobody."""
    if event.request is not None:
        _tell(event.request, _who_asked, "validated_as_asked")


Addressees = Callable[[ValidationRequest], list[Person]]


def _tell(key: int, addressees: Addressees, template: str) -> None:
    """Post each their own mail."""
    request = ValidationRequest.objects.select_related("assessment__subject", "enrolment", "requested_by", "settled_by").get(pk=key)
    for person in addressees(request):
        _post(person, request, template)


def _who_may_validate(request: ValidationRequest) -> list[Person]:
    """Nobody, where it was settled or withdrawn before the mail could leave."""
    if not request.is_pending:
        return []
    people = validators_of(request.assessment.subject, request.assessment.questionnaire)
    return [person for person in people if person.pk != request.requested_by_id]


def _who_asked(request: ValidationRequest) -> list[Person]:
    """Unless it is who settled it, or someone who no longer sees the product."""
    who = request.requested_by
    is_told = who.is_active and who.pk != request.settled_by_id and can_see_subject(who, request.assessment.subject)
    return [who] if is_told else []


@in_their_language
def _post(person: Person, request: ValidationRequest, template: str) -> None:
    subject, key = request.assessment.subject, request.assessment.questionnaire
    piece = library().questionnaire(key)
    assert piece is not None
    named = f"{piece.title} {piece.edition}"
    route = ROUTES[request.matter, request.is_validated]
    words = {
        "to": person,
        "request": request,
        "subject": subject,
        "named": named,
        "is_of_targets": request.matter == TARGETS,
        "link": link_to(f"company:{route}", subject.reference, request.enrolment.code, key),
    }
    text = render_to_string(f"mail/assessments/{template}.txt", words)
    title = TITLES[request.matter, template].format(named=named, product=subject.name)
    post_mail(person.email, title, text, about=f"{template}:{request.pk}")
