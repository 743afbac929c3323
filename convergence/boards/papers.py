"""What is kept of a session on paper? Its minutes: the files of its agenda, what each came to, on how many opinions. No member is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convergence.boards.queries import agenda_of, reservations_told
from foundation.core.clock import PARIS, told
from foundation.core.language import spoken
from foundation.core.typography import french
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.boards.models import BoardSession
    from convergence.boards.queries import CaseFile


def minutes_file_name(session: BoardSession) -> str:
    return f"proces-verbal-{session.held_at.astimezone(PARIS):%Y-%m-%d}-{session.pk}.pdf"


def minutes_of(session: BoardSession) -> bytes:
    """PDF/A-3a, PDF/UA-1, dated of the closing: asked again, by whoever, the minutes are the same to the byte."""
    with spoken("fr"):
        return _minutes(session)


def _minutes(session: BoardSession) -> bytes:
    assert session.ended_at is not None, "le procès-verbal est celui d'une séance close"
    assert session.ended_by is not None
    title = french(f"Procès-verbal de la séance du {told(session.held_at)}")  # recorded as it is
    content = {
        "made": title,
        "subject": "Collège technique de référencement",  # recorded as it is
        "facts": [
            {"name": name, "words": french(words)}
            for name, words in (
                ("Séance", told(session.held_at)),  # recorded as it is
                ("Lieu", session.place),  # recorded as it is
                ("Close le", told(session.ended_at)),  # recorded as it is
                ("Close par", session.ended_by.name),  # recorded as it is
            )
        ],
        "files": [_told(one) for one in agenda_of(session)],
        "remarks": session.remarks,
    }
    return typeset("boards/minutes", content, title=title, at=session.ended_at)


def _told(one: CaseFile) -> dict[str, object]:
    outcome = one.outcome
    assert outcome is not None
    subject = one.candidature.enrolment.subject
    return {
        "title": french(f"{subject.full_name}, candidature n° {one.candidature.number}"),  # recorded as it is
        "company": subject.company.name,
        "procedure": french(str(one.call.procedure.title.fr)),
        "result": french(str(outcome.word)),
        "counts": french(outcome.told),
        "text": outcome.text,
        "reservations": [
            {"about": french(each.about), "reason": french(each.reason), "text": each.text} for each in reservations_told(one)
        ],
        "recorded": french(f"Issue consignée par {outcome.recorded_by_name} le {told(outcome.recorded_at)}."),  # recorded as it is
    }
