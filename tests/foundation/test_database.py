"""A connection is kept from one request to the next, with the plans of its queries: does it heal when the database goes?"""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection

from config.database import settings_from


def test_what_the_address_says_wins_and_plans_are_kept() -> None:
    found = settings_from("postgresql://u:p%40ss@base:5433/convergence?prepare_threshold=9&sslmode=require")
    assert (found["HOST"], found["PORT"], found["NAME"], found["USER"], found["PASSWORD"]) == ("base", "5433", "convergence", "u", "p@ss")
    assert found["OPTIONS"] == {"server_side_binding": True, "prepare_threshold": 9, "sslmode": "require"}
    with pytest.raises(ValueError, match="PostgreSQL"):
        settings_from("sqlite:///x")


def test_a_kept_connection_that_was_cut_is_replaced_at_the_next_request(db: None) -> None:
    """As a restart of the database cuts it: with plans kept on both sides, and nobody told."""
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] is True
    kept = connection.copy()
    kept.settings_dict["CONN_MAX_AGE"] = 60  # as in production; the tests keep none

    def request() -> int:
        kept.close_if_unusable_or_obsolete()  # what Django does as a request begins
        with kept.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid() + %s", [0])
            return int(cursor.fetchone()[0])

    try:
        first = {request() for _ in range(9)}
        assert len(first) == 1
        with kept.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            assert cursor.fetchone()[0] > 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", list(first))
        second = {request() for _ in range(9)}
        assert len(second) == 1
        assert second.isdisjoint(first)
    finally:
        kept.close()
