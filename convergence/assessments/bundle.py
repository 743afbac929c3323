"""What does the company hand over at the end of a procedure? Every result, the evidence named, a signed list: one zip.

The files deposited are not in it: whoever receives the zip knows each by its hash. Source: guide, page 56.
"""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from convergence.assessments.papers import results_file_name, results_pdf, results_workbook
from convergence.assessments.queries import questionnaires_of, results_of
from foundation.core.clock import PARIS, told
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.words import fold
from foundation.documents.signing import fingerprint, manifest_of, signature_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from convergence.assessments.queries import Results
    from convergence.catalogue.models import Enrolment
    from convergence.content.schema import Questionnaire

MANIFEST, SIGNATURE, EVIDENCE, READ_ME = "MANIFESTE-SHA256.txt", "MANIFESTE-SHA256.txt.sig", "preuves.csv", "LISEZMOI.txt"

HEADINGS = (
    gettext_lazy("Questionnaire"),
    gettext_lazy("Critère"),
    gettext_lazy("Emplacement"),
    gettext_lazy("Fichier"),
    gettext_lazy("Octets"),
    "SHA-256",
    gettext_lazy("Déposé le"),
    gettext_lazy("Par"),
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The last validation of each questionnaire of a procedure, and those that have none."""

    enrolment: Enrolment
    results: tuple[Results, ...]
    lacking: tuple[Questionnaire, ...]

    @property
    def is_complete(self) -> bool:
        return not self.lacking


def bundle_of(enrolment: Enrolment, only: Collection[str] | None = None) -> Bundle:
    """What was validated in a procedure, or in some of its questionnaires. A few queries for each, whatever its criteria and its files."""
    results, lacking = [], []
    for questionnaire in questionnaires_of(enrolment):
        if only is not None and questionnaire.key not in only:
            continue
        found = results_of(enrolment, questionnaire.key)
        if found is None or found.validation is None:
            lacking.append(questionnaire)
        else:
            results.append(found)
    return Bundle(enrolment, tuple(results), tuple(lacking))


def bundle_file_name(enrolment: Enrolment, at: datetime) -> str:
    """« resultats-mes-sans-echange-1926-2026-11-25.zip »."""
    day = at.astimezone(PARIS).date().isoformat()
    return f"{fold(_('Résultats'))}-{re.sub('[^a-z0-9]+', '-', enrolment.code)}-{enrolment.subject.reference}-{day}.zip"


def bundle_zip(bundle: Bundle, *, at: datetime) -> bytes:
    """The zip. The same validations give the same files, dated `at`; the list and its signature cover all the others."""
    files: dict[str, bytes] = {}
    for results in bundle.results:
        files[results_file_name(results, "pdf")] = results_pdf(results, at=at)
        files[results_file_name(results, "xlsx")] = results_workbook(results, at=at)
    files[EVIDENCE] = _evidence(bundle.results)
    files[READ_ME] = _read_me(bundle, at).encode()
    manifest = manifest_of(files)
    files |= {MANIFEST: manifest, SIGNATURE: signature_of(manifest)}
    body = BytesIO()
    here = at.astimezone(PARIS)
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (here.year, here.month, here.day, here.hour, here.minute, here.second))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return body.getvalue()


def _evidence(found: Iterable[Results]) -> bytes:
    """Semicolons and a byte order mark, as French spreadsheets open them; what would be a formula is made text."""
    text = StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow([str(word) for word in HEADINGS])
    for results in found:
        for row in results.rows:
            for one in row.evidence:
                told_on = datetime.fromisoformat(one["deposited_at"]).astimezone(PARIS).strftime("%Y-%m-%d %H:%M")
                cells = (str(results.questionnaire.title), f"{row.number} {row.criterion.title}", one["slot"], one["name"])
                lines.writerow([*map(_as_text, cells), one["size"], one["sha256"], told_on, _as_text(one["deposited_by"])])
    return ("\ufeff" + text.getvalue()).encode()


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _read_me(bundle: Bundle, at: datetime) -> str:
    product = bundle.enrolment.subject
    lines = [
        _("Résultats d'une démarche, édités par Convergence"),
        "",
        _("Produit : {product}").format(product=product.full_name),
        _("Référence du produit : {reference}").format(reference=product.reference),
        _("Entreprise : {company}").format(company=product.company.name),
        _("Édité le {at}").format(at=told(at)),
        "",
        _("Questionnaires validés :"),
        *(
            _("- {questionnaire} {edition}, validation n° {number} du {at} : {outcome}").format(
                questionnaire=results.questionnaire.title,
                edition=results.questionnaire.edition,
                number=results.validation.number,
                at=told(results.validation.validated_at),
                outcome=results.here.outcome_word,
            )
            for results in bundle.results
            if results.validation
        ),
    ]
    if bundle.lacking:
        lines += ["", _("Questionnaires sans validation :"), *(f"- {one.title} {one.edition}" for one in bundle.lacking)]
    return "\n".join([*lines, "", *_how_to_check(), ""])


def _how_to_check() -> list[str]:
    return [
        _("{manifest} donne l'empreinte de chaque fichier ; {signature} est sa signature (Ed25519).").format(
            manifest=MANIFEST, signature=SIGNATURE
        ),
        _("Pour vérifier, sans réseau, avec la clé publique de la plateforme (page « Clé de signature ») :"),
        "",
        f"  openssl pkeyutl -verify -pubin -inkey cle-convergence.pem -rawin -in {MANIFEST} -sigfile {SIGNATURE}",
        f"  sha256sum --check {MANIFEST}",
        "",
        _("Empreinte SHA-256 de la clé publique : {fingerprint}").format(fingerprint=fingerprint()),
    ]
