"""The projection, seen and refused: closed, to plan, wrong dates kept as typed, two people, validated, its roadmap."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from openpyxl import load_workbook

from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from convergence.projections.models import PlannedTarget, ProjectionValidation
from convergence.projections.rules import Forecast, Prospect
from foundation.accounts.models import Person
from foundation.core.quarter import Quarter
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import ARCHITECTURE, SECURITY, SOCLES, WITHOUT_EXCHANGE, answered, enrolled, product_at, validated
from tests.factories.pages import address, plain, sheet_address, text_of
from tests.factories.projections import planned, projected, projection
from web.company.projections import forecast_words

Browse = Callable[[Person | None], StrictClient]
PROJECTION, ROADMAP = "company:projection", "company:roadmap"
FAR = "2035-T1"
"""Far enough that the clock of the day, which pages read, never reaches it."""
LEVELS = {"ILL-URB-02": "medium", "ILL-URB-03": "high", "ILL-URB-04": "medium", "ILL-URB-05": "medium"}


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(found, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), found, cast.claire, at)
    return found


def where(enrolment: Enrolment, route: str = PROJECTION, questionnaire: str = ARCHITECTURE) -> str:
    return sheet_address(enrolment, questionnaire, route)


def typed(dates: dict[str, tuple[str, str]], version: int = 0) -> dict[str, str]:
    fields: dict[str, str] = {}
    for code, (level, quarter) in dates.items():
        fields |= {f"date-{code}-{level}": quarter, f"version-{code}": str(version)}
    return fields


def whole(quarter: str = FAR) -> dict[str, str]:
    return typed({code: (level, quarter) for code, level in LEVELS.items()})


def test_the_card_says_what_opens_the_projection_then_opens_it(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    page = text_of(browse(cast.claire).get(address("company:followed_procedure", enrolment.subject.reference, SOCLES)))
    assert "vous devez d’abord évaluer votre produit" in page
    assert where(enrolment) in page
    assert where(enrolment, questionnaire=SECURITY) not in page


def test_before_the_evaluation_the_page_leads_to_it(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    page = text_of(browse(cast.claire).get(where(enrolment, questionnaire=SECURITY)))
    assert "La projection n’est pas encore ouverte" in page
    assert where(enrolment, "company:questionnaire", SECURITY) in page


def test_sent_while_closed_it_is_refused_with_the_reason(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    answer = browse(cast.claire).post(where(enrolment, questionnaire=SECURITY), {"validate": "1"})
    assert answer.status_code == 409
    assert "La projection n’est pas encore ouverte" in text_of(answer)


def test_below_first_with_today_s_level_and_the_dates_possible(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    page = text_of(browse(cast.claire).get(where(enrolment)))
    assert "À planifier (4 critères sous le niveau recommandé)" in page.replace('<span class="cv-title__count">', "").replace("</span>", "")
    assert 'name="date-ILL-URB-02-medium"' in page
    assert 'name="date-ILL-URB-02-low"' not in page  # held already: nothing to date
    assert "Niveau actuel" in page


def test_a_draft_is_kept_and_shown_again(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    claire = browse(cast.claire)
    answer = claire.post(where(enrolment), typed({"ILL-URB-02": ("medium", FAR)}) | {"draft": "1"})
    assert answer.status_code == 302
    page = text_of(claire.get(where(enrolment)))
    assert "Votre brouillon est enregistré." in page
    assert f'Atteint en <b class="cv-num">{FAR}' in page
    assert "Enregistré par Claire" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (typed({"ILL-URB-02": ("medium", "2020-T1")}), "Le trimestre 2020-T1 est passé."),
        (typed({"ILL-URB-02": ("medium", "hier")}), "Ce trimestre n'existe pas"),
        (typed({"ILL-URB-02": ("medium", "2031-T2")}) | {"date-ILL-URB-02-high": "2031-T1"}, "ne peut pas précéder"),
        (typed({"ILL-URB-02": ("medium", "2031-T2")}) | {"aside-ILL-URB-02": "1"}, "Choisissez : une date, ou « Cible non applicable »."),
    ],
)  # fmt: skip
def test_a_wrong_date_is_said_beside_it_and_what_was_typed_stays(browse: Browse, cast: Cast, enrolment: Enrolment, fields: dict[str, str], sentence: str) -> None:  # fmt: skip
    other = typed({"ILL-URB-04": ("medium", FAR)})
    answer = browse(cast.claire).post(where(enrolment), fields | other | {"validate": "1"})
    page = text_of(answer)
    assert answer.status_code == 400
    assert sentence in page
    assert "Dates à revoir" in page
    assert f"<option selected>{FAR}</option>" in page or f'<option value="{FAR}" selected>' in page
    assert not PlannedTarget.objects.exists()


def test_what_has_no_target_is_listed_with_links_and_the_dates_are_saved(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    answer = browse(cast.claire).post(where(enrolment), typed({"ILL-URB-02": ("medium", FAR)}) | {"validate": "1"})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Avant de valider : 3 critères sans cible" in page
    assert 'href="#c-ILL-URB-03"' in page
    assert PlannedTarget.objects.get().quarters == {"medium": FAR}


def test_two_people_at_once(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    planned(held, enrolment, {"ILL-URB-02": {"medium": "2031-T1"}}, cast.karim, at)
    answer = browse(cast.claire).post(where(enrolment), typed({"ILL-URB-02": ("medium", FAR)}))
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Karim</b> a choisi pendant que vous planifiiez : <b>moyenne en 2031-T1" in page
    assert 'name="version-ILL-URB-02" value="1"' in page
    assert browse(cast.claire).post(where(enrolment), typed({"ILL-URB-02": ("medium", FAR)}, version=1)).status_code == 302


def test_validated_it_leads_to_the_roadmap_and_the_card_says_when(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    claire = browse(cast.claire)
    answer = claire.post(where(enrolment), whole() | {"validate": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, where(enrolment, ROADMAP))
    page = text_of(claire.get(where(enrolment, ROADMAP)))
    assert f'Atteint le <span class="cv-num">{FAR}' in page
    assert "<svg" in page
    assert "Ce qui doit être prêt, dans l’ordre" in page
    card = text_of(claire.get(address("company:followed_procedure", enrolment.subject.reference, SOCLES)))
    assert f'Atteint le <span class="cv-num">{FAR}' in card


def test_who_may_not_validate_saves_and_asks_for_it(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    karim = browse(cast.karim)
    page = text_of(karim.get(where(enrolment)))
    assert "Enregistrer et demander validation" in page
    assert 'name="validate"' not in page
    assert karim.post(where(enrolment), whole()).status_code == 302
    assert karim.post(where(enrolment), whole() | {"validate": "1"}).status_code == 403
    assert not ProjectionValidation.objects.exists()


def test_who_may_only_see_reads_without_fields(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    grant_rights(enrolment.subject, cast.karim, ("view",), by=cast.claire, at=at)
    page = text_of(browse(cast.karim).get(where(enrolment)))
    assert "Vous pouvez lire ce questionnaire, pas y répondre." in page
    assert 'name="draft"' not in page


ROUTES = (PROJECTION, ROADMAP, "company:roadmap_pdf", "company:roadmap_workbook")


@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_finds_nothing(browse: Browse, cast: Cast, enrolment: Enrolment, route: str) -> None:
    assert browse(cast.zoe).get(where(enrolment, route)).status_code == 404


@pytest.mark.parametrize("route", ["company:product_roadmap", "company:product_roadmap_pdf", "company:product_roadmap_workbook"])
def test_nor_of_the_product(browse: Browse, cast: Cast, enrolment: Enrolment, route: str) -> None:
    assert browse(cast.zoe).get(address(route, enrolment.subject.reference)).status_code == 404


@pytest.mark.parametrize("route", ROUTES)
def test_a_procedure_that_asks_no_projection_has_no_such_page(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, route: str) -> None:  # fmt: skip
    other = enrolled(enrolment.subject, WITHOUT_EXCHANGE, cast.claire, at)
    assert browse(cast.claire).get(where(other, route)).status_code == 404


def test_the_company_s_roadmap_has_its_own_products_only_and_filters(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:  # fmt: skip
    enrolled(product_at("active", cast.zoe, at, name="Borée Dossier"), SOCLES, cast.zoe, at)
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    planned(held, enrolment, {code: {level: "2027-T3"} for code, level in LEVELS.items()}, cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    claire = browse(cast.claire)
    page = text_of(claire.get(address("company:company_roadmap")))
    assert "TéléSuivi Cardio" in page
    assert "Pas encore projeté" in page  # two other questionnaires are not evaluated
    assert "Borée" not in page
    assert "Aucune démarche ne correspond" in text_of(claire.get(address("company:company_roadmap", q="introuvable")))
    assert "TéléSuivi Cardio" in text_of(claire.get(address("company:company_roadmap", parcours="doctrine", demarche=SOCLES)))
    assert "Aucune démarche ne correspond" in text_of(claire.get(address("company:company_roadmap", parcours="mes")))
    assert "2027-T3" in text_of(claire.get(address("company:product_roadmap", enrolment.subject.reference)))


def test_an_empty_roadmap_invites_to_plan(browse: Browse, cast: Cast) -> None:
    assert "Rien à planifier pour l’instant" in text_of(browse(cast.claire).get(address("company:company_roadmap")))


def test_a_roadmap_not_validated_says_so(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    assert "Aucune projection n’est validée" in text_of(browse(cast.claire).get(where(enrolment, ROADMAP)))


def test_what_is_late_is_said(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    long_ago = at.replace(year=2024)
    held = projection(enrolment, ARCHITECTURE, cast.claire, long_ago)
    planned(held, enrolment, {code: {level: "2025-T1"} for code, level in LEVELS.items()}, cast.claire, long_ago)
    projected(held, enrolment, cast.claire, long_ago)
    page = text_of(browse(cast.claire).get(where(enrolment, ROADMAP)))
    assert "En retard" in page
    assert "2025-T1 (passé)" in text_of(browse(cast.claire).get(where(enrolment)))


def test_the_same_on_paper_and_in_a_workbook(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    planned(held, enrolment, {code: {level: "2027-T3"} for code, level in LEVELS.items()}, cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    claire = browse(cast.claire)
    for route, args in (("roadmap", (SOCLES, ARCHITECTURE)), ("product_roadmap", ()), ("company_roadmap", None)):
        path = () if args is None else (enrolment.subject.reference, *args)
        pdf = claire.get(address(f"company:{route}_pdf", *path))
        assert pdf.headers["Content-Type"] == "application/pdf"
        with pikepdf.open(BytesIO(pdf.content)) as opened:
            assert opened.Root.MarkInfo.Marked
            assert "pdfaid:part" in str(opened.Root.Metadata.read_bytes())
        sheet = claire.get(address(f"company:{route}_workbook", *path))
        workbook = load_workbook(BytesIO(sheet.content))
        assert workbook.sheetnames == ["Feuille de route", "Par trimestre"]
    first = [[cell.value for cell in row] for row in load_workbook(BytesIO(claire.get(where(enrolment, "company:roadmap_workbook")).content))["Feuille de route"]]  # fmt: skip
    (whole,) = [row for row in first if str(row[0]).startswith("Doctrine")]
    assert whole[2:] == ["2027-T3", "Atteint le 2027-T3", "Non"]


def test_a_criterion_drawn_once_still_says_what_is_particular_to_each_page(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:  # fmt: skip
    """Markup kept for one look never carries the author, the version or the dates of another product."""
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    planned(held, enrolment, {"ILL-URB-02": {"medium": "2031-T1"}}, cast.claire, at)
    planned(held, enrolment, {"ILL-URB-02": {"medium": "2031-T2"}}, cast.claire, at)
    other = enrolled(product_at("active", cast.zoe, at, name="Borée Dossier"), SOCLES, cast.zoe, at)
    validated(answered(other, ARCHITECTURE, cast.zoe, at, level="low", ILL_URB_01="medium"), other, cast.zoe, at)
    planned(projection(other, ARCHITECTURE, cast.zoe, at), other, {"ILL-URB-02": {"medium": "2031-T2"}}, cast.zoe, at)
    for _ in range(2):
        ours, theirs = text_of(browse(cast.claire).get(where(enrolment))), text_of(browse(cast.zoe).get(where(other)))
        assert 'name="version-ILL-URB-02" value="2"' in ours
        assert 'name="version-ILL-URB-02" value="1"' in theirs
        assert "Enregistré par Claire le" in ours
        assert "Claire" not in theirs
        assert "2031-T1</option>" in ours
    planned(held, enrolment, {"ILL-URB-02": None}, cast.claire, at)
    page = text_of(browse(cast.claire).get(where(enrolment)))
    assert page.count('value="1" checked') == 1


def test_another_evaluation_says_which_dates_no_longer_hold(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    planned(held, enrolment, {"ILL-URB-02": {"medium": FAR}, "ILL-URB-04": {"medium": FAR}}, cast.claire, at)
    told = "un niveau daté est déjà acquis"
    assert told not in text_of(browse(cast.claire).get(where(enrolment)))
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_02="medium"), enrolment, cast.claire, at)
    assert text_of(browse(cast.claire).get(where(enrolment))).count(told) == 1


# — Validation by someone else —


@pytest.fixture
def asked(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> StrictClient:
    """Karim, who may not validate, has asked for it."""
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    karim = browse(cast.karim)
    answer = karim.post(where(enrolment), whole() | {"request_validation": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, where(enrolment))
    return karim


def settle(client: StrictClient, enrolment: Enrolment, route: str, **typed: str) -> HttpResponse:
    return client.post(where(enrolment, f"company:{route}"), {"matter": "targets", **typed})


def test_asked_for_it_waits_on_every_page_that_shows_it(browse: Browse, cast: Cast, asked: StrictClient, enrolment: Enrolment) -> None:
    page = text_of(asked.get(where(enrolment)))
    assert "Vos dates sont enregistrées et leur validation est demandée" in page
    assert "Vous avez demandé la validation le" in page
    assert "La validation est déjà demandée" in page
    claire = browse(cast.claire)
    assert "Validation demandée par Karim le" in text_of(claire.get(where(enrolment)))
    assert f'href="{where(enrolment)}">Valider la projection « Urbanisation 2021 »' in text_of(claire.get("/tableau-de-bord/"))
    card = text_of(claire.get(address("company:followed_procedure", enrolment.subject.reference, SOCLES)))
    assert "Projection « Urbanisation 2021 »</a> : validation demandée par Karim" in card
    assert "Validation demandée" not in text_of(claire.get(where(enrolment, "company:questionnaire")))


def test_it_is_sent_back_with_a_reason_read_by_who_asked(browse: Browse, cast: Cast, asked: StrictClient, enrolment: Enrolment) -> None:
    claire = browse(cast.claire)
    refused = settle(claire, enrolment, "send_back_validation", reason=" ")
    assert refused.status_code == 400
    assert "Écrivez le motif du renvoi" in text_of(refused)
    assert "Questionnaire de projection" in text_of(refused)
    assert settle(asked, enrolment, "send_back_validation", reason="Non.").status_code == 403
    sent = settle(claire, enrolment, "send_back_validation", reason="2035 est trop loin.")
    assert (sent.status_code, sent.headers["Location"]) == (302, where(enrolment))
    assert "Les dates restent telles qu’elles sont" in text_of(claire.get(where(enrolment))).replace("'", "’")
    page = text_of(asked.get(where(enrolment)))
    assert "Renvoyé par Claire le" in page
    assert "2035 est trop loin." in page
    assert "Reprendre la projection « Urbanisation 2021 »" in text_of(asked.get("/tableau-de-bord/"))
    assert asked.post(where(enrolment), whole("2034-T1") | {"request_validation": "1"}).status_code == 409  # over nothing typed before
    again = asked.post(where(enrolment), typed({c: (level, "2034-T1") for c, level in LEVELS.items()}, version=1) | {"request_validation": "1"})  # fmt: skip
    assert again.status_code == 302
    assert claire.post(where(enrolment), {"validate": "1"}).status_code == 302
    assert ProjectionValidation.objects.get().targets["ILL-URB-02"]["quarters"] == {"medium": "2034-T1"}
    assert 'id="demande"' not in text_of(asked.get(where(enrolment)))


def test_it_is_withdrawn_by_who_asked(browse: Browse, cast: Cast, asked: StrictClient, enrolment: Enrolment) -> None:
    assert settle(browse(cast.claire), enrolment, "withdraw_validation_request").status_code == 403
    assert settle(asked, enrolment, "withdraw_validation_request").status_code == 302
    page = text_of(asked.get(where(enrolment)))
    assert "Vos dates restent enregistrées." in page
    assert "Enregistrer et demander validation" in page


def test_dates_changed_since_are_said(browse: Browse, cast: Cast, asked: StrictClient, enrolment: Enrolment) -> None:
    assert asked.post(where(enrolment), typed({"ILL-URB-02": ("medium", "2034-T1")}, version=1)).status_code == 302
    claire = browse(cast.claire)
    assert "Dates modifiées depuis la demande." in text_of(claire.get(where(enrolment)))
    card = text_of(claire.get(address("company:followed_procedure", enrolment.subject.reference, SOCLES)))
    assert "; dates modifiées depuis la demande" in card


def test_what_lacks_a_target_is_listed_before_asking(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    answer = browse(cast.karim).post(where(enrolment), {"request_validation": "1"})
    assert answer.status_code == 409
    assert "Avant de demander validation : 4 critères sans cible" in text_of(answer)


def test_who_validates_without_planning_sends_no_date(browse: Browse, cast: Cast, at: datetime, asked: StrictClient, enrolment: Enrolment) -> None:  # fmt: skip
    grant_rights(enrolment.subject, cast.karim, ("view", "validate"), by=cast.claire, at=at)
    assert asked.post(where(enrolment), {"validate": "1"}).status_code == 302
    assert ProjectionValidation.objects.get().validated_by_name == "Karim"


# — Saved by itself —

SAVE = "company:save_target"


def saved(client: StrictClient, enrolment: Enrolment, fields: dict[str, str], status: int = 200) -> dict[str, Any]:
    """One criterion, as the script sends it."""
    answer = client.post(where(enrolment, SAVE), fields, headers={"Accept": "application/json"})
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_one_criterion_saves_itself_and_tells_what_the_dates_come_to(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    claire = browse(cast.claire)
    told = saved(claire, enrolment, typed({"ILL-URB-02": ("medium", FAR)}))
    assert (told["criterion"], told["version"], told["answered"], told["asked"]) == ("ILL-URB-02", 1, 3, 6)
    assert told["saved"].startswith("Brouillon enregistré à ")
    assert {name: plain(text) for name, text in told["told"].items()} == {
        "target-ILL-URB-02": f"Atteint en {FAR}",
        "forecast-evaluation-socles": "Non atteint : 3 critères sans cible",
    }
    for code, level in LEVELS.items():
        told = saved(claire, enrolment, typed({code: (level, FAR)}, version=int(code == "ILL-URB-02")))
    assert told["answered"] == 6
    assert told["told"]["forecast-evaluation-socles"] == f"Atteint le {FAR}"
    assert "<span data-answered>6</span>/6" in text_of(claire.get(where(enrolment)))


def test_the_same_again_is_told_as_saved_with_its_version(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    claire = browse(cast.claire)
    fields = typed({"ILL-URB-02": ("medium", FAR)})
    assert [saved(claire, enrolment, fields)["version"] for _ in range(2)] == [1, 1]
    nothing = saved(claire, enrolment, typed({"ILL-URB-04": ("medium", "")}))
    assert (nothing["version"], nothing["told"]["target-ILL-URB-04"]) == (0, "Sans cible")


def test_set_aside_and_beyond_are_told(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    claire = browse(cast.claire)
    assert (
        saved(claire, enrolment, {"aside-ILL-URB-02": "1", "version-ILL-URB-02": "0"})["told"]["target-ILL-URB-02"]
        == "Cible non applicable"
    )
    assert saved(claire, enrolment, typed({"ILL-URB-01": ("high", FAR)}))["told"]["target-ILL-URB-01"] == ""


def test_what_cannot_hold_is_said_field_by_field(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    fields = typed({"ILL-URB-02": ("medium", "2031-T2")}) | {"date-ILL-URB-02-high": "2031-T1"}
    told = saved(browse(cast.claire), enrolment, fields, status=400)
    assert (told["criterion"], told["code"], list(told["faults"])) == ("ILL-URB-02", "misdated", ["date-high"])
    assert "ne peut pas précéder" in told["faults"]["date-high"]
    assert not PlannedTarget.objects.exists()


def test_the_second_of_two_people_is_told_both_choices(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    saved(browse(cast.claire), enrolment, typed({"ILL-URB-02": ("medium", FAR)}))
    karim = browse(cast.karim)
    told = saved(karim, enrolment, {"aside-ILL-URB-02": "1", "version-ILL-URB-02": "0"}, status=409)
    assert (told["code"], told["criterion"], told["version"]) == ("diverged", "ILL-URB-02", 1)
    theirs = told["theirs"]
    assert re.fullmatch(rf"Claire a choisi à .*, pendant que vous planifiiez : moyenne en {FAR}\.", plain(theirs["told"]))
    assert (theirs["keep"], theirs["take"]) == ("Garder mes dates", "Prendre celles de Claire")
    assert theirs["fields"] == {"date-medium": FAR, "date-high": "", "aside": ""}
    assert saved(karim, enrolment, {"aside-ILL-URB-02": "1", "version-ILL-URB-02": "1"})["version"] == 2
    told = saved(browse(cast.claire), enrolment, typed({"ILL-URB-02": ("medium", FAR)}, version=1), status=409)
    assert told["theirs"]["fields"] == {"date-medium": "", "date-high": "", "aside": "1"}


def test_only_one_criterion_at_a_time_and_only_what_is_asked(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    claire = browse(cast.claire)
    assert saved(claire, enrolment, whole(), status=400)["title"] == "Un seul critère s'enregistre à la fois."
    assert (
        saved(claire, enrolment, typed({"ILL-URB-99": ("medium", FAR)}), status=400)["title"] == "Un seul critère s'enregistre à la fois."
    )
    closed = claire.post(where(enrolment, SAVE, SECURITY), typed({"ILL-URB-02": ("medium", FAR)}), headers={"Accept": "application/json"})
    assert (closed.status_code, closed.json()["type"]) == (409, "about:blank#closed")


def test_signed_out_it_says_so_and_a_stranger_finds_nothing(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    fields = typed({"ILL-URB-02": ("medium", FAR)})
    assert "Votre session est terminée" in saved(browse(None), enrolment, fields, status=401)["title"]
    assert browse(cast.zoe).post(where(enrolment, SAVE), fields).status_code == 404


def test_the_whole_projection_sent_after_the_session_ended_is_kept_through_signing_in(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:  # fmt: skip
    """Without a script: what was chosen travels in the sign-in form, as for the answers."""
    answer = browse(None).post(where(enrolment), whole() | {"draft": "1"})
    assert answer.status_code == 401
    assert 'name="kept"' in text_of(answer)


@pytest.mark.parametrize(
    "forecast",
    [
        Forecast(Prospect.ALREADY),
        Forecast(Prospect.DATED, Quarter(2027, 1)),
        Forecast(Prospect.NOT_REACHED, untargeted=1),
        Forecast(Prospect.NOT_REACHED, untargeted=2),
        Forecast(Prospect.UNKNOWN),
    ],
)
def test_the_script_and_the_page_say_the_same_of_a_forecast(forecast: Forecast) -> None:
    drawn = render_to_string("company/projections/forecast.html", {"forecast": forecast})
    assert plain(" ".join(re.sub("<[^>]+>", "", drawn).split())) == plain(forecast_words(forecast))
