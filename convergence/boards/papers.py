"""What is kept of a session on paper? Its minutes: the files of its agenda, what each came to, on how many opinions. No member is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convergence.boards.queries import agenda_of, reservations_told
from foundation.core.clock import PARIS, told
from foundation.core.typography import french
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.boards.models import BoardSession
    from convergence.boards.queries import CaseFile


def minutes_file_name(session: BoardSession) -> str:
    return f"proces-verbal-{session.held_at.astimezone(PARIS):%Y-%m-%d}-{session.pk}.pdf"


def minutes_of(session: BoardSession) -> bytes:
    """PDF/A-3a, PDF/UA-1, dated of the closing: asked again, the minutes are the same to the byte."""
    assert session.ended_at is not None, "le procès-verbal est celui d'une séance close"
    assert session.ended_by is not None
    title = french(f"Procès-verbal de la séance du {told(session.held_at)}")
    content = {
        "made": title,
        "subject": "Collège technique de référencement",
        "facts": [
            {"name": name, "words": french(words)}
            for name, words in (
                ("Séance", told(session.held_at)),
                ("Lieu", session.place),
                ("Close le", told(session.ended_at)),
                ("Close par", session.ended_by.name),
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
        "title": french(f"{subject.full_name}, candidature n° {one.candidature.number}"),
        "company": subject.company.name,
        "procedure": french(str(one.call.procedure.title.fr)),
        "result": french(outcome.word),
        "counts": french(outcome.told),
        "text": outcome.text,
        "reservations": [
            {"about": french(each.about), "reason": french(each.reason), "text": each.text} for each in reservations_told(one)
        ],
        "recorded": french(f"Issue consignée par {outcome.recorded_by_name} le {told(outcome.recorded_at)}."),
    }
