"""A piece of page is drawn once for each look: is what is particular still each page's own, and never read as markup?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from convergence.assessments.listings import FollowedProcedure
from convergence.catalogue.models import Subject
from convergence.content.library import Library, library
from foundation.accounts.models import Person
from foundation.core.clock import today
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import SOCLES, enrolled, product_at
from tests.factories.pages import address, body_of
from web.company.cards import procedure_drawn
from web.pieces import _kept

Browse = Callable[[Person | None], StrictClient]


def line(name: str, version: str = "1", reference: int = 7, done: int = 0) -> FollowedProcedure:
    procedure = library().procedure_in_force(SOCLES, today())
    assert procedure is not None
    track = library().track(procedure.track)
    assert track is not None
    return FollowedProcedure(reference, name, version, track, procedure, done, 3, "in_progress", None, Subject.PRODUCT)


def test_what_is_typed_is_escaped_and_never_taken_for_a_slot_or_a_format(shelf: Library) -> None:
    names = ["<b>{name}</b>", "{0} {version} {{", "\ue100\ue101\ue102", "100 % & \\1"]
    for name in names * 2:
        drawn = procedure_drawn(line(name, version="{name}"))
        shown = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert f">{shown}</a>" in drawn
        assert 'data-label="Version">{name}</td>' in drawn


def test_one_look_is_kept_whatever_fills_it_and_each_look_is_its_own(shelf: Library) -> None:
    first = procedure_drawn(line("Aubépine", reference=7))
    before = len(_kept)
    other = procedure_drawn(line("Borée", reference=8))
    assert len(_kept) == before
    assert "Aubépine" in first
    assert "Aubépine" not in other
    assert 'href="/produits/8/"' in other
    assert "2/3 terminés" in procedure_drawn(line("Borée", done=2))
    assert "1/3 terminé<" in procedure_drawn(line("Borée", done=1))
    assert 'data-label="Version">–</td>' in procedure_drawn(line("Borée", version=""))


def test_what_is_kept_for_one_company_never_shows_it_to_another(browse: Browse, cast: Cast, at: datetime) -> None:
    for person, name in ((cast.claire, "Cardio d’Aubépine"), (cast.zoe, "Cardio de Borée")):
        enrolled(product_at("active", person, at, name=name), SOCLES, person, at)
    for _ in range(2):
        for person, own, others in ((cast.claire, "Cardio d’Aubépine", "Borée"), (cast.zoe, "Cardio de Borée", "d’Aubépine")):
            page = body_of(browse(person).get(address("company:dashboard"))).decode()
            assert page.count(own) == 5  # to do (three questionnaires), the line and the card
            assert others not in page
    assert not any("Aubépine" in kept or "Borée" in kept for kept in _kept.values())
