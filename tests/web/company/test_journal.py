"""The company reads its own journal: what it did, what it was answered, and nothing of what the agency weighs before."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test.utils import CaptureQueriesContext

from convergence.candidatures.actions import accept_step
from convergence.catalogue.actions import archive_product
from convergence.reviews.actions import take_candidature
from foundation.accounts.actions import record_sign_in
from foundation.accounts.models import Person
from foundation.journal.models import Entry
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.candidatures import step_of, submitted, trial_of
from tests.factories.catalogue import product_at
from tests.factories.pages import address, text_of
from web.happenings import WORDS

Browse = Callable[[Person | None], StrictClient]
JOURNAL, EXPORT = "/entreprise/journal/", "/entreprise/journal.csv"


@pytest.fixture
def answered(cast: Cast, at: datetime) -> None:
    """A candidature of Aubépine: submitted, taken by Inès, accepted."""
    candidature = submitted(trial_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, at)
    take_candidature(candidature, by=cast.ines, at=at)
    accept_step(step_of(candidature), "", by=cast.ines, at=at)


def test_what_was_done_and_what_was_answered(browse: Browse, cast: Cast, answered: None) -> None:
    page = text_of(browse(cast.claire).get(JOURNAL))
    for words in ("Produit ajouté", "Candidature commencée", "Étape soumise", "Étape acceptée"):
        assert words in page
    assert "L'agence" in page
    assert "Inès" not in page


def test_what_the_agency_weighs_is_not_told(browse: Browse, cast: Cast, answered: None) -> None:
    kinds = set(Entry.objects.filter(company=cast.aubepine.pk).values_list("kind", flat=True))
    assert "reviews.CandidatureTaken" in kinds
    assert not {kind for kind in WORDS if kind.startswith("decisions.")}
    rows = _rows(browse(cast.claire).get(EXPORT))
    assert len(rows) == Entry.objects.filter(company=cast.aubepine.pk, kind__in=WORDS).count()
    assert {row["par"] for row in rows} == {"Claire", "L'agence", "La plateforme"}


def test_another_company_reads_nothing_of_it(browse: Browse, cast: Cast, at: datetime, answered: None) -> None:
    product_at("active", cast.zoe, at, name="À Zoé")
    assert {row["par"] for row in _rows(browse(cast.zoe).get(EXPORT))} == {"Zoé", "La plateforme"}
    assert "Étape soumise" not in text_of(browse(cast.zoe).get(JOURNAL)).partition("<table")[2]


def test_an_employee_is_told_who_reads_it(browse: Browse, cast: Cast) -> None:
    for where in (JOURNAL, EXPORT):
        response = browse(cast.karim).get(where)
        assert response.status_code == 403
        assert "Seuls le mandataire et les représentants" in text_of(response)


def test_by_event_and_by_day(browse: Browse, cast: Cast, at: datetime, answered: None) -> None:
    claire = browse(cast.claire)
    assert {row["evenement"] for row in _rows(claire.get(f"{EXPORT}?quoi=candidatures.StepSubmitted"))} == {"Étape soumise"}
    assert _rows(claire.get(f"{EXPORT}?quoi=candidatures.Nouveau"))[:1] == []
    day = at.date().isoformat()
    assert _rows(claire.get(f"{EXPORT}?du={day}&au={day}&quoi=candidatures.StepAccepted")) != []
    assert _rows(claire.get(f"{EXPORT}?au=2020-01-01")) == []
    assert "Aucune entrée" in text_of(claire.get(f"{JOURNAL}?au=2020-01-01"))
    assert claire.get(f"{JOURNAL}?du=hier&avant=x").status_code == 200


def test_pages_cost_the_same_and_follow_one_another(browse: Browse, cast: Cast, at: datetime, django_assert_max_num_queries: Callable[..., CaptureQueriesContext]) -> None:  # fmt: skip
    claire = browse(cast.claire)
    for rank in range(20):
        archive_product(product_at("active", cast.claire, at, name=f"P{rank}"), by=cast.claire, at=at)
    with django_assert_max_num_queries(5):
        page = claire.get(JOURNAL)
    assert page.content.decode().count("<tr>") == 51
    older = claire.get(f"{JOURNAL}?avant={page.context['oldest']}")
    assert older.content.decode().count("<tr>") > 1
    record_sign_in(cast.zoe, by=cast.zoe, at=at)
    assert older.status_code == 200


def test_it_is_found_from_the_page_of_the_company(browse: Browse, cast: Cast) -> None:
    assert JOURNAL in text_of(browse(cast.claire).get(address("company:your_company")))
    assert JOURNAL not in text_of(browse(cast.karim).get(address("company:your_company")))


def _rows(response: object) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(text.splitlines(), delimiter=";"))
