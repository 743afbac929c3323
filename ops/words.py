"""What is there to say in English, and is it said? Sentences are read from the code and the templates; `locale/en` holds what they become."""

from __future__ import annotations

import io
import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize
from pydantic import BaseModel

from convergence.content.reading import ENGLISH, read_packs
from convergence.content.schema import Text

Said = tuple[str | tuple[str, str], str | None]
"""A sentence, or a word in its two numbers; what tells it from another written alike."""

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
ROOMS = ("foundation", "convergence", "web")
AGREED = re.compile(r"""agreed(?::|\(.*?, )["']([^"',]+),([^"']+)["']""")
"""Words that agree with a number, as both the filter and the function take them."""

SCRIPTS = ("static/js", "static/modules")
IN_SCRIPT = re.compile(r"""\bsaid\(\s*(["`])(.+?)\1""")


def sentences() -> Iterator[tuple[str, Said]]:
    """Everything said in French that a person reads, with the file that says it."""
    root = Path(settings.BASE_DIR)
    for room in ROOMS:
        for file in sorted(root.glob(f"{room}/**/*.py")):
            if "migrations" not in file.parts:
                yield from _of(file.relative_to(root), file.read_text("utf-8"), file.read_text("utf-8"))
    for file in sorted([*root.glob("templates/**/*.html"), *root.glob("templates/**/*.txt")]):
        text = file.read_text("utf-8")
        # Lines of a template are not Python: only their indentation would be taken for some
        yield from _of(file.relative_to(root), text, re.sub(r"^[ \t]+", "", templatize(text, origin=str(file)), flags=re.MULTILINE))
    yield from _of_scripts()


def _of_scripts() -> Iterator[tuple[str, Said]]:
    for file in _scripts():
        place, text = str(file.relative_to(settings.BASE_DIR)), file.read_text("utf-8")
        for found in IN_SCRIPT.finditer(text):
            yield place, (found[2], None)
        for found in AGREED.finditer(text):
            yield place, ((found[1], found[2]), None)


def _scripts() -> list[Path]:
    return [file for folder in SCRIPTS for file in sorted(Path(settings.BASE_DIR).glob(f"{folder}/*.js"))]


def _of(file: Path, text: str, code: str) -> Iterator[tuple[str, Said]]:
    for _, message, _, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
        if message and message != "":
            yield str(file), (message, context)  # type: ignore[misc]
    for found in AGREED.finditer(text):
        yield str(file), ((found[1], found[2]), None)


def texts_of_packs() -> Iterator[tuple[str, Said]]:
    """Each text of the packs that has no English beside it, with the file it is in."""
    pieces, problems = read_packs(Path(settings.PACKS_DIR), english={})
    assert not problems, problems[0]
    for read in pieces:
        for text in _texts(read.piece):
            if not text.en:
                yield f"packs/{read.file}", (text.fr, None)


def _texts(node: Any) -> Iterator[Text]:
    if isinstance(node, Text):
        yield node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _texts(getattr(node, name))
    elif isinstance(node, tuple | list):
        for one in node:
            yield from _texts(one)
    elif isinstance(node, dict):
        yield from _texts(tuple(node.values()))


INTERFACE = Path(settings.BASE_DIR) / "locale" / "en" / "LC_MESSAGES" / "django.po"
PACKS = Path(settings.PACKS_DIR) / ENGLISH

CATALOGUES: dict[Path, Callable[[], Iterator[tuple[str, Said]]]] = {INTERFACE: sentences, PACKS: texts_of_packs}
"""What the platform says, what its contents say: each catalogue with what it must hold."""


def read_catalogue(file: Path = INTERFACE) -> Catalog:
    if not file.exists():
        return Catalog(locale="en", charset="utf-8")
    with file.open("rb") as source:
        return read_po(source, locale="en")


def collect(file: Path = INTERFACE) -> Catalog:
    """The catalogue with each sentence of today and no other: what was said in English is kept, what is new waits for its words."""
    known, places = read_catalogue(file), defaultdict[Said, set[str]](set)
    for place, said in CATALOGUES[file]():
        places[said].add(place)
    found = Catalog(locale="en", charset="utf-8")
    for said in places:
        message, context = said
        former = known.get(message, context=context)
        found.add(message, former.string if former else None, [(place, 0) for place in sorted(places[said])], context=context)
    for one in found:
        one.flags.discard("python-format")  # ours are filled in by name, and compared by a test
        one.flags.discard("python-brace-format")
    return found


def unsaid(found: Catalog) -> list[Any]:
    """What is not said in English yet."""
    return [one.id for one in found if one.id and not all([one.string] if isinstance(one.string, str) else one.string or [""])]


def write_catalogue(found: Catalog, file: Path = INTERFACE) -> None:
    """As a file that is compared line by line: in the order of the sentences, without a date."""
    file.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, found, width=0, sort_output=True, include_lineno=False, omit_header=True, ignore_obsolete=True)
    head = (
        "# Convergence in English. Collected by `make words`, translated here.\n"
        'msgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    file.write_text(head + out.getvalue().decode(), "utf-8")


def compiled() -> Path:
    """The catalogue as the platform reads it, and as its scripts do, written again where the words have changed since."""
    source, scripts = INTERFACE, _scripts()
    file, for_scripts = source.with_suffix(".mo"), Path(settings.BASE_DIR) / "static/bundles/words.en.js"
    if _is_older(file, source):
        out = io.BytesIO()
        write_mo(out, read_catalogue())
        _put(file, out.getvalue())
    if _is_older(for_scripts, source, *scripts):
        _put(for_scripts, f"export default {json.dumps(_told_to_scripts(), ensure_ascii=False, indent=0)};\n".encode())
    return file


def _told_to_scripts() -> dict[str, str]:
    """What `static/js/words.js` looks up: sentences, and words in their two numbers as it is asked for them."""
    catalogue, told = read_catalogue(), {}
    for _, (message, context) in _of_scripts():
        known = catalogue.get(message, context)
        string = known.string if known else ""
        forms = [string] if isinstance(string, str) else list(string or ())
        if not all(forms):
            continue
        told[message if isinstance(message, str) else ",".join(message)] = forms[0] if isinstance(message, str) else ",".join(forms)
    return told


def _is_older(file: Path, *sources: Path) -> bool:
    return not file.exists() or file.stat().st_mtime < max(source.stat().st_mtime for source in sources)


def _put(file: Path, body: bytes) -> None:
    """Whole or not at all, whoever else writes it at that moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_bytes(body)
    part.replace(file)
