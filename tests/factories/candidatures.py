"""Candidatures at every stage, in a procedure no code knows: made up here, published beside the real contents, reached by the real actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from convergence.candidatures.actions import Typed, begin_candidature, save_form, submit_step
from convergence.candidatures.models import Candidature, FieldValue, Step
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.actions import publish_release
from convergence.content.library import forget_library, library
from convergence.content.reading import ReadPiece, read_packs
from convergence.content.schema import Form, FormField
from convergence.evidence.actions import deposit_evidence
from foundation.accounts.models import Person
from foundation.journal.actor import SYSTEM
from tests.factories.catalogue import enrolled, product_at
from tests.factories.files import file_at
from tests.factories.packs import real_packs

TRIAL = "essai-de-vol"

FORM = """\
code: vol
edition: "1"
title: Dossier de vol
origin: illustrative
blocks:
  - code: who
    title: Qui
    fields:
      - {code: pilot, kind: text, title: Pilote, required: true}
      - {code: email, kind: email, title: E-mail, required: true}
      - {code: alone, kind: yes_no, title: Seul à bord, required: true}
      - {code: copilot, kind: text, title: Copilote, required: true, when: {field: alone, in: ["no"]}}
  - code: what
    title: Quoi
    fields:
      - {code: profiles, kind: profiles, title: Profils, required: true}
      - {code: wings, kind: choices, title: Ailes, choices: [{code: fixed, title: Fixes}, {code: turning, title: Tournantes}]}
      - {code: story, kind: long_text, title: Histoire}
      - {code: day, kind: date, title: Jour}
  - code: parts
    title: Pièces rapportées
    repeats: 3
    fields:
      - {code: part, kind: text, title: Pièce, required: true}
      - {code: maker, kind: text, title: Fabricant, required: true}
  - code: papers
    title: Papiers
    fields:
      - {code: licence, kind: file, title: Brevet, required: true, proof: {code: BREVET, title: Brevet, many: false}}
      - {code: map, kind: file, title: Carte, proof: {code: CARTE, title: Carte, minimum: 0}}
"""

REQUIREMENTS = """\
code: vol
edition: "1.0"
title: Exigences de vol
origin: illustrative
profiles:
  - {code: general, title: Général, mandatory: true}
  - {code: night, title: Nuit, implies: [lights]}
  - {code: lights, title: Feux, excludes: [stealth]}
  - {code: stealth, title: Furtif}
sections:
  - code: fly
    short: VOL
    title: Voler
    requirements:
      - code: ILL-V1
        block: Un
        function: Voler
        text: Le produit vole.
        profile: general
        scenarios: [{code: ILL-V1.1, text: Il vole., proofs: [{code: ILL-V1.1.1, title: Vidéo}]}]
"""

PROCEDURE = """\
code: essai-de-vol
edition: "1"
title: Essai de vol
origin: illustrative
track: dmn
summary: Essayer.
presentation: Un essai.
profiles_from: vol-1.0
milestones:
  - {code: closing, title: Fermeture du dépôt de candidature, at: "2026-12-14T14:00:00+01:00"}
steps:
  - code: dossier
    kind: form
    form: vol-1
    title: Dossier
    closes: closing
    reasons: [{code: unclear, title: Peu clair}, {code: unfit, title: Inapte}]
  - {code: visite, kind: form, form: vol-1, title: Visite, after: [dossier]}
  - {code: radio, kind: form, form: vol-1, title: Radio, after: [dossier]}
  - {code: vol, kind: decision, title: Vol, acts: agency, after: [visite, radio], locked_because: La piste est en travaux.}
outcome: {kind: opinion, title: Avis}
"""

GOOD: dict[str, Any] = {"pilot": "Claire", "email": "claire@demo.invalid", "alone": "yes", "profiles": ["night"]}
"""What fills in the form, its one document apart."""


def publish_trial(folder: Path, packs: Sequence[ReadPiece], at: datetime, procedure: str = PROCEDURE) -> None:
    """The real contents, and the made-up procedure with them."""
    for name, text in (("forms/vol.yaml", FORM), ("requirements/vol.yaml", REQUIREMENTS), ("procedures/essai.yaml", procedure)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    made_up, problems = read_packs(folder)
    assert problems == []
    publish_release([*packs, *made_up], by=SYSTEM, at=at)
    forget_library()


def enrolled_for_trial(person: Person, at: datetime) -> Enrolment:
    return enrolled(product_at("active", person, at), TRIAL, person, at)


def begun(enrolment: Enrolment, person: Person, at: datetime) -> Candidature:
    event = begin_candidature(enrolment, by=person, at=at)
    return Candidature.objects.get(number=event.number)


def step_of(candidature: Candidature, code: str = "dossier") -> Step:
    return Step.objects.get(candidature=candidature, code=code)


def typed(step: Step, values: Mapping[str, Any]) -> dict[str, Typed]:
    """These values, over whatever is stored."""
    versions = dict(FieldValue.objects.filter(step=step).values_list("field", "version"))
    return {key: Typed((value,) if isinstance(value, str) else tuple(value), versions.get(key, 0)) for key, value in values.items()}


def fill_in(step: Step, person: Person, at: datetime, **changes: Any) -> Step:
    save_form(step, typed(step, GOOD | changes), by=person, at=at)
    return Step.objects.get(pk=step.pk)


def give_document(step: Step, slot: str, person: Person, at: datetime, state: str = "clean", **options: Any) -> None:
    """A file, clean unless said otherwise, in a slot of the step's form."""
    file = file_at(state, person, at, **options)
    field = next(one for one in _fields() if one.proof is not None and one.proof.code == slot)
    assert step.folder is not None
    deposit_evidence(step.folder, field.proof, file, by=person, at=at)


def _fields() -> list[FormField]:
    form = library().piece("forms", "vol-1")
    assert isinstance(form, Form)
    return [field for block in form.blocks for field in block.fields]


def submitted(enrolment: Enrolment, person: Person, at: datetime) -> Candidature:
    """A candidature whose first step is handed over."""
    candidature = begun(enrolment, person, at)
    step = fill_in(step_of(candidature), person, at)
    give_document(step, "BREVET", person, at)
    submit_step(step, by=person, at=at)
    return Candidature.objects.get(pk=candidature.pk)


def trial_of(product: Subject, person: Person, at: datetime) -> Enrolment:
    """A product enrolled in the made-up procedure, published now unless it already is."""
    found = Enrolment.objects.select_related("subject").filter(subject=product, code=TRIAL).first()
    if found is not None:
        return found
    if library().procedure("essai-de-vol-1") is None:
        with TemporaryDirectory() as folder:
            publish_trial(Path(folder), real_packs(), at)
    return enrolled(product, TRIAL, person, at)


def drafted(enrolment: Enrolment, person: Person, at: datetime, **changes: Any) -> Candidature:
    """A candidature ready to be submitted: filled in, with its document."""
    candidature = begun(enrolment, person, at)
    give_document(fill_in(step_of(candidature), person, at, **changes), "BREVET", person, at)
    return candidature
