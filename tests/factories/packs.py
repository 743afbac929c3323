"""A small pack that holds together, to be broken in one place: five files, one of each kind a procedure needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from convergence.content.checking import check_pieces
from convergence.content.reading import Problem, ReadPiece, read_packs
from convergence.content.schema import Piece

DAY = date(2026, 11, 16)
"""The day of `at`: no edition announced in the packs has begun yet."""

SCALE = """\
code: steps
edition: "1"
title: Marches
origin: illustrative
levels:
  - {code: aside, title: À côté, short: à côté}
  - {code: low, rank: 1, title: Bas, short: bas}
  - {code: high, rank: 2, title: Haut, short: haut}
"""

QUALIFICATION = """\
code: product
edition: "1"
title: Qualification
origin: illustrative
subject: product
questions:
  - code: hosting
    title: Hébergement
    short: Hébergement
    choices:
      - {code: inside, title: Interne}
      - {code: outside, title: Externe}
  - code: country
    title: Pays
    short: Pays
    when: {question: hosting, in: [outside]}
    choices:
      - {code: france, title: France}
      - {code: elsewhere, title: Ailleurs}
"""

QUESTIONNAIRE = """\
code: garden
edition: "1"
title: Jardin
origin: illustrative
kind: maturity
subject: product
scale: steps-1
sections:
  - code: ILL-A
    title: Terre
    criteria:
      - code: ILL-01
        title: Bêcher
        aim: Savoir si l'on bêche.
        levels: {aside: Sans objet., low: Un peu., high: Beaucoup.}
      - code: ILL-02
        title: Arroser
        aim: Savoir si l'on arrose.
        when: {question: hosting, in: [outside]}
        levels: {aside: Sans objet., low: Un peu., high: Beaucoup.}
        recommendations: {low: Arrosez.}
"""

TRACK = """\
code: outdoors
edition: "1"
title: Dehors
origin: illustrative
short: Dehors
summary: Ce qui se fait dehors.
presentation: Un parcours.
"""

PROCEDURE = """\
code: gardening
edition: "1"
title: Jardinage
origin: illustrative
track: outdoors
summary: Jardiner.
presentation: Une démarche.
uses:
  - questionnaire: garden-1
    required: high
    exceptions:
      - {criterion: ILL-02, required: low}
steps:
  - {code: first, kind: form, title: Première}
  - {code: second, kind: decision, title: Seconde, acts: agency, after: [first]}
outcome:
  kind: results
  title: Résultats
  appeal: Écrivez-nous.
"""

FORM = """\
code: request
edition: "1"
title: Demande
origin: illustrative
blocks:
  - code: who
    title: Qui
    fields:
      - {code: kind, kind: choice, title: Nature, choices: [{code: person, title: Personne}, {code: company, title: Société}]}
      - {code: siren, kind: siren, title: SIREN, when: {field: kind, in: [company]}}
  - code: what
    title: Quoi
    fields:
      - {code: subject, kind: text, title: Objet}
"""

REQUIREMENTS = """\
code: rules
edition: "1"
title: Exigences
origin: illustrative
profiles:
  - {code: everyone, title: Tous, mandatory: true}
  - {code: some, title: Certains, implies: [everyone]}
sections:
  - code: all
    title: Tout
    short: Rules
    requirements:
      - code: ILL-R1
        block: Un
        function: Faire
        text: Il faut faire.
        profile: some
        scenarios:
          - code: ILL-S1
            text: Montrer.
            proofs: [{code: ILL-P1, title: Preuve}]
"""

SMALL = {
    "scales/steps.yaml": SCALE,
    "qualification/product.yaml": QUALIFICATION,
    "questionnaires/garden.yaml": QUESTIONNAIRE,
    "tracks/outdoors.yaml": TRACK,
    "procedures/gardening.yaml": PROCEDURE,
    "forms/request.yaml": FORM,
    "requirements/rules.yaml": REQUIREMENTS,
}


def write_pack(folder: Path, files: dict[str, str | bytes] | None = None) -> Path:
    """The small pack in a folder, with these files changed or added."""
    for name, text in {**SMALL, **(files or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@cache
def real_packs() -> list[ReadPiece]:
    """The real packs, read once in a process. A problem in any of them fails everything, with its file and line."""
    pieces, problems = read_packs(Path(settings.PACKS_DIR))
    assert not problems, "\n".join(str(problem) for problem in problems)
    return pieces


def pieces_of(folder: Path, files: dict[str, str | bytes] | None = None) -> list[ReadPiece]:
    """The pieces of the small pack so changed, which must read well."""
    pieces, problems = read_packs(write_pack(folder, files))
    assert problems == []
    return pieces


def read_problems(folder: Path, files: dict[str, str | bytes]) -> list[Problem]:
    """What reading says of the small pack so changed."""
    return read_packs(write_pack(folder, files))[1]


def check_problems(folder: Path, files: dict[str, str | bytes]) -> list[Problem]:
    """What checking says of the small pack so changed, which must read well."""
    return check_pieces(pieces_of(folder, files))


def with_change(text: str, old: str, new: str) -> str:
    """The text with one thing changed; the thing must be there exactly once."""
    assert text.count(old) == 1, f"« {old} » : {text.count(old)} fois"
    return text.replace(old, new)


def line_with(text: str, words: str) -> int:
    """The only line that holds these words, counted from 1."""
    found = [number for number, line in enumerate(text.splitlines(), 1) if words in line]
    assert len(found) == 1, f"« {words} » : lignes {found}"
    return found[0]


def never_yet_begun(pieces: Iterable[ReadPiece], today: date) -> list[ReadPiece]:
    """The editions announced after `DAY` stay so, whatever day it really is: pages read the real clock, and no test may change
    its answer one first of January. Those already begun are put off to the next."""
    return [dated(read, date(today.year + 1, 1, 1)) if DAY < (read.piece.effective_from or DAY) <= today else read for read in pieces]


def dated(read: ReadPiece, begins: date, **changes: str) -> ReadPiece:
    """The same piece from another day on, and under another edition if one is given."""
    piece: Piece = read.piece.model_copy(update={"effective_from": begins, **changes})
    return replace(read, piece=piece)
