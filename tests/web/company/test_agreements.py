"""The company's page of an agreement: read, a code asked for, signed, kept; what only its people see, and in how many queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.agreements.actions import send_back_agreement
from convergence.agreements.models import Agreement, Paper
from convergence.candidatures.actions import accept_step, submit_step
from convergence.candidatures.models import Candidature
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.documents.sealing import seals_of
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.agreements import agreement_of, code_in, signatory, signed_trial, signs, to_sign
from tests.factories.candidatures import drafted, step_of
from tests.factories.pages import text_of
from tests.factories.people import someone

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def ready(cast: Cast, at: datetime) -> Candidature:
    return to_sign(signed_trial(cast.claire, at), cast.claire, cast.ines, at)


def where(route: str, candidature: Candidature, *args: Any) -> str:
    return reverse(f"company:{route}", args=[candidature.number, "convention", *args])


def test_the_candidature_says_it_is_to_be_signed(browse: Browse, cast: Cast, ready: Candidature) -> None:
    page = text_of(browse(cast.claire).get(reverse("company:candidature", args=[ready.number])))
    assert "convention à lire, puis à signer" in page
    assert where("sign_agreement", ready) in page
    assert "La convention est prête à signer" in page


def test_it_is_read_signed_with_a_code_and_kept(browse: Browse, cast: Cast, ready: Candidature) -> None:
    claire, page = browse(cast.claire), where("sign_agreement", ready)
    told = text_of(claire.get(page))
    assert "À signer par l'entreprise" in told
    assert "Les six chiffres" not in told
    answer = claire.get(where("agreement_paper", ready, Paper.objects.get().pk) + "?lire=1")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="convention-{ready.number.lower()}-1-a-signer.pdf"'
    assert "script-src" not in answer["Content-Security-Policy"]
    claire.post(where("send_signing_code", ready))
    told = text_of(claire.get(page))
    assert f"Un code est envoyé à {cast.claire.email}." in told
    assert "Les six chiffres" in told
    claire.post(page, {"code": code_in(mail.outbox[-1].body)})
    told = text_of(claire.get(page))
    assert "L’agence signe à son tour" in told
    assert "Pour l’entreprise : Claire, mandataire" in told.replace("<b>", "").replace("</b>", "")
    assert "Cachets vérifiés" in told
    kept = claire.get(where("agreement_paper", ready, Paper.objects.get(seals=1).pk))
    assert kept["Content-Disposition"].startswith("attachment")
    assert [seal.is_good for seal in seals_of(kept.content)] == [True]
    assert "Claire signe la convention" in text_of(claire.get(reverse("company:candidature", args=[ready.number])))


def test_a_wrong_code_comes_back_with_how_many_tries_are_left(browse: Browse, cast: Cast, ready: Candidature) -> None:
    claire, page = browse(cast.claire), where("sign_agreement", ready)
    response = claire.post(page, {"code": "000000"})
    assert response.status_code == 400
    assert "Aucun code en cours" in text_of(response)
    claire.post(where("send_signing_code", ready))
    code = code_in(mail.outbox[-1].body)
    wrong = "111111" if code != "111111" else "222222"
    response = claire.post(page, {"code": wrong})
    assert response.status_code == 400
    assert "Il vous reste 4 essais." in text_of(response)
    response = claire.post(where("send_signing_code", ready))
    assert response.status_code == 429
    assert "Un code vous a déjà été envoyé." in text_of(response)


def test_sent_back_the_reason_is_read_above_the_new_one(browse: Browse, cast: Cast, at: datetime, ready: Candidature) -> None:
    signing = signatory(at)
    signs(ready, cast.claire, at)
    send_back_agreement(agreement_of(ready), "L'adresse a changé.", by=signing, at=at)
    told = text_of(browse(cast.claire).get(where("sign_agreement", ready)))
    assert "La convention n’a pas été signée par les deux parties" in told
    assert "L'adresse a changé." in told
    assert "Recevoir un code" in told
    assert "Pour l’entreprise" not in told


def test_who_may_not_sign_reads_why(browse: Browse, cast: Cast, at: datetime, ready: Candidature) -> None:
    karim = browse(cast.karim)
    assert karim.get(where("sign_agreement", ready)).status_code == 404, "un produit qu'il ne voit pas"
    representative = browse(someone("suppleant", Role.REPRESENTATIVE, cast.aubepine, at))
    told = text_of(representative.get(where("sign_agreement", ready)))
    assert "La convention engage l'entreprise" in told
    assert "Recevoir un code" not in told
    assert representative.post(where("sign_agreement", ready), {"code": "000000"}).status_code == 403
    assert representative.post(where("send_signing_code", ready)).status_code == 403


def test_another_company_sees_nothing_of_it(browse: Browse, cast: Cast, ready: Candidature) -> None:
    zoe = browse(cast.zoe)
    assert zoe.get(where("sign_agreement", ready)).status_code == 404
    assert zoe.get(where("agreement_paper", ready, Paper.objects.get().pk)).status_code == 404
    assert zoe.post(where("send_signing_code", ready)).status_code == 404


def test_a_paper_of_another_candidature_does_not_exist_here(browse: Browse, cast: Cast, at: datetime, ready: Candidature) -> None:
    other = to_sign(signed_trial(cast.zoe, at), cast.zoe, cast.ines, at)
    elsewhere = Paper.objects.get(agreement__step__candidature=other)
    assert browse(cast.claire).get(where("agreement_paper", ready, elsewhere.pk)).status_code == 404
    assert browse(cast.zoe).get(where("agreement_paper", other, elsewhere.pk)).status_code == 200


def test_while_it_is_prepared_the_page_says_so(browse: Browse, cast: Cast, at: datetime) -> None:
    """The worker has not come yet."""
    candidature = drafted(signed_trial(cast.claire, at), cast.claire, at)
    submit_step(step_of(candidature), by=cast.claire, at=at)
    accept_step(step_of(candidature), "", by=cast.ines, at=at)
    claire = browse(cast.claire)
    assert "en préparation" in text_of(claire.get(where("sign_agreement", candidature)))
    assert claire.post(where("sign_agreement", candidature), {"code": "000000"}).status_code == 409
    assert Agreement.objects.count() == 1, "il est venu"


def test_the_step_of_a_form_is_no_agreement(browse: Browse, cast: Cast, ready: Candidature) -> None:
    assert browse(cast.claire).get(reverse("company:sign_agreement", args=[ready.number, "dossier"])).status_code == 404


def test_the_page_costs_few_queries_signed_or_not(browse: Browse, cast: Cast, at: datetime, ready: Candidature) -> None:
    claire, page = browse(cast.claire), where("sign_agreement", ready)
    counts = []
    for is_signed in (False, True):
        if is_signed:
            signs(ready, cast.claire, at)
        claire.get(page)
        with CaptureQueriesContext(connection) as captured:
            claire.get(page)
        counts.append(len(captured))
    print(f"convention : {counts} requêtes")
    assert max(counts) <= 12
