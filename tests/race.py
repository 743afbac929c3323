"""What happens when several people act at the same moment? Each on a connection of its own; for `committed_db` only."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections


def race(*runners: Callable[[], Any], within: int = 30) -> list[Any]:
    """Run them all at once and give what each returned, or the exception it raised, in the order given, `within` seconds."""
    start = Barrier(len(runners))

    def run(runner: Callable[[], Any]) -> Any:
        start.wait(timeout=10)
        return _outcome(runner)

    with ThreadPoolExecutor(len(runners)) as pool:
        return [future.result(timeout=within) for future in [pool.submit(run, runner) for runner in runners]]


class Meanwhile:
    """One call made on another connection while this one keeps its locks: `started`, then `outcome` once it has ended."""

    def __init__(self, runner: Callable[[], Any]) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._future: Future[Any] = self._pool.submit(_outcome, runner)

    def wait_until_blocked(self) -> None:
        """Return once some other connection waits for a lock, which is what the test claims will happen."""
        for _ in range(500):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction keeps its first sight of it
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                if cursor.fetchone()[0]:
                    return
            if self._future.done():
                raise AssertionError(f"rien n'a attendu ; rendu : {self._future.result()!r}")
            time.sleep(0.01)
        raise AssertionError("personne n'attend de verrou")

    def outcome(self) -> Any:
        with self._pool:
            return self._future.result(timeout=30)


def _outcome(runner: Callable[[], Any]) -> Any:
    try:
        return runner()
    except Exception as error:
        return error
    finally:
        connections.close_all()


def kinds_of(outcomes: Sequence[Any]) -> list[str]:
    return [type(outcome).__name__ for outcome in outcomes]
