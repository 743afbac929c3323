"""The agency's page of an agreement: read, countersigned with a code, sent back, refused; who may, and in how many queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.agreements.models import Paper
from convergence.candidatures.models import Candidature
from foundation.accounts.models import Person
from foundation.documents.sealing import seals_of
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.agreements import agreement_of, code_in, signatory, signed_trial, signs, to_sign
from tests.factories.candidatures import step_of
from tests.factories.pages import text_of

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def signing(db: None, at: datetime) -> Person:
    return signatory(at)


@pytest.fixture
def half(cast: Cast, at: datetime) -> Candidature:
    return signs(to_sign(signed_trial(cast.claire, at), cast.claire, cast.ines, at), cast.claire, at)


def where(route: str, candidature: Candidature, *args: Any) -> str:
    return reverse(f"agency:{route}", args=[candidature.number, "convention", *args])


def test_it_is_in_the_list_of_what_awaits_the_agency(browse: Browse, signing: Person, half: Candidature) -> None:
    client = browse(signing)
    assert half.number in text_of(client.get(reverse("agency:candidature_list")))
    page = text_of(client.get(reverse("agency:candidature", args=[half.number])))
    assert where("countersign_agreement", half) in page
    assert "Lire et signer" in page


def test_it_is_read_and_signed_with_a_code(browse: Browse, signing: Person, half: Candidature) -> None:
    client, page = browse(signing), where("countersign_agreement", half)
    told = text_of(client.get(page))
    assert "À signer par l'agence" in told
    assert "Ne pas signer" in told
    client.post(where("send_signing_code", half))
    code = code_in(mail.outbox[-1].body)
    assert mail.outbox[-1].to == [signing.email]
    response = client.post(page, {"code": "999999" if code != "999999" else "888888"})
    assert response.status_code == 400
    assert "Il vous reste 4 essais." in text_of(response)
    client.post(page, {"code": code})
    told = text_of(client.get(page))
    assert "La convention est signée par les deux parties." in told
    assert "Ne pas signer" not in told
    assert "2 cachets datés" in told
    assert step_of(half, "convention").state == "accepted"
    kept = client.get(where("agreement_paper", half, Paper.objects.get(seals=2).pk))
    assert [seal.is_good for seal in seals_of(kept.content)] == [True, True]


def test_sent_back_with_a_reason_and_what_was_typed_is_kept_where_it_is_refused(browse: Browse, signing: Person, half: Candidature) -> None:
    client = browse(signing)
    response = client.post(where("send_back_agreement", half), {"reason": " "})
    assert response.status_code == 400
    assert "Dites à l'entreprise pourquoi" in text_of(response)
    response = client.post(where("refuse_agreement", half), {"reason": "Le gérant a changé."})
    assert response.status_code == 400
    assert "Le gérant a changé." in text_of(response)
    client.post(where("send_back_agreement", half), {"reason": "Le gérant a changé."})
    told = text_of(client.get(where("countersign_agreement", half)))
    assert "L’entreprise est attendue" in told
    assert "Le gérant a changé." in told
    assert "Conventions renvoyées" in told


def test_refused_the_candidature_ends(browse: Browse, signing: Person, half: Candidature) -> None:
    client = browse(signing)
    client.post(where("refuse_agreement", half), {"reason": "Non.", "reasons": ["unfit"]})
    half.refresh_from_db()
    assert (half.state, agreement_of(half).state) == ("rejected", "refused")
    assert "L'agence refuse de signer" in text_of(client.get(where("countersign_agreement", half)))


def test_who_reads_and_does_not_sign_is_told_why(browse: Browse, cast: Cast, half: Candidature) -> None:
    ines = browse(cast.ines)
    told = text_of(ines.get(where("countersign_agreement", half)))
    assert "pas de la signer pour l'agence" in told
    assert "Recevoir un code" not in told
    assert "Ne pas signer" not in told
    for route in ("countersign_agreement", "send_signing_code", "send_back_agreement", "refuse_agreement"):
        assert ines.post(where(route, half), {"reason": "Non.", "code": "000000"}).status_code == 403, route


def test_a_draft_and_a_company_see_nothing_here(browse: Browse, cast: Cast, half: Candidature) -> None:
    for person in (cast.claire, cast.zoe):
        assert browse(person).get(where("countersign_agreement", half)).status_code == 404
        assert browse(person).get(where("agreement_paper", half, Paper.objects.get(seals=1).pk)).status_code == 404


def test_the_page_costs_few_queries(browse: Browse, signing: Person, half: Candidature) -> None:
    client, page = browse(signing), where("countersign_agreement", half)
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    print(f"convention, agence : {len(captured)} requêtes")
    assert len(captured) <= 12
