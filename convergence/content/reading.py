"""What do the files of a pack say? Reads YAML into typed pieces; whatever is wrong is told with its file and its line.

YAML 1.2 (`no` is a word, duplicate keys are refused), no custom tag, no anchor bomb: size and depth are bounded.
Nothing is half read: a pack with one problem publishes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from convergence.content.schema import FOLDERS, Piece

LARGEST_FILE = 2_000_000  # bytes; the largest requirement set known is a tenth of it
DEEPEST = 24
ENGLISH = "en.po"
READ_ELSEWHERE = "help"
"""A folder of the packs that is not asked of anyone: `foundation/help/reading.py` reads it."""
EXPECTED = {
    "string": "un texte ; entre guillemets s'il ressemble à un nombre",
    "int": "un nombre entier",
    "bool": "true ou false",
    "tuple": "une liste",
    "dict": "des noms et leurs valeurs",
    "model": "des noms et leurs valeurs",
    "date": "une date",
    "datetime": "une date et une heure",
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One sentence about one place of one file. Lines count from 1; 0 is the whole file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} : {self.message}"


@dataclass(frozen=True, slots=True)
class ReadPiece:
    """A piece, the kind its folder gives it, and the document it was read from (to find lines again)."""

    kind: str
    piece: Piece
    file: str
    document: Any

    @property
    def identity(self) -> tuple[str, str]:
        return self.kind, self.piece.key


def english_of(root: Path) -> dict[str, str]:
    """What the catalogue beside the packs says of their French, for the texts that have no English of their own (decision 0032)."""
    if not (root / ENGLISH).is_file():
        return {}
    with (root / ENGLISH).open("rb") as source:
        return {str(one.id): str(one.string) for one in read_po(source) if one.id and one.string}


def read_packs(root: Path, english: Mapping[str, str] | None = None) -> tuple[list[ReadPiece], list[Problem]]:
    """Every piece under `root`, in both languages, and every problem met. The order is that of the file names."""
    english = english_of(root) if english is None else english
    pieces: list[ReadPiece] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], str] = {}
    for path in sorted(root.rglob("*.yml")):
        problems.append(Problem(path.relative_to(root).as_posix(), 0, "un contenu porte l'extension « .yaml » : renommez ce fichier"))
    for path in sorted(root.rglob("*.yaml")):
        name = path.relative_to(root).as_posix()
        kind = name.split("/", 1)[0]
        if kind == READ_ELSEWHERE:
            continue
        if kind not in FOLDERS:
            known = ", ".join(FOLDERS)
            problems.append(Problem(name, 0, f"le dossier « {kind} » n'existe pas ; un contenu se range dans l'un de : {known}"))
            continue
        read, found = read_file(path, name, kind, english)
        problems += found
        if read is None:
            continue
        if read.identity in seen:
            problems.append(Problem(name, 1, f"« {read.piece.key} » est déjà défini dans {seen[read.identity]}"))
            continue
        seen[read.identity] = name
        pieces.append(read)
    if not pieces and not problems:
        problems.append(Problem(root.name, 0, "aucun fichier .yaml dans ce dossier"))
    return pieces, sorted(problems)


def read_file(path: Path, name: str, kind: str, english: Mapping[str, str] | None = None) -> tuple[ReadPiece | None, list[Problem]]:
    """One file, or what is wrong with it."""
    if path.stat().st_size > LARGEST_FILE:
        return None, [Problem(name, 0, f"le fichier dépasse {LARGEST_FILE} octets")]
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Problem(name, 0, f"le fichier n'est pas en UTF-8 (octet {error.start})")]
    if ("&" in text or "!" in text) and (found := _not_plain(text)):
        return None, [Problem(name, *found)]
    too_deep = Problem(name, 0, f"plus de {DEEPEST} niveaux d'imbrication")
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, [Problem(name, (mark.line + 1) if mark else 0, f"YAML illisible : {error.problem or error.context}")]
    except YAMLError as error:
        return None, [Problem(name, 0, f"YAML illisible : {error}")]
    except RecursionError:  # far deeper: the reader itself gave up
        return None, [too_deep]
    if not isinstance(document, CommentedMap):
        return None, [Problem(name, 1, "le fichier doit contenir un objet (« code: … », « edition: … »)")]
    if _depth(document) > DEEPEST:
        return None, [too_deep]
    try:
        piece = FOLDERS[kind].model_validate(document, context=english)
    except ValidationError as error:
        return None, [
            Problem(name, line_of(document, problem["loc"]), f"{_place(problem['loc'])} : {_in_french(problem)}")
            for problem in _told_once(error.errors())
        ]
    return ReadPiece(kind, piece, name, document), []


def line_of(document: Any, place: tuple[Any, ...]) -> int:
    """The line (from 1) where `place` stands, or that of the nearest parent written in the file."""
    line, node = 1, document
    for step in place:
        if isinstance(node, CommentedMap) and step in node:
            line = node.lc.key(step)[0] + 1
            node = node[step]
        elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
            line = node.lc.item(step)[0] + 1
            node = node[step]
        else:
            break
    return int(line)


def _not_plain(text: str) -> tuple[int, str] | None:
    """The line of the first alias or tag, if any: « & » and « ! » inside a sentence are only letters. Nothing is built."""
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            line = event.start_mark.line + 1
            if type(event).__name__ == "AliasEvent":
                return line, "les ancres et alias YAML ne sont pas admis : écrivez la valeur"
            if getattr(event, "tag", None) is not None:
                return line, f"les étiquettes YAML ne sont pas admises ({event.tag}) : écrivez la valeur seule"
    except YAMLError:
        return None  # unreadable: the reader below says where
    return None


def _told_once(problems: list[Any]) -> list[Any]:
    """A list whose items are wrong is not « vide » as well."""
    places = [problem["loc"] for problem in problems]
    return [
        problem
        for problem in problems
        if problem["type"] != "too_short"
        or not any(len(place) > len(problem["loc"]) and place[: len(problem["loc"])] == problem["loc"] for place in places)
    ]


def _depth(node: Any) -> int:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return 1 + max((_depth(child) for child in children), default=0)


def _place(place: tuple[Any, ...]) -> str:
    steps = [f"[{step + 1}]" if isinstance(step, int) else str(step) for step in place]
    return ".".join(steps).replace(".[", "[") or "fichier"


def _in_french(problem: Any) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "missing":
        return "obligatoire et absent"
    if kind == "extra_forbidden":
        return "ce nom n'existe pas ici (faute de frappe ?)"
    if kind in ("enum", "literal_error"):
        return f"« {problem['input']} » n'est pas admis ; attendu : {context['expected']}"
    if kind == "string_pattern_mismatch":
        return f"« {problem['input']} » n'a pas la forme attendue ({context['pattern']})"
    if kind == "value_error":
        return str(context["error"])
    if kind in ("string_too_short", "too_short"):
        return "vide"
    if kind.endswith(("_type", "_parsing")):
        return f"« {problem['input']} » n'a pas le type attendu ({EXPECTED.get(kind.split('_')[0], kind)})"
    return str(problem["msg"])
