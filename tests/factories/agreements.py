"""Agreements at every stage, in a procedure no code knows: a form, then an agreement, then a certificate."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from convergence.agreements.actions import send_signing_code
from convergence.agreements.codes import code_of
from convergence.agreements.models import Agreement, SigningCode
from convergence.agreements.signing import sign_with_code
from convergence.candidatures.actions import accept_step, submit_step
from convergence.candidatures.models import Candidature
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.actions import publish_release
from convergence.content.library import forget_library, library
from convergence.content.reading import ReadPiece, read_packs
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from tests.factories.candidatures import FORM, PROCEDURE, REQUIREMENTS, drafted, step_of
from tests.factories.catalogue import enrolled, product_at
from tests.factories.packs import real_packs
from tests.factories.people import someone
from tests.queue import work_off

SIGNED = "essai-de-convention"

AGREEMENT = """\
code: vol
edition: "1"
title: Convention de vol
origin: illustrative
agency: L'Agence des vols
preamble: Les parties veulent voler.
articles:
  - {title: Objet, text: "Voler.\\n\\nEnsemble."}
  - {title: "Fin <script>alert(1)</script>", text: "#set text(red) *Atterrir*."}
"""

OUTCOME = """\
outcome:
  kind: certificate
  title: Certificat de vol
  validity_months: 36
  next_control_months: 12
  next_steps: [Prévenez la tour de contrôle., Rangez l'avion.]
  logo_terms: Le logo se pose sur l'aile gauche.
  changes: [{code: wings, title: Changement d'ailes, within_days: 15}]
"""

TWO_STEPS = f"""\
code: {SIGNED}
edition: "1"
title: Essai de convention
origin: illustrative
track: dmn
summary: Signer.
presentation: Une convention.
profiles_from: vol-1.0
steps:
  - {{code: dossier, kind: form, form: vol-1, title: Dossier}}
  - code: convention
    kind: agreement
    agreement: vol-1
    title: Convention
    after: [dossier]
    introduction: La convention est signée par voie électronique.
    reasons: [{{code: unfit, title: Inapte}}]
"""


def publish_signed(folder: Path, packs: list[ReadPiece], at: datetime, outcome: str = OUTCOME) -> None:
    """The real contents, and the made-up procedures with them."""
    texts = {
        "forms/vol.yaml": FORM,
        "requirements/vol.yaml": REQUIREMENTS,
        "procedures/essai.yaml": PROCEDURE,
        "agreements/vol.yaml": AGREEMENT,
        "procedures/convention.yaml": TWO_STEPS + outcome,
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    made_up, problems = read_packs(folder)
    assert problems == []
    publish_release([*packs, *made_up], by=SYSTEM, at=at)
    forget_library()


def signed_trial(person: Person, at: datetime, product: Subject | None = None, outcome: str = OUTCOME) -> Enrolment:
    """A product enrolled in the made-up procedure, published now unless it already is."""
    product = product or product_at("active", person, at)
    found = Enrolment.objects.select_related("subject").filter(subject=product, code=SIGNED).first()
    if found is not None:
        return found
    if library().procedure(f"{SIGNED}-1") is None:
        with TemporaryDirectory() as folder:
            publish_signed(Path(folder), real_packs(), at, outcome)
    return enrolled(product, SIGNED, person, at)


def to_sign(enrolment: Enrolment, person: Person, reviewer: Person, at: datetime) -> Candidature:
    """A candidature whose form is accepted: its agreement is ready."""
    candidature = drafted(enrolment, person, at)
    submit_step(step_of(candidature), by=person, at=at)
    accept_step(step_of(candidature), "", by=reviewer, at=at)
    work_off()
    return Candidature.objects.get(pk=candidature.pk)


def agreement_of(candidature: Candidature) -> Agreement:
    return Agreement.objects.select_related("step__candidature__enrolment__subject__company").get(step__candidature=candidature)


def signatory(at: datetime, login: str = "signataire") -> Person:
    return someone(login, Role.SIGNATORY, None, at)


def code_for(candidature: Candidature, person: Person, at: datetime) -> str:
    """A code sent to someone, as their mail says it."""
    event = send_signing_code(agreement_of(candidature), by=person, at=at)
    return code_of(SigningCode.objects.get(pk=event.code))


def signs(candidature: Candidature, person: Person, at: datetime) -> Candidature:
    """Someone signs for the party whose turn it is."""
    sign_with_code(agreement_of(candidature), code_for(candidature, person, at), by=person, at=at)
    work_off()
    return Candidature.objects.get(pk=candidature.pk)


def concluded(enrolment: Enrolment, person: Person, reviewer: Person, signing: Person, at: datetime) -> Candidature:
    """Signed by both: the candidature is completed."""
    return signs(signs(to_sign(enrolment, person, reviewer, at), person, at), signing, at)


def code_in(mail_text: str) -> str:
    """The six digits of a mail."""
    found = re.search(r"code de signature : (\d{6})\b", mail_text)
    assert found is not None, mail_text
    return found[1]
