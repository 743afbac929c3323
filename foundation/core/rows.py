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


def read_rows(model: type[M], rest: str, parameters: Mapping[str, Any] | Sequence[Any], *paths: str, **counted: str) -> list[M]:
    """The rows of a model, and the rows they point at along `paths` (« step », « step__candidature »), as `select_related` gives them.

    Two rows that point at the same row have the same one: whoever deposited a hundred files is one person.

    `rest` is what follows the joins, of the table `thing` and of others named by their path: « WHERE step.candidature_id = %s ».
    `counted` are expressions of SQL, each an attribute of the row.
    """
    found: list[M] = []
    met: dict[tuple[str, Any], Any] = {}
    for row in rows_of(f"{selecting(model, paths, tuple(counted.values()))} {rest}", parameters):
        thing = row_with(model, paths, row, met)
        for rank, name in enumerate(counted, len(row) - len(counted)):
            setattr(thing, name, row[rank])
        found.append(thing)
    return found


@cache
def selecting(model: type[Model], paths: tuple[str, ...], counted: tuple[str, ...] = ()) -> str:
    """What reads the columns that `row_with` makes rows of."""
    joins, loose, met = [], set(), related(model, paths)
    for path, other in met.items():
        holder, _, name = path.rpartition("__")
        field: Any = (met[holder] if holder else model)._meta.get_field(name)
        if field.null or holder in loose:
            loose.add(path)
        joins.append(f"{'LEFT ' * (path in loose)}JOIN {other._meta.db_table} {path} ON {path}.id = {holder or 'thing'}.{field.column}")
    read = ", ".join([columns(model, "thing"), *(columns(other, path) for path, other in met.items()), *counted])
    return f"SELECT {read} FROM {model._meta.db_table} thing {' '.join(joins)}"  # noqa: S608 - made of our own tables


def row_with(model: type[M], paths: tuple[str, ...], row: Sequence[Any], met: dict[tuple[str, Any], Any] | None = None) -> M:
    """The row and those it points at, from the columns of `selecting`; where it points at nothing, None. `met` are those of other rows."""
    found = row_as(model, row)
    read: dict[str, Any] = {"": found}
    first = width(model)
    met = {} if met is None else met
    for path, other in related(model, paths).items():
        holder, _, name = path.rpartition("__")
        key = (path, row[first])  # a row begins with its key
        if key not in met:
            met[key] = row_as(other, row, first) if row[first] is not None else None
        read[path] = met[key]
        if read[holder] is not None:
            setattr(read[holder], name, read[path])
        first += width(other)
    return found


@cache
def related(model: type[Model], paths: tuple[str, ...]) -> dict[str, Any]:
    """The model at the end of each path; a path comes after the one it goes on from."""
    found: dict[str, Any] = {}
    for path in paths:
        holder, _, name = path.rpartition("__")
        found[path] = (found[holder] if holder else model)._meta.get_field(name).related_model
    return found


@cache
def _fields(model: type[Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    """The attributes of a row, and those the driver does not give as Python has them (JSON comes as text)."""
    fields = model._meta.concrete_fields
    read = [(rank, field.from_db_value) for rank, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], read
