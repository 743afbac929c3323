"""How does a test have the queued work done? At once, in its own transaction; the real worker has tests of its own."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def waiting() -> list[tuple[str, dict]]:
    """What is queued: (task, arguments), the oldest first."""
    jobs = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    return [(job.task_name, job.args) for job in jobs]


def work_off() -> None:
    """Do everything that is queued, and what that queues in turn. What fails raises, and stays queued."""
    while (job := ProcrastinateJob.objects.filter(status="todo").order_by("id").first()) is not None:
        app.tasks[job.task_name].func(**job.args)
        forget(job.pk)


def forget(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [key])
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [key])


def empty_queue() -> None:
    """What really committing tests left: these tables are not Django's, its flush leaves them."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers")
