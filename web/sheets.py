"""How are rows taken away as CSV? Sent as they are read, in a form no spreadsheet mistakes: neither the accents, nor a cell for a formula."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

MARK = "\ufeff"
"""A spreadsheet then reads the accents."""


class _Line:
    """A file that gives back what is written in it."""

    def write(self, line: str) -> str:
        return line


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], delimiter: str = ";") -> StreamingHttpResponse:
    """A file called `name`, its first line the names of the columns. French spreadsheets expect semicolons."""
    answer = StreamingHttpResponse(csv_lines(columns, rows, delimiter), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]], delimiter: str = ";") -> Iterator[str]:
    writer = csv.writer(_Line(), delimiter=delimiter)
    yield MARK + writer.writerow(columns)
    for row in rows:
        yield writer.writerow([inert(cell) for cell in row])


def inert(value: Any) -> Any:
    """A cell that begins like a formula is given as text: nobody's spreadsheet runs what someone typed here."""
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, list | tuple):
        value = ", ".join(str(one) for one in value)
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
