"""Sealed evidence the agency has, and someone accredited to open it: always by the real actions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyrage

from convergence.candidatures.actions import submit_section
from convergence.candidatures.models import Candidature
from convergence.catalogue.actions import share_results
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.partners import THE_PARTNER
from convergence.evidence.models import Deposit
from convergence.openings.actions import accredit_reader
from convergence.openings.models import Accreditation
from convergence.reviews.actions import take_candidature
from foundation.accounts.models import Person, Seat
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right, Role
from foundation.files.checks import AGE
from tests.factories.catalogue import GDPR, begun, product_at, validated
from tests.factories.evidence import deposited, followed, judged
from tests.factories.people import someone
from tests.factories.sections import fill_section, give_proof, opened, proofs_step, proving_of

DPIA = "RGPD-AIPD"
CANARY = b"Canari : les risques de l'analyse d'impact"


def new_identity() -> Any:
    return pyrage.x25519.Identity.generate()


def sealed_for(*identities: Any, body: bytes = CANARY) -> bytes:
    return pyrage.encrypt(body, [one.to_public() for one in identities])


def coordinating(at: datetime) -> Person:
    """Someone of the coordination: not on every stage."""
    found = people_with_right(Right.GIVE_ACCREDITATIONS)
    return found[0] if found else someone("coordinator", Role.COORDINATOR, None, at)


def accredited(person: Person, at: datetime) -> Accreditation:
    """Named by the coordination."""
    seat = Seat.objects.held().get(person=person, company=None)
    accredit_reader(seat, by=coordinating(at), at=at)
    return Accreditation.objects.select_related("seat__person").get(seat=seat, ended_at=None)


def sealed_in_candidature(
    claire: Person, ines: Person, at: datetime, *, body: bytes = b"", product: Subject | None = None, **options: Any
) -> tuple[Candidature, Deposit]:
    """A section handed over with a sealed file beside the others; Inès examines the candidature."""
    followed_by = proving_of(product or product_at("active", claire, at), claire, at)
    found = opened(followed_by, claire, ines, at)
    fill_section(found, claire, at)
    given = give_proof(
        found, "ILL-L 1.1.2", claire, at, content=body or sealed_for(new_identity()),
        **{"name": "rapport.pdf.age", "sealed": True, "media_type": AGE} | options,
    )  # fmt: skip
    submit_section(proofs_step(found), "lights", by=claire, at=at)
    take_candidature(found, by=ines, at=at)
    return Candidature.objects.select_related("enrolment__subject__company").get(pk=found.pk), Deposit.objects.get(pk=given.pk)


def sealed_in_results(claire: Person, at: datetime, *, body: bytes = b"", **product: str) -> Deposit:
    """A questionnaire validated with a sealed file, its results shared."""
    enrolment = followed(claire, at, **product)
    given = deposited(
        enrolment, DPIA, claire, at, questionnaire=GDPR, name="aipd.pdf.age", body=body or sealed_for(new_identity())
    )  # fmt: skip
    judged(given.file, "clean", at, media_type=AGE, sealed=True)
    validate_and_share(enrolment, claire, at)
    return Deposit.objects.select_related("file", "folder__subject__company").get(pk=given.pk)


def validate_and_share(enrolment: Enrolment, claire: Person, at: datetime, *, share: bool = True) -> None:
    """What is still missing of the questionnaire is deposited, it is validated, its results are shared."""
    for slot in ("RGPD-Q", "RGPD-CGU"):
        judged(deposited(enrolment, slot, claire, at, questionnaire=GDPR).file, "clean", at)
    validated(begun(enrolment, GDPR, claire, at), enrolment, claire, at)
    if share:
        share_results(enrolment, THE_PARTNER, by=claire, at=at)
