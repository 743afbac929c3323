"""Evidence at every stage, in a procedure no code knows: made up here, published beside the real contents, reached by the real actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from convergence.candidatures.actions import accept_step, submit_section, submit_step
from convergence.candidatures.models import Candidature, Step, StepSection
from convergence.candidatures.sections import EvidenceSheet, SectionSheet, evidence_sheet
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.actions import publish_release
from convergence.content.library import forget_library, library
from convergence.content.reading import ReadPiece, read_packs
from convergence.evidence.actions import deposit_evidence
from convergence.evidence.models import Deposit
from convergence.reviews.actions import give_back_section, save_verdict
from convergence.reviews.examination import examination_of
from convergence.reviews.rules import ACCEPTED
from foundation.accounts.actions import give_seat, welcome_person
from foundation.accounts.models import Person
from foundation.accounts.queries import new_person
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from tests.factories.candidatures import FORM, drafted, step_of
from tests.factories.catalogue import enrolled, product_at
from tests.factories.files import file_at
from tests.factories.packs import real_packs

PROVING = "essai-de-preuves"

REQUIREMENTS = """\
code: preuves
edition: "1.0"
title: Exigences à prouver
origin: illustrative
profiles:
  - {code: general, title: Général, mandatory: true}
  - {code: night, title: Nuit}
sections:
  - code: lights
    short: FEUX
    title: Feux de bord
    requirements:
      - code: ILL-L 1
        block: Éclairage
        function: Voir
        text: Le produit éclaire.
        profile: general
        scenarios:
          - {code: ILL-L 1.1, text: Il s'allume., proofs: [{code: ILL-L 1.1.1, title: Capture}, {code: ILL-L 1.1.2, title: Relevé}]}
      - code: ILL-L 2
        block: Éclairage
        function: Être vu
        text: Le produit se voit.
        applies_if: Le produit a des feux
        profile: general
        scenarios:
          - {code: ILL-L 2.1, text: De jour., proofs: [{code: ILL-L 2.1.1, title: Capture}]}
          - {code: ILL-L 2.2, text: De nuit., profile: night, proofs: [{code: ILL-L 2.2.1, title: Capture}]}
  - code: engine
    short: MOTEUR
    title: Moteur
    requirements:
      - code: ILL-M 1
        block: Marche
        function: Tourner
        text: Le moteur tourne.
        profile: general
        scenarios:
          - {code: ILL-M 1.1, text: À froid., proofs: [{code: ILL-M 1.1.1, title: Vidéo}]}
          - {code: ILL-M 1.2, text: À chaud., applies_if: Le moteur chauffe, proofs: [{code: ILL-M 1.2.1, title: Vidéo}]}
  - code: radar
    short: RADAR
    title: Radar
    requirements:
      - code: ILL-R 1
        block: Nuit
        function: Voir loin
        text: Le radar porte.
        profile: night
        scenarios: [{code: ILL-R 1.1, text: Loin., proofs: [{code: ILL-R 1.1.1, title: Relevé}]}]
"""

PROCEDURE = """\
code: essai-de-preuves
edition: "1"
title: Essai de preuves
origin: illustrative
track: dmn
summary: Essayer.
presentation: Un essai.
profiles_from: preuves-1.0
milestones:
  - {code: closing, title: Fermeture du dépôt de preuves, at: "2026-12-14T14:00:00+01:00"}
steps:
  - {code: dossier, kind: form, form: vol-1, title: Dossier}
  - code: preuves
    kind: evidence
    title: Dépôt des preuves
    requirements: preuves-1.0
    after: [dossier]
    closes: closing
    flags
    reasons: [{code: unreadable, title: Illisible, template: Le fichier ne s'ouvre pas.}, {code: partial, title: Incomplet}]
  - {code: visite, kind: form, form: vol-1, title: Visite, after: [dossier]}
  - {code: envol, kind: decision, title: Envol, acts: agency, after: [preuves]}
outcome: {kind: opinion, title: Avis, appeal: Écrivez sous deux mois.}
"""


def publish_proving(folder: Path, packs: Sequence[ReadPiece], at: datetime, flags: str = "", asked: str = "preuves-1.0") -> None:
    """The real contents, and the made-up procedure with them; `flags` are written on its evidence step, which asks for `asked`."""
    procedure = PROCEDURE.replace("    flags\n", f"    {flags}\n" if flags else "").replace("preuves-1.0", asked)
    for name, text in (("forms/vol.yaml", FORM), ("requirements/preuves.yaml", REQUIREMENTS), ("procedures/preuves.yaml", procedure)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    made_up, problems = read_packs(folder)
    assert problems == []
    publish_release([*packs, *made_up], by=SYSTEM, at=at)
    forget_library()


def proving_of(product: Subject, person: Person, at: datetime, flags: str = "", asked: str = "preuves-1.0") -> Enrolment:
    """A product enrolled in the made-up procedure, published now unless it already is."""
    found = Enrolment.objects.select_related("subject").filter(subject=product, code=PROVING).first()
    if found is not None:
        return found
    if library().procedure(f"{PROVING}-1") is None:
        with TemporaryDirectory() as folder:
            publish_proving(Path(folder), real_packs(), at, flags, asked)
    return enrolled(product, PROVING, person, at)


def opened(enrolment: Enrolment, claire: Person, ines: Person, at: datetime, *, profiles: Sequence[str] = ()) -> Candidature:
    """A candidature whose form is accepted: its evidence is awaited."""
    candidature = drafted(enrolment, claire, at, profiles=list(profiles) or ["general"])
    submit_step(step_of(candidature), by=claire, at=at)
    accept_step(step_of(candidature), "", by=ines, at=at)
    return Candidature.objects.select_related("enrolment__subject__company").get(pk=candidature.pk)


def proving(claire: Person, ines: Person, at: datetime, *, flags: str = "", profiles: Sequence[str] = (), asked: str = "preuves-1.0") -> Candidature:  # fmt: skip
    """The same, with its product and its procedure."""
    return opened(proving_of(product_at("active", claire, at), claire, at, flags, asked), claire, ines, at, profiles=profiles)


def evidence(candidature: Candidature) -> EvidenceSheet:
    """Its evidence as it now is."""
    return evidence_sheet(Candidature.objects.select_related("enrolment__subject__company").get(pk=candidature.pk), "preuves")


def section(candidature: Candidature, code: str = "lights") -> SectionSheet:
    return evidence(candidature).section(code)


def row(candidature: Candidature, code: str = "lights") -> StepSection:
    return StepSection.objects.select_related("step__candidature__enrolment__subject__company").get(
        step__candidature=candidature, code=code
    )


def proofs_step(candidature: Candidature) -> Step:
    return step_of(candidature, "preuves")


def give_proof(candidature: Candidature, slot: str, person: Person, at: datetime, state: str = "clean", **options: Any) -> Deposit:
    """A file, clean unless said otherwise, in a slot of the evidence step."""
    sheet = evidence(candidature)
    proof = sheet.expected(slot)
    assert proof is not None
    assert sheet.step.folder is not None
    file = file_at(state, person, at, **({"content": slot.encode()} | options))
    event = deposit_evidence(sheet.step.folder, proof, file, by=person, at=at)
    assert event is not None
    return Deposit.objects.get(pk=event.about.removeprefix("evidence:"))


def fill_section(candidature: Candidature, person: Person, at: datetime, code: str = "lights") -> None:
    """A clean file in each slot of a section that has none."""
    found = section(candidature, code)
    for proof in found.asked.proofs:
        if not found.counted.get(proof.code):
            give_proof(candidature, proof.code, person, at)


def hand_over(candidature: Candidature, person: Person, at: datetime, code: str = "lights") -> None:
    """A section filled and submitted."""
    fill_section(candidature, person, at, code)
    submit_section(proofs_step(candidature), code, by=person, at=at)


def say(candidature: Candidature, requirement: str, person: Person, at: datetime, *, outcome: str = ACCEPTED, reason: str = "", text: str = "", note: str = "", version: int = 0, code: str = "lights") -> None:  # fmt: skip
    """A verdict on one requirement."""
    save_verdict(row(candidature, code).step, code, requirement, outcome, reason, text, note, version, by=person, at=at)


def accept_all(candidature: Candidature, person: Person, at: datetime, code: str = "lights") -> None:
    """A verdict that accepts each requirement that awaits one."""
    for line in examination_of(row(candidature, code)).lines:
        if line.state in ("to_examine", "to_confirm"):
            say(candidature, line.code, person, at, code=code)


def give_back(candidature: Candidature, person: Person, at: datetime, code: str = "lights") -> Any:
    return give_back_section(row(candidature, code).step, code, by=person, at=at)


def another_reviewer(at: datetime) -> Person:
    """Someone else who examines."""
    person = new_person(email="second@demo.invalid", name="Second regard")
    welcome_person(person, by=SYSTEM, at=at, password="un mot de passe très long pour l'essai")
    give_seat(person, Role.REVIEWER, None, by=SYSTEM, at=at)
    return Person.objects.get(pk=person.pk)
