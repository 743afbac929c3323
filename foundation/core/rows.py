"""How is a table read in plain SQL? What every request asks is written so: building the query costs more than answering it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import cache, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)
T = TypeVar("T")
U = TypeVar("U")
P = ParamSpec("P")

Parameters = Mapping[str, Any] | Sequence[Any]


def rows_of(sql: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


class Reading(Generic[T]):
    """What is to be read, and what is made of its rows. It is asked once: with others, by `read_together`, else when `found` is looked at."""

    __slots__ = ("_found", "make", "parameters", "sql")

    def __init__(self, sql: str, parameters: Parameters, make: Callable[[list[tuple[Any, ...]]], T]) -> None:
        self.sql, self.parameters, self.make = sql, parameters, make

    @property
    def found(self) -> T:
        try:
            return self._found
        except AttributeError:
            self.fill(rows_of(self.sql, self.parameters))
            return self._found

    def then(self, make: Callable[[T], U]) -> Reading[U]:
        """The same rows, of which something else is made."""
        return Reading(self.sql, self.parameters, lambda rows: make(self.make(rows)))

    @property
    def is_asked(self) -> bool:
        return hasattr(self, "_found")

    def fill(self, rows: list[tuple[Any, ...]]) -> None:
        self._found: T = self.make(rows)


class Known(Reading[T]):
    """What needs no asking."""

    __slots__ = ()

    def __init__(self, found: T) -> None:
        self._found = found

    def then(self, make: Callable[[T], U]) -> Reading[U]:
        return Known(make(self._found))


class Read(Generic[P, T]):
    """A read of one query, written as the function that says what is to be read: `that(…)` is what is found, `that.reading(…)` waits."""

    def __init__(self, reading: Callable[P, Reading[T]]) -> None:
        self.reading = reading
        update_wrapper(self, reading)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.reading(*args, **kwargs).found


def read_together(*readings: Reading[Any]) -> None:
    """Those not asked yet, in one exchange with the database: each is a query, none waits for the answer to another."""
    waiting = [reading for reading in readings if not reading.is_asked]
    with ExitStack() as opened:
        cursors = [opened.enter_context(connection.cursor()) for _ in waiting]
        with connection.wrap_database_errors, _exchange():
            for cursor, reading in zip(cursors, waiting, strict=True):
                cursor.execute(reading.sql, reading.parameters)
        for cursor, reading in zip(cursors, waiting, strict=True):
            reading.fill(cursor.fetchall())


def _exchange() -> AbstractContextManager[Any]:
    """What is asked within is sent at once, and answered together (« pipeline mode » of the driver)."""
    connection.ensure_connection()
    raw: Any = connection.connection
    return raw.pipeline()  # type: ignore[no-any-return]


def columns(model: type[Model], alias: str) -> str:
    """All its columns, to be selected from its table under `alias`; `row_as` makes a row of them."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def row_as(model: type[M], row: Sequence[Any], first: int = 0) -> M:
    """The row of a model whose columns begin at `first`, as the ORM would have read it."""
    names, read = _fields(model)
    found = model.__new__(model)
    values = found.__dict__
    # As unpickling makes it, field by field: `__init__` would cost more than reading the row did
    values.update(zip(names, row[first : first + len(names)], strict=True))
    for name, convert in read:
        values[name] = convert(values[name], None, connection)
    state = found._state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    return found


def width(model: type[Model]) -> int:
    """How many columns a model has: where the next one begins."""
    return len(_fields(model)[0])


def read_rows(model: type[M], rest: str, parameters: Parameters, *paths: str, **counted: str) -> list[M]:
    """The rows of a model, and the rows they point at: those of `reading`, now."""
    return reading(model, rest, parameters, *paths, **counted).found


def reading(model: type[M], rest: str, parameters: Parameters, *paths: str, **counted: str) -> Reading[list[M]]:
    """The rows of a model, and the rows they point at along `paths` (« step », « step__candidature »), as `select_related` gives them.

    Two rows that point at the same row have the same one: whoever deposited a hundred files is one person.

    `rest` is what follows the joins, of the table `thing` and of others named by their path: « WHERE step.candidature_id = %s ».
    `counted` are expressions of SQL, each an attribute of the row.
    """

    def make(rows: list[tuple[Any, ...]]) -> list[M]:
        found: list[M] = []
        met: dict[tuple[type[Model], Any], Any] = {}
        for row in rows:
            thing = row_with(model, paths, row, met)
            for rank, name in enumerate(counted, len(row) - len(counted)):
                setattr(thing, name, row[rank])
            found.append(thing)
        return found

    return Reading(f"{selecting(model, paths, tuple(counted.values()))} {rest}", parameters, make)


def pointed_at(model: type[Model], path: str, key: Any) -> Reading[Any]:
    """The row at the end of a path (« candidature__enrolment ») that begins at the row of this key; none of its neighbours is read."""
    sql, pointed = _pointing(model, path)
    return Reading(sql, [key], lambda rows: row_as(pointed, rows[0]) if rows and rows[0][0] is not None else None)


@cache
def _pointing(model: type[Model], path: str) -> tuple[str, type[Model]]:
    names = path.split("__")
    paths = tuple("__".join(names[: rank + 1]) for rank in range(len(names)))
    pointed = related(model, paths)[path]
    _, _, joins = selecting(model, paths).partition(" FROM ")
    return f"SELECT {columns(pointed, path)} FROM {joins} WHERE thing.{model._meta.pk.column} = %s", pointed  # noqa: S608 - our own tables


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


def row_with(model: type[M], paths: tuple[str, ...], row: Sequence[Any], met: dict[tuple[type[Model], Any], Any] | None = None) -> M:
    """The row and those it points at, from the columns of `selecting`; where it points at nothing, None. `met` are those of other rows."""
    found = row_as(model, row)
    read: dict[str, Any] = {"": found}
    met = {} if met is None else met
    for path, holder, name, other, first in _places(model, paths):
        key = (other, row[first])  # a row begins with its key
        if key not in met:
            met[key] = row_as(other, row, first) if row[first] is not None else None
        read[path] = pointed = met[key]
        if read[holder] is not None:
            read[holder]._state.fields_cache[name] = pointed  # as `select_related` does: the key is already there
    return found


@cache
def _places(model: type[Model], paths: tuple[str, ...]) -> list[tuple[str, str, str, Any, int]]:
    """Of each path: what holds it, under which name, the model at its end, and where its columns begin."""
    places, first = [], width(model)
    for path, other in related(model, paths).items():
        holder, _, name = path.rpartition("__")
        places.append((path, holder, name, other, first))
        first += width(other)
    return places


@cache
def related(model: type[Model], paths: tuple[str, ...]) -> dict[str, Any]:
    """The model at the end of each path; a path comes after the one it goes on from."""
    found: dict[str, Any] = {}
    for path in paths:
        holder, _, name = path.rpartition("__")
        found[path] = (found[holder] if holder else model)._meta.get_field(name).related_model
    return found


@cache
def _fields(model: type[Model]) -> tuple[list[str], list[tuple[str, Any]]]:
    """The attributes of a row, and those the driver does not give as Python has them (JSON comes as text)."""
    fields = model._meta.concrete_fields
    read = [(field.attname, field.from_db_value) for field in fields if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], read
