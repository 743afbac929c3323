"""What is done once an event has happened? Queued in the event's own transaction, then done by a worker, and again where it failed.

A rolled-back event leaves nothing queued. A reaction may run twice (a worker dies after the work, before saying so): it
must bear it, as a mail does whose Message-ID stays the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from foundation.core.event import Event
from foundation.core.language import spoken
from foundation.journal.chain import canonical
from foundation.journal.origin import origin

Reaction = Callable[[Any], None]

reactions: dict[type[Event], tuple[Reaction, ...]] = {}
"""Who reacts to what, later. Filled once, by `convergence/wiring.py`."""

AGAIN = RetryStrategy(max_attempts=9, exponential_wait=4)
"""After 4, 16, 64 seconds… the ninth and last time some eighteen hours later. What still fails stays in the queue, failed, to be seen."""


def queue_reactions(event: Event) -> None:
    """One job for each that reacts: one that fails does not keep the others from theirs. One query; none where nobody reacts."""
    if waiting := reactions.get(type(event)):
        fields = json.loads(canonical(asdict(event)))  # as the journal writes it: sets as sorted lists
        react.batch_defer(*({"kind": event.kind(), "reaction": _name_of(one), "fields": fields} for one in waiting))


@app.task(name="react", retry=AGAIN)
def react(kind: str, reaction: str, fields: dict[str, Any]) -> None:
    """Call one reaction with its event, as it was. What it queues in turn is queued whole, or not at all.

    A reaction that is no longer in the table (a new version of the platform came between) fails, and is seen.
    """
    event = next(known for known in reactions if known.kind() == kind)
    called = next(one for one in reactions[event] if _name_of(one) == reaction)
    token = origin.set("travail")
    try:
        with spoken(settings.LANGUAGE_CODE), transaction.atomic():
            called(event(**fields))
    finally:
        origin.reset(token)


def _name_of(reaction: Reaction) -> str:
    return f"{reaction.__module__}.{reaction.__qualname__}"
