"""Who reacts to what? The only upward road of the house, in two tables one can read aloud."""

from __future__ import annotations

from convergence.assessments.events import AssessmentValidated, ValidationRequested, ValidationSentBack
from convergence.assessments.notices import assessment_validated, validation_requested, validation_sent_back
from convergence.assessments.standings import open_standings, refresh_standings_of_subject
from convergence.catalogue.events import ProductEnrolled, ProductRequalified
from convergence.content.events import ReleasePublished
from convergence.content.library import forget_library
from foundation.core.event import Event
from foundation.journal import action
from foundation.journal.action import Reaction

AT_ONCE: dict[type[Event], tuple[Reaction, ...]] = {
    ProductEnrolled: (open_standings,),
    ProductRequalified: (refresh_standings_of_subject,),
}
"""In the transaction of the event itself: both happen, or neither."""

AFTERWARDS: dict[type[Event], tuple[Reaction, ...]] = {
    ReleasePublished: (lambda _: forget_library(),),
    ValidationRequested: (validation_requested,),
    ValidationSentBack: (validation_sent_back,),
    AssessmentValidated: (assessment_validated,),
}
"""Once committed: nothing here may be needed for the event to be true."""


def connect() -> None:
    action.at_once.update(AT_ONCE)
    action.afterwards.update(AFTERWARDS)
