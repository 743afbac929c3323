"""« Version du contenu »: what changes is read before anything moves; one button moves, and what was left stays readable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from convergence.assessments.actions import request_validation
from convergence.assessments.models import Answer
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment, Subject
from convergence.catalogue.queries import EditionMove
from convergence.content.library import Library
from convergence.content.reading import ReadPiece
from foundation.accounts.models import Person
from ops.demo import NOT_LISTED
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import (
    INTEROPERABILITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    answer,
    answered,
    begun,
    enrolled,
    product_at,
    strategy_at,
    validated,
)
from tests.factories.editions import NEXT_INTEROPERABILITY, bring_forward, next_edition_at
from tests.factories.packs import DAY
from tests.factories.pages import address, sheet_address, text_of, typed_answers
from tests.factories.projections import planned, projected, projection
from tests.refusals import remembered
from web.company.editions import edition_told

Browse = Callable[[Person | None], StrictClient]


def edition_page(product: Subject) -> str:
    return address("company:change_edition", product.reference)


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    """Evaluated low and dated in « Interopérabilité 2021 », in two procedures."""
    product = product_at("active", cast.claire, at)
    found = enrolled(product, SOCLES, cast.claire, at)
    enrolled(product, WITHOUT_EXCHANGE, cast.claire, at)
    assessment = answered(found, INTEROPERABILITY, cast.claire, at, level="low")
    validated(assessment, found, cast.claire, at)
    answer(assessment, {"ILL-INT-04": "medium", "A08.1.1": "high"}, cast.claire, at, comment="Dit en 2021.")
    return found


@pytest.fixture
def in_force(packs: list[ReadPiece], enrolment: Enrolment, at: datetime) -> None:
    """The edition announced is in force by now, and the product still stands on the one before."""
    bring_forward(packs, at)


# — Announced —


def test_the_edition_announced_is_compared_and_cannot_be_moved_to_yet(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client, day = browse(cast.claire), f"1er janvier {next_edition_at().year}"
    for where in (
        address("company:product", enrolment.subject.reference),
        address("company:followed_procedure", enrolment.subject.reference, SOCLES),
    ):
        page = text_of(client.get(where))
        assert f"L’édition 2027 est annoncée pour le {day}." in page
        assert f'href="{edition_page(enrolment.subject)}"' in page
    page = text_of(client.get(edition_page(enrolment.subject)))
    assert f"Annoncée pour le {day}" in page
    assert f"Vous pourrez y passer à partir du {day}." in page
    assert "Passer à l’édition" not in page
    for counted in ("4 inchangés", "3 modifiés", "2 scindés", "2 fusionnés", "2 nouveaux", "1 retiré"):
        assert counted in page
    assert page.count("Critères retirés") == 1
    assert "Évaluation et projection socles : édition 2023 → édition 2027, à partir du" in page


def test_moving_before_the_day_is_refused_with_the_date_on_the_page(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    with remembered():
        response = browse(cast.claire).post(edition_page(enrolment.subject))
    assert response.status_code == 409
    page = text_of(response)
    assert f"L'édition 2027 entre en vigueur le 1er janvier {next_edition_at().year} : vous pourrez y passer" in page.replace("’", "'")
    assert "<title>Erreur : Version du contenu" in page


def test_the_page_of_the_procedure_announces_it(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(cast.claire).get(address("company:procedure", "doctrine", SOCLES)))
    assert f"L’édition 2027 la remplacera le 1er janvier {next_edition_at().year}" in page
    assert "Version du contenu" not in text_of(browse(cast.claire).get(address("company:procedure", "doctrine", "teleconsultation")))


def test_each_line_says_what_becomes_of_the_answer(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    page = text_of(browse(cast.claire).get(edition_page(enrolment.subject)))
    rows = page.split('<tr role="row">')
    line = {words: next(row for row in rows if words in row) for words in ("CI-SIS", "Terminologies médicales", "Nomenclatures et annuaire", "Portabilité", "Essais dans l’espace de test", "Choix de l’usager")}  # fmt: skip
    assert "Inchangé" in line["CI-SIS"]
    assert "repris en brouillon, avec le commentaire" in line["CI-SIS"]
    assert "Dit en 2021." in line["Terminologies médicales"]
    assert "Commentaire repris, niveau à choisir" in line["Terminologies médicales"]
    assert "Fusionné" in line["Nomenclatures et annuaire"]
    assert "Emploi de l’Annuaire Santé" in line["Nomenclatures et annuaire"]
    assert "À renseigner" in line["Portabilité"]
    assert "N’est plus demandé ; la réponse reste lisible" in line["Essais dans l’espace de test"]
    assert "Nouveau" in line["Choix de l’usager"]


def test_criteria_the_qualification_hides_are_not_compared(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at, qualification=NOT_LISTED)
    enrolled(product, SOCLES, cast.claire, at)
    page = text_of(browse(cast.claire).get(edition_page(product)))
    assert "2 inchangés" in page
    assert "1 nouveau<" in page
    assert "Choix de l’usager" not in page
    assert "Critères retirés" not in page


def test_a_strategy_is_told_that_nothing_changes_in_its_questionnaire(browse: Browse, cast: Cast, at: datetime) -> None:
    strategy = strategy_at("active", cast.claire, at)
    enrolled(strategy, SOCLES, cast.claire, at)
    page = text_of(browse(cast.claire).get(edition_page(strategy)))
    assert "Aucun questionnaire ne change d’édition" in page
    assert "Stratégie globale : version du contenu" in page


def test_a_product_without_another_edition_says_so(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    client = browse(cast.claire)
    assert "Aucune démarche n’est encore suivie" in text_of(client.get(edition_page(product)))
    enrolled(product, "teleconsultation", cast.claire, at)
    assert "aucune autre n’est annoncée" in text_of(client.get(edition_page(product)))
    assert "Les éditions suivies sont celles en vigueur." in text_of(client.get(address("company:product", product.reference)))


def test_editions_of_several_names_are_told_without_one(shelf: Library) -> None:
    def move(code: str) -> EditionMove:
        held = shelf.procedure_in_force(code, DAY)
        assert held is not None
        return EditionMove(held, held)

    assert edition_told([move(SOCLES), move(SOCLES)]) == "l’édition 2023"
    assert edition_told([move(SOCLES), move("teleconsultation")]) == "une autre édition"


# — In force —


@pytest.mark.usefixtures("in_force")
def test_the_product_stays_in_its_edition_until_it_is_moved(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    page = text_of(client.get(address("company:followed_procedure", enrolment.subject.reference, SOCLES)))
    assert "L’édition essai est en vigueur depuis le 18 novembre 2026. Vous restez dans la vôtre jusqu’à ce que vous en changiez." in page
    assert "Interopérabilité 2021" in page
    assert "Ce produit suit encore une édition antérieure" in text_of(client.get(address("company:product", enrolment.subject.reference)))
    page = text_of(client.get(edition_page(enrolment.subject)))
    assert "Passer à l’édition essai</button>" in page
    assert "On ne revient pas à une édition antérieure." in page


@pytest.mark.usefixtures("in_force")
def test_one_button_moves_every_procedure_and_says_what_is_next(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    with remembered("catalogue.EditionChanged"):
        response = client.post(edition_page(enrolment.subject))
    assert response["Location"] == edition_page(enrolment.subject)
    page = text_of(client.get(response["Location"]))
    assert "suit maintenant « Évaluation et projection socles » essai, « Référencement sans échange de données » essai." in page
    assert "Passer à" not in page
    assert sheet_address(enrolment, INTEROPERABILITY, "company:results") in page
    page = text_of(client.get(address("company:followed_procedure", enrolment.subject.reference, SOCLES)))
    assert "Interopérabilité 2027" in page
    assert "Interopérabilité 2021" not in page
    with remembered():
        client.post(edition_page(enrolment.subject))
    assert "Les éditions en vigueur sont déjà suivies" in text_of(client.get(edition_page(enrolment.subject)))


@pytest.mark.usefixtures("in_force")
def test_what_was_carried_is_to_be_read_again(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    client.post(edition_page(enrolment.subject))
    where = sheet_address(enrolment, NEXT_INTEROPERABILITY)
    page = text_of(client.get(where))
    assert "7 réponses reprises de l’édition 2021, à relire avant de valider." in page
    assert page.count("Repris de l’édition 2021, à relire.") == 7
    client.post(where, typed_answers({"A08.1.1": "medium"}, version=1))
    page = text_of(client.get(where))
    assert page.count("Repris de l’édition 2021, à relire.") == 6


@pytest.mark.usefixtures("in_force")
def test_what_was_left_is_read_downloaded_and_not_edited(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    held = projection(enrolment, INTEROPERABILITY, cast.claire, at)
    below = ("A08.1.1", "ILL-INT-01", "ILL-INT-02", "ILL-INT-03", "ILL-INT-04", "ILL-INT-05", "ILL-INT-06", "ILL-INT-07", "ILL-INT-09", "ILL-INT-10")  # fmt: skip
    planned(held, enrolment, {code: {"high": "2029-T1"} for code in below}, cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    client = browse(cast.claire)
    client.post(edition_page(enrolment.subject))
    page = text_of(client.get(sheet_address(enrolment, INTEROPERABILITY, "company:results")))
    assert "Ces résultats sont ceux de l’édition 2021, que ce produit ne suit plus." in page
    assert "Éditer" not in page.split("</h1>")[1].split("ecarts")[0]
    assert "Un brouillon existe" not in page
    for route in (
        "company:results_pdf",
        "company:results_workbook",
        "company:compare_validations",
        "company:roadmap",
        "company:roadmap_pdf",
    ):
        assert client.get(sheet_address(enrolment, INTEROPERABILITY, route)).status_code == 200, route
    road = text_of(client.get(sheet_address(enrolment, INTEROPERABILITY, "company:roadmap")))
    assert "Cette feuille de route est celle de l’édition 2021" in road
    assert f'href="{sheet_address(enrolment, INTEROPERABILITY, "company:projection")}"' not in road
    assert sheet_address(enrolment, INTEROPERABILITY, "company:roadmap") in text_of(client.get(edition_page(enrolment.subject)))


@pytest.mark.usefixtures("in_force")
def test_a_link_kept_to_what_was_left_leads_to_the_procedure_and_a_form_is_refused(
    browse: Browse, cast: Cast, enrolment: Enrolment
) -> None:
    client = browse(cast.claire)
    client.post(edition_page(enrolment.subject))
    before = list(Answer.objects.order_by("pk").values())
    for route in ("company:questionnaire", "company:projection"):
        where = sheet_address(enrolment, INTEROPERABILITY, route)
        response = client.get(where)
        assert response["Location"] == address("company:followed_procedure", enrolment.subject.reference, SOCLES)
        assert "Cette page était celle d'une édition qui n'est plus suivie." in text_of(client.get(response["Location"])).replace("’", "'")
        assert client.post(where, typed_answers({"A08.1.1": "low"}, version=2)).status_code == 409
    response = client.post(
        sheet_address(enrolment, INTEROPERABILITY, "company:save_answer"),
        typed_answers({"A08.1.1": "low"}, version=2),
        headers={"Accept": "application/json"},
    )
    assert response.status_code == 409
    assert "n'est plus celui de ce produit" in response.json()["title"]
    assert list(Answer.objects.order_by("pk").values()) == before


@pytest.mark.usefixtures("in_force")
def test_a_validation_waiting_is_said_to_be_withdrawn(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    request_validation(begun(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, by=cast.karim, at=at)
    page = text_of(browse(cast.claire).get(edition_page(enrolment.subject)))
    assert "La demande de validation en attente pour « Interopérabilité 2021 » sera retirée." in page


@pytest.mark.usefixtures("in_force")
def test_whoever_may_not_move_reads_why(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    client = browse(cast.karim)
    page = text_of(client.get(edition_page(enrolment.subject)))
    assert "Votre rôle ne permet pas de faire passer un produit à une autre édition." in page
    assert "</button>" not in page.split("cv-sides")[1].split("</main>")[0]
    assert client.post(edition_page(enrolment.subject)).status_code == 403
    assert browse(cast.zoe).get(edition_page(enrolment.subject)).status_code == 404


@pytest.mark.usefixtures("in_force")
def test_what_was_already_answered_in_the_new_edition_is_said_to_be_kept(
    browse: Browse, cast: Cast, at: datetime, shelf: Library, enrolment: Enrolment
) -> None:
    client = browse(cast.claire)
    client.post(address("company:enrol_product", enrolment.subject.reference, "mes-avec-echange"))
    ahead = Enrolment.objects.select_related("subject").get(subject=enrolment.subject, code="mes-avec-echange")
    assert ahead.procedure == "mes-avec-echange-essai"
    client.post(sheet_address(ahead, NEXT_INTEROPERABILITY), typed_answers({"A08.1.1": "very_low"}))
    page = text_of(client.get(edition_page(enrolment.subject)))
    assert page.count("Déjà répondu :") == 1
    client.post(edition_page(enrolment.subject))
    kept = Answer.objects.get(assessment__questionnaire=NEXT_INTEROPERABILITY, criterion="A08.1.1")
    assert (kept.level, kept.carried_from) == ("very_low", "")
