"""What is asked, and from which day? Every published piece, compiled once per process: reading content costs no query.

Of a procedure the release may hold several editions: the one in force depends on the day, which the caller gives.

The library in force is looked up at most every `RECHECK` seconds; a release published by another process is seen
by then. Editions no longer in force stay readable, for the answers that were begun with them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import TypeVar, cast

from convergence.content.conditions import Facts, applies
from convergence.content.editions import Passage, edition_announced, edition_in_force, passages, path_between
from convergence.content.models import PublishedPiece, Release
from convergence.content.schema import (
    FOLDERS,
    SCALE_OF_KIND,
    Criterion,
    EditionMap,
    Origin,
    Piece,
    Presentation,
    Procedure,
    Qualification,
    Questionnaire,
    Scale,
    Section,
    Track,
    Use,
)
from foundation.core.language import gettext

RECHECK = 5.0  # seconds

AnyPiece = TypeVar("AnyPiece", bound=Piece)


class Library:
    """All pieces ever published, and which of them the release in force holds."""

    def __init__(self, number: int, pieces: Iterable[tuple[str, Piece]], current: set[tuple[str, str]]) -> None:
        self.number = number
        self._pieces: dict[tuple[str, str], Piece] = {(kind, piece.key): piece for kind, piece in pieces}
        self._current = current
        self.tracks: tuple[Track, ...] = tuple(sorted(self.current("tracks", Track), key=lambda t: (t.order, t.code)))
        every_track = [piece for (kind, _), piece in self._pieces.items() if kind == "tracks" and isinstance(piece, Track)]
        self._track_by_code = {track.code: track for track in (*every_track, *self.tracks)}
        self._editions: dict[str, list[Procedure]] = {}
        for procedure in self.current("procedures", Procedure):
            self._editions.setdefault(procedure.code, []).append(procedure)
        self._maps = [piece for (kind, _), piece in self._pieces.items() if kind == "maps" and isinstance(piece, EditionMap)]
        self._qualifications: dict[str, Qualification] = {q.subject: q for q in self.current("qualification", Qualification)}
        self._presentations: dict[str, Presentation] = {p.procedure: p for p in self.current("presentations", Presentation)}
        self._criteria: dict[str, tuple[tuple[Section, Criterion], ...]] = {}
        self._numbered: dict[str, dict[str, str]] = {}
        self.asked = lru_cache(maxsize=4096)(self._asked)
        self.procedures = lru_cache(maxsize=8)(self._procedures)
        self.path = lru_cache(maxsize=256)(self._path)

    def current(self, kind: str, _type: type[AnyPiece]) -> list[AnyPiece]:
        return [cast(AnyPiece, piece) for identity, piece in self._pieces.items() if identity[0] == kind and identity in self._current]

    def kinds(self) -> Mapping[str, list[Piece]]:
        """Every piece of the release, by kind, in the order of the schema."""
        return {kind: self.current(kind, Piece) for kind in FOLDERS}

    def piece(self, kind: str, key: str) -> Piece | None:
        return self._pieces.get((kind, key))

    def track(self, code: str) -> Track | None:
        """A track in force or, for the procedures begun in it, one that was."""
        return self._track_by_code.get(code)

    def _procedures(self, day: date) -> tuple[Procedure, ...]:
        """The procedures in force on a day, one edition of each, in the order of the tracks."""
        found = [one for editions in self._editions.values() if (one := edition_in_force(editions, day))]
        rank = {track.code: place for place, track in enumerate(self.tracks)}
        placed = [procedure for procedure in found if procedure.track in rank]
        return tuple(sorted(placed, key=lambda p: (rank[p.track], p.order, str(p.title))))

    def procedures_of(self, track: str, day: date) -> tuple[Procedure, ...]:
        return tuple(procedure for procedure in self.procedures(day) if procedure.track == track)

    def procedure(self, key: str) -> Procedure | None:
        return cast(Procedure | None, self._pieces.get(("procedures", key)))

    def every_procedure(self) -> list[Procedure]:
        """Every edition ever published, for what was begun in it."""
        return [piece for (kind, _), piece in self._pieces.items() if kind == "procedures" and isinstance(piece, Procedure)]

    def procedure_in_force(self, code: str, day: date) -> Procedure | None:
        """The edition one enrols in on a day."""
        return edition_in_force(self._editions.get(code, ()), day)

    def procedure_to_come(self, code: str, day: date) -> Procedure | None:
        """The edition that is announced: the first to begin after a day."""
        return edition_announced(self._editions.get(code, ()), day)

    def presentation_of(self, code: str) -> Presentation | None:
        """The public page of a procedure, where it has one of its own."""
        return self._presentations.get(code)

    def questionnaire(self, key: str) -> Questionnaire | None:
        return cast(Questionnaire | None, self._pieces.get(("questionnaires", key)))

    def questionnaire_of_code(self, code: str) -> Questionnaire | None:
        """A questionnaire whatever its edition, the one in force first: what is granted outlives the editions."""
        pieces = [piece for (kind, _), piece in self._pieces.items() if kind == "questionnaires" and piece.code == code]
        found = next((piece for piece in pieces if ("questionnaires", piece.key) in self._current), pieces[-1] if pieces else None)
        return cast(Questionnaire | None, found)

    def scale_of(self, questionnaire: Questionnaire) -> Scale:
        """Its own or, where content names none, that of its kind."""
        return cast(Scale, self._pieces["scales", questionnaire.scale]) if questionnaire.scale else SCALE_OF_KIND[questionnaire.kind]

    def qualification(self, subject_kind: str) -> Qualification:
        return self._qualifications[subject_kind]

    def criteria(self, key: str) -> tuple[tuple[Section, Criterion], ...]:
        """Every criterion of a questionnaire with its section, in order."""
        if key not in self._criteria:
            questionnaire = self.questionnaire(key)
            assert questionnaire is not None, key
            self._criteria[key] = tuple((s, c) for s in questionnaire.sections for c in s.asked)
        return self._criteria[key]

    def number_of(self, key: str, code: str) -> str:
        """What a criterion is called on screen: its code where it is official, « 3.4 » where it is ours."""
        return self._numbers(key)[code]

    def _numbers(self, key: str) -> dict[str, str]:
        if key not in self._numbered:
            questionnaire = self.questionnaire(key)
            assert questionnaire is not None, key
            self._numbered[key] = {
                criterion.code: f"{s}.{c}"
                if section.zones or (criterion.origin or section.origin or questionnaire.origin) is Origin.ILLUSTRATIVE
                else criterion.code
                for s, section in enumerate(questionnaire.sections, 1)
                for c, criterion in enumerate(section.asked, 1)
            }
        return self._numbered[key]

    def uses_of(self, procedure: Procedure, subject_kind: str) -> tuple[Use, ...]:
        """The questionnaires a procedure asks of a kind of subject, in the order of the pack."""
        return tuple(
            use
            for use in procedure.uses
            if (questionnaire := self.questionnaire(use.questionnaire)) and questionnaire.subject == subject_kind
        )

    def _asked(self, use: Use, qualification: frozenset[tuple[str, str]], subject_kind: str) -> tuple[str, ...]:
        """The codes of the criteria asked, in order: those that apply, less those the procedure leaves out."""
        facts = Facts(qualification=dict(qualification), subject=subject_kind)
        return tuple(
            criterion.code
            for section, criterion in self.criteria(use.questionnaire)
            if criterion.code not in use.left_out and applies(section.when, facts) and applies(criterion.when, facts)
        )

    def procedures_using(self, questionnaire: str, subject_kind: str, day: date) -> tuple[tuple[Procedure, Use], ...]:
        """The procedures in force on a day that share a questionnaire."""
        return tuple(
            (procedure, use)
            for procedure in self.procedures(day)
            for use in self.uses_of(procedure, subject_kind)
            if use.questionnaire == questionnaire
        )

    def _path(self, old: str, new: str) -> tuple[EditionMap, ...]:
        """The maps that lead from one edition of a questionnaire to another, one after the other."""
        return path_between(self._maps, old, new)

    def passages(self, old: str, new: str) -> list[Passage]:
        """What becomes of each criterion of a questionnaire from one edition to another."""
        codes = [[criterion.code for _, criterion in self.criteria(key)] for key in (old, new)]
        return passages(self.path(old, new), *codes)


class NoContent(Exception):
    """Nothing was ever published: the platform has nothing to ask."""


_lock = Lock()
_kept: Library | None = None
_looked_at = 0.0


def library() -> Library:
    """The library in force. Raises `NoContent` before the first release."""
    global _kept, _looked_at
    if _kept is not None and time.monotonic() - _looked_at < RECHECK:
        return _kept
    with _lock:
        latest = Release.objects.order_by("-number").first()
        if latest is None:
            raise NoContent(gettext("aucune version des contenus n'est publiée : lancez la commande publish_packs"))
        if _kept is None or _kept.number != latest.number:
            _kept = _compile(latest)
        _looked_at = time.monotonic()
        return _kept


def forget_library() -> None:
    """Read again at the next question; for tests and for the process that has just published."""
    global _kept, _looked_at
    _kept, _looked_at = None, 0.0


_pieces: dict[tuple[str, str], Piece] = {}
"""The pieces of the library kept, by kind and digest: one that is published stays what it is, whatever is published after it."""


def _compile(release: Release) -> Library:
    global _pieces
    named = list(PublishedPiece.objects.order_by("pk").values_list("kind", "digest"))
    unread = [digest for kind, digest in named if (kind, digest) not in _pieces]
    read = {(row.kind, row.digest): FOLDERS[row.kind].model_validate(row.body) for row in PublishedPiece.objects.filter(digest__in=unread)}
    _pieces = {one: read.get(one) or _pieces[one] for one in named}
    current = set(release.pieces.values_list("kind", "key"))
    return Library(release.number, [(kind, _pieces[kind, digest]) for kind, digest in named], current)
