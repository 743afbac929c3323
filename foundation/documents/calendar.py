"""How is something due put in anyone's agenda? iCalendar (RFC 5545): days, names that do not change, text escaped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

PRODUCT = "PRODID:-//Convergence//Feuille de route//FR"  # recorded as it is
WIDTH = 75  # octets of a line, its end apart (RFC 5545, section 3.1)


@dataclass(frozen=True, slots=True)
class Due:
    """Something due on a day. `key` is what it stays known by: sent again with another day, it moves in the agenda."""

    key: str
    day: date
    title: str
    description: str = ""


def calendar(name: str, dues: Iterable[Due], *, of: str, at: datetime) -> bytes:
    """One whole-day event each, which takes nobody's time. `of` tells one installation from another."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", PRODUCT, "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_escaped(name)}")
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for due in dues:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uuid5(NAMESPACE_URL, f'{of}/{due.key}')}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{due.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{due.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(due.title)}",
            *([f"DESCRIPTION:{_escaped(due.description)}"] if due.description else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _escaped(text: str) -> str:
    """TEXT (section 3.3.11); a control character, which no agenda reads, becomes a space."""
    for typed, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(typed, written)
    return "".join(letter if letter >= " " and letter != "\x7f" else " " for letter in text)


def _folded(line: str) -> bytes:
    """Cut between letters, never inside one."""
    parts, room = [b""], WIDTH
    for letter in line:
        octets = letter.encode()
        if len(parts[-1]) + len(octets) > room:
            parts.append(b"")
            room = WIDTH - 1  # a space opens each line that goes on
        parts[-1] += octets
    return b"\r\n ".join(parts) + b"\r\n"
