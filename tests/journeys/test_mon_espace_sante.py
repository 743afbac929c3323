"""The two procedures of Mon espace santé, end to end, with real files: one in the browser's own way, one with scripts off."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from convergence.assessments.models import Validation
from convergence.catalogue.models import Enrolment
from convergence.evidence.models import Deposit
from ops.demo import EXCHANGING
from tests.cast import Cast
from tests.factories.catalogue import (
    ARCHITECTURE,
    ETHICS,
    EXCHANGES,
    GDPR,
    INTEROPERABILITY,
    SECURITY,
    WITH_EXCHANGE,
    answered,
    enrolled,
    product_at,
    validated,
)
from tests.factories.evidence import AGE, CHARTER, filled, followed, pdf, stated
from tests.factories.pages import sheet_address
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NOT_CHARTER = [f"ILL-ETH-{rank:02}" for rank in range(1, 35) if rank != 2]


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    for name in ("charte", "questionnaire", "cgu"):
        (tmp_path / f"{name}.pdf").write_bytes(pdf(name))
    (tmp_path / "aipd.age").write_bytes(AGE)
    return tmp_path


def shared_answers(enrolment: Enrolment, cast: Cast, at: datetime) -> None:
    for questionnaire in (INTEROPERABILITY, ARCHITECTURE, SECURITY):
        validated(answered(enrolment, questionnaire, cast.claire, at), enrolment, cast.claire, at)


def choose(page: Page, slot: str, *files: Path) -> None:
    page.locator(f"#u-{slot}").set_input_files(list(files))


def test_without_exchange_to_the_signed_results(visit: Visit, cast: Cast, at: datetime, papers: Path) -> None:
    enrolment = followed(cast.claire, at)
    shared_answers(enrolment, cast, at)
    stated(enrolment, cast.claire, at, not_conform=NOT_CHARTER)
    claire = visit(cast.claire)
    page = claire.page

    claire.open(sheet_address(enrolment, ETHICS))
    with claire.expecting("409"):
        claire.presses("Valider")
    expect(page.get_by_role("alert").first).to_contain_text("1 preuve à déposer")
    page.get_by_role("link", name="Preuve : Charte éditoriale publiée").click()
    choose(page, CHARTER, papers / "charte.pdf")
    expect(page.locator(f"#p-{CHARTER}")).to_contain_text("charte.pdf")
    expect(page.locator(f"#p-{CHARTER} [data-deposit-file]")).to_have_count(1)
    claire.pictures("questionnaire-preuves")
    claire.presses("Valider")
    claire.reads("Résultats : Éthique Mon espace santé 2023")
    expect(page.get_by_text("charte.pdf").first).to_be_visible()

    claire.open(sheet_address(enrolment, GDPR))
    for slot, name in (("RGPD-Q", "questionnaire.pdf"), ("RGPD-CGU", "cgu.pdf"), ("RGPD-AIPD", "aipd.age")):
        choose(page, slot, papers / name)
        expect(page.locator(f"#p-{slot} [data-deposit-file]")).to_have_count(1)
    expect(page.locator("[data-answered]")).to_have_text("3")
    claire.presses("Valider")
    expect(page.get_by_role("heading", name="Vous avez finalisé la démarche")).to_be_visible()
    expect(page.get_by_role("link", name="portail du GIE SESAM-Vitale")).to_have_attribute("href", "https://www.sesam-vitale.fr")
    claire.pictures("demarche-finalisee")
    with page.expect_download(timeout=60_000) as taken:  # ten papers are made
        page.get_by_role("link", name="Télécharger les résultats", exact=True).last.click(no_wait_after=True, timeout=60_000)
    with zipfile.ZipFile(taken.value.path()) as archive:
        names = archive.namelist()
    assert len([name for name in names if name.endswith(".pdf")]) == 5
    assert {"MANIFESTE-SHA256.txt", "MANIFESTE-SHA256.txt.sig", "preuves.csv", "LISEZMOI.txt"} <= set(names)
    frozen = Validation.objects.get(assessment__questionnaire=GDPR).evidence
    assert sorted(one["name"] for files in frozen.values() for one in files) == ["aipd.age", "cgu.pdf", "questionnaire.pdf"]


def test_with_exchange_by_plain_forms(visit: Visit, cast: Cast, at: datetime, papers: Path) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at, qualification=EXCHANGING), WITH_EXCHANGE, cast.claire, at)
    shared_answers(enrolment, cast, at)
    stated(enrolment, cast.claire, at, not_conform=NOT_CHARTER)
    filled(enrolment, GDPR, cast.claire, at)
    claire = visit(cast.claire, java_script_enabled=False)
    page = claire.page

    claire.open(f"{sheet_address(enrolment, ETHICS)}?ouvert=ILL-ETH-02")
    choose(page, CHARTER, papers / "charte.pdf")
    page.locator(f"#p-{CHARTER} [data-deposit]").click()
    expect(page.get_by_text("est déposé. Il est en cours d'analyse.")).to_be_visible()
    page.locator(f"#p-{CHARTER}").get_by_role("button", name="Archiver charte.pdf").click()
    page.get_by_role("link", name="Voir les preuves archivées (1)").first.click()
    claire.reads("Preuves archivées")
    claire.presses("Restaurer")
    assert Deposit.objects.get(slot=CHARTER).is_in_place
    claire.presses("Valider")
    claire.reads("Résultats : Éthique Mon espace santé 2023")
    claire.open(sheet_address(enrolment, GDPR))
    claire.presses("Valider")
    claire.reads("Résultats : RGPD Mon espace santé 2023")

    claire.open(sheet_address(enrolment, EXCHANGES))
    choose(page, "ILL-SEM-01", papers / "aipd.age")
    page.locator("#p-ILL-SEM-01 [data-deposit]").click()
    for rank in range(2, 16):  # one sealed container serves all the rules, sent once
        page.locator(f"#p-ILL-SEM-{rank:02}").get_by_role("link", name="Choisir parmi vos preuves").click()
        page.locator("label").filter(has_text="Sécurité Mon espace santé pour les échanges").first.click()
        claire.presses("Reprendre")
    expect(page.locator("[data-answered]")).to_have_text("15")
    claire.presses("Valider")
    expect(page.get_by_role("heading", name="Vous avez finalisé la démarche")).to_be_visible()
    assert Deposit.objects.filter(folder__name=EXCHANGES).values("file").distinct().count() == 1
