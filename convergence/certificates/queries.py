"""Does this certificate stand, and which ones are there? What anyone reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from convergence.candidatures.models import Candidature
from convergence.catalogue.models import Subject
from convergence.certificates.models import Certificate, DeclaredChange, Episode
from convergence.certificates.rules import is_declared_late
from convergence.certificates.workflow import CERTIFICATE, EXPIRED, SUSPENDED, VALID, WITHDRAWN
from convergence.content.library import library
from convergence.content.schema import Outcome, Procedure
from foundation.core.clock import day_of
from foundation.core.rows import rows_of
from foundation.core.words import fold

# — One —


@dataclass(frozen=True, slots=True)
class Published:
    """A certificate as its page shows it, on a day."""

    certificate: Certificate
    procedure: Procedure
    episodes: list[Episode]
    today: date

    @property
    def state(self) -> str:
        return self.certificate.standing(self.today)

    @property
    def state_word(self) -> str:
        return CERTIFICATE.states[self.state]

    @property
    def outcome(self) -> Outcome:
        return self.procedure.outcome

    @property
    def why(self) -> Episode | None:
        """What made it what it is, where it does not stand: the line of its life that says why."""
        verbs = {SUSPENDED: "suspend_certificate", WITHDRAWN: "withdraw_certificate"}
        return next((one for one in reversed(self.episodes) if one.verb == verbs.get(self.state)), None)


def certificate_of_number(number: str, today: date) -> Published:
    """Raises `Certificate.DoesNotExist`. Two queries."""
    found = Certificate.objects.select_related("candidature__enrolment__subject__company").get(number=number.upper())
    return published(found, today)


def published(certificate: Certificate, today: date) -> Published:
    procedure = library().procedure(certificate.procedure)
    assert procedure is not None, certificate.procedure
    return Published(certificate, procedure, list(certificate.episodes.select_related("by")), today)


def certificate_of(candidature: Candidature, today: date) -> Published | None:
    """What a candidature ended with, if it was that."""
    found = Certificate.objects.select_related("candidature__enrolment__subject__company").filter(candidature=candidature).first()
    return published(found, today) if found is not None else None


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """A change declared, in the words of the content, and whether it was in time."""

    change: DeclaredChange
    title: str
    is_late: bool


def changes_shown(shown: Published) -> list[ChangeShown]:
    """What was declared, the latest first. One query."""
    kinds = {one.code: one for one in shown.outcome.changes}
    return [
        ChangeShown(
            one, str(kinds[one.kind].title), is_declared_late(one.occurred_on, day_of(one.declared_at), kinds[one.kind].within_days)
        )
        for one in shown.certificate.changes.select_related("declared_by", "answered_by")
    ]


def change_of(certificate: Certificate, number: int) -> DeclaredChange:
    """Raises `DeclaredChange.DoesNotExist`."""
    return DeclaredChange.objects.select_related("certificate__candidature__enrolment__subject").get(certificate=certificate, pk=number)


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One certificate of a list."""

    number: str
    listing: str
    procedure: Procedure
    kind: str
    product: str
    version: str
    company: str
    siren: str
    requirements: str
    profiles: list[str]
    level: str
    issued_on: date
    valid_until: date | None
    since: date
    sha256: str
    state: str

    @property
    def state_word(self) -> str:
        return CERTIFICATE.states[self.state]


_STATE = """CASE WHEN c.state IN ('valid', 'suspended') AND c.valid_until < %(today)s THEN 'expired' ELSE c.state END"""
_LINES = f"""SELECT c.number, coalesce(c.listing, ''), c.procedure, c.kind, c.product, c.version, c.company, c.siren, c.requirements,
        c.profiles, c.level, c.issued_on, c.valid_until,
        CASE WHEN c.valid_until < %(today)s AND c.state IN ('valid', 'suspended') THEN c.valid_until ELSE coalesce(
            (SELECT (max(e.at) AT TIME ZONE 'Europe/Paris')::date FROM certificates_episode e WHERE e.certificate_id = c.id), c.issued_on
        ) END,
        c.sha256, {_STATE}
    FROM certificates_certificate c"""  # noqa: S608 - made of our own constants

STATES = (VALID, SUSPENDED, WITHDRAWN, EXPIRED)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in the directory: words, a track, a procedure (its code), a state."""

    words: str = ""
    track: str = ""
    procedure: str = ""
    state: str = ""

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        conditions: list[str] = []
        parameters: dict[str, Any] = {}
        for rank, word in enumerate(fold(self.words).split()[:8]):
            conditions.append(f"position(%(word_{rank})s in c.searched) > 0")
            parameters[f"word_{rank}"] = word
        if self.track:
            conditions.append("c.track = %(track)s")
            parameters["track"] = self.track
        if self.procedure:
            conditions.append("c.procedure_code = %(procedure)s")
            parameters["procedure"] = self.procedure
        if self.state:
            conditions.append(f"{_STATE} = %(state)s")
            parameters["state"] = self.state
        return conditions, parameters


def directory(sought: Sought, today: date, *, limit: int | None = None, offset: int = 0) -> list[CertificateLine]:
    """What was recognised, the latest first; `counts_by_state` says how many. What was withdrawn stays. One query."""
    conditions, parameters = sought.conditions()
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = rows_of(
        f"{_LINES} {where} ORDER BY c.issued_on DESC, c.id DESC LIMIT %(limit)s OFFSET %(offset)s",
        parameters | {"today": today, "limit": limit, "offset": offset},
    )
    return [_line(row) for row in rows]


def certificates_of(subject: Subject, today: date) -> list[CertificateLine]:
    """Those of a product, all its procedures together. One query."""
    where = """JOIN candidatures_candidature a ON a.id = c.candidature_id JOIN catalogue_enrolment e ON e.id = a.enrolment_id
        WHERE e.subject_id = %(subject)s ORDER BY c.issued_on DESC, c.id DESC"""
    return [_line(row) for row in rows_of(f"{_LINES} {where}", {"subject": subject.pk, "today": today})]


def counts_by_state(sought: Sought, today: date) -> dict[str, int]:
    """How many of those sought stand, whichever state was asked for. One query."""
    conditions, parameters = Sought(sought.words, sought.track, sought.procedure).conditions()
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = rows_of(f"SELECT {_STATE}, count(*) FROM certificates_certificate c {where} GROUP BY 1", parameters | {"today": today})  # noqa: S608 - made of our own constants
    counted = dict(rows)
    return {state: counted.get(state, 0) for state in STATES}


def _line(row: tuple[Any, ...]) -> CertificateLine:
    procedure = library().procedure(row[2])
    assert procedure is not None, row[2]
    return CertificateLine(row[0], row[1], procedure, *row[3:])


def papers_kept() -> Iterator[tuple[str, str, int, str]]:
    """What the store must hold of ours: reference, key, size, hash."""
    for certificate in Certificate.objects.exclude(paper="").order_by("pk").iterator(chunk_size=1000):
        assert certificate.size is not None
        yield f"certificat {certificate.number}", certificate.paper, certificate.size, certificate.sha256
        if certificate.report:
            assert certificate.report_size is not None
            yield f"rapport {certificate.number}", certificate.report, certificate.report_size, certificate.report_sha256
