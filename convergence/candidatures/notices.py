"""Who is told that a step was handed over, sent back, accepted or rejected, in which words? Decides nothing."""

from __future__ import annotations

from django.template.loader import render_to_string

from convergence.candidatures.calls import call_of
from convergence.candidatures.events import (
    ChangesRequested,
    EvidenceComplete,
    EvidenceReopened,
    StepAccepted,
    StepConcluded,
    StepRefused,
    StepRejected,
    StepSubmitted,
)
from convergence.candidatures.models import Step, Submission
from convergence.catalogue.permissions import can_see_subject
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.core.language import gettext_lazy
from foundation.notifications.mail import in_their_language, link_to, post_mail


def step_submitted(event: StepSubmitted) -> None:
    _tell(event.step_key, "submitted", f"step_submitted:{event.submission}")


def changes_requested(event: ChangesRequested) -> None:
    _tell(event.step_key, "changes_requested", f"changes_requested:{event.request}")


def evidence_complete(event: EvidenceComplete) -> None:
    _tell(event.step_key, "submitted", f"evidence_complete:{event.step_key}:{_submissions(event.step_key)}", title="complete")


def section_returned(step: int, submission: int) -> None:
    """A section sent back: what is asked of it stays in the candidature."""
    _tell(step, "changes_requested", f"section_returned:{submission}")


def _submissions(step: int) -> int:
    """How many times something was handed over at a step: what tells one completion from another."""
    return Submission.objects.filter(step=step).count()


def step_accepted(event: StepAccepted | StepConcluded) -> None:
    _tell(event.step_key, "accepted", f"step_accepted:{acceptance(event.step_key)}")


def acceptance(step: int) -> str:
    """What tells one acceptance of a step from the next: evidence opened again is accepted again, after other submissions."""
    return f"{step}:{_submissions(step)}"


def evidence_reopened(event: EvidenceReopened) -> None:
    """Of what the board found fault with. Which evidence, and why, stays in the candidature."""
    _tell(event.step_key, "reopened", f"evidence_reopened:{event.step_key}:{_submissions(event.evidence_key)}")


def step_rejected(event: StepRejected | StepRefused) -> None:
    _tell(event.step_key, "rejected", f"step_rejected:{event.step_key}")


SENTENCES = {
    "submitted": "Ce que vous avez soumis est transmis à l'agence.",  # recorded as it is
    "changes_requested": "L'agence demande une modification. Le détail figure dans la candidature.",  # recorded as it is
    "accepted": "L'étape est acceptée.",  # recorded as it is
    "reopened": "Des réserves bloquantes sont énoncées. Les preuves en cause peuvent être déposées à nouveau ; le détail figure dans la candidature.",  # recorded as it is
    "rejected": "La candidature est refusée. Les motifs figurent dans la candidature.",  # recorded as it is
}
"""In the conversation, where the content says nothing of its own (`messages` of the step); the mail says it in its template."""

TITLES = {
    "submitted": gettext_lazy("Candidature reçue : candidature n° {number}, {product}"),
    "complete": gettext_lazy("Preuves reçues : candidature n° {number}, {product}"),
    "changes_requested": gettext_lazy("Modification demandée : candidature n° {number}, {product}"),
    "accepted": gettext_lazy("Étape acceptée : candidature n° {number}, {product}"),
    "reopened": gettext_lazy("Réserves bloquantes : candidature n° {number}, {product}"),
    "rejected": gettext_lazy("Candidature refusée : candidature n° {number}, {product}"),
}


def person_told(step: Step) -> Person | None:
    """Whoever handed the step over, while they may see the product: the one the mail goes to."""
    person = _handed_over(step).submitted_by
    return person if person.is_active and can_see_subject(person, step.candidature.enrolment.subject) else None


def _handed_over(step: Step) -> Submission:
    handed_over = Submission.objects.filter(step__candidature=step.candidature_id).select_related("submitted_by")
    submission = handed_over.filter(step=step).order_by("-pk").first() or handed_over.order_by("-submitted_at", "-pk").first()
    assert submission is not None, "une étape n'est jugée qu'une fois la candidature soumise"
    return submission


def _tell(key: int, what: str, about: str, *, title: str = "") -> None:
    """Whoever handed the step over last (or any, of a step nobody hands over), if they may still see the product. What the agency wrote stays in the candidature."""
    step = Step.objects.select_related("candidature__enrolment__subject").get(pk=key)
    submission, person = _handed_over(step), person_told(step)
    if person is not None:
        _post(person, step, what, submission, TITLES[title or what], about)


@in_their_language
def _post(person: Person, step: Step, what: str, submission: Submission, title: str, about: str) -> None:
    subject, call = step.candidature.enrolment.subject, call_of(library(), step)
    words = {
        "to": person,
        "subject": subject,
        "candidature": step.candidature,
        "step": call.piece.title,
        "procedure": call.procedure.title,
        "what": what,
        "sentence": call.piece.messages.get(what),
        "submission": submission if what == "submitted" else None,
        "link": link_to("company:candidature", step.candidature.number),
    }
    text = render_to_string("mail/candidatures/step_told.txt", words)
    post_mail(person.email, title.format(number=step.candidature.number, product=subject.name), text, about=about)
