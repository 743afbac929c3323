"""The page where a decision is proposed, sent back, taken; and what the company reads of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.candidatures.actions import withdraw_candidature
from convergence.candidatures.models import Candidature
from convergence.decisions.actions import decide_step, send_back_proposal
from foundation.accounts.actions import declare_conflict
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import product_at
from tests.factories.decisions import Judges, judged_of, judgement, judges, proposed, to_judge
from tests.factories.pages import text_of

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def bench(cast: Cast, at: datetime) -> Judges:
    return judges(at)


@pytest.fixture
def found(cast: Cast, at: datetime) -> Candidature:
    return to_judge(judged_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, cast.ines, at)


def page_of(found: Candidature, side: str = "agency") -> str:
    return reverse(f"{side}:decision", args=[found.number, "jugement"])


REFUSAL: dict[str, Any] = {"outcome": "refused", "reasons": ["heavy"], "text": "Il pèse.", "over": "0", "propose": "1"}


def test_proposed_then_decided_and_read_by_the_company(browse: Browse, cast: Cast, bench: Judges, found: Candidature) -> None:
    ines, signatory, claire = browse(cast.ines), browse(bench.signatory), browse(cast.claire)
    dossier = text_of(ines.get(reverse("agency:candidature", args=[found.number])))
    assert "Proposer, décider" in dossier
    assert "Une proposition est attendue" in text_of(signatory.get(page_of(found)))
    assert "L’agence est saisie depuis le" in text_of(claire.get(page_of(found, "company")))
    text = text_of(ines.post(page_of(found), REFUSAL, follow=True))
    assert "Proposition n° 1 : refuser" in text
    assert "la décision revient à un signataire" in text
    own = text_of(claire.get(page_of(found, "company"))) + text_of(claire.get(f"/candidatures/{found.number}/"))
    assert "Il pèse." not in own  # a proposal is the agency's own
    assert "propose" not in own
    assert "Décider de refuser" in text_of(signatory.get(page_of(found)))
    text = text_of(signatory.post(page_of(found), {"over": "1", "decide": "1"}, follow=True))
    assert "Décision : refusé" in text
    assert "sur la proposition n° 1 de Inès" in text
    text = text_of(claire.get(page_of(found, "company")))
    for words in ("Droit de voler : refusé", "Trop lourd", "Il pèse.", "<strong>tour de contrôle</strong>", "Signataire-a, signataire", "Candidater de nouveau"):  # fmt: skip
        assert words in text
    assert "Inès" not in text
    text = text_of(claire.get(f"/candidatures/{found.number}/"))
    assert page_of(found, "company") in text
    assert "L'agence refuse la candidature à l'étape « Jugement »" in text
    journal = text_of(ines.get(reverse("agency:candidature", args=[found.number])))
    for words in ("Inès propose de refuser à l'étape « Jugement »", "Signataire-a décide à l'étape « Jugement », sur la proposition n° 1"):
        assert words in journal


def test_granted_the_company_reads_that_too(browse: Browse, cast: Cast, bench: Judges, at: datetime, found: Candidature) -> None:
    proposed(found, cast.ines, at, "granted")
    decide_step(judgement(found), over=1, by=bench.signatory, at=at)
    text = text_of(browse(cast.claire).get(page_of(found, "company")))
    assert "Droit de voler : accordé" in text
    assert "Contester" not in text


def test_what_is_missing_is_said_and_what_was_typed_comes_back(browse: Browse, cast: Cast, found: Candidature) -> None:
    answer = browse(cast.ines).post(page_of(found), {**REFUSAL, "reasons": []})
    assert answer.status_code == 400
    text = text_of(answer)
    assert "Choisissez au moins un motif de refus" in text
    assert "Il pèse.</textarea>" in text
    assert 'value="refused" checked' in text


def test_the_second_is_told_and_keeps_their_words(browse: Browse, cast: Cast, bench: Judges, at: datetime, found: Candidature) -> None:
    proposed(found, bench.both, at, "granted")
    answer = browse(cast.ines).post(page_of(found), REFUSAL)
    assert answer.status_code == 409
    text = text_of(answer)
    assert "Double a écrit une autre proposition" in text
    assert "Il pèse.</textarea>" in text
    assert 'name="over" value="1"' in text  # now they have read it
    decide_step(judgement(found), over=1, by=bench.signatory, at=at)
    answer = browse(cast.ines).post(page_of(found), {**REFUSAL, "over": "1"})
    assert answer.status_code == 409
    assert "Ce que vous aviez écrit" in text_of(answer)
    assert "Il pèse." in text_of(answer)


def test_sent_back_with_its_reason(browse: Browse, cast: Cast, bench: Judges, at: datetime, found: Candidature) -> None:
    proposed(found, cast.ines, at)
    signatory = browse(bench.signatory)
    assert signatory.post(page_of(found), {"over": "1", "send_back_text": " ", "send_back": "1"}).status_code == 400
    text = text_of(signatory.post(page_of(found), {"over": "1", "send_back_text": "Quel bruit ?", "send_back": "1"}, follow=True))
    assert "Renvoyée par Signataire-a" in text
    assert "Quel bruit ?" in text_of(browse(cast.ines).get(page_of(found)))
    assert "Quel bruit ?" not in text_of(browse(cast.claire).get(page_of(found, "company")))


def test_nobody_decides_what_they_proposed(browse: Browse, cast: Cast, bench: Judges, at: datetime, found: Candidature) -> None:
    proposed(found, bench.both, at)
    both = browse(bench.both)
    assert "Vous avez proposé cette décision : une autre personne la prend." in text_of(both.get(page_of(found)))
    assert both.post(page_of(found), {"over": "1", "decide": "1"}).status_code == 403
    declare_conflict(bench.signatory, cast.aubepine, "Ancien salarié.", by=bench.signatory, at=at)
    answer = browse(bench.signatory).post(page_of(found), {"over": "1", "decide": "1"})
    assert answer.status_code == 403
    assert "Un lien avec cette entreprise est déclaré à votre nom" in text_of(answer)


def test_withdrawn_there_is_nothing_to_decide(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    withdraw_candidature(found, "Trop tôt.", by=cast.claire, at=at)
    assert "il n’y a rien à décider" in text_of(browse(cast.ines).get(page_of(found)))
    assert "cette étape n’a pas eu lieu" in text_of(browse(cast.claire).get(page_of(found, "company")))


def test_strangers_see_no_door(browse: Browse, cast: Cast, found: Candidature) -> None:
    assert browse(cast.claire).get(page_of(found)).status_code == 404
    assert browse(cast.zoe).get(page_of(found, "company")).status_code == 404
    form = reverse("agency:decision", args=[found.number, "dossier"])
    assert browse(cast.ines).get(form).status_code == 404
    assert browse(cast.claire).get(reverse("company:decision", args=[found.number, "dossier"])).status_code == 404


def test_the_cost_does_not_grow(browse: Browse, cast: Cast, bench: Judges, at: datetime, found: Candidature) -> None:
    clients = {"agency": browse(bench.signatory), "company": browse(cast.claire)}

    def cost(side: str) -> int:
        clients[side].get(page_of(found, side))
        with CaptureQueriesContext(connection) as captured:
            clients[side].get(page_of(found, side))
        return len(captured)

    proposed(found, cast.ines, at)
    once = [cost(side) for side in clients]
    for over in (1, 2, 3):
        send_back_proposal(judgement(found), "Encore.", over=over, by=bench.other, at=at)
        proposed(found, cast.ines, at, over=over)
    assert [cost(side) for side in clients] == once == [8, 6]
