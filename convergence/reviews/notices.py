"""Who is told that a section was given back? The company, of what it must correct; nothing of what the agency keeps to itself."""

from __future__ import annotations

from convergence.candidatures.notices import section_returned
from convergence.reviews.events import SectionGivenBack
from convergence.reviews.rules import SECTION_RETURNED


def section_given_back(event: SectionGivenBack) -> None:
    """Accepted, it is told with the step; to be confirmed, it is the agency's own affair."""
    if event.result == SECTION_RETURNED:
        section_returned(event.step_key, event.submission)
