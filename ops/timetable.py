"""What does the platform do by itself, and when? Every periodic job, on one page. Cron times are UTC."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from procrastinate import JobContext
from procrastinate.contrib.django import app

from convergence.agreements.jobs import follow_envelopes
from convergence.certificates.jobs import expire_certificates, remind_of_terms
from convergence.schedules.jobs import watch_deadlines, watch_expiries
from foundation.core.clock import now
from foundation.documents.dating import token_over
from foundation.files.actions import clear_uploads
from foundation.files.jobs import scan_what_waits
from foundation.files.reconciliation import reconcile
from foundation.journal.anchors import write_anchor


@app.periodic(cron="*/5 * * * *")
@app.task(name="take_up_stalled_jobs", queueing_lock="take_up_stalled_jobs", pass_context=True)
async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """What a worker that died was doing is done again by another: nobody stays untold because a machine stopped."""
    for job in await context.app.job_manager.get_stalled_jobs():
        await context.app.job_manager.retry_job(job)


@app.periodic(cron="30 2 * * *")
@app.task(name="forget_ended_sessions", queueing_lock="forget_ended_sessions")
def forget_ended_sessions(timestamp: int, **_: Any) -> None:
    call_command("clearsessions")


@app.periodic(cron="15 * * * *")
@app.task(name="scan_again", queueing_lock="scan_again")
def scan_again(timestamp: int, **_: Any) -> None:
    """What the antivirus could not look at is shown to it again every hour: nothing stays in quarantine unseen."""
    scan_what_waits()


@app.periodic(cron="45 2 * * *")
@app.task(name="clear_expired_uploads", queueing_lock="clear_expired_uploads")
def clear_expired_uploads(timestamp: int, **_: Any) -> None:
    clear_uploads(at=now())


@app.periodic(cron="0 3 * * *")
@app.task(name="reconcile_files", queueing_lock="reconcile_files")
def reconcile_files(timestamp: int, **_: Any) -> None:
    """Every file is read again and compared with its record; what is wrong is logged as an error."""
    reconcile()


@app.periodic(cron="10 23,0 * * *")
@app.task(name="end_certificates", queueing_lock="end_certificates")
def end_certificates(timestamp: int, **_: Any) -> None:
    """Just after midnight in Paris, in winter as in summer: those whose last day is over."""
    expire_certificates(now())


@app.periodic(cron="30 6 * * *")
@app.task(name="remind_of_certificates", queueing_lock="remind_of_certificates")
def remind_of_certificates(timestamp: int, **_: Any) -> None:
    """In the morning, the certificates whose term comes near."""
    remind_of_terms(now())


@app.periodic(cron="25 * * * *")
@app.task(name="follow_what_is_signed", queueing_lock="follow_what_is_signed")
def follow_what_is_signed(timestamp: int, **_: Any) -> None:
    """Where the signature provider is asked again, in case one of its messages was lost."""
    follow_envelopes()


@app.periodic(cron="5 * * * *")
@app.task(name="anchor_journal", queueing_lock="anchor_journal")
def anchor_journal(timestamp: int) -> None:
    """What the journal ends with is written where the database cannot reach; without a place to write it, nothing is done."""
    if settings.JOURNAL_ANCHORS is not None:
        write_anchor(settings.JOURNAL_ANCHORS, now(), token_over)


@app.periodic(cron="*/10 * * * *")
@app.task(name="warn_of_deadlines", queueing_lock="warn_of_deadlines")
def warn_of_deadlines(timestamp: int, **_: Any) -> None:
    """Closing dates and clocks: reminders before, and what comes once they have passed."""
    watch_deadlines(now())


@app.periodic(cron="20 7 * * *")
@app.task(name="warn_of_expiries", queueing_lock="warn_of_expiries")
def warn_of_expiries(timestamp: int, **_: Any) -> None:
    """Evidence that will soon be no longer valid."""
    watch_expiries(now())
