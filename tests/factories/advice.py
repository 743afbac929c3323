"""Evidence for advice, in a procedure no code knows: archives made here, sent by the real actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from convergence.advice.actions import OPINION, PURPOSE
from convergence.advice.models import AdviceDeposit
from convergence.advice.receiving import put_archive
from convergence.candidatures.models import Candidature, Step
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import library
from foundation.accounts.models import Company, Person
from foundation.files.actions import deposit_whole, pass_file
from foundation.files.models import StoredFile
from foundation.journal.actor import SYSTEM
from tests.factories.candidatures import publish_trial, step_of, submitted
from tests.factories.catalogue import enrolled
from tests.factories.packs import real_packs

ADVISED = "essai-d-avis"

PROCEDURE = """\
code: essai-d-avis
edition: "1"
title: Essai d'avis
origin: illustrative
track: dmn
summary: Essayer.
presentation: Un essai.
profiles_from: vol-1.0
steps:
  - {code: dossier, kind: form, form: vol-1, title: Dossier}
  - {code: avis, kind: advice, title: Preuves pour avis, after: [dossier], opens: submitted, introduction: Déposez.}
  - {code: suite, kind: form, form: vol-1, title: Suite, after: [avis]}
outcome: {kind: opinion, title: Avis}
"""


def advised(product: Subject, person: Person, at: datetime) -> Enrolment:
    """A product enrolled in the procedure with advice, published now unless it already is."""
    if library().procedure(f"{ADVISED}-1") is None:
        with TemporaryDirectory() as folder:
            publish_trial(Path(folder), real_packs(), at, PROCEDURE)
    return enrolled(product, ADVISED, person, at)


def awaiting_advice(product: Subject, person: Person, at: datetime) -> Candidature:
    """Its form handed over: archives may be deposited."""
    return submitted(advised(product, person, at), person, at)


def archive(names: Iterable[str] = ("ILL-V1.1 vidéo.txt", "lisez-moi.txt")) -> bytes:
    """An archive of small texts under these names."""
    body = BytesIO()
    with ZipFile(body, "w") as made:
        for name in names:
            made.writestr(name, f"preuve {name}")
    return body.getvalue()


def received(step: Step, person: Person, at: datetime, *, name: str = "preuves.zip", body: bytes | None = None) -> StoredFile:
    """A file sent for advice, not yet in its step."""
    content = archive() if body is None else body
    company = Company.objects.get(pk=step.candidature.enrolment.subject.company_id)
    upload = deposit_whole(company, f"{PURPOSE}:{step.pk}", name, len(content), [content], by=person, at=at)
    return StoredFile.objects.get(reference=upload.reference)


def deposited(candidature: Candidature, person: Person, at: datetime, *, clean: bool = True, name: str = "preuves.zip", body: bytes | None = None) -> AdviceDeposit:  # fmt: skip
    file = received(step_of(candidature, "avis"), person, at, name=name, body=body)
    event = put_archive(file, by=person, at=at)
    assert event is not None
    if clean:
        pass_file(file, media_type="application/zip", engine="test", by=SYSTEM, at=at)
    return AdviceDeposit.objects.select_related("file", "step__candidature").get(pk=event.deposit)


def joined(step: Step, reviewer: Person, at: datetime, *, name: str = "remarques.txt", body: bytes = b"remarques") -> StoredFile:
    """A file sent with an opinion."""
    company = Company.objects.get(pk=step.candidature.enrolment.subject.company_id)
    upload = deposit_whole(company, f"{OPINION}:{step.pk}", name, len(body), [body], by=reviewer, at=at)
    return StoredFile.objects.get(reference=upload.reference)
