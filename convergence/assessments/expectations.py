"""What does each procedure expect of each criterion? From content, as the rules want it; compiled once per process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from convergence.assessments.rules import Expectation, Given
from convergence.catalogue.models import Subject
from convergence.content.library import Library
from convergence.content.schema import Procedure, Questionnaire, Scale, Use


@lru_cache(maxsize=512)
def expectations_by_criterion(library: Library, use: Use) -> Mapping[str, Expectation]:
    """The expectation of every criterion of the questionnaire, asked or not."""
    questionnaire = library.questionnaire(use.questionnaire)
    assert questionnaire is not None
    scale = library.scale_of(questionnaire)
    exceptions = {exception.criterion: exception for exception in use.exceptions}
    found = {}
    for _, criterion in library.criteria(use.questionnaire):
        exception = exceptions.get(criterion.code)
        obligation, required, accepts = use.obligation, use.required, use.accepts_not_concerned
        if exception is not None:
            obligation = obligation if exception.obligation is None else exception.obligation
            required = exception.required or required
            accepts = accepts if exception.accepts_not_concerned is None else exception.accepts_not_concerned
        rank = scale.rank(required) if required else max(level.rank for level in scale.levels if level.rank is not None)
        assert rank is not None
        found[criterion.code] = Expectation(criterion.code, obligation, rank, accepts)
    return found


def asked_of(library: Library, use: Use, subject: Subject) -> tuple[str, ...]:
    """The criteria one procedure asks of one subject, in order."""
    return library.asked(use, subject.qualification_items, subject.kind)


def expected_of(library: Library, use: Use, subject: Subject) -> list[Expectation]:
    """The expectations of the criteria asked, in order."""
    expectations = expectations_by_criterion(library, use)
    return [expectations[code] for code in asked_of(library, use, subject)]


def use_in(library: Library, procedure: Procedure, questionnaire: str, subject: Subject) -> Use | None:
    """How a procedure uses a questionnaire, if it does."""
    uses = library.uses_of(procedure, subject.kind)
    return next((use for use in uses if use.questionnaire == questionnaire), None)


def edition_asking(library: Library, editions: Iterable[str], questionnaire: str, subject: Subject) -> tuple[Procedure, Use] | None:
    """Of the editions of a procedure a subject follows or followed, the first that asks a questionnaire, and how it does."""
    for key in editions:
        procedure = library.procedure(key)
        use = use_in(library, procedure, questionnaire, subject) if procedure else None
        if procedure is not None and use is not None:
            return procedure, use
    return None


def ranks_of(scale: Scale, given: Mapping[str, Given]) -> dict[str, int | None]:
    """The rank of each answer that has a level; a comment alone is not an answer."""
    ranks = {level.code: level.rank for level in scale.levels}
    return {code: ranks[one.level] for code, one in given.items() if one.level}


def scale_for(library: Library, key: str) -> tuple[Questionnaire, Scale]:
    questionnaire = library.questionnaire(key)
    assert questionnaire is not None, key
    return questionnaire, library.scale_of(questionnaire)
