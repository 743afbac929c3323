"""The agency sends the agreement back, or refuses to sign it: with a reason, and by whoever could have signed."""

from __future__ import annotations

import pytest
from django.core import mail

from convergence.agreements.actions import WrongCode, refuse_agreement, send_back_agreement
from convergence.agreements.rules import PAUSE
from convergence.agreements.signing import sign_with_code
from foundation.core.verdict import Refused
from foundation.files.store import read_kept
from tests.factories.agreements import agreement_of, code_for, signs
from tests.factories.candidatures import step_of
from tests.queue import work_off


@pytest.fixture
def half(cast, at, ready):
    """Signed by the company."""
    return signs(ready, cast.claire, at)


def test_sent_back_it_is_made_anew_and_signed_again(cast, at, half, signing):
    send_back_agreement(agreement_of(half), "L'adresse a changé.", by=signing, at=at)
    work_off()
    agreement = agreement_of(half)
    assert (agreement.state, agreement.round, agreement.reason) == ("to_sign", 2, "L'adresse a changé.")
    assert step_of(half, "convention").state == "changes_requested"
    assert [(one.round, one.seals) for one in agreement.papers.all()] == [(1, 0), (1, 1), (2, 0)]
    first, _, again = (read_kept(one.key) for one in agreement.papers.all())
    assert first != again, "le numéro de tour y figure"
    told = mail.outbox[-1]
    assert told.subject.startswith("Convention à signer de nouveau")
    assert "L'adresse a changé." in told.body
    done = signs(signs(half, cast.claire, at + PAUSE), signing, at + PAUSE)
    assert done.state == "completed"
    assert agreement_of(done).reason == ""


def test_a_code_asked_before_it_was_sent_back_signs_nothing(cast, at, ready, signing):
    code = code_for(ready, cast.claire, at)
    sign_with_code(agreement_of(ready), code, by=cast.claire, at=at)
    held = code_for(ready, signing, at)
    send_back_agreement(agreement_of(ready), "À revoir.", by=signing, at=at)
    signs(ready, cast.claire, at + PAUSE)
    with pytest.raises(WrongCode, match="Aucun code en cours"):
        sign_with_code(agreement_of(ready), held, by=signing, at=at + PAUSE)


def test_refused_the_candidature_ends_with_the_reason(cast, at, half, signing):
    refuse_agreement(agreement_of(half), ["unfit"], "L'entreprise n'existe plus.", by=signing, at=at)
    work_off()
    half.refresh_from_db()
    step = step_of(half, "convention")
    assert (half.state, step.state, step.reasons, step.text) == ("rejected", "rejected", ["unfit"], "L'entreprise n'existe plus.")
    assert (agreement_of(half).state, agreement_of(half).refused_by) == ("refused", signing)
    assert mail.outbox[-1].subject.startswith("Candidature refusée")


@pytest.mark.parametrize("reasons", [[], ["inconnu"]])
def test_a_refusal_gives_a_reason_of_the_content_or_nothing_happens(at, half, signing, reasons):
    with pytest.raises(Refused, match="au moins un motif"):
        refuse_agreement(agreement_of(half), reasons, "Non.", by=signing, at=at)
    assert agreement_of(half).state == "to_countersign"


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 2001])
def test_the_company_is_told_why_in_reasonable_words(at, half, signing, reason):
    for verb in (lambda: send_back_agreement(agreement_of(half), reason, by=signing, at=at), lambda: refuse_agreement(agreement_of(half), ["unfit"], reason, by=signing, at=at)):  # fmt: skip
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.status == 400


def test_only_who_could_have_signed_and_only_after_the_company(cast, at, ready, signing):
    with pytest.raises(Refused, match="n'est plus possible"):
        send_back_agreement(agreement_of(ready), "Trop tôt.", by=signing, at=at)
    signs(ready, cast.claire, at)
    for person in (cast.ines, cast.claire):
        with pytest.raises(Refused, match="pas de la signer"):
            send_back_agreement(agreement_of(ready), "Non.", by=person, at=at)
        with pytest.raises(Refused, match="pas de la signer"):
            refuse_agreement(agreement_of(ready), ["unfit"], "Non.", by=person, at=at)
