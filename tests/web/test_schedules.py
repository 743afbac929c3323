"""Time on the pages: the delays, the same on both sides, and more time asked, proposed, granted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from convergence.candidatures.models import Candidature
from convergence.catalogue.models import Enrolment
from convergence.schedules.models import Extension
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.core.clock import now
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.candidatures import begun, step_of
from tests.factories.catalogue import product_at
from tests.factories.pages import text_of
from tests.factories.people import someone
from tests.factories.schedules import LONG_AFTER, timed, to_correct

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    return timed(product_at("active", cast.claire, at), cast.claire, at, closes=LONG_AFTER)


def page(side: str, route: str, *args: Any) -> str:
    return reverse(f"{side}:{route}", args=args)


def test_both_sides_read_the_same_delay_stretch_by_stretch(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    found = to_correct(enrolment, cast.claire, cast.ines, now() - timedelta(days=10), now() - timedelta(days=4))
    texts = [
        text_of(browse(cast.claire).get(page("company", "candidature", found.number))),
        text_of(browse(cast.ines).get(page("agency", "candidature", found.number))),
    ]
    for text in texts:
        assert "5 jours sur 60</b>" in text
        assert "Suspendu depuis le" in text
        assert "parce que l'agence a demandé une modification" in text
        assert "sur 5</b>" in text, "le délai de réponse court"
        assert text.count("Détail du décompte") == 2
    part = [text.split('id="delai-1"')[1].split("</section>")[0] for text in texts]
    assert part[0] == part[1]


@pytest.fixture
def draft(cast: Cast, at: datetime, enrolment: Enrolment) -> Candidature:
    return begun(enrolment, cast.claire, at)


def test_more_time_from_one_page_to_the_other(browse: Browse, cast: Cast, at: datetime, draft: Candidature) -> None:
    claire, ines = browse(cast.claire), browse(cast.ines)
    coordinator = browse(someone("coordinator", Role.COORDINATOR, None, at))
    here = page("company", "candidature", draft.number)
    assert "Demander un report" in text_of(claire.get(here))
    ask = page("company", "ask_extension", draft.number, "dossier")
    refused = claire.post(ask, {"until": "2046-12-18", "reason": " "})
    assert refused.status_code == 400
    assert 'value="2046-12-18"' in text_of(refused)
    refused = claire.post(ask, {"until": "", "reason": "Panne du réseau."})
    assert refused.status_code == 400
    assert "Panne du réseau.</textarea>" in text_of(refused)
    claire.post(ask, {"until": "2046-12-18", "reason": "Panne du réseau."})
    assert "18 décembre 2046 à 14 h 00" in text_of(claire.get(here))
    listing = page("agency", "extension_list")
    assert draft.number in text_of(ines.get(listing))
    assert ines.get(page("agency", "candidature", draft.number)).status_code == 404, "le brouillon reste à l'entreprise"
    there = page("agency", "extension", Extension.objects.get().pk)
    assert "Panne du réseau." in text_of(ines.get(there))
    ines.post(there, {"until": "2046-12-16", "propose": "1"})
    mine = ines.post(there, {"text": "D'accord", "grant": "1"})
    assert mine.status_code == 403
    assert "une autre personne de l'agence" in text_of(mine)
    assert "D'accord</textarea>" in text_of(mine)
    coordinator.post(there, {"grant": "1"})
    assert "16 décembre 2046 14:00" in text_of(claire.get(here))
    assert "date reportée pour cette candidature" in text_of(claire.get(here))
    assert step_of(draft).extended_to is not None
    assert "Accordé" in text_of(ines.get(listing))


def test_declined_the_company_reads_why(browse: Browse, cast: Cast, at: datetime, draft: Candidature) -> None:
    browse(cast.claire).post(page("company", "ask_extension", draft.number, "dossier"), {"until": "2046-12-18", "reason": "Panne."})
    there = page("agency", "extension", Extension.objects.get().pk)
    assert browse(cast.ines).post(there, {"text": " ", "decline": "1"}).status_code == 400
    browse(cast.ines).post(there, {"text": "Le calendrier est national.", "decline": "1"})
    text = text_of(browse(cast.claire).get(page("company", "candidature", draft.number)))
    assert "Le calendrier est national." in text
    assert "Inès" not in text


def test_strangers_ask_for_nothing(browse: Browse, cast: Cast, draft: Candidature) -> None:
    for person in (cast.zoe, cast.karim):
        assert browse(person).get(page("company", "ask_extension", draft.number, "dossier")).status_code == 404
    assert browse(cast.claire).get(page("company", "ask_extension", draft.number, "visite")).status_code == 404
    assert browse(cast.ines).get(page("agency", "extension", 999_999)).status_code == 404
