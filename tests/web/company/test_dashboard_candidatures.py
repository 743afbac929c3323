"""The dashboard tells of candidatures too: what awaits the company comes first, and how far a procedure is that asks no questionnaire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from convergence.candidatures.actions import Correction, accept_step, discard_draft, request_changes, submit_step
from convergence.candidatures.models import Candidature
from convergence.catalogue.models import Enrolment
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.candidatures import begun, fill_in, give_document, step_of, submitted, trial_of
from tests.factories.catalogue import product_at
from tests.factories.pages import text_of

Browse = Callable[[Person | None], StrictClient]
DASHBOARD = "/tableau-de-bord/"


@pytest.fixture
def trial(cast: Cast, at: datetime) -> Enrolment:
    return trial_of(product_at("active", cast.claire, at, name="Planeur"), cast.claire, at)


def line(page: str) -> str:
    """The line of the procedure, its cells one after the other."""
    return page.partition("<tbody")[2].partition("</tbody>")[0]


def test_a_procedure_without_questionnaires_is_a_line_like_the_others(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    claire = browse(cast.claire)
    assert "Essai de vol" in line(text_of(claire.get(DASHBOARD)))
    assert "À compléter" in line(text_of(claire.get(DASHBOARD)))
    candidature = begun(trial, cast.claire, at)
    assert "En cours" in line(text_of(claire.get(DASHBOARD)))
    discard_draft(candidature, by=cast.claire, at=at)
    assert "À compléter" in line(text_of(claire.get(DASHBOARD)))


def test_once_granted_it_is_done(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    candidature = submitted(trial, cast.claire, at)
    accept_step(step_of(candidature), "", by=cast.ines, at=at)
    for code in ("visite", "radio"):
        step = fill_in(step_of(candidature, code), cast.claire, at)
        give_document(step, "BREVET", cast.claire, at, content=code.encode())
        submit_step(step, by=cast.claire, at=at)
        assert "En cours" in line(text_of(browse(cast.claire).get(DASHBOARD)))
        accept_step(step_of(candidature, code), "", by=cast.ines, at=at)
    assert Candidature.objects.get(pk=candidature.pk).state == "completed"
    assert "Terminé" in line(text_of(browse(cast.claire).get(DASHBOARD)))


def test_what_awaits_the_company_is_to_be_done(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    claire = browse(cast.claire)
    assert "Compléter « Dossier »" not in text_of(claire.get(DASHBOARD))
    candidature = submitted(trial, cast.claire, at)
    assert "« Dossier »" not in text_of(claire.get(DASHBOARD))  # the agency's turn
    request_changes(step_of(candidature), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=at)
    page = text_of(claire.get(DASHBOARD))
    assert "Corriger « Dossier »" in page
    assert f"/candidatures/{candidature.number}/etapes/dossier/" in page
    assert "Planeur" not in text_of(browse(cast.zoe).get(DASHBOARD))
    assert "« Dossier »" not in text_of(browse(cast.karim).get(DASHBOARD))  # to whom the product is not entrusted


def test_corrections_come_before_what_is_only_open(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    other = trial_of(product_at("active", cast.claire, at, name="Ballon"), cast.claire, at)
    begun(other, cast.claire, at)
    candidature = submitted(trial, cast.claire, at)
    request_changes(step_of(candidature), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=at)
    page = text_of(browse(cast.claire).get(DASHBOARD))
    assert page.index("Corriger « Dossier »") < page.index("Compléter « Dossier »")
