"""What is signed? The agreement of the content, with the parties, the product and the candidature it is of, as archivable PDF."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from convergence.candidatures.calls import call_of
from convergence.content.library import library
from foundation.core.clock import PARIS, told_day
from foundation.core.language import spoken
from foundation.core.typography import french
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.agreements.models import Paper
    from convergence.candidatures.models import Step
    from convergence.content.schema import Agreement


def agreement_pdf(step: Step, piece: Agreement, round_number: int, at: datetime) -> bytes:
    """PDF/A-3a, PDF/UA-1, dated of the day it is frozen; in French, whoever has it made."""
    with spoken("fr"):
        return _drawn(step, piece, round_number, at)


def _drawn(step: Step, piece: Agreement, round_number: int, at: datetime) -> bytes:
    candidature, call = step.candidature, call_of(library(), step)
    subject = candidature.enrolment.subject
    profiles = [str(one.title) for one in call.profiles if one.code in set(candidature.profiles)]
    facts = [
        ("Candidature", f"n°\u00a0{candidature.number}"),  # recorded as it is
        ("Démarche", f"{call.procedure.title.fr} ({call.procedure.edition})"),  # recorded as it is
        ("Produit", subject.full_name),  # recorded as it is
        ("Référence du produit", str(subject.reference)),  # recorded as it is
        ("Profils", ", ".join(profiles)),  # recorded as it is
        ("Établie le", told_day(at.astimezone(PARIS).date())),  # recorded as it is
    ]
    company = f"SIREN {subject.company.siren_spaced}, {subject.company.address} ; ci-après « l'entreprise »"  # recorded as it is
    content = {
        "made": french(f"Convention n° {candidature.number}-{round_number}"),  # recorded as it is
        "subject": french(f"{piece.title.fr} – {subject.full_name}"),
        "illustrative": piece.origin == "illustrative",
        "parties": [
            {"name": french(piece.agency.fr), "words": "ci-après « l’agence »"},  # recorded as it is
            {
                "name": subject.company.name,
                "words": french(company),
            },
        ],
        "facts": [{"name": name, "words": french(words)} for name, words in facts if words],
        "preamble": piece.preamble.fr if piece.preamble else "",
        "articles": [{"title": article.title.fr, "paragraphs": article.text.fr.split("\n\n")} for article in piece.articles],
    }
    return typeset(f"agreements/{piece.template}", content, title=french(piece.title.fr), at=at)


def paper_file_name(paper: Paper, number: str) -> str:
    words = {0: "a-signer", 1: "signee-par-l-entreprise"}.get(paper.seals, "signee")
    return f"convention-{number.lower()}-{paper.round}-{words}.pdf"
