"""What does the company show of its certificate? A paper that anyone checks: its seal, and the square that leads to its page."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from foundation.core.clock import told_day
from foundation.core.language import gettext as _
from foundation.core.language import spoken
from foundation.core.typography import french
from foundation.credentials.second_factor import square
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.certificates.models import Certificate
    from convergence.certificates.queries import Published


def public_address(certificate: Certificate) -> str:
    """Where it says, for good, whether it still stands."""
    return f"{settings.SITE_ADDRESS}{reverse('public:certificate', args=[certificate.number])}"


def facts_of(certificate: Certificate) -> list[tuple[str, str]]:
    """What it says, in the order of its page and of its paper; what it does not say is left out."""
    lines = [
        (_("Numéro"), certificate.number),
        (_("Numéro de référencement"), certificate.listing or ""),
        (_("Produit"), certificate.product),
        (_("Version"), certificate.version),
        (_("Entreprise"), f"{certificate.company}, SIREN {_spaced(certificate.siren)}"),
        (_("Niveau"), certificate.level),
        (_("Référentiel"), certificate.requirements),
        (_("Profils"), ", ".join(certificate.profiles)),
        (_("Délivré le"), _told(certificate.issued_on)),
        (_("Valable jusqu'au"), _told(certificate.valid_until)),
        (_("Prochain contrôle"), _told(certificate.control_on)),
    ]
    return [(french(name), words) for name, words in lines if words]


def certificate_pdf(shown: Published, at: datetime) -> bytes:
    """PDF/A-3a, PDF/UA-1, dated of the day it was issued; to be sealed. In French, whoever asks."""
    certificate, outcome = shown.certificate, shown.outcome
    address = public_address(certificate)
    side, path = square(address)
    with spoken("fr"):
        facts = facts_of(certificate)
    content = {
        "made": french(f"Certificat n° {certificate.number}"),  # recorded as it is
        "subject": certificate.name,
        "kind": french(outcome.title.fr),
        "procedure": french(shown.procedure.title.fr),
        "facts": [{"name": name, "words": words} for name, words in facts],
        "address": address,
        "square": f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>',
        "terms": french(outcome.logo_terms.fr) if outcome.logo_terms else "",
    }
    return typeset("certificates/certificate", content, title=french(f"{outcome.title.fr} n° {certificate.number}"), at=at)


def certificate_file_name(certificate: Certificate) -> str:
    return f"certificat-{certificate.number.lower()}.pdf"


def report_file_name(certificate: Certificate) -> str:
    return f"rapport-{certificate.number.lower()}.pdf"


def _told(day: date | None) -> str:
    return told_day(day).replace(" ", "\u00a0") if day else ""


def _spaced(siren: str) -> str:
    return f"{siren[:3]}\u00a0{siren[3:6]}\u00a0{siren[6:]}"
