"""How do the packs' answers come in? Once each; what the agency has written since wins over the file."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from foundation.help.actions import publish_help_draft, take_in_help, withdraw_help_entry
from foundation.help.models import HelpEdition, HelpEntry, HelpFacets, HelpText
from foundation.help.queries import edition_in_force, entry_of, facets_in_force
from foundation.help.reading import HelpPack
from foundation.journal.actor import SYSTEM
from tests.cast import Cast
from tests.conftest import help_pack
from tests.factories.help import ENTRY, FACETS, OTHER, drafted
from tests.refusals import refused, remembered

DELAY = "delai-certificat-dmn"


def changed(code: str) -> HelpPack:
    """The real pack, one answer of which says something more."""
    pack = help_pack()
    replies = tuple(
        reply.model_copy(update={"fr": reply.fr.model_copy(update={"short": "Autre chose."})}) if reply.code == code else reply
        for reply in pack.replies
    )
    return HelpPack(pack.facets, replies)


def test_every_answer_is_there_in_both_languages(cast: Cast) -> None:
    codes = {reply.code for reply in help_pack().replies}
    assert set(HelpEntry.objects.published().values_list("code", flat=True)) == codes
    assert HelpText.objects.count() == 2 * len(codes)
    assert facets_in_force() == help_pack().facets


def test_taken_in_again_nothing_happens(cast: Cast, at: datetime) -> None:
    with remembered():
        assert take_in_help(help_pack(), by=SYSTEM, at=at) is None


def test_a_file_that_changes_is_a_new_edition(cast: Cast, at: datetime) -> None:
    with remembered("help.HelpTakenIn"):
        event = take_in_help(changed(DELAY), by=SYSTEM, at=at)
    assert event is not None
    assert (event.entries, event.kept_by_agency) == ((DELAY,), ())
    entry = entry_of(DELAY)
    edition = edition_in_force(entry)
    assert edition is not None
    assert (entry.edition, edition.reply.fr.short) == (2, "Autre chose.")
    assert HelpEdition.objects.get(entry=entry, number=1).reply.fr.short.startswith("**60")


def test_what_the_agency_wrote_is_kept_and_said_once(cast: Cast, at: datetime) -> None:
    publish_help_draft(drafted(DELAY, cast.ines, at), by=cast.ines, at=at)
    event = take_in_help(changed(DELAY), by=SYSTEM, at=at + timedelta(days=1))
    assert event is not None
    assert (event.entries, event.kept_by_agency) == ((), (DELAY,))
    assert entry_of(DELAY).edition == 2
    assert take_in_help(changed(DELAY), by=SYSTEM, at=at + timedelta(days=2)) is None


def test_what_the_agency_withdrew_stays_withdrawn(cast: Cast, at: datetime) -> None:
    withdraw_help_entry(entry_of(DELAY), "Fausse.", by=cast.ines, at=at)
    take_in_help(changed(DELAY), by=SYSTEM, at=at)
    assert entry_of(DELAY).state == "withdrawn"


def test_the_questions_change_without_an_answer(cast: Cast, at: datetime) -> None:
    pack = help_pack()
    fewer = pack.facets.model_copy(update={"facets": pack.facets.facets[::-1]})
    event = take_in_help(HelpPack(fewer, pack.replies), by=SYSTEM, at=at)
    assert event is not None
    assert event.entries == ()
    assert facets_in_force() == fewer
    assert HelpFacets.objects.count() == 2


@pytest.mark.parametrize("who", ["claire", "karim", "zoe", "ines", "hugo"])
def test_only_the_platform_takes_files_in(cast: Cast, at: datetime, who: str) -> None:
    with refused("Les réponses livrées sont prises par la commande d'exploitation."):
        take_in_help(changed(DELAY), by=getattr(cast, who), at=at)


@pytest.mark.parametrize("model", [HelpEdition, HelpFacets])
def test_what_was_published_cannot_be_changed_nor_removed(cast: Cast, at: datetime, model) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(published_at=at)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()


def test_the_command_says_what_it_did(cast: Cast, tmp_path, capsys) -> None:
    call_command("take_in_help")
    assert "déjà celles de l'aide" in capsys.readouterr().out
    call_command("take_in_help", check=True)
    assert "44 réponses, aucune anomalie." in capsys.readouterr().out
    (tmp_path / "facets.yaml").write_text(FACETS)
    (tmp_path / "autre.md").write_text(OTHER)
    call_command("take_in_help", tmp_path)
    assert "1 réponses prises dans l'aide." in capsys.readouterr().out
    (tmp_path / "delai.md").write_text(ENTRY.replace("pecan", "pekan"))
    call_command("take_in_help", tmp_path, keep=True)
    assert "delai.md:6 : la démarche « pekan » n'existe pas" in capsys.readouterr().err
    with pytest.raises(CommandError, match="la démarche « pekan » n'existe pas"):
        call_command("take_in_help", tmp_path)
