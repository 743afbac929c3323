"""Is what comes afterwards done once committed, and only then? Queued with the event, done by a real worker."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from foundation.core.event import Event
from foundation.journal.action import action
from foundation.journal.afterwards import reactions
from foundation.journal.origin import origin
from ops.timetable import take_up_stalled_jobs
from tests.queue import waiting, work_off

seen: list[object] = []


@dataclass(frozen=True, slots=True)
class DoorPainted(Event):
    about: str
    company: int
    colours: frozenset[str]


@action(DoorPainted)
def paint_door(company, *, by, at):
    return DoorPainted(about=f"company:{company.pk}", company=company.pk, colours=frozenset({"vert", "bleu"}))


def look(event):
    seen.append((event.kind(), event.about, event.colours, origin.get()))


def count(event):
    seen.append("compté")


def stumble(event):
    seen.append("trébuché")
    raise RuntimeError("un seul échoue")


@pytest.fixture(autouse=True)
def _table(monkeypatch):
    seen.clear()
    monkeypatch.setitem(reactions, DoorPainted, (look, count))


def run_worker():
    """The worker an operator starts, until nothing is left."""
    with app.replace_connector(app.connector.get_worker_connector()) as machine:
        machine.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def test_what_comes_afterwards_waits_and_gets_the_event_as_it_was(cast, at):
    paint_door(cast.aubepine, by=cast.claire, at=at)
    assert seen == []
    assert [task for task, _ in waiting()] == ["react", "react"]
    work_off()
    assert seen == [("foundation.DoorPainted", f"company:{cast.aubepine.pk}", ["bleu", "vert"], "travail"), "compté"]
    assert origin.get() == "commande"


def test_what_was_undone_leaves_nothing_queued(cast, at):
    with pytest.raises(RuntimeError), transaction.atomic():
        paint_door(cast.aubepine, by=cast.claire, at=at)
        raise RuntimeError
    assert waiting() == []


def test_an_event_nobody_reacts_to_costs_no_query(cast, at, monkeypatch, django_assert_num_queries):
    with django_assert_num_queries(5):  # savepoint, lock, journal, queue, release
        paint_door(cast.aubepine, by=cast.claire, at=at)
    monkeypatch.delitem(reactions, DoorPainted)
    with django_assert_num_queries(4):
        paint_door(cast.aubepine, by=cast.claire, at=at)


def test_a_reaction_that_is_no_longer_in_the_table_is_not_called(cast, at, monkeypatch):
    paint_door(cast.aubepine, by=cast.claire, at=at)
    monkeypatch.setitem(reactions, DoorPainted, (count,))
    with pytest.raises(StopIteration):
        work_off()


@pytest.mark.slow
def test_a_worker_does_each_and_tries_again_what_failed(committed_db, cast, at, monkeypatch):
    monkeypatch.setitem(reactions, DoorPainted, (stumble, count))
    paint_door(cast.aubepine, by=cast.claire, at=at)
    run_worker()
    assert sorted(seen) == ["compté", "trébuché"]
    (left,) = ProcrastinateJob.objects.all()
    assert (left.args["reaction"], left.status, left.attempts) == ("tests.foundation.test_afterwards.stumble", "todo", 1)
    assert left.scheduled_at is not None


def test_what_a_dead_worker_was_doing_is_taken_up_again(committed_db, cast, at):
    paint_door(cast.aubepine, by=cast.claire, at=at)
    doing = ProcrastinateJob.objects.order_by("id").first()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes') RETURNING id",
        )
        (worker,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, doing.pk])
    take_up_stalled_jobs.defer(timestamp=0)
    run_worker()
    run_worker()
    assert len(seen) == 2
