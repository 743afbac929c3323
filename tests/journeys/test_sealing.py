"""What is chosen for a sealed zone leaves the machine encrypted: neither the platform nor its store ever holds a word of it."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage
import pytest
from playwright.sync_api import expect

from foundation.files.models import StoredFile
from foundation.files.store import open_kept
from tests.cast import Cast
from tests.factories.catalogue import GDPR, WITHOUT_EXCHANGE, enrolled, product_at
from tests.factories.pages import sheet_address
from tests.journeys.conftest import Visit
from tests.queue import work_off

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CANARY = b"Canari : les risques de l'analyse d'impact"
SLOT = "RGPD-AIPD"


@pytest.fixture
def keys(settings: Any) -> list[Any]:
    """Two accredited readers: either opens."""
    made = [pyrage.x25519.Identity.generate() for _ in range(2)]
    settings.SEALED_FOR = tuple(str(one.to_public()) for one in made)
    return made


@pytest.mark.parametrize("times", [1, 800_000], ids=["one line", "thirty megabytes"])
def test_sealed_before_it_leaves(visit: Visit, cast: Cast, at: datetime, tmp_path: Path, keys: list[Any], times: int) -> None:
    body = (CANARY + b"\n") * times
    (tmp_path / "aipd.pdf").write_bytes(body)
    enrolment = enrolled(product_at("active", cast.claire, at), WITHOUT_EXCHANGE, cast.claire, at)
    claire = visit(cast.claire)
    sent: list[bytes] = []
    claire.page.on("request", lambda request: sent.append(request.post_data_buffer or b"") if "/depots/" in request.url else None)
    claire.open(sheet_address(enrolment, GDPR))
    claire.page.locator(f"#u-{SLOT}").set_input_files(tmp_path / "aipd.pdf")
    expect(claire.page.locator(f"#p-{SLOT} [data-deposit-file]")).to_have_count(1, timeout=60_000)
    expect(claire.page.locator(f"#p-{SLOT}")).to_contain_text("aipd.pdf.age")
    work_off()
    file = StoredFile.objects.get()
    with open_kept(file.key) as kept:
        stored = kept.read()
    assert stored.startswith(b"age-encryption.org/v1\n")
    assert sha256(stored).hexdigest() == file.sha256
    assert not any(CANARY in one for one in [stored, *sent])
    assert (file.state, file.sealed) == ("clean", True)
    for one in keys:
        assert sha256(pyrage.decrypt(stored, [one])).digest() == sha256(body).digest()
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(stored, [pyrage.x25519.Identity.generate()])


def test_what_is_sealed_already_goes_as_it_is(visit: Visit, cast: Cast, at: datetime, tmp_path: Path, keys: list[Any]) -> None:
    own = pyrage.encrypt(CANARY, [keys[0].to_public()])
    (tmp_path / "aipd.age").write_bytes(own)
    enrolment = enrolled(product_at("active", cast.claire, at), WITHOUT_EXCHANGE, cast.claire, at)
    claire = visit(cast.claire)
    claire.open(sheet_address(enrolment, GDPR))
    claire.page.locator(f"#u-{SLOT}").set_input_files(tmp_path / "aipd.age")
    expect(claire.page.locator(f"#p-{SLOT} [data-deposit-file]")).to_have_count(1)
    assert StoredFile.objects.get().sha256 == sha256(own).hexdigest()


def test_where_it_cannot_be_sealed_nothing_leaves(visit: Visit, cast: Cast, at: datetime, tmp_path: Path, keys: list[Any]) -> None:
    (tmp_path / "aipd.pdf").write_bytes(CANARY)
    enrolment = enrolled(product_at("active", cast.claire, at), WITHOUT_EXCHANGE, cast.claire, at)
    claire = visit(cast.claire)
    sent: list[str] = []
    claire.page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    claire.page.route("**/seal*.js", lambda route: route.abort())
    claire.open(sheet_address(enrolment, GDPR))
    with claire.expecting("net::ERR_FAILED"):
        claire.page.locator(f"#u-{SLOT}").set_input_files(tmp_path / "aipd.pdf")
        expect(claire.page.locator(f"#p-{SLOT}")).to_contain_text("Le fichier n’a pas pu être chiffré, rien n’est parti.")
    assert [one for one in sent if "/depots/" in one or "deposer" in one] == []
    assert not StoredFile.objects.exists()
