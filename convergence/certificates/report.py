"""Of which requirements was the product found to conform? The report beside a certificate: each one examined, and what holds of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist

from convergence.candidatures.models import StepSection
from convergence.certificates.papers import facts_of
from convergence.reviews.examination import Examination, Line, examination_of
from convergence.reviews.rules import CONFIRMATION, FIRST
from foundation.core.language import spoken
from foundation.core.typography import french
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.candidatures.models import Candidature
    from convergence.certificates.queries import Published
    from convergence.reviews.models import RequirementVerdict


def examinations_of(candidature: Candidature) -> list[Examination]:
    """Each section as it was last handed over, in the order of the steps and of the content; none where nothing was examined so."""
    rows = StepSection.objects.filter(step__candidature=candidature).select_related("step__candidature__enrolment__subject")
    found = []
    for row in rows.order_by("step__rank", "pk"):
        try:
            found.append(examination_of(row))
        except ObjectDoesNotExist:
            continue
    return found


def report_pdf(shown: Published, at: datetime) -> bytes:
    """PDF/A-3a, PDF/UA-1, dated of the day it was issued; nothing where no requirement was examined. In French, whoever asks."""
    examinations = examinations_of(shown.certificate.candidature)
    if not examinations:
        return b""
    certificate = shown.certificate
    with spoken("fr"):
        facts, sections = facts_of(certificate), sections_told(examinations)
    content = {
        "made": french(f"Rapport de conformité, certificat n° {certificate.number}"),  # recorded as it is
        "subject": certificate.name,
        "facts": [{"name": name, "words": words} for name, words in facts],
        "sections": sections,
    }
    title = french(f"Rapport de conformité n° {certificate.number}")  # recorded as it is
    return typeset("certificates/report", content, title=title, at=at)


def sections_told(examinations: Sequence[Examination]) -> list[dict[str, Any]]:
    """What each requirement says, and what holds of it. Neither the files, nor who examined, nor what they noted."""
    return [
        {
            "title": french(one.content.title.fr),
            "lines": [
                {
                    "code": line.code,
                    "text": french(line.requirement.text.fr),
                    "files": len(line.documents),
                    "outcome": str(verdict.outcome_word) if (verdict := held(line)) is not None else "Non examinée",  # recorded as it is
                }
                for line in one.lines
            ],
        }
        for one in examinations
    ]


def held(line: Line) -> RequirementVerdict | None:
    """The last word: that of whoever confirmed, else that of whoever examined."""
    return line.holds(CONFIRMATION) or line.holds(FIRST)
