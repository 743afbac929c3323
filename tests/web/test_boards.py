"""The pages of the board: sessions empty and full, a file with its opinions, what is refused and comes back, what the company reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.boards.actions import close_board_session, opinions_told, take_off_agenda
from convergence.boards.models import BoardSession, Case, MemberOpinion
from convergence.candidatures.actions import withdraw_candidature
from convergence.candidatures.models import Candidature
from foundation.accounts.actions import declare_conflict
from foundation.accounts.models import Person
from foundation.core.clock import now
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.boards import (
    FINAL,
    ON_LIGHTS,
    WHOLE,
    Bench,
    bench_of,
    boarded_of,
    complete,
    file_of,
    listed,
    opine,
    record,
    scheduled,
)
from tests.factories.catalogue import product_at
from tests.factories.pages import text_of

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def bench(db: None, at: datetime) -> Bench:
    return bench_of(at)


@pytest.fixture
def found(cast: Cast, at: datetime) -> Candidature:
    return complete(boarded_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, cast.ines, at)


@pytest.fixture
def session(bench: Bench, at: datetime) -> BoardSession:
    """One that has begun, whatever the day of the machine."""
    return scheduled(bench.coordinator, now() - timedelta(hours=2), now() - timedelta(hours=1))


@pytest.fixture
def case(bench: Bench, at: datetime, found: Candidature, session: BoardSession) -> Case:
    return listed(found, session, bench.coordinator, at)


def case_page(case: Case) -> str:
    return reverse("agency:board_case", args=[case.session_id, case.pk])


def step_page(found: Candidature, side: str) -> str:
    return reverse(f"{side}:board_passages", args=[found.number, "college"])


RESERVED: dict[str, Any] = {
    "position": "reserved",
    "about": ["lights/ILL-L 1", ""],
    "reason": ["blocking_evidence", ""],
    "reserve": ["La capture est coupée.", ""],
    "text": "Je doute.",
    "version": "0",
    "say": "1",
}


def test_no_session_yet_then_one_is_scheduled(browse: Browse, cast: Cast, bench: Bench, found: Candidature) -> None:
    lead = browse(bench.coordinator)
    text = text_of(lead.get(reverse("agency:board_sessions")))
    for words in (
        "Aucune séance n’est convoquée.",
        "Aucune séance n’a encore été close.",
        "1 dossier complet attend",
        "Convoquer une séance",
    ):
        assert words in text
    assert "Convoquer une séance" not in text_of(browse(cast.ines).get(reverse("agency:board_sessions")))
    page = reverse("agency:schedule_session")
    for typed, words in (
        ({}, "Donnez un jour et une heure."),
        ({"day": "2035-13-45", "time": "14:00"}, "Cette date n&#x27;existe pas."),
        ({"day": "2035-01-31", "time": "25:00", "place": "Salle rouge"}, "Cette heure n&#x27;existe pas."),
        ({"day": "2020-01-31", "time": "14:00", "place": "Salle rouge"}, "Choisissez une date et une heure à venir"),
        ({"day": "2035-01-31", "time": "14:00", "place": " "}, "Dites où se tient la séance"),
    ):
        answer = lead.post(page, typed)
        assert answer.status_code == 400
        assert words in answer.content.decode()
        assert f'value="{typed.get("day", "")}"' in answer.content.decode()  # nothing typed is lost
    text = text_of(lead.post(page, {"day": "2035-01-31", "time": "14:00", "place": "https://visio.example/a"}, follow=True))
    assert "Séance du 31 janvier 2035 à 14 h 00" in text.replace("\xa0", " ")
    assert "L’ordre du jour est encore vide." in text
    assert '<a href="https://visio.example/a" rel="noopener noreferrer">' in text
    assert "Inscrire" in text
    assert "Inscrire" not in text_of(browse(bench.members[0]).get(reverse("agency:board_session", args=[BoardSession.objects.get().pk])))


def test_put_on_moved_and_taken_off(browse: Browse, cast: Cast, bench: Bench, session: BoardSession, found: Candidature) -> None:
    lead, claire = browse(bench.coordinator), browse(cast.claire)
    assert "il attend d’être inscrit" in text_of(claire.get(step_page(found, "company")))
    text = text_of(lead.get(step_page(found, "agency")))
    assert "Ce dossier attend une séance" in text
    step = file_step(found)
    lead.post(reverse("agency:put_on_agenda", args=[session.pk]), {"step": str(step)})
    case = Case.objects.get()
    assert lead.post(reverse("agency:put_on_agenda", args=[session.pk]), {"step": str(step)}).status_code == 409
    assert lead.post(reverse("agency:put_on_agenda", args=[session.pk]), {"step": "x"}).status_code == 400
    assert lead.post(reverse("agency:put_on_agenda", args=[session.pk]), {"step": "999999999"}).status_code == 404
    for page in (f"/candidatures/{found.number}/", step_page(found, "company")):
        assert "Inscrite à l’ordre du jour de la séance du" in text_of(claire.get(page))
    assert "Ouvrir le dossier de la séance" in text_of(lead.get(step_page(found, "agency")))
    assert lead.post(reverse("agency:cancel_session", args=[session.pk])).status_code == 409
    move = reverse("agency:reschedule_session", args=[session.pk])
    assert 'value="Salle du phare"' in lead.get(move).content.decode()
    assert lead.post(move, {"day": "2020-01-31", "time": "14:00", "place": "Ailleurs"}).status_code == 400
    assert "31 janvier 2035" in text_of(lead.post(move, {"day": "2035-01-31", "time": "14:00", "place": "Ailleurs"}, follow=True))
    assert "31 janvier 2035" in text_of(claire.get(step_page(found, "company")))
    lead.post(reverse("agency:take_off_agenda", args=[session.pk, case.pk]))
    assert "Ce dossier n’est plus à l’ordre du jour" in text_of(lead.get(case_page(case)))
    assert "est annulée" in text_of(lead.post(reverse("agency:cancel_session", args=[session.pk]), follow=True))


def file_step(found: Candidature) -> int:
    return found.steps.get(code="college").pk


def test_a_member_says_what_they_think_and_nothing_typed_is_lost(browse: Browse, cast: Cast, bench: Bench, case: Case) -> None:
    member = browse(bench.members[0])
    text = text_of(member.get(reverse("agency:board_session", args=[case.session_id])))
    assert "Donner mon avis" in text
    assert "1 avis attendu de vous" in text
    assert "Aucun avis n’est encore donné." in text_of(member.get(case_page(case)))
    answer = member.post(case_page(case), {**RESERVED, "reason": ["", ""]})
    assert answer.status_code == 400
    text = text_of(answer)
    for words in ("Choisissez dans la liste le motif de chaque réserve.", "La capture est coupée.</textarea>", "Je doute.</textarea>", 'value="lights/ILL-L 1" selected', 'value="reserved" checked'):  # fmt: skip
        assert words in text
    more = member.post(case_page(case), {key: value for key, value in RESERVED.items() if key != "say"} | {"room": "1"})
    assert (more.status_code, text_of(more).count("elle porte sur"), MemberOpinion.objects.count()) == (200, 3, 0)
    text = text_of(member.post(case_page(case), RESERVED, follow=True))
    assert "Membre A : réserves bloquantes" in text
    assert "FEUX, exigence ILL-L 1" in text
    answer = member.post(case_page(case), {**RESERVED, "text": "Encore."})  # from another window, over no version
    assert answer.status_code == 409
    text = text_of(answer)
    for words in (
        "Vous avez enregistré un autre avis",
        "Enregistré ailleurs",
        "Je doute.",
        "Encore.</textarea>",
        'name="version" value="1"',
    ):
        assert words in text
    member.post(case_page(case), {**RESERVED, "text": "Encore.", "version": "1"})
    assert MemberOpinion.objects.get().text == "Encore."


def test_the_outcome_is_recorded_with_what_the_members_wrote(browse: Browse, cast: Cast, bench: Bench, at: datetime, found: Candidature, case: Case) -> None:  # fmt: skip
    lead = browse(bench.coordinator)
    assert "le dossier peut seulement être reporté" in text_of(lead.get(case_page(case)))
    for member in bench.members[:2]:
        opine(case, member, at, "reserved", ON_LIGHTS, WHOLE)
    text = text_of(lead.get(case_page(case)))
    for words in ("réserves bloquantes</b>", "La capture est coupée.</textarea>", "La version montrée est la 2.</textarea>", "Ce que les réserves nomment se rouvre"):  # fmt: skip
        assert words in text
    typed = {
        "chosen": "reservations",
        "about": ["lights/ILL-L 1", ""],
        "reason": ["blocking_evidence", "blocking_version"],
        "reserve": ["Coupée.", "Autre version."],
        "over": opinions_told(file_of(case)),
        "record": "1",
    }
    answer = lead.post(case_page(case), typed)
    assert answer.status_code == 400
    assert "Écrivez à l&#x27;entreprise ce que le collège a conclu." in answer.content.decode()
    assert "Autre version.</textarea>" in text_of(answer)
    answer = lead.post(case_page(case), {**typed, "text": "À revoir.", "over": "0"})
    assert answer.status_code == 409
    assert "Un avis a changé" in text_of(answer)
    assert f'name="over" value="{typed["over"]}"' in answer.content.decode()
    text = text_of(lead.post(case_page(case), {**typed, "text": "À revoir."}, follow=True))
    assert "Réserves bloquantes, preuves à redéposer" in text
    answer = lead.post(case_page(case), {**typed, "text": "Trop tard écrit."})
    assert answer.status_code == 409
    assert "Trop tard écrit." in text_of(answer)
    claire = browse(cast.claire)
    assert "Le collège a énoncé des réserves bloquantes" in text_of(claire.get(f"/candidatures/{found.number}/"))
    own = text_of(claire.get(step_page(found, "company")))
    for words in ("FEUX, exigence ILL-L 1", "Coupée.", "Tout le dossier", "À revoir.", "Redéposer les preuves", "31 mars 2027"):
        assert words in own
    history = text_of(claire.get(f"/candidatures/{found.number}/"))
    for words in ("Membre", "quorum", "pour, ", "Coordination", "Je doute."):
        assert words not in own + history
    assert "L’entreprise redépose les preuves en cause" in text_of(lead.get(step_page(found, "agency")))
    assert "0 pour, 2 avec réserves" in text_of(lead.get(reverse("agency:candidature", args=[found.number])))


def test_the_reservations_typed_come_back_though_the_opinions_have_turned(browse: Browse, bench: Bench, at: datetime, case: Case) -> None:
    for member in bench.members[:2]:
        opine(case, member, at, "reserved")
    typed = {
        "record": "1",
        "chosen": "reservations",
        "over": opinions_told(file_of(case)),
        "about": ["lights"],
        "reason": ["blocking_evidence"],
        "reserve": ["La capture est à refaire de nuit."],
        "text": "Le collège demande une autre capture.",
    }
    for member in bench.members[:2]:
        opine(case, member, at, "favourable", version=1)
    answer = browse(bench.coordinator).post(case_page(case), typed)
    assert answer.status_code == 409
    assert "La capture est à refaire de nuit." in text_of(answer)
    assert "Le collège demande une autre capture." in text_of(answer)


def test_refused_the_company_reads_how_to_contest_it(browse: Browse, cast: Cast, bench: Bench, at: datetime, session: BoardSession) -> None:
    found = complete(boarded_of(product_at("active", cast.claire, at), cast.claire, at, FINAL), cast.claire, cast.ines, at)
    case = listed(found, session, bench.coordinator, at)
    for member in bench.members[:2]:
        opine(case, member, at, "reserved")
    assert "Rien ne peut plus être redéposé" in text_of(browse(bench.signatory).get(case_page(case)))
    record(case, bench.signatory, now(), "reservations", WHOLE, text="Autre version.")
    claire = browse(cast.claire)
    text = text_of(claire.get(f"/candidatures/{found.number}/"))
    assert "Candidature refusée" in text
    assert step_page(found, "company") in text
    text = text_of(claire.get(step_page(found, "company")))
    for words in ("non attribué", "Contester cette décision", "<strong>tour de contrôle</strong>", "Version différente"):
        assert words.lower() in text.lower()


def test_closed_with_its_minutes(browse: Browse, cast: Cast, bench: Bench, at: datetime, found: Candidature, case: Case) -> None:
    lead, minutes = browse(bench.coordinator), reverse("agency:session_minutes", args=[case.session_id])
    assert lead.get(minutes).status_code == 409
    page = reverse("agency:close_board_session", args=[case.session_id])
    answer = lead.post(page, {"remarks": "Bref."})
    assert answer.status_code == 409
    assert "Un dossier attend encore son issue" in text_of(answer)
    assert "Bref.</textarea>" in text_of(answer)
    for member in bench.members[:2]:
        opine(case, member, at)
    record(case, bench.coordinator, now())
    text = text_of(lead.post(page, {"remarks": "Bref."}, follow=True))
    assert "Son procès-verbal est prêt." in text
    assert "Bref." in text
    assert lead.get(minutes)["Content-Type"] == "application/pdf"
    assert "Cette séance est close" in text_of(lead.post(page, {"remarks": "Encore."}))
    assert "Procès-verbal (PDF)" in text_of(lead.get(reverse("agency:board_sessions")))
    claire = browse(cast.claire)
    assert "Avis favorable du collège" in text_of(claire.get(step_page(found, "company")))
    assert "Favorable" in text_of(lead.get(step_page(found, "agency")))


def test_before_it_begins_nothing_is_recorded(browse: Browse, bench: Bench, found: Candidature) -> None:
    held = scheduled(bench.coordinator, now(), now() + timedelta(days=3))
    case = listed(found, held, bench.coordinator, now())
    assert "Dès que la séance aura commencé" in text_of(browse(bench.coordinator).get(case_page(case)))
    assert browse(bench.coordinator).post(case_page(case), {"chosen": "postponed", "text": "x", "record": "1"}).status_code == 409
    assert browse(bench.coordinator).post(reverse("agency:close_board_session", args=[held.pk]), {}).status_code == 409


def test_who_is_linked_is_told_so(browse: Browse, cast: Cast, bench: Bench, at: datetime, case: Case) -> None:
    member = bench.members[0]
    opine(case, member, at)
    declare_conflict(member, cast.aubepine, "Ancien salarié.", by=member, at=at)
    text = text_of(browse(member).get(case_page(case)))
    assert "vous êtes déporté de ce dossier" in text
    assert "cet avis n’est pas compté" in text
    assert browse(member).post(case_page(case), RESERVED).status_code == 403
    assert "Vous êtes déporté" in text_of(browse(member).get(reverse("agency:board_session", args=[case.session_id])))


def test_withdrawn_there_is_nothing_to_judge(
    browse: Browse, cast: Cast, bench: Bench, at: datetime, found: Candidature, case: Case
) -> None:
    withdraw_candidature(found, "Trop tôt.", by=cast.claire, at=at)
    assert "il n’y a plus rien à juger" in text_of(browse(cast.hugo).get(case_page(case)))
    assert "elle n’est pas passée devant le collège" in text_of(browse(cast.ines).get(step_page(found, "agency")))
    assert "cette étape n’a pas eu lieu" in text_of(browse(cast.claire).get(step_page(found, "company")))
    take_off = reverse("agency:take_off_agenda", args=[case.session_id, case.pk])
    assert browse(bench.coordinator).post(take_off).status_code == 409


def test_strangers_see_no_door(browse: Browse, cast: Cast, bench: Bench, found: Candidature, case: Case) -> None:
    for page in (case_page(case), step_page(found, "agency"), reverse("agency:board_session", args=[case.session_id])):
        assert browse(cast.claire).get(page).status_code == 404
    assert browse(cast.zoe).get(step_page(found, "company")).status_code == 404
    assert browse(cast.claire).get(reverse("company:board_passages", args=[found.number, "preuves"])).status_code == 404
    assert browse(cast.ines).get(reverse("agency:board_passages", args=[found.number, "preuves"])).status_code == 404
    assert browse(cast.ines).get(reverse("agency:board_case", args=[999, case.pk])).status_code == 404


def test_the_cost_does_not_grow(browse: Browse, cast: Cast, bench: Bench, at: datetime, session: BoardSession) -> None:
    clients = {"member": browse(bench.members[0]), "lead": browse(bench.coordinator)}
    held, costs = reverse("agency:board_session", args=[session.pk]), []

    def file(name: str) -> Candidature:
        return complete(boarded_of(product_at("active", cast.claire, at, name=name), cast.claire, at), cast.claire, cast.ines, at)

    def cost(client: str, page: str) -> int:
        clients[client].get(page)
        with CaptureQueriesContext(connection) as captured:
            clients[client].get(page)
        return len(captured)

    for names in (("Un", "Deux"), ("Trois", "Quatre", "Cinq", "Six")):
        for rank, name in enumerate(names):
            found = file(name)
            if rank % 2:
                case = listed(found, session, bench.coordinator, at)
                for member in bench.members[: 1 + len(names) // 2]:
                    opine(case, member, at, "reserved", ON_LIGHTS, WHOLE)
            else:
                scheduled(bench.coordinator, now(), now() + timedelta(days=9))
        costs.append(
            [cost("member", held), cost("lead", held), cost("lead", reverse("agency:board_sessions")), cost("member", case_page(case))]
        )
    assert costs[0] == costs[1]
    for one in Case.objects.all():
        take_off_agenda(one, by=bench.coordinator, at=at)
    close_board_session(session, "", by=bench.coordinator, at=now())
