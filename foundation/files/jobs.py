"""What is done with a file after its reception? Scanned by a worker, and again until something is known of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from foundation.core.clock import now
from foundation.core.verdict import Refused
from foundation.files.actions import condemn_file, hold_file, pass_file, refuse_file
from foundation.files.clamav import NotScanned
from foundation.files.events import FileErased, FileReceived
from foundation.files.judging import Condemned, Held, Passed, Rejected, judgment_of
from foundation.files.models import StoredFile
from foundation.files.queries import files_in_quarantine
from foundation.files.store import forget_kept
from foundation.files.workflow import ERASED, HELD, QUARANTINED
from foundation.journal.actor import SYSTEM

WHILE_DOWN = RetryStrategy(max_attempts=60, linear_wait=5, retry_exceptions=[NotScanned, OSError])
"""After 5, 10, 15 seconds…: some two hours, then every hour by `scan_what_waits`."""


def queue_scan(event: FileReceived) -> None:
    """In the transaction of the reception: a file received is a file to scan, or neither."""
    _queue(event.file)


def _queue(file: int) -> None:
    try:
        with transaction.atomic():
            scan_file.configure(queueing_lock=f"scan:{file}").defer(file=file)
    except AlreadyEnqueued:
        return


def queue_erasing(event: FileErased) -> None:
    """In the transaction of the decision: the bytes go once it is committed, and never if it is not."""
    erase_bytes.configure(queueing_lock=f"erase:{event.file}").defer(file=event.file)


@app.task(name="erase_bytes", retry=WHILE_DOWN)
def erase_bytes(file: int) -> None:
    """Take the bytes of an erased file out of the store. Done twice, it is done once."""
    found = StoredFile.objects.get(pk=file)
    if found.state == ERASED:
        forget_kept(found.key)


@app.task(name="scan_file", retry=WHILE_DOWN)
def scan_file(file: int) -> None:
    """Judge one file, and say so by one action. What is already judged is left as it is, also where another worker just did."""
    found = StoredFile.objects.get(pk=file)
    if found.state not in (QUARANTINED, HELD):
        return
    try:
        _judge(found, now())
    except Refused as refused:
        if refused.code != "wrong_state":
            raise


def _judge(found: StoredFile, at: datetime) -> None:
    match judgment_of(found, at):
        case Passed(media_type, sealed, remarks, engine):
            pass_file(found, media_type=media_type, sealed=sealed, remarks=remarks, engine=engine, by=SYSTEM, at=at)
        case Condemned(name, engine):
            condemn_file(found, found=name, engine=engine, by=SYSTEM, at=at)
        case Rejected(reason, media_type, engine):
            refuse_file(found, reason=reason, media_type=media_type, engine=engine, by=SYSTEM, at=at)
        case Held(engine) if found.state == QUARANTINED:
            hold_file(found, engine=engine, by=SYSTEM, at=at)


def scan_what_waits() -> int:
    """Queue again what is still in quarantine: the antivirus was down longer than a job insists."""
    waiting = list(files_in_quarantine().values_list("pk", flat=True))
    for file in waiting:
        _queue(file)
    return len(waiting)
