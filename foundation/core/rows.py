"""How is a table read in plain SQL? What every request asks is written so: building the query costs more than answering it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


def rows_of(sql: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def columns(model: type[Model], alias: str) -> str:
    """All its columns, to be selected from its table under `alias`; `row_as` makes a row of them."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def row_as(model: type[M], row: Sequence[Any], first: int = 0) -> M:
    """The row of a model whose columns begin at `first`, as the ORM would have read it."""
    names, read = _fields(model)
    values = list(row[first : first + len(names)])
    for rank, convert in read:
        values[rank] = convert(values[rank], None, connection)
    return model.from_db(connection.alias, names, values)


def width(model: type[Model]) -> int:
    """How many columns a model has: where the next one begins."""
    return len(_fields(model)[0])


@cache
def _fields(model: type[Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    """The attributes of a row, and those the driver does not give as Python has them (JSON comes as text)."""
    fields = model._meta.concrete_fields
    read = [(rank, field.from_db_value) for rank, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], read
