"""The grid of the DMN, whole: the counts of the guide on the page, and what its largest section costs, once deposited and once examined."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.candidatures.actions import submit_section
from convergence.content.library import library
from convergence.evidence.actions import deposit_evidence
from foundation.accounts.models import Person
from foundation.files.purposes import purposes
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.files import TERMS, file_at, terms_of_test
from tests.factories.pages import text_of
from tests.factories.sections import evidence, proofs_step, proving, section

Browse = Callable[[Person | None], StrictClient]
GRID = "dmn-1.2.2"


@pytest.fixture(autouse=True)
def _test_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(purposes, TERMS, terms_of_test)


@pytest.mark.parametrize(
    ("profiles", "counts"),
    [
        (["user_access"], {"INS": 29, "PORT": 1, "PGSSI-S IEU": 13, "ADM": 1, "RGPD": 1}),
        (
            ["user_access", "professional_access"],
            {"INS": 29, "PORT": 1, "PGSSI-S IEU": 13, "ADM": 1, "RGPD": 1, "PSC": 7, "ANN": 8, "PGSSI-S IEPS": 10},
        ),
    ],
)
def test_the_page_counts_as_the_guide_does(browse: Browse, cast: Cast, at: datetime, profiles: list[str], counts: dict[str, int]) -> None:
    found = proving(cast.claire, cast.ines, at, asked=GRID, profiles=profiles)
    text = text_of(browse(cast.claire).get(reverse("company:evidence_sections", args=[found.number, "preuves"])))
    shown = re.findall(r'<span class="cv-mention">([^<]+)</span></h2>.*?<span>0/(\d+) preuves renseignées</span>', text, re.DOTALL)
    assert {short: int(count) for short, count in shown} == counts


def test_the_largest_section_costs_as_little_as_the_smallest(browse: Browse, cast: Cast, at: datetime) -> None:
    grid = library().piece("requirements", GRID)
    found = proving(cast.claire, cast.ines, at, asked=GRID, profiles=[one.code for one in grid.profiles])
    sizes = {one.code: one.expected for one in evidence(found).sections}
    largest = max(sizes, key=lambda code: sizes[code])
    assert sizes[largest] == 74
    claire, page = browse(cast.claire), reverse("company:evidence_section", args=[found.number, "preuves", largest])
    assert queries_of(claire, page) == 7
    file, folder = file_at("clean", cast.claire, at), evidence(found).step.folder
    for proof in section(found, largest).asked.proofs:
        deposit_evidence(folder, proof, file, by=cast.claire, at=at)  # the same file may serve everywhere
    assert queries_of(claire, page) == 7
    submit_section(proofs_step(found), largest, by=cast.claire, at=at)
    assert queries_of(browse(cast.ines), reverse("agency:examine_section", args=[found.number, "preuves", largest])) == 8


def queries_of(client: StrictClient, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    return len(queries)
