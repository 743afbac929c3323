"""How is anything ever written? To act is to be remembered: one transaction, a locked row, an event in the journal.

    @action(ProductAdded)
    def add_product(company, *, by, at, name): …   # returns a ProductAdded

The thing acted on is read again and locked first, so that two people never act on the same stale row. The event is
journalled in the same transaction; then those who react are told: at once (same transaction), or later (queued in it).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import cache, reduce, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, models, transaction

from foundation.core.event import Event
from foundation.core.language import spoken
from foundation.core.rows import Reading, pointed_at, read_together, row_with, selecting
from foundation.journal.actor import Actor
from foundation.journal.afterwards import Reaction, queue_reactions
from foundation.journal.chain import canonical, digest_of
from foundation.journal.origin import origin

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=Event)
R = TypeVar("R", bound=Event | None)

at_once: dict[type[Event], tuple[Reaction, ...]] = {}
"""Who reacts to what. Filled once, by `convergence/wiring.py`, and read nowhere else."""


def action(kind: type[E]) -> Callable[[Callable[Concatenate[T, P], R]], Callable[Concatenate[T, P], R]]:
    """Make a function an action: it is given a thing, `by` and `at`, and returns one event of `kind`.

    It may return None where nothing happened (what was asked is already so): then nothing is remembered.
    """

    def wrap(function: Callable[Concatenate[T, P], R]) -> Callable[Concatenate[T, P], R]:
        @wraps(function)
        def act(thing: T, /, *args: P.args, **kwargs: P.kwargs) -> R:
            at, by = kwargs["at"], kwargs["by"]
            if not isinstance(at, datetime) or at.tzinfo is None:
                raise TypeError(f"{function.__name__} : « at » doit être une date avec son fuseau")
            with transaction.atomic():
                held = _locked(thing)
                if ask_again := getattr(by, "ask_again", None):  # what a page remembers of whoever acts is not what decides
                    ask_again()
                event = function(held, *args, **kwargs)
                if event is None:
                    return event
                if type(event) is not kind:
                    raise TypeError(f"{function.__name__} doit rendre {kind.__name__}")
                _remember(event, by=by, at=at)  # type: ignore[arg-type]
                with spoken(settings.LANGUAGE_CODE):  # what others will read is not said in the language of whoever acts
                    for reaction in at_once.get(kind, ()):
                        reaction(event)
                queue_reactions(event)
            return event

        act.event = kind  # type: ignore[attr-defined]
        return act

    return wrap


def _locked(thing: T) -> T:
    """The row as it now is, locked for the length of the transaction. What is not stored yet is given as it is.

    A model names in `locked_with` the rows its actions depend on: they are read again and locked in the same query, so
    that whoever changes one of them meanwhile waits, and counts after us. The farthest is locked first: two who act on
    children of the same parent wait for each other there, and neither holds a child the other will ask for.

    It names in `read_with` the rows its actions only look at: they are read once those are held, as they then are. In the
    same exchange: the database answers one query after the other, and each sees what was so when it began.
    """
    if not isinstance(thing, models.Model) or thing._state.adding:
        return thing
    model: Any = thing.__class__  # rather than `type`: the person of a request is a lazy proxy until first read
    paths = tuple(getattr(model, "locked_with", ()))
    rows: Reading[list[Any]] = Reading(_lock_of(model, paths), [thing.pk], lambda rows: [row_with(model, paths, row) for row in rows])
    looked_at = {path: pointed_at(model, path, thing.pk) for path in getattr(model, "read_with", ())}
    read_together(rows, *looked_at.values())
    if not rows.found:
        raise model.DoesNotExist
    locked: T = rows.found[0]
    for path, pointed in looked_at.items():
        *holders, name = path.split("__")
        setattr(reduce(getattr, holders, locked), name, pointed.found)
    return locked


@cache
def _lock_of(model: type[models.Model], paths: tuple[str, ...]) -> str:
    """The query that reads and locks a row, and those it depends on."""
    held = ", ".join([*reversed(paths), "thing"])
    return f"{selecting(model, paths)} WHERE thing.{model._meta.pk.column} = %s FOR NO KEY UPDATE OF {held}"


def _remember(event: Event, *, by: Actor, at: datetime) -> None:
    fields = asdict(event)
    about = fields.pop("about")
    company = fields.pop("company", None)
    personal = {name: fields.pop(name) for name in sorted(event.personal)}
    details = {"by_name": by.display_name, "from": origin.get(), **personal}
    salt = secrets.token_hex(16)
    body = canonical(
        {
            "at": at.isoformat(),
            "kind": event.kind(),
            "by": by.key,
            "company": company,
            "about": about,
            "fields": fields,
            "details": digest_of(details, salt),
        }
    )
    with connection.cursor() as cursor:  # the database numbers, chains and hashes (migration 0002)
        cursor.execute(
            "INSERT INTO journal_entry (at, kind, by, company, about, body, details, salt) VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s)",
            [at, event.kind(), by.key, company, about, body, json.dumps(details), salt],
        )
