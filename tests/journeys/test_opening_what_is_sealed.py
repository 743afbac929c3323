"""What a company sealed is opened by an accredited reviewer, on their own machine: the key stays in the page, each opening is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from convergence.catalogue.models import Enrolment
from convergence.evidence.models import Deposit
from convergence.openings.models import Opening
from foundation.files.models import StoredFile
from foundation.files.purposes import purposes
from foundation.files.store import open_kept
from tests.cast import Cast
from tests.factories.catalogue import GDPR, WITHOUT_EXCHANGE, enrolled, product_at
from tests.factories.files import TERMS, terms_of_test
from tests.factories.openings import (
    CANARY,
    DPIA,
    accredited,
    coordinating,
    sealed_for,
    sealed_in_candidature,
    sealed_in_results,
    validate_and_share,
)
from tests.factories.pages import sheet_address
from tests.factories.people import fresh
from tests.journeys.conftest import Visit
from tests.journeys.looking import looked_at
from tests.queue import work_off

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

OPENS = "Déchiffrer et enregistrer"
STREAMED = """() => { window.showSaveFilePicker = async ({ suggestedName }) => {
  window.suggested = suggestedName;
  const folder = await navigator.storage.getDirectory();
  return window.written = await folder.getFileHandle("ecrit", { create: true });
}; }"""
"""Where the browser would ask a person for a place on their disk, it writes to its own private one: the rest is the same."""


@pytest.fixture(autouse=True)
def _test_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(purposes, TERMS, terms_of_test)


@pytest.fixture
def identities(settings: Any) -> list[Any]:
    """The key in force, and one that is nobody's."""
    made = [pyrage.x25519.Identity.generate() for _ in range(2)]
    settings.SEALED_FOR = (f"Référencement-2026={made[0].to_public()}",)
    return made


def sent_by(page: Page) -> list[str]:
    """Everything the page sends: addresses, headers, bodies."""
    sent: list[str] = []

    def heard(request: Any) -> None:
        sent.append(f"{request.url} {request.headers} {(request.post_data_buffer or b'').decode('latin-1')}")

    page.on("request", heard)
    return sent


def remembers_nothing_of(page: Page, secret: str) -> None:
    """Neither the field, nor any store of the browser."""
    expect(page.locator("[data-key]")).to_have_value("")
    stores = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state, location.href])")
    assert secret not in stores


def page_of(deposit: Deposit) -> str:
    return reverse("agency:open_sealed_evidence", args=[deposit.pk])


def test_from_the_browser_of_the_company_to_that_of_the_reviewer(
    visit: Visit, cast: Cast, at: datetime, tmp_path: Path, identities: list[Any]
) -> None:
    body = (CANARY + b"\n") * 5000
    (tmp_path / "aipd.pdf").write_bytes(body)
    enrolment = enrolled(product_at("active", cast.claire, at), WITHOUT_EXCHANGE, cast.claire, at)
    claire = visit(cast.claire)
    claire.open(sheet_address(enrolment, GDPR))
    claire.page.locator(f"#u-{DPIA}").set_input_files(tmp_path / "aipd.pdf")
    expect(claire.page.locator(f"#p-{DPIA} [data-deposit-file]")).to_have_count(1, timeout=60_000)
    work_off()
    deposit = Deposit.objects.select_related("file").get(slot=DPIA)
    assert deposit.file.sealed_for == [str(identities[0].to_public())]
    validate_and_share(Enrolment.objects.get(pk=enrolment.pk), cast.claire, at)

    # Not accredited: the page says so, and the bytes are refused.
    ines = visit(cast.ines)
    ines.open(reverse("agency:sealed_evidence"))
    ines.follows("Analyse d’impact relative à la protection des données (AIPD)")
    ines.reads("Ouvrir une preuve scellée")
    expect(ines.page.locator("#contenu")).to_contain_text("Vous n'êtes pas accrédité")
    expect(ines.page.get_by_role("button", name=OPENS)).to_have_count(0)
    refused = ines.page.request.post(
        page_of(deposit), headers={"X-CSRFToken": ines.page.locator("[name=csrfmiddlewaretoken]").first.input_value()}
    )
    assert refused.status == 403
    assert not Opening.objects.exists()

    # The coordination accredits her by name.
    coordinator = visit(coordinating(at))
    coordinator.open(reverse("agency:accreditation_list"))
    with coordinator.page.expect_navigation():
        coordinator.presses("Accréditer Inès")
    expect(coordinator.page.locator("#contenu")).to_contain_text("Inès peut ouvrir les preuves scellées.")

    # Another key than those it is sealed for is told before anything is asked of the platform.
    sent = sent_by(ines.page)
    ines.page.reload()
    ines.pictures("preuve-scellee")
    secret = str(identities[1])
    ines.page.locator("[data-key]").fill(secret)
    ines.presses(OPENS)
    expect(ines.page.locator("[data-error]")).to_contain_text("Ce fichier n’est pas scellé pour cette clé.")
    remembers_nothing_of(ines.page, secret)
    assert not Opening.objects.exists()

    # The right one opens it here: the same bytes, and no request that carries the key.
    secret = str(identities[0])
    ines.page.locator("[data-key]").fill(f"# created by age-keygen\n{secret}\n")
    with ines.page.expect_download() as taken:
        ines.presses(OPENS)
    assert taken.value.suggested_filename == "aipd.pdf"
    assert Path(taken.value.path()).read_bytes() == body
    expect(ines.page.locator("[data-told]")).to_contain_text("Terminé")
    expect(ines.page.locator("[data-error]")).to_be_hidden()
    expect(ines.page.locator("[data-openings]")).to_contain_text("Vous · à l’instant")
    expect(ines.page.get_by_role("heading", name="Ouvertures")).to_contain_text("(1)")
    remembers_nothing_of(ines.page, secret)
    assert any(page_of(deposit) in one for one in sent)
    for identity in identities:
        assert not any(str(identity).lower() in one.lower() for one in sent)
    assert not any(CANARY.decode() in one for one in sent)
    assert Opening.objects.get().person == cast.ines

    # Said to the coordination with a name, to the company without.
    coordinator.open(reverse("agency:opening_list"))
    row = coordinator.page.get_by_role("row").filter(has_text="aipd.pdf.age")
    expect(row).to_contain_text("Inès")
    claire.open(reverse("company:company_journal"))
    row = claire.page.get_by_role("row").filter(has_text="Preuve scellée ouverte par l'agence")
    expect(row).to_contain_text("L'agence")
    expect(claire.page.locator("#contenu")).not_to_contain_text("Inès")


def test_streamed_to_the_disk_where_the_browser_can(visit: Visit, cast: Cast, at: datetime, tmp_path: Path, identities: list[Any]) -> None:
    body = CANARY * 200_000
    deposit = sealed_in_results(cast.claire, at, body=sealed_for(identities[0], body=body))
    accredited(cast.ines, at)
    ines = visit(fresh(cast.ines))
    ines.open(page_of(deposit))
    ines.page.evaluate(STREAMED)
    ines.page.evaluate("document.querySelector('[data-unseal]').dataset.most = '1000'")
    (tmp_path / "cle.txt").write_text(f"# created: 2026\n# public key: {identities[0].to_public()}\n{identities[0]}\n")
    ines.page.locator("[data-key-file]").set_input_files(tmp_path / "cle.txt")
    ines.presses(OPENS)
    expect(ines.page.locator("[data-told]")).to_contain_text("Terminé", timeout=30_000)
    assert ines.page.evaluate("window.suggested") == "aipd.pdf"
    size = ines.page.evaluate("async () => (await window.written.getFile()).size")
    start = ines.page.evaluate("async () => (await (await window.written.getFile()).text()).slice(0, 42)")
    assert (size, start) == (len(body), body.decode()[:42])
    assert ines.page.evaluate("document.querySelector('[data-key-file]').files.length") == 0


def test_too_large_for_a_browser_that_cannot_write_as_it_reads(visit: Visit, cast: Cast, at: datetime, identities: list[Any]) -> None:
    deposit = sealed_in_results(cast.claire, at, body=sealed_for(identities[0]))
    accredited(cast.ines, at)
    ines = visit(fresh(cast.ines))
    ines.open(page_of(deposit))
    ines.page.evaluate("delete window.showSaveFilePicker; document.querySelector('[data-unseal]').dataset.most = '10'")
    ines.page.locator("[data-key]").fill(str(identities[0]))
    ines.presses(OPENS)
    expect(ines.page.locator("[data-error]")).to_contain_text("Ce fichier est trop grand pour ce navigateur.")
    assert not Opening.objects.exists()


Spoil = Callable[[bytes], bytes]
LAST_BYTE: Spoil = lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1])  # noqa: E731
CUT: Spoil = lambda sealed: sealed[:-20]  # noqa: E731


@pytest.mark.parametrize(("spoil", "said"), [(LAST_BYTE, "endommagé"), (CUT, "endommagé")], ids=["altered", "cut"])
def test_a_damaged_file_is_told_and_nothing_of_it_is_kept(
    visit: Visit, cast: Cast, at: datetime, identities: list[Any], spoil: Spoil, said: str
) -> None:
    deposit = sealed_in_results(cast.claire, at, body=spoil(sealed_for(identities[0], body=CANARY * 10_000)))
    accredited(cast.ines, at)
    ines = visit(fresh(cast.ines))
    ines.open(page_of(deposit))
    taken: list[Any] = []
    ines.page.on("download", lambda one: taken.append(one))
    ines.page.locator("[data-key]").fill(str(identities[0]))
    ines.presses(OPENS)
    expect(ines.page.locator("[data-error]")).to_contain_text(said)
    remembers_nothing_of(ines.page, str(identities[0]))
    assert taken == []


def test_keys_that_open_nothing_are_told_each_in_a_sentence(visit: Visit, cast: Cast, at: datetime, identities: list[Any]) -> None:
    """Of a file sealed elsewhere nobody knows for whom: only trying tells, and trying is an opening."""
    deposit = sealed_in_results(cast.claire, at, body=sealed_for(identities[0]))
    accredited(cast.ines, at)
    ines = visit(fresh(cast.ines))
    ines.open(page_of(deposit))
    for typed, said in (
        ("", "Collez votre clé privée"),
        ("bonjour", "Collez votre clé privée"),
        (str(identities[0])[:-3], "Cette clé est incomplète ou mal recopiée."),
        (str(identities[1]), "Ce fichier n’est pas scellé pour cette clé."),
    ):
        ines.page.locator("[data-key]").fill(typed)
        ines.presses(OPENS)
        expect(ines.page.locator("[data-error]")).to_contain_text(said)
        expect(ines.page.locator("[data-key]")).to_have_value("")
    assert Opening.objects.count() == 1


def test_armoured_as_text_it_opens_too(visit: Visit, cast: Cast, at: datetime, identities: list[Any]) -> None:
    body = pyrage.encrypt(CANARY, [identities[0].to_public()], armored=True)
    deposit = sealed_in_results(cast.claire, at, body=body)
    accredited(cast.ines, at)
    ines = visit(fresh(cast.ines))
    ines.open(page_of(deposit))
    ines.page.locator("[data-key]").fill(str(identities[0]))
    with ines.page.expect_download() as taken:
        ines.presses(OPENS)
    assert Path(taken.value.path()).read_bytes() == CANARY


def test_a_line_that_breaks_is_not_the_fault_of_the_file(visit: Visit, cast: Cast, at: datetime, identities: list[Any]) -> None:
    deposit = sealed_in_results(cast.claire, at, body=sealed_for(identities[0]))
    accredited(cast.ines, at)
    ines = visit(fresh(cast.ines))
    ines.open(page_of(deposit))
    ines.page.route(f"**{page_of(deposit)}", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    ines.page.locator("[data-key]").fill(str(identities[0]))
    with ines.expecting("net::ERR_FAILED"):
        ines.presses(OPENS)
        expect(ines.page.locator("[data-error]")).to_contain_text("La connexion s’est coupée")


def test_cancelled_nothing_is_kept(visit: Visit, cast: Cast, at: datetime, identities: list[Any]) -> None:
    deposit = sealed_in_results(cast.claire, at, body=sealed_for(identities[0]))
    accredited(cast.ines, at)
    ines = visit(fresh(cast.ines))
    ines.open(page_of(deposit))
    ines.page.route(f"**{page_of(deposit)}", lambda route: None if route.request.method == "POST" else route.continue_())
    ines.page.locator("[data-key]").fill(str(identities[0]))
    ines.presses(OPENS)
    ines.presses("Annuler")
    expect(ines.page.locator("[data-error]")).to_contain_text("Vous avez annulé")
    expect(ines.page.get_by_role("button", name=OPENS)).to_be_enabled()
    remembers_nothing_of(ines.page, str(identities[0]))


def test_without_a_script_the_sealed_bytes_and_the_command(visit: Visit, cast: Cast, at: datetime, identities: list[Any]) -> None:
    deposit = sealed_in_results(cast.claire, at, body=sealed_for(identities[0]))
    accredited(cast.ines, at)
    ines = visit(fresh(cast.ines), java_script_enabled=False)
    ines.open(page_of(deposit))
    expect(ines.page.get_by_role("heading", name="Ouvrir dans ce navigateur")).to_be_hidden()
    expect(ines.page.get_by_text("age -d -i cle.txt -o aipd.pdf aipd.pdf.age")).to_be_visible()
    with ines.page.expect_download() as taken:
        ines.presses("Télécharger le fichier scellé")
    with open_kept(StoredFile.objects.get(pk=deposit.file_id).key) as kept:
        assert Path(taken.value.path()).read_bytes() == kept.read()
    assert pyrage.decrypt(Path(taken.value.path()).read_bytes(), [identities[0]]) == CANARY
    assert Opening.objects.count() == 1


def test_the_pages_in_each_state_are_without_barrier(visit: Visit, cast: Cast, at: datetime, identities: list[Any]) -> None:
    coordinator = visit(coordinating(at))
    for route in ("opening_list", "accreditation_list"):
        coordinator.open(reverse(f"agency:{route}"))
        looked_at(coordinator, f"{route}-vide")
    ines = visit(cast.ines)
    ines.open(reverse("agency:sealed_evidence"))
    looked_at(ines, "sealed_evidence-vide")
    found, document = sealed_in_candidature(cast.claire, cast.ines, at, sealed_for=[str(identities[0].to_public())])
    shared = sealed_in_results(cast.claire, at, name="Mesange", body=sealed_for(identities[0]))
    ines.open(page_of(document))
    looked_at(ines, "open_sealed_evidence-refusee")
    accredited(cast.ines, at)
    ines.open(reverse("agency:sealed_evidence"))
    looked_at(ines, "sealed_evidence")
    ines.open(page_of(document))
    ines.presses(OPENS)
    expect(ines.page.locator("[data-error]")).to_be_visible()
    looked_at(ines, "open_sealed_evidence-erreur")
    ines.open(page_of(shared))
    ines.page.locator("[data-key]").fill(str(identities[0]))
    with ines.page.expect_download():
        ines.presses(OPENS)
    expect(ines.page.locator("[data-told]")).to_contain_text("Terminé")
    looked_at(ines, "open_sealed_evidence-terminee")
    ines.open(reverse("agency:examine_section", args=[found.number, "preuves", "lights"]))
    looked_at(ines, "examine_section-scellee")
    for route in ("opening_list", "accreditation_list"):
        coordinator.open(reverse(f"agency:{route}"))
        looked_at(coordinator, route)
