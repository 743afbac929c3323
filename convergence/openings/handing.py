"""How did a sealed file come to the agency? With a candidature, or with results a company shares. Any other is the company's alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import JSONObject

from convergence.assessments.models import Validation
from convergence.candidatures.models import Candidature, Step, Submission
from convergence.catalogue.models import Share
from convergence.catalogue.workflow import ACTIVE
from convergence.content.library import library
from convergence.content.partners import THE_PARTNER, questionnaires_read_by
from convergence.evidence.models import Deposit

_FILES = "$.*.evidence[*].file ? (@ == $file)"
"""The files a validation names, criterion by criterion."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A sealed deposit the agency has: with its candidature, unless it came with shared results."""

    deposit: Deposit
    step: Step | None = None

    @property
    def candidature(self) -> Candidature | None:
        return self.step.candidature if self.step else None


def handed_over(deposit: Deposit) -> Handed | None:
    """How the agency has this deposit; None where it has not, or not any more. Two queries."""
    step = Step.objects.filter(folder=deposit.folder_id).select_related("candidature__enrolment__subject__company").first()
    if step is None:
        return Handed(deposit) if shared_evidence().filter(pk=deposit.pk).exists() else None
    given = Submission.objects.filter(step=step, documents__contains=[{"deposit": deposit.pk}])
    return Handed(deposit, step) if given.exists() else None


def shared_evidence() -> QuerySet[Deposit]:
    """The sealed deposits of questionnaires whose results a company shares: those a validation names, the file being readable.

    What is shared is what was validated, in a procedure the content lets be read, while the product is in the catalogue.
    """
    named = Func(
        F("answers"),
        Value(_FILES),
        JSONObject(file=OuterRef("file")),
        function="jsonb_path_exists",
        output_field=BooleanField(),
    )
    validated = Validation.objects.filter(assessment__folder=OuterRef("folder")).alias(named=named).filter(named=True)
    return Deposit.objects.filter(_shared(), Exists(validated), folder__subject__state=ACTIVE, file__sealed=True)


def _shared() -> Q:
    """The folder is of a questionnaire that is read of a procedure, and the company shares its results of that procedure."""
    shares = Share.objects.standing().filter(partner=THE_PARTNER, enrolment__subject=OuterRef("folder__subject"))
    found = Q(pk__in=[])
    for questionnaires, procedures in _read().items():
        found |= Q(Exists(shares.filter(enrolment__procedure__in=procedures)), folder__name__in=sorted(questionnaires))
    return found


def _read() -> dict[frozenset[str], list[str]]:
    """What the partner reads, and of which procedures: a few, whatever the companies."""
    found: dict[frozenset[str], list[str]] = {}
    for procedure in library().every_procedure():
        if questionnaires := questionnaires_read_by(procedure, THE_PARTNER):
            found.setdefault(questionnaires, []).append(procedure.key)
    return found
