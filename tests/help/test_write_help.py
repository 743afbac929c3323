"""How does the agency write an answer? A draft nobody reads, then an edition; the one before stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from foundation.help.actions import discard_help_draft, publish_help_draft, save_help_draft, withdraw_help_entry
from foundation.help.models import HelpEntry, HelpFacets, HelpText
from foundation.help.queries import edition_in_force, edition_of, entry_of, found_entries, history_of, lines_of, new_entry
from tests.cast import Cast
from tests.factories.help import drafted, reply_of
from tests.refusals import refused, remembered

DELAY = "delai-certificat-dmn"


def test_a_new_answer_is_read_once_published(cast: Cast, at: datetime) -> None:
    with remembered("help.HelpDraftSaved") as entries:
        entry = drafted("attente", cast.ines, at)
    assert entries[0].about == f"help_entry:{entry.pk}"
    assert (entry.state, entry.edition, entry.drafted_by) == ("draft", 0, "Inès")
    assert found_entries("zythologie", "fr").codes == ()
    with remembered("help.HelpDraftPublished"):
        publish_help_draft(entry, by=cast.ines, at=at)
    entry = entry_of("attente")
    assert (entry.state, entry.edition, entry.draft) == ("published", 1, None)
    assert found_entries("zythologie", "fr").codes == ("attente",)
    assert [line.question for line in lines_of(["attente"], "en")] == ["How long does one have to wait?"]


def test_an_edition_supersedes_and_the_one_before_is_read_as_it_was(cast: Cast, at: datetime) -> None:
    before = edition_of(entry_of(DELAY), 1).body
    publish_help_draft(drafted(DELAY, cast.ines, at), by=cast.ines, at=at + timedelta(hours=1))
    entry = entry_of(DELAY)
    assert [edition.number for edition in history_of(entry)] == [2, 1]
    assert edition_of(entry, 1).body == before
    edition = edition_in_force(entry)
    assert edition is not None
    assert (edition.reply.fr.short, edition.published_by_name) == ("Deux semaines au plus.", "Inès")
    assert HelpText.objects.filter(entry=entry).count() == 2
    assert DELAY not in found_entries("calendaires", "fr").codes


def test_the_same_draft_twice_is_one(cast: Cast, at: datetime) -> None:
    entry = drafted("attente", cast.ines, at)
    with remembered():
        save_help_draft(entry, reply_of("attente"), by=cast.ines, at=at + timedelta(hours=1))
    assert entry_of("attente").drafted_at == at


def test_a_draft_given_up_changes_nothing_in_force(cast: Cast, at: datetime) -> None:
    with remembered("help.HelpDraftSaved", "help.HelpDraftDiscarded"):
        discard_help_draft(drafted(DELAY, cast.ines, at), by=cast.ines, at=at)
    assert (entry_of(DELAY).state, entry_of(DELAY).edition, entry_of(DELAY).draft) == ("published", 1, None)
    discard_help_draft(drafted("attente", cast.ines, at), by=cast.ines, at=at)
    assert (entry_of("attente").state, entry_of("attente").edition) == ("withdrawn", 0)


def test_an_answer_withdrawn_is_found_no_more_and_may_come_back(cast: Cast, at: datetime) -> None:
    with remembered("help.HelpEntryWithdrawn") as entries:
        withdraw_help_entry(entry_of(DELAY), " Elle a changé. ", by=cast.ines, at=at)
    assert "Elle a changé." in entries[0].body
    assert not HelpText.objects.filter(entry__code=DELAY).exists()
    publish_help_draft(drafted(DELAY, cast.ines, at), by=cast.ines, at=at)
    assert (entry_of(DELAY).state, entry_of(DELAY).edition) == ("published", 2)


@pytest.mark.parametrize("who", ["claire", "karim", "zoe", "hugo"])
def test_the_others_write_nothing(cast: Cast, at: datetime, who: str) -> None:
    person, words = getattr(cast, who), "Les réponses de l'aide sont écrites par l'agence."
    entry = drafted(DELAY, cast.ines, at)
    with refused(words):
        save_help_draft(entry, reply_of(DELAY), by=person, at=at)
    with refused(words):
        publish_help_draft(entry, by=person, at=at)
    with refused(words):
        discard_help_draft(entry, by=person, at=at)
    with refused(words):
        withdraw_help_entry(entry, "Non.", by=person, at=at)


def test_what_cannot_be_done_is_said(cast: Cast, at: datetime) -> None:
    with refused("Il n'y a pas de brouillon à publier.", code="no_draft", status=409):
        publish_help_draft(entry_of(DELAY), by=cast.ines, at=at)
    with refused("Il n'y a pas de brouillon à abandonner.", code="no_draft", status=409):
        discard_help_draft(entry_of(DELAY), by=cast.ines, at=at)
    with refused("Dites en une phrase pourquoi", code="no_reason", status=400):
        withdraw_help_entry(entry_of(DELAY), "  ", by=cast.ines, at=at)
    with refused("Une réponse a déjà l'adresse", code="duplicate", status=409):
        save_help_draft(new_entry(DELAY), reply_of(DELAY), by=cast.ines, at=at)
    withdraw_help_entry(entry_of(DELAY), "Fausse.", by=cast.ines, at=at)
    with refused("Cette action n'est plus possible", code="wrong_state", status=409):
        withdraw_help_entry(entry_of(DELAY), "Fausse.", by=cast.ines, at=at)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fr": {"question": "Quoi", "short": "Rien."}}, "fr.question"),
        ({"en": {}}, "en.question, en.short"),
        ({"facets": {}}, "facets"),
        ({"facets": {"offre": ["rien"]}}, "« rien » n'est pas un choix de « offre »"),
        ({"facets": {"rien": ["dmn"]}}, "la question « rien » n'existe pas"),
        ({"related": ["nulle-part"]}, "la réponse « nulle-part » n'existe pas"),
        ({"order": -1}, "order"),
        ({"code": "Bad"}, ""),
    ],
)
def test_an_answer_ill_formed_is_refused(cast: Cast, at: datetime, changes: dict[str, Any], words: str) -> None:
    code = changes.pop("code", "attente")
    with refused(words, code="malformed", status=400):
        save_help_draft(new_entry(code), reply_of(code, **changes), by=cast.ines, at=at)
    assert not HelpEntry.objects.filter(code=code).exists()


def test_nothing_is_written_before_the_questions_are_known(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HelpFacets.objects, "first", lambda: None)
    with refused("les cinq questions ne sont pas encore publiées", code="malformed", status=400):
        save_help_draft(new_entry("attente"), reply_of(), by=cast.ines, at=at)
