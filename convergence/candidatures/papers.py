"""What does the company keep of what it handed over? A receipt on paper: number, server time, answers, documents and hashes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from convergence.assessments.papers import day_written
from convergence.candidatures.forms import told_value
from foundation.core.clock import PARIS
from foundation.core.typography import french
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.candidatures.models import Submission
    from convergence.candidatures.queries import FormSheet


def receipt_file_name(submission: Submission) -> str:
    return f"accuse-{submission.receipt.lower()}.pdf"


def receipt_pdf(sheet: FormSheet, submission: Submission) -> bytes:
    """PDF/A-3a, PDF/UA-1, dated of the submission itself: asked again, the receipt is the same to the byte."""
    subject = sheet.candidature.enrolment.subject
    content = {
        "made": french(f"Convergence – accusé de réception {submission.receipt}"),
        "subject": subject.full_name,
        "facts": [
            {"name": name, "words": words}
            for name, words in (
                ("Accusé de réception", submission.receipt),
                ("Candidature", f"n°\u00a0{sheet.candidature.number}"),
                ("Démarche", french(f"{sheet.call.procedure.title.fr} ({sheet.call.procedure.edition})")),
                ("Étape", french(f"{sheet.call.piece.title.fr}, soumission n° {submission.number}")),
                ("Entreprise", f"{subject.company.name}, SIREN {subject.company.siren_spaced}"),
                ("Reçue le", french(f"{_second(submission.submitted_at)} (heure de Paris), à l'horloge du serveur")),
                ("Soumise par", submission.submitted_by_name),
                ("Version des contenus", f"n°\u00a0{submission.release}"),
            )
        ],
        "digest": submission.digest,
        "blocks": _blocks(sheet, submission),
        "documents": [
            {"slot": french(_title(sheet, str(one["slot"]))), "name": one["name"], "size": _weight(one["size"]), "sha256": one["sha256"]}
            for one in submission.documents
        ],
    }
    return typeset("candidatures/receipt", content, title=f"Accusé de réception {submission.receipt}", at=submission.submitted_at)


def _blocks(sheet: FormSheet, submission: Submission) -> list[dict[str, object]]:
    blocks: dict[str, list[dict[str, str]]] = {}
    for one in sheet.call.asked(dict(submission.values)):
        if one.field.kind == "file":
            continue
        name = f"{one.field.title.fr} ({one.number})" if one.number else one.field.title.fr
        told = told_value(one.field, submission.values.get(one.key, ""), sheet.call.profiles)
        blocks.setdefault(one.block.title.fr, []).append({"name": french(name), "words": told or "Non renseigné"})
    return [{"title": french(title), "fields": fields} for title, fields in blocks.items()]


def _title(sheet: FormSheet, slot: str) -> str:
    fields = (field for block in sheet.form.blocks for field in block.fields)
    return next((field.title.fr for field in fields if field.proof is not None and field.proof.code == slot), slot)


def _second(at: datetime) -> str:
    here = at.astimezone(PARIS)
    return f"{day_written(at)} à {here:%H}\u00a0h\u00a0{here:%M}\u00a0min\u00a0{here:%S}\u00a0s"


def _weight(size: object) -> str:
    return f"{size:,}".replace(",", "\u202f") + "\u00a0octets"
