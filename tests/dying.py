"""What does an action leave behind when the machine dies under it? All of what it does, or nothing: never a part.

The action lives in a process of its own, on a connection of its own, really committing; for `committed_db` only. Life after
life, that process is killed (SIGKILL) one moment later: in place of its first statement, of its second…, of its COMMIT, then
just after its COMMIT. `EVERY_MOMENT=1` is the promise; a moment in four, the first and the two last are tried each time. After each death, the server having noticed it:

- before the COMMIT, every table of the database is as it was, to the byte; after it, the difference is that of the whole
  action, as two rehearsals rolled back have shown it, row by row: what both say alike is said again, what each drew (keys,
  salts, receipts) may be drawn anew;
- the chain of the journal holds, and every place in the queue is the one the steps say;
- what was put in the store for nothing is listed by the reconciliation, and nothing it should hold is missing.

Done again from the state left, the action changes nothing more.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

from django.core.files.storage import storages
from django.db import connection, connections, transaction

from convergence.reviews.places import deduced, kept
from foundation.core.verdict import Refused
from foundation.files.reconciliation import reconcile
from foundation.journal.queries import breaks_of_the_chain

Act = Callable[[], object]
Row = dict[str, Any]

DRAWN = "…"
"""In place of what an action draws anew each time it is done."""

COMMIT, COMMITTED = "COMMIT", "après COMMIT"
PUBLISHED = ("content_", "help_")
"""Tables that only publishing writes, too long to be told row by row: that one changed is enough."""

STRIDE = 1 if os.environ.get("EVERY_MOMENT") == "1" else 4
AT_COMMIT = -1
"""A moment to die at, wherever it comes: what a life is made of is known from one that got there."""

WRITES = ("INSERT", "UPDATE", "DELETE")

LONGEST_LIFE = 60
"""Seconds: a child that waits for ever is a failure, told as one."""


# — One life ——————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Life:
    """The moments lived, the last one fatal where it was killed; otherwise how it ended: « done », or the code of a refusal."""

    moments: list[str]
    outcome: str | None

    @property
    def was_killed(self) -> bool:
        return self.outcome is None

    @property
    def has_committed(self) -> bool:
        return COMMITTED in self.moments


class _Mortal:
    """What is counted in the child, and the moment it dies at."""

    def __init__(self, die_at: int, pipe: int) -> None:
        self.die_at, self.pipe, self.moments = die_at, pipe, list[str]()

    def reach(self, what: str) -> None:
        self.moments.append(what)
        if len(self.moments) == self.die_at or (self.die_at == AT_COMMIT and self._is_last(what)):
            self.say(None)
            os.kill(os.getpid(), signal.SIGKILL)

    def _is_last(self, what: str) -> bool:
        """The COMMIT, or a write that will have none."""
        return what == COMMIT or (what.startswith(WRITES) and not connection.in_atomic_block)

    def say(self, outcome: str | None) -> None:
        backend = connection.connection.info.backend_pid if connection.connection else None
        said = json.dumps({"moments": self.moments, "outcome": outcome, "backend": backend}).encode()
        while said:
            said = said[os.write(self.pipe, said) :]


_living: _Mortal | None = None


def reach(what: str) -> None:
    """A moment of the test's own, such as a call to another machine; nothing outside of a life."""
    if _living is not None:
        _living.reach(what)


def live(act: Act, die_at: int = 0) -> Life:
    """Run the action in a child, killed at its `die_at`-th moment (0: never; or `AT_COMMIT`), and wait until the server has noticed."""
    connections.close_all()  # a connection is never shared with a child
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of the test run exist: the child never needs them
        child = os.fork()
    if child == 0:
        os.close(reading)
        _live_and_die(act, _Mortal(die_at, writing))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    assert told, f"l'enfant n'a rien dit : {status}"
    said = json.loads(told)
    life = Life(said["moments"], said["outcome"])
    assert life.was_killed == os.WIFSIGNALED(status)
    _wait_until_gone(said["backend"])
    return life


def _live_and_die(act: Act, mortal: _Mortal) -> NoReturn:
    """In the child: nothing of the test run is ever returned to."""
    global _living
    outcome = "done"
    signal.alarm(LONGEST_LIFE)
    gc.disable()  # a short life collects nothing: going through all that it inherits would copy it
    try:
        _forget_inherited()
        connection.ensure_connection()  # what a connection says first is not of the action
        commit = connection.commit

        def committing() -> None:
            mortal.reach(COMMIT)
            commit()
            mortal.reach(COMMITTED)

        def in_place_of(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            mortal.reach(str(sql))
            return execute(sql, params, many, context)

        connection.commit = committing
        _living = mortal
        with connection.execute_wrapper(in_place_of):
            act()
    except Refused as refused:
        outcome = refused.code
    except BaseException:
        outcome = traceback.format_exc()
    finally:
        mortal.say(outcome)
        os._exit(0)


def _forget_inherited() -> None:
    """Where a browser runs in this process, Django keeps the connections of its thread apart, and the child, where no loop runs, finds
    those of before: the parent's. Forgotten, never closed: closing them would end the parent's own.
    """
    for alias in connections:
        with suppress(AttributeError):
            del connections[alias]


def _wait_until_gone(backend: int | None) -> None:
    """The server rolls back when it notices that its client is gone."""
    for _ in range(5000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [backend])
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.001)
    raise AssertionError("le serveur n'a pas vu mourir l'enfant")


# — All of them ———————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Ending:
    """How many deaths, what the one after the COMMIT left, and how the action done again from there ended."""

    deaths: int
    rows: list[Row]
    again: str

    @property
    def told(self) -> list[str]:
        """The events remembered, in order."""
        return [row["kind"] for row in self.added("journal_entry")]

    @property
    def queued(self) -> list[str]:
        """The work left for later: the reactions, and the other tasks."""
        return [row.get("args.reaction", row["task_name"]) for row in self.added("procrastinate_jobs")]

    def added(self, table: str) -> list[Row]:
        return [row for row in self.rows if (row["in"], row["is"]) == (table, "added")]


def die_everywhere(act: Act) -> Ending:
    """Kill the action at its moments, one life after another, and look at what each death left."""
    before, held = seen(), _stored()
    whole = _steady(_rehearsed(act, before), _rehearsed(act, before))
    assert _changed(before) == [], "une répétition annulée a laissé quelque chose"
    _orphans()
    lived = live(act, die_at=AT_COMMIT)
    assert lived.was_killed, f"terminé sans rien valider : {lived.outcome}"
    assert lived.moments[-1] == COMMIT, f"écrit hors d'une transaction : {lived.moments[-1]}"
    last = len(lived.moments)
    moments = [*range(1, last, STRIDE), last, last + 1]
    for moment in moments:
        life = lived if moment == last else live(act, die_at=moment)
        assert life.was_killed, f"terminé sans rien valider : {life.outcome}"
        assert life.moments[:last] == lived.moments[:moment], "deux vies différentes : un moment a pu être sauté"
        if life.has_committed:
            break
        changed = _changed(before)
        assert changed == [], f"à moitié fait ({', '.join(changed)}), tué à : {life.moments[-1]}"
        made = _stored() - held
        assert _orphans() == made, "des octets que personne ne retrouve"
    after = seen()
    rows = difference(before, after)
    assert _masked(rows, whole) == whole, "à moitié fait, tué après COMMIT"
    assert _orphans() == set(), "des octets validés que personne ne retient"
    again = live(act)
    assert again.outcome is not None
    assert _changed(after) == [], f"fait deux fois : {difference(after, seen())}"
    _orphans()
    return Ending(len(moments), rows, again.outcome)


def _orphans() -> set[str]:
    """What the reconciliation lists, taken out of the store as whoever reads its list would. For the rest, the state left is sound."""
    assert breaks_of_the_chain() == []
    assert kept() == deduced()
    found = reconcile()
    assert found.damages == 0
    for key in found.orphans:
        storages["default"].delete(key)
    return set(found.orphans)


def _stored(folder: str = "") -> set[str]:
    """Every key the store holds."""
    folders, files = storages["default"].listdir(folder)
    return {f"{folder}{name}" for name in files}.union(*(_stored(f"{folder}{name}/") for name in folders))


# — What a state is ———————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class State:
    """Every table of the database: a digest of its rows; and the rows, by their keys, of those not only publishing writes."""

    digests: dict[str, str]
    rows: dict[str, dict[Any, Row]]


def seen() -> State:
    """As it now is."""
    rows: dict[str, dict[Any, Row]] = {}
    for table in (name for name in _tables() if not name.startswith(PUBLISHED)):
        found = [_leaves(row) for (row,) in _asked(f'SELECT row_to_json(one) FROM "{table}" one')]  # noqa: S608 - our own tables
        rows[table] = {next(iter(row.values())): row for row in found}  # the first column of every table is its key
        assert len(rows[table]) == len(found), table
    return State(_digests(), rows)


def _changed(before: State) -> list[str]:
    """The tables that are no longer what they were, to the byte."""
    now = _digests()
    return [table for table in _tables() if now[table] != before.digests[table]]


def _digests() -> dict[str, str]:
    rows = "count(*) || ' ' || sum(hashtextextended(one::text, 0))"  # whatever their order: nothing to sort
    each = (f"SELECT '{table}', {rows} FROM \"{table}\" one" for table in _tables())  # noqa: S608 - our own tables
    return dict(_asked(" UNION ALL ".join(each)))


@cache
def _tables() -> tuple[str, ...]:
    return tuple(sorted(connection.introspection.table_names()))


def _asked(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


# — What an action does ———————————————————————————————————————————————————————————————————


def _rehearsed(act: Act, before: State) -> list[Row]:
    """What the whole action changes, seen from inside of a transaction that is then rolled back; what it leaves for after its COMMIT is done too."""
    with transaction.atomic():
        act()
        for _, after_commit, _ in connection.run_on_commit:
            after_commit()
        rows = difference(before, seen())
        transaction.set_rollback(True)
    return rows


def difference(before: State, after: State) -> list[Row]:
    """Row by row, in the order of the keys: what was added, what was removed; of what changed, the columns that did."""
    rows: list[Row] = []
    for table in (name for name in _tables() if before.digests[name] != after.digests[name]):
        if table.startswith(PUBLISHED):
            rows.append({"in": table, "is": "changed"})
            continue
        was, became = before.rows[table], after.rows[table]
        rows += [{"in": table, "is": "removed", **was[key]} for key in was if key not in became]
        for key in sorted(became, key=lambda key: (str(type(key)), key)):
            if key not in was:
                rows.append({"in": table, "is": "added", **became[key]})
            elif became[key] != was[key]:
                columns = {name: became[key].get(name) for name in {*was[key], *became[key]} if became[key].get(name) != was[key].get(name)}
                rows.append({"in": table, "is": "changed", "key": key, **dict(sorted(columns.items()))})
    return rows


def _leaves(value: Any, path: str = "") -> Row:
    """A row as one level of names: what JSON holds, written in text or not, is unfolded."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        with suppress(ValueError):
            value = json.loads(value)
    within: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not within or not value:
        return {path: value}
    leaves: Row = {}
    for name, one in within:
        leaves |= _leaves(one, f"{path}.{name}" if path else str(name))
    return leaves


def _steady(first: list[Row], second: list[Row]) -> list[Row]:
    """What two rehearsals say alike; what each drew is masked."""
    assert [row.keys() for row in first] == [row.keys() for row in second], "deux répétitions différentes"
    return [
        {name: value if value == other[name] else DRAWN for name, value in row.items()} for row, other in zip(first, second, strict=True)
    ]


def _masked(rows: list[Row], whole: list[Row]) -> list[Row]:
    """The same rows, without what may be drawn anew."""
    if [row.keys() for row in rows] != [row.keys() for row in whole]:
        return rows
    return [
        {name: DRAWN if pattern[name] == DRAWN else value for name, value in row.items()} for row, pattern in zip(rows, whole, strict=True)
    ]
