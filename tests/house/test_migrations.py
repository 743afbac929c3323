"""Are the tables those of the models? Nothing is missing, and every migration can be undone."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL

from tests.house.rooms import order_of_rooms, rooms_with

LABELS = {room.rsplit(".", 1)[-1]: room for room in rooms_with("models")}


def test_no_migration_is_missing(db, capsys):
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
    assert capsys.readouterr().out == "No changes detected\n"


def ours():
    found = [migration for (label, _), migration in MigrationLoader(None).disk_migrations.items() if label in LABELS]
    return sorted(found, key=str)  # read from the disk in any order; two workers must collect the same


@pytest.mark.parametrize("migration", ours(), ids=str)
def test_what_a_migration_does_by_hand_it_can_undo(migration):
    for operation in migration.operations:
        if isinstance(operation, (RunSQL, RunPython)):
            assert operation.reversible, operation


@pytest.mark.parametrize("migration", ours(), ids=str)
def test_a_migration_waits_for_lower_rooms_only(migration):
    heights = order_of_rooms()
    for label, _ in migration.dependencies:
        if label in LABELS and label != migration.app_label:
            assert heights[LABELS[label]] < heights[LABELS[migration.app_label]], (label, migration)


def test_the_tables_that_are_written_once_are_guarded_by_the_database(db):
    """Whoever forgets the trigger of a new immutable table, or drops one, reads it here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(t.tgname ORDER BY t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND c.relname NOT LIKE 'procrastinate\\_%' GROUP BY c.relname"
        )
        guarded = {table: set(names) for table, names in cursor.fetchall()}
    once = {"written_once", "not_emptied"}
    assert guarded == {
        "journal_entry": {"journal_chain", "journal_keep", "journal_truncate"},
        "content_publishedpiece": once,
        "content_release": once,
        "content_release_pieces": once,
        "assessments_validation": once,
        "projections_projectionvalidation": once,
        "candidatures_submission": once,
        "reviews_report": once,
        "openings_opening": once,
        "boards_outcome": once,
        "decisions_decision": once,
        "decisions_proposal": once,
        "decisions_sendback": once,
        "candidatures_changerequest": once,
        "agreements_paper": once,
        "agreements_signature": once,
        "certificates_episode": once,
        "certificates_certificate": {"kept_as_issued", "not_emptied"},
        "files_storedfile": {"kept_as_received", "not_emptied"},
        "help_helpedition": once,
        "help_helpfacets": once,
        "messaging_message": once,
        "advice_opinion": once,
        "messaging_attachment": once,
        "messaging_note": once,
    }
