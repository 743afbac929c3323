"""What do the files of `packs/help/` say? Markdown with a head in YAML; whatever is wrong is told with its file and line.

---
code: delai-certificat
facets: {offre: [dmn], theme: [delais]}
---
[fr]
# La question ?
La réponse, en un paragraphe.

Ce qu'il faut savoir de plus.
[en]
…
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from foundation.help.wording import LANGUAGES, Facets, Reply, dangling

LARGEST_FILE = 60_000
FACETS = "facets.yaml"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One sentence about one place of one file. Lines count from 1; 0 is the whole file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} : {self.message}"


@dataclass(frozen=True, slots=True)
class HelpPack:
    facets: Facets
    replies: tuple[Reply, ...]


def read_help(folder: Path, procedures: Collection[str]) -> tuple[HelpPack | None, list[Problem]]:
    """The whole help, or everything that is wrong with it. Nothing is half read."""
    problems: list[Problem] = []
    facets = _read_facets(folder / FACETS, problems)
    replies: dict[str, tuple[Reply, str, dict[tuple[Any, ...], int]]] = {}
    for path in sorted(folder.glob("*.md")):
        read = _read_reply(path, problems)
        if read is None:
            continue
        reply, lines = read
        if reply.code != path.stem:
            problems.append(Problem(path.name, lines[("code",)], f"le fichier d'une réponse porte son code : « {reply.code}.md »"))
        replies[reply.code] = (reply, path.name, lines)
    if facets is not None:
        for reply, name, lines in replies.values():
            for place, message in dangling(reply, facets, set(replies), set(procedures)):
                problems.append(Problem(name, lines.get(place[:2], lines.get(place[:1], 1)), message))
    if not replies and not problems:
        problems.append(Problem(folder.name, 0, "aucune réponse dans ce dossier"))
    if problems or facets is None:
        return None, sorted(problems)
    return HelpPack(facets, tuple(reply for reply, _, _ in replies.values())), []


def _read_facets(path: Path, problems: list[Problem]) -> Facets | None:
    if not path.is_file():
        problems.append(Problem(path.name, 0, "le fichier des cinq questions manque"))
        return None
    document, _ = _yaml(path.name, path.read_text(encoding="utf-8"), 0, problems)
    try:
        return Facets.model_validate(document) if document is not None else None
    except ValidationError as error:
        problems += [Problem(path.name, 1, _told(one)) for one in error.errors()]
        return None


def _read_reply(path: Path, problems: list[Problem]) -> tuple[Reply, dict[tuple[Any, ...], int]] | None:
    if path.stat().st_size > LARGEST_FILE:
        problems.append(Problem(path.name, 0, f"le fichier dépasse {LARGEST_FILE} octets"))
        return None
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        problems.append(Problem(path.name, 0, "le fichier n'est pas en UTF-8"))
        return None
    if not lines or lines[0] != "---" or "---" not in lines[1:]:
        problems.append(Problem(path.name, 1, "le fichier commence par un en-tête entre deux lignes « --- »"))
        return None
    end = lines.index("---", 1)
    head, places = _yaml(path.name, "\n".join(lines[1:end]), 1, problems)
    bodies = _bodies(path.name, lines, end + 1, problems)
    if head is None or bodies is None:
        return None
    words = head.pop("words", None) or {}
    for language, (body, line) in bodies.items():
        head[language] = {**body, **({"words": words[language]} if isinstance(words, dict) and words.get(language) else {})}
        places[(language,)] = line
    try:
        return Reply.model_validate(head), places
    except ValidationError as error:
        problems += [
            Problem(path.name, places.get(tuple(one["loc"][:2]), places.get(tuple(one["loc"][:1]), 1)), _told(one))
            for one in error.errors()
        ]
        return None


def _yaml(name: str, text: str, offset: int, problems: list[Problem]) -> tuple[dict[str, Any] | None, dict[tuple[Any, ...], int]]:
    """The document as plain values, and the line of each of its names, two deep."""
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.append(Problem(name, offset + (mark.line + 1 if mark else 0), f"YAML illisible : {error.problem or error.context}"))
        return None, {}
    except YAMLError as error:
        problems.append(Problem(name, offset, f"YAML illisible : {error}"))
        return None, {}
    if not isinstance(document, dict):
        problems.append(Problem(name, offset + 1, "des noms et leurs valeurs sont attendus (« code: … »)"))
        return None, {}
    places: dict[tuple[Any, ...], int] = {}
    for key, value in document.items():
        places[(key,)] = offset + document.lc.key(key)[0] + 1  # type: ignore[attr-defined]
        if isinstance(value, dict):
            places |= {(key, inner): offset + value.lc.key(inner)[0] + 1 for inner in value}  # type: ignore[attr-defined]
        elif isinstance(value, list):
            places |= {(key, rank): offset + value.lc.item(rank)[0] + 1 for rank in range(len(value))}  # type: ignore[attr-defined]
    return dict(document), places


def _bodies(name: str, lines: list[str], start: int, problems: list[Problem]) -> dict[str, tuple[dict[str, Any], int]] | None:
    """What follows each « [fr] » or « [en] »: the question, the short answer, the rest."""
    starts = {line[1:3]: rank for rank, line in enumerate(lines) if rank >= start and line.strip() in ("[fr]", "[en]")}
    missing = [language for language in LANGUAGES if language not in starts]
    if missing:
        problems.append(Problem(name, start + 1, f"la réponse manque en {', '.join(f'« [{one}] »' for one in missing)}"))
        return None
    found = {}
    for language, begin in starts.items():
        stop = min((rank for rank in starts.values() if rank > begin), default=len(lines))
        inside = "\n".join(lines[begin + 1 : stop]).strip()
        question, _, answer = inside.partition("\n")
        if not question.startswith("# ") or not answer.strip():
            problems.append(Problem(name, begin + 2, f"« [{language}] » : une ligne « # question ? », puis la réponse"))
            return None
        short, _, details = answer.strip().partition("\n\n")
        found[language] = ({"question": question[2:], "short": " ".join(short.split("\n")), "details": details}, begin + 1)
    return found


def _told(problem: Any) -> str:
    """What is wrong, in French, after the name of the field."""
    place = ".".join(f"[{step + 1}]" if isinstance(step, int) else str(step) for step in problem["loc"] if step != "__root__")
    words = {
        "missing": "obligatoire et absent",
        "extra_forbidden": "ce nom n'existe pas ici (faute de frappe ?)",
        "string_too_short": "vide ou trop court",
        "string_too_long": "trop long",
        "too_short": "vide",
    }
    said = words.get(problem["type"])
    if said is None:
        said = str(problem["ctx"]["error"]) if problem["type"] == "value_error" else f"valeur refusée ({problem['input']!r:.60})"
    return f"{place or 'fichier'} : {said}"
