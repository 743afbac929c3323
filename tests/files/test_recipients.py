"""For whom is a sealed deposit encrypted? Whom the settings name; in demonstration, a pair made once; else nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from foundation.accounts.models import Person
from foundation.files.deployment import keys_well_written
from foundation.files.models import StoredFile
from foundation.files.recipients import keys, keys_of, known_among, recipients
from foundation.files.store import open_kept
from tests.cast import Cast
from tests.factories.files import SEALED, begun, file_at, metadata


def test_those_that_are_named(settings: Any) -> None:
    settings.SEALED_FOR, settings.DEMO = ("age1a", "age1b"), True
    assert recipients() == ("age1a", "age1b")


def test_nobody_where_none_is_named(settings: Any) -> None:
    settings.SEALED_FOR, settings.DEMO = (), False
    assert recipients() == ()


def test_in_demonstration_one_pair_is_made_and_kept(settings: Any, tmp_path: Path) -> None:
    settings.SEALED_FOR, settings.DEMO, settings.VAR_DIR = (), True, tmp_path / "var"
    with ThreadPoolExecutor(8) as several:
        found = set(several.map(lambda _: recipients(), range(32)))
    ((public,),) = found
    kept = tmp_path / "var" / "sealed.key"
    assert kept.stat().st_mode & 0o777 == 0o600
    sealed = pyrage.encrypt(b"secret", [pyrage.x25519.Recipient.from_str(public)])
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(kept.read_text())]) == b"secret"
    assert [one.name for one in kept.parent.iterdir()] == ["sealed.key"]


def test_a_key_bears_the_name_the_settings_give_it(settings: Any) -> None:
    settings.SEALED_FOR, settings.SEALED_FORMERLY = ("Référencement-2027=age1b", "age1c"), ("Référencement-2026=age1a",)
    assert [(key.name, key.public, key.in_force) for key in keys()] == [
        ("Référencement-2027", "age1b", True),
        ("", "age1c", True),
        ("Référencement-2026", "age1a", False),
    ]
    assert recipients() == ("age1b", "age1c")
    assert known_among(["age1a", "age1z", "age1b", "age1a"]) == ["age1a", "age1b"]
    assert [(key.name, key.public) for key in keys_of(["age1a", "age1z"])] == [("Référencement-2026", "age1a"), ("", "age1z")]


def test_after_a_rotation_each_file_opens_with_the_key_of_its_day(cast: Cast, at: datetime, settings: Any) -> None:
    """Deposits are sealed for the keys in force; what was sealed before says which key opens it, even once nobody names it."""
    former, new = (pyrage.x25519.Identity.generate() for _ in range(2))
    settings.SEALED_FOR, settings.SEALED_FORMERLY = (f"avant={former.to_public()}",), ()
    before = _sealed_today(cast.claire, at, b"avant")
    settings.SEALED_FOR, settings.SEALED_FORMERLY = (f"apres={new.to_public()}",), (f"avant={former.to_public()}",)
    after = _sealed_today(cast.claire, at, b"apres")
    assert [key.name for key in keys_of(before.sealed_for)] == ["avant"]
    assert [key.name for key in keys_of(after.sealed_for)] == ["apres"]
    for file, own, other, body in ((before, former, new, b"avant"), (after, new, former, b"apres")):
        with open_kept(file.key) as kept:
            stored = kept.read()
        assert pyrage.decrypt(stored, [own]) == body
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(stored, [other])
    settings.SEALED_FORMERLY = ()
    assert before.sealed_for == [str(former.to_public())]


def _sealed_today(owner: Person, at: datetime, body: bytes) -> StoredFile:
    """As the browser does: sealed for the keys the page names, and saying so."""
    named = recipients()
    sealed = pyrage.encrypt(body, [pyrage.x25519.Recipient.from_str(one) for one in named])
    return file_at("clean", owner, at, sealed, name="aipd.age", sealed=True, media_type="application/age", sealed_for=named)


def test_what_a_deposit_says_of_its_keys_is_kept_only_where_it_may_be_sealed_and_if_they_are_ours(
    cast: Cast, at: datetime, settings: Any
) -> None:
    settings.SEALED_FOR = ("age1ours",)
    assert begun(cast.claire, at, size=1, about=SEALED, sealed_for=["age1theirs", "age1ours"]).sealed_for == ["age1ours"]
    assert begun(cast.claire, at, size=1, sealed_for=["age1ours"]).sealed_for == []


def test_it_is_told_with_the_file_and_never_changes(cast: Cast, at: datetime, settings: Any, browse: Any) -> None:
    settings.SEALED_FOR = ("age1ours",)
    client = browse(cast.claire)
    told = metadata({"filename": "aipd.age", "about": SEALED, "recipients": "age1ours age1theirs"})
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "3", "Upload-Metadata": told}
    answer = client.generic("POST", "/depots/", b"abc", content_type="application/offset+octet-stream", headers=headers)
    assert answer.status_code == 201
    file = StoredFile.objects.get()
    assert file.sealed_for == ["age1ours"]
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.update(sealed_for=[])


def test_the_command_says_what_each_key_still_opens(cast: Cast, at: datetime, settings: Any) -> None:
    former, new, lost = (str(pyrage.x25519.Identity.generate().to_public()) for _ in range(3))
    settings.SEALED_FOR, settings.SEALED_FORMERLY = (f"avant={former}", f"perdue={lost}"), ()
    for body in (b"un", b"deux"):
        _sealed_today(cast.claire, at, body)
    file_at("clean", cast.claire, at, b"ailleurs", name="a.age", sealed=True, media_type="application/age")
    settings.SEALED_FOR, settings.SEALED_FORMERLY = (f"apres={new}",), (f"avant={former}",)
    written = StringIO()
    call_command("sealing_keys", stdout=written)
    assert written.getvalue().splitlines() == [
        f"en vigueur : apres, {new}, ouvre 0 fichier.",
        f"remplacée : avant, {former}, ouvre 2 fichiers.",
        f"plus nommée : sans nom, {lost}, ouvre 2 fichiers.",
        "Scellés avant d'arriver, pour une clé que la plateforme ne connaît pas : 1 fichier.",
    ]


def test_a_key_mistyped_or_named_twice_is_told_before_anyone_deposits(settings: Any) -> None:
    public = str(pyrage.x25519.Identity.generate().to_public())
    settings.SEALED_FOR, settings.SEALED_FORMERLY = (f"bonne={public}",), ()
    assert keys_well_written(None) == []
    settings.SEALED_FOR, settings.SEALED_FORMERLY = (f"bonne={public}", f"mal={public[:-1]}"), (f"encore={public}",)
    assert [one.id for one in keys_well_written(None)] == ["files.E001", "files.E002"]
