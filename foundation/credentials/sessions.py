"""How is a session kept? As Django keeps it in the database, with whose it is and from where, so that it can be seen and closed.

This module is `SESSION_ENGINE`. A session ends when it has not been used for `SESSION_COOKIE_AGE`, when it is older than
`SESSION_LONGEST`, when its row is deleted, or when the password it was opened with is changed.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login
from django.contrib.sessions.backends.db import SessionStore as TableStore
from django.http import HttpRequest

from foundation.accounts.models import Person
from foundation.accounts.queries import SEATED_COLUMNS, SEATS, bring, seated_person
from foundation.core.clock import real_now as moment_now
from foundation.core.rows import columns, row_as, rows_of, width
from foundation.credentials.models import BrowserSession
from foundation.credentials.rules import Means, device_of
from foundation.journal.origin import address_of

MEANS, PROVIDER, PROVIDER_SESSION, ID_TOKEN = "means", "provider", "provider_session", "id_token"
DEVICE, ADDRESS, OPENED, SEEN, PROVED = "device", "address", "opened", "seen", "proved"
SEEN_EVERY = 300  # seconds: one write in five minutes says well enough when a session was last used


class SessionStore(TableStore):
    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def _get_session_from_db(self) -> BrowserSession | None:
        """With whose it is and the seats they hold, in one query of plain SQL: every request asks for all of it."""
        rows = rows_of(_SESSION, [self.session_key, moment_now()])
        bring(seated_person(rows, width(BrowserSession)))
        if rows:
            return row_as(BrowserSession, rows[0])
        self._session_key = None
        return None

    def load(self) -> dict[str, Any]:
        """Being used keeps a session alive, up to its longest; older than that, it is as if it had ended."""
        kept: dict[str, Any] = super().load()
        now = time.time()
        if now - kept.get(OPENED, now) > settings.SESSION_LONGEST:
            self._session_key = None
            return {}
        if SEEN in kept and now - kept[SEEN] > SEEN_EVERY:
            kept[SEEN] = now
            self.modified = True
        return kept

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        row = cast(BrowserSession, super().create_model_instance(data))
        row.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.password_mark = data.get(HASH_SESSION_KEY, "")
        for name in (MEANS, PROVIDER, PROVIDER_SESSION, DEVICE, ADDRESS):
            setattr(row, name, data.get(name, ""))
        row.opened_at, row.seen_at = _moment(data.get(OPENED)), _moment(data.get(SEEN))
        return row


_SESSION = f"""SELECT {columns(BrowserSession, "session")}, {SEATED_COLUMNS} FROM {BrowserSession._meta.db_table} session
    LEFT JOIN accounts_person person ON person.id = session.person_id {SEATS}
    WHERE session.session_key = %s AND session.expire_date > %s ORDER BY seat.id"""  # noqa: S608 - made of our own columns


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def begin(request: HttpRequest, person: Person, means: Means, *, provider: str = "", session: str = "", id_token: str = "") -> None:
    """Open someone's session, under a new key: whoever knew the former one is left outside."""
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    now = time.time()
    request.session.update(
        {
            MEANS: means.value,
            PROVIDER: provider,
            PROVIDER_SESSION: session,
            ID_TOKEN: id_token,
            DEVICE: device_of(request.META.get("HTTP_USER_AGENT", "")),
            ADDRESS: address_of(request)[:45],
            OPENED: now,
            SEEN: now,
            PROVED: now,
        }
    )


def prove(request: HttpRequest) -> None:
    """Whoever holds this session has just shown again who they are; its key changes, as when it was opened."""
    request.session.cycle_key()
    request.session[PROVED] = time.time()


def is_proved(request: HttpRequest) -> bool:
    """Whether who they are was shown a short while ago."""
    return time.time() - float(request.session.get(PROVED, 0)) < settings.PROOF_LASTS


def means_of(request: HttpRequest) -> str:
    return str(request.session.get(MEANS, ""))
