"""What does each procedure ask, for whoever has no account? Dates and delays are those of the contents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from convergence.content.library import Library
from convergence.content.schema import Milestone, Origin
from foundation.accounts.models import Person
from foundation.core.clock import today
from tests.client import StrictClient
from tests.factories.pages import plain, text_of
from web.public.presentations import dated_milestones

Browse = Callable[[Person | None], StrictClient]


def test_every_procedure_is_listed_and_has_its_page(browse: Browse, shelf: Library) -> None:
    client = browse(None)
    page = text_of(client.get("/demarches/"))
    for procedure in shelf.procedures(today()):
        where = f"/demarches/{procedure.code}/"
        assert f'href="{where}"' in page
        shown = text_of(client.get(where))
        for document in procedure.documents:
            assert plain(document)[:30].split("**")[0] in shown
    assert client.get("/demarches/nulle-part/").status_code == 404


def test_wave_two_says_its_rules(browse: Browse, shelf: Library) -> None:
    page = text_of(browse(None).get("/demarches/segur-vague-2/"))
    for words in (
        "Vous avez un compte iSC", "Vous n’en avez pas", "Phase 1 : Le dossier administratif", "Phase 2 : Les preuves et leur examen",
        "Phase 3 : L’attribution", "5 jours ouvrés", "24 heures", "30 jours calendaires", "Demande rejetée", "Place dans la file perdue",
        "Demande considérée comme abandonnée", "NIE de l’éditeur", "Pré-examen", "SSI/GEN.18", "10 au plus", "Aucune : une seule élimine",
        "Date à paraître", "Aucune donnée de patient", "charte de référencement",
    ):  # fmt: skip
        assert words in page, words


def test_a_door_leads_to_what_it_opens(browse: Browse, shelf: Library) -> None:
    assert 'href="/demarches/evaluation-socles/">Y aller' in text_of(browse(None).get("/demarches/segur-vague-1/"))


def test_only_dates_to_come_are_announced_the_nearest_first(shelf: Library) -> None:
    at = datetime(2026, 11, 16, tzinfo=UTC)
    dates = [Milestone(code=f"j-{day}", title=f"Jalon {day}", at=datetime(2026, 12, day, tzinfo=UTC)) for day in (18, 2, 9, 11, 24)]
    past = Milestone(code="passe", title="Passé", at=datetime(2026, 10, 1, tzinfo=UTC))
    undated = Milestone(code="paraitre", title="À paraître")
    made_up = Milestone(code="fictif", title="Fictif", at=datetime(2026, 12, 1, tzinfo=UTC), origin=Origin.ILLUSTRATIVE)
    procedure = shelf.procedures(today())[0].model_copy(update={"milestones": (*dates, past, undated, made_up)})
    assert [one.title for one in dated_milestones([procedure], at)] == ["Jalon 2", "Jalon 9", "Jalon 11", "Jalon 18"]
    assert dated_milestones(shelf.procedures(today()), at) == []


def test_a_milestone_says_whether_it_is_past(browse: Browse, shelf: Library, monkeypatch) -> None:
    procedure = shelf.procedure_in_force("segur-vague-2", today())
    assert procedure is not None
    times = (datetime(2020, 1, 2, 13, tzinfo=UTC), datetime(2099, 1, 2, 13, tzinfo=UTC), None)
    milestones = tuple(one.model_copy(update={"at": when}) for one, when in zip(procedure.milestones, times, strict=True))
    monkeypatch.setattr(type(shelf), "procedure_in_force", lambda self, code, day: procedure.model_copy(update={"milestones": milestones}))
    page = text_of(browse(None).get("/demarches/segur-vague-2/"))
    assert "2 janvier 2020 à 14 h 00 · passé" in page
    assert '<li class="is-next"><strong>Jalon 2' in page
