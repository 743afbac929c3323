"""How is a piece of page drawn once, then filled in? Its look is kept; what is particular goes into its slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from types import FunctionType
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString

from foundation.core.language import language

MOST_KEPT = 10_000
_kept: dict[tuple[Any, ...], str] = {}


def piece(template: str, look: Mapping[str, Any], slots: Mapping[str, str], **content: Any) -> SafeString:
    """`template`, drawn for this look with each slot filled in, escaped. Every text someone typed is a slot.

    The template sees the look, the slots and nothing else, so that a piece kept can show nothing of anybody else. A slot is
    shown as it is: no filter, no condition. `content` is what the look already determines: the tracks of a release. A function
    is asked where the piece is drawn, and there only; it is given the slots, each a mark of what will stand there, for the
    pieces within this one that share them.
    """
    place = (language(), template, *look.values())
    kept = _kept.get(place)
    if kept is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[place] = _drawn(template, look, slots, content)
    return SafeString(kept.format_map({name: text if isinstance(text, SafeString) else escape(text) for name, text in slots.items()}))


def together(drawn: Iterable[SafeString]) -> SafeString:
    """Pieces one after the other."""
    return SafeString("".join(drawn))


def escaped(text: str) -> SafeString:
    """What goes into many slots, escaped once."""
    return SafeString(escape(text))


def _drawn(template: str, look: Mapping[str, Any], slots: Mapping[str, str], content: Mapping[str, Any]) -> str:
    """As a format: filled in at one go, so that what a slot holds is never looked at again. Content has no private character."""
    marks = {name: chr(0xE100 + rank) for rank, name in enumerate(slots)}
    told = {name: found(marks) if isinstance(found, FunctionType) else found for name, found in content.items()}
    drawn = str(get_template(template).render({**told, **look, **marks})).replace("{", "{{").replace("}", "}}")
    for name, mark in marks.items():
        drawn = drawn.replace(mark, f"{{{name}}}")
    return drawn
