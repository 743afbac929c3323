"""An agenda any program reads: lines folded between letters, text escaped, names that stay."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from foundation.documents.calendar import Due, calendar

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def unfolded(body: bytes) -> list[str]:
    """The content lines, as a program that reads agendas puts them together (RFC 5545, section 3.1)."""
    assert body.endswith(b"\r\n")
    return body.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def unescaped(text: str) -> str:
    return text.replace("\\\\", "\0").replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\0", "\\")


def values(body: bytes, name: str) -> list[str]:
    return [line.split(":", 1)[1] for line in unfolded(body) if line.split(":", 1)[0].split(";")[0] == name]


def test_an_event_is_one_whole_day_that_takes_nobody_s_time():
    body = calendar("Feuille de route", [Due("a", date(2027, 3, 31), "Atteint", "Suivi ; v3, bêta")], of="here", at=AT)
    lines = unfolded(body)
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert "VERSION:2.0" in lines
    assert "DTSTART;VALUE=DATE:20270331" in lines
    assert "DTEND;VALUE=DATE:20270401" in lines
    assert "DTSTAMP:20261116T090000Z" in lines
    assert "TRANSP:TRANSPARENT" in lines
    assert values(body, "DESCRIPTION") == ["Suivi \\; v3\\, bêta"]


def test_what_has_nothing_more_to_say_says_nothing():
    assert values(calendar("x", [Due("a", date(2027, 3, 31), "Atteint")], of="here", at=AT), "DESCRIPTION") == []


def test_a_name_stays_when_the_day_moves_and_differs_elsewhere():
    def uid(key: str, day: date, of: str = "here") -> str:
        return values(calendar("x", [Due(key, day, "Atteint")], of=of, at=AT), "UID")[0]

    first = uid("1926/socles", date(2027, 3, 31))
    assert uid("1926/socles", date(2027, 6, 30)) == first
    assert len({first, uid("1927/socles", date(2027, 3, 31)), uid("1926/socles", date(2027, 3, 31), of="there")}) == 3


WRITTEN = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.just("\n"), max_size=300)


@given(WRITTEN)
def test_whatever_is_written_no_line_is_too_long_and_the_text_comes_back(text):
    body = calendar("x", [Due("a", date(2027, 3, 31), text)], of="here", at=AT)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert [unescaped(found) for found in values(body, "SUMMARY")] == [text]


def test_no_character_ends_a_line_or_begins_another_event():
    body = calendar("x", [Due("a", date(2027, 3, 31), "un\r\nEND:VCALENDAR\x07\x7f")], of="here", at=AT)
    assert values(body, "SUMMARY") == ["un\\nEND:VCALENDAR  "]
    assert unfolded(body).count("END:VCALENDAR") == 1
