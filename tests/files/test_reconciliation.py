"""Is every damage found, and nothing else? Injected at random, twenty of twenty."""

from __future__ import annotations

import random

import pytest
from django.core.management import CommandError, call_command

from foundation.files.models import StoredFile
from foundation.files.reconciliation import reconcile
from foundation.files.store import keep, open_kept, write_piece
from ops.timetable import reconcile_files
from tests.factories.files import begun, received


@pytest.fixture
def kept(cast, at):
    return [received(cast.claire, at, b"preuve %d " % rank * 500) for rank in range(40)]


def bytes_of(folders, file):
    return folders / "files" / file.key


def test_what_was_not_touched_is_whole(kept, cast, at, capsys):
    begun(cast.claire, at, size=10)
    assert list(reconcile().sentences()) == []
    call_command("reconcile_files")
    assert "40 fichiers relus : tous sont intacts." in capsys.readouterr().out


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twenty_damages_of_twenty_are_found(kept, folders, seed, capsys, caplog):
    """Deletions, flips of one bit, cuts and additions, each on a file of its own."""
    chance = random.Random(seed)
    touched = chance.sample(kept, 20)
    missing, altered = set(), set()
    for rank, file in enumerate(touched):
        path = bytes_of(folders, file)
        content = bytearray(path.read_bytes())
        match rank % 4:
            case 0:
                path.unlink()
                missing.add(str(file.reference))
                continue
            case 1:
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            case 2:
                content = content[:-1]
            case 3:
                content += b"\0"
        path.write_bytes(content)
        altered.add(str(file.reference))
    found = reconcile()
    assert (set(found.missing), set(found.altered), found.orphans) == (missing, altered, [])
    assert (found.compared, found.damages) == (40, 20)
    with pytest.raises(CommandError, match="20 fichiers abîmés ou manquants, sur 40"):
        call_command("reconcile_files")
    told = capsys.readouterr().err
    assert all(str(file.reference) in told for file in touched)
    caplog.clear()
    reconcile_files.func(timestamp=0)
    assert len([one for one in caplog.records if one.levelname == "ERROR"]) == 20


def test_what_belongs_to_nothing_is_listed_and_what_is_being_put_away_is_not(kept, cast, at, folders):
    stray = folders / "files" / "ab" / "cd" / "perdu"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    upload = begun(cast.claire, at, size=3)
    write_piece(upload.reference, 0, b"abc")
    keep(upload.reference, upload.key)  # killed here
    assert reconcile().orphans == ["ab/cd/perdu"]


def test_a_store_that_was_never_used_is_empty(db):
    assert not StoredFile.objects.exists()
    assert reconcile().compared == 0


def test_a_file_that_cannot_be_read_does_not_hide_the_others(kept, folders, monkeypatch, caplog):
    bytes_of(folders, kept[7]).unlink()
    monkeypatch.setattr("foundation.files.reconciliation.open_kept", lambda key: _ill(key, kept[3].key))
    found = reconcile()
    assert (found.unread, found.missing) == ([str(kept[3].reference)], [str(kept[7].reference)])
    assert found.damages == 2


def _ill(key, broken):
    if key == broken:
        raise RuntimeError("le magasin se plaint")
    return open_kept(key)
