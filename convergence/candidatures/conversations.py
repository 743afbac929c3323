"""What is said about a candidature? Its conversation opens when it is handed over; each step that moves is told in it, by the platform.

Any room above says more with `tell(candidature, "La convention est prête à signer.", "agreement_ready:12", at=at)`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from convergence.candidatures.calls import call_of, procedure_of
from convergence.candidatures.events import (
    CandidatureWithdrawn,
    ChangesRequested,
    EvidenceComplete,
    EvidenceReopened,
    StepAccepted,
    StepConcluded,
    StepRefused,
    StepRejected,
    StepSubmitted,
)
from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.notices import SENTENCES, acceptance, person_told
from convergence.catalogue.permissions import SEEN_SQL, seen_parameters
from convergence.content.library import library
from convergence.content.schema import Procedure
from foundation.accounts.rights import Right
from foundation.core.language import gettext_lazy
from foundation.journal.actor import SYSTEM
from foundation.journal.models import Entry
from foundation.messaging.actions import open_conversation, post_notice
from foundation.messaging.models import Conversation
from foundation.messaging.queries import conversation_about
from foundation.messaging.topics import Model, Topic

TOPIC = "candidature"

_SEEN = f"""EXISTS (SELECT FROM candidatures_candidature candidature
    JOIN catalogue_enrolment enrolment ON enrolment.id = candidature.enrolment_id
    JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
    WHERE candidature.number = conversation.key AND {SEEN_SQL})"""


def _models(conversation: Conversation) -> list[Model]:
    """The reasons the content gives for the steps, as answers: their own words where they have some, else their title."""
    candidature = Candidature.objects.filter(number=conversation.key).first()
    if candidature is None:
        return []
    found: dict[str, Model] = {}
    for piece in procedure_of(library(), candidature).steps:
        for reason in piece.reasons:
            found.setdefault(reason.code, Model(reason.code, str(reason.title), str(reason.template or f"{reason.title}.")))
    return list(found.values())


CANDIDATURES = Topic(
    word=gettext_lazy("Candidature"),
    seen_sql=_SEEN,
    seen_parameters=seen_parameters,
    reads=Right.SEE_CANDIDATURES,
    writes=Right.WRITE_TO_COMPANIES,
    impartial=True,
    models=_models,
)
"""Its people of the company are those who see the product; those of the agency, those who see candidatures."""


def conversation_of(candidature: Candidature, procedure: Procedure, at: datetime) -> Conversation:
    """The conversation of a candidature, opened now unless it already is."""
    held = conversation_about(TOPIC, candidature.number)
    if held is not None:
        return held
    subject = candidature.enrolment.subject
    conversation = Conversation(
        topic=TOPIC,
        key=candidature.number,
        company_id=subject.company_id,
        title=f"Candidature n° {candidature.number}",  # recorded as it is
        caption=f"{procedure.title.fr} · {subject.full_name}",  # recorded as it is
    )
    open_conversation(conversation, by=SYSTEM, at=at)
    return conversation


def tell(candidature: Candidature, text: str, notice: str, *, at: datetime, told: int | None = None) -> None:
    """Say in the conversation what happened, once for each fact. `told` is whom another mail already tells."""
    conversation = conversation_of(candidature, procedure_of(library(), candidature), at)
    post_notice(conversation, text, notice, told, by=SYSTEM, at=at)


def tell_step(event: StepSubmitted | ChangesRequested | StepAccepted | StepConcluded | StepRejected | StepRefused) -> None:
    """« Recevabilité : votre candidature est recevable. », in the words of the content where it has some."""
    what, fact = {
        StepSubmitted: ("submitted", getattr(event, "submission", 0)),
        ChangesRequested: ("changes_requested", getattr(event, "request", 0)),
        StepAccepted: ("accepted", acceptance(event.step_key)),
        StepConcluded: ("accepted", acceptance(event.step_key)),
        StepRejected: ("rejected", event.step_key),
        StepRefused: ("rejected", event.step_key),
    }[type(event)]
    step = Step.objects.select_related("candidature__enrolment__subject").get(pk=event.step_key)
    told = person_told(step)
    _tell_in_words(step, what, f"{what}:{fact}", told.pk if told else None)


def tell_reopened(event: EvidenceReopened) -> None:
    """Evidence is asked for anew; what of it stays in the candidature."""
    step = Step.objects.select_related("candidature__enrolment__subject").get(pk=event.step_key)
    told = person_told(step)
    _tell_in_words(step, "reopened", f"reopened:{step.pk}:{_happened(step).position}", told.pk if told else None)


def tell_evidence(event: EvidenceComplete) -> None:
    """All the evidence is there, for the first time or again."""
    step = Step.objects.select_related("candidature__enrolment__subject").get(pk=event.step_key)
    _tell_in_words(step, "submitted", f"complete:{step.pk}:{_happened(step).position}", None)


def tell_section(event: Any) -> None:
    """A section was given back to be corrected (`SectionGivenBack`, of a room above)."""
    if event.result != "changes_requested":
        return
    step = Step.objects.select_related("candidature__enrolment__subject").get(pk=event.step_key)
    _tell_in_words(step, "changes_requested", f"section:{event.submission}:{event.look}", None)


def _tell_in_words(step: Step, what: str, notice: str, told: int | None) -> None:
    piece = call_of(library(), step).piece
    own = piece.messages.get(what)
    text = f"{piece.title.fr} : {own.fr if own else SENTENCES[what]}"  # recorded as it is
    tell(step.candidature, text, notice, at=_happened(step).at, told=told)


def _happened(step: Step) -> Entry:
    """What is being told: the last thing the journal holds of the candidature, written in this very transaction."""
    entry = Entry.objects.about("candidature", step.candidature_id).order_by("-position").first()
    assert entry is not None
    return entry


def tell_withdrawal(event: CandidatureWithdrawn) -> None:
    candidature = Candidature.objects.select_related("enrolment__subject").get(number=event.number)
    assert candidature.ended_at is not None
    tell(candidature, "L'entreprise a retiré sa candidature.", f"withdrawn:{candidature.pk}", at=candidature.ended_at)  # recorded as it is
