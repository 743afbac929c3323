"""What does the company keep of what it handed over? A receipt on paper: number, server time, answers, documents and hashes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from convergence.assessments.papers import day_written
from convergence.candidatures.forms import told_value
from convergence.candidatures.queries import FormSheet, form_sheet
from convergence.candidatures.sections import EvidenceSheet, evidence_sheet
from foundation.core.clock import PARIS
from foundation.core.language import spoken
from foundation.core.typography import french
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.candidatures.calls import Call
    from convergence.candidatures.models import Candidature, Submission


def receipt_file_name(submission: Submission) -> str:
    return f"accuse-{submission.receipt.lower()}.pdf"


def receipt_of(candidature: Candidature, submission: Submission) -> bytes:
    """PDF/A-3a, PDF/UA-1, dated of the submission itself: asked again, by whoever, the receipt is the same to the byte."""
    with spoken("fr"):
        if submission.section:
            return _section_receipt(evidence_sheet(candidature, submission.step.code), submission)
        return receipt_pdf(form_sheet(candidature, submission.step.code), submission)


def receipt_pdf(sheet: FormSheet, submission: Submission) -> bytes:
    """The receipt of a form: its answers, its documents."""
    documents = [(french(_title(sheet, str(one["slot"]))), one) for one in submission.documents]
    return _typeset(sheet.candidature, sheet.call, submission, _blocks(sheet, submission), documents, "")


def _section_receipt(sheet: EvidenceSheet, submission: Submission) -> bytes:
    """The receipt of a section: what was given of each requirement, what was said to be without object."""
    section = next(one for one in sheet.requirements.sections if one.code == submission.section)
    exempt: dict[str, str] = submission.values["exempt"]
    fields = []
    for requirement in section.requirements:
        if requirement.code not in submission.values["asked"]:
            continue
        count = sum(1 for one in submission.documents if one["requirement"] == requirement.code)
        codes = [requirement.code, *(scenario.code for scenario in requirement.scenarios)]
        words = [f"{count} fichier{'s' if count > 1 else ''}"] if count else []  # recorded as it is
        words += [f"{code} sans objet : {exempt[code]}" for code in codes if code in exempt]  # recorded as it is
        fields.append({"name": requirement.code, "words": french(" ; ".join(words))})
    documents = [(str(one["slot"]), one) for one in submission.documents]
    title = french(f"{section.title.fr} ({section.short.fr})")
    return _typeset(sheet.candidature, sheet.call, submission, [{"title": title, "fields": fields}], documents, title)


def _typeset(candidature: Candidature, call: Call, submission: Submission, blocks: list[dict[str, object]], documents: list[tuple[str, dict[str, Any]]], section: str) -> bytes:  # fmt: skip
    subject = candidature.enrolment.subject
    facts = [
        ("Accusé de réception", submission.receipt),  # recorded as it is
        ("Candidature", f"n°\u00a0{candidature.number}"),  # recorded as it is
        ("Démarche", french(f"{call.procedure.title.fr} ({call.procedure.edition})")),  # recorded as it is
        ("Étape", french(f"{call.piece.title.fr}, soumission n° {submission.number}")),  # recorded as it is
        ("Section", section),  # recorded as it is
        ("Entreprise", f"{subject.company.name}, SIREN {subject.company.siren_spaced}"),  # recorded as it is
        ("Reçue le", french(f"{_second(submission.submitted_at)} (heure de Paris), à l'horloge du serveur")),  # recorded as it is
        ("Soumise par", submission.submitted_by_name),  # recorded as it is
        ("Version des contenus", f"n°\u00a0{submission.release}"),  # recorded as it is
    ]
    content = {
        "made": french(f"Convergence – accusé de réception {submission.receipt}"),  # recorded as it is
        "subject": subject.full_name,
        "facts": [{"name": name, "words": words} for name, words in facts if words],
        "digest": submission.digest,
        "blocks": blocks,
        "documents": [
            {"slot": slot, "name": one["name"], "size": _weight(one["size"]), "sha256": one["sha256"]} for slot, one in documents
        ],
    }
    title = f"Accusé de réception {submission.receipt}"  # recorded as it is
    return typeset("candidatures/receipt", content, title=title, at=submission.submitted_at)


def _blocks(sheet: FormSheet, submission: Submission) -> list[dict[str, object]]:
    blocks: dict[str, list[dict[str, str]]] = {}
    for one in sheet.call.asked(dict(submission.values)):
        if one.field.kind == "file":
            continue
        name = f"{one.field.title.fr} ({one.number})" if one.number else one.field.title.fr
        told = told_value(one.field, submission.values.get(one.key, ""), sheet.call.profiles)
        blocks.setdefault(one.block.title.fr, []).append({"name": french(name), "words": told or "Non renseigné"})  # recorded as it is
    return [{"title": french(title), "fields": fields} for title, fields in blocks.items()]


def _title(sheet: FormSheet, slot: str) -> str:
    fields = (field for block in sheet.form.blocks for field in block.fields)
    return next((field.title.fr for field in fields if field.proof is not None and field.proof.code == slot), slot)


def _second(at: datetime) -> str:
    here = at.astimezone(PARIS)
    return f"{day_written(at)} à {here:%H}\u00a0h\u00a0{here:%M}\u00a0min\u00a0{here:%S}\u00a0s"  # recorded as it is


def _weight(size: object) -> str:
    return f"{size:,}".replace(",", "\u202f") + "\u00a0octets"  # recorded as it is
