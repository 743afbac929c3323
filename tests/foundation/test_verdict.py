"""May this be done, and if not, why? A « no » always carries its reason."""

from __future__ import annotations

import pytest

from foundation.core.verdict import YES, Refused, Verdict, no


def test_yes_is_true_and_refuses_nothing():
    assert YES
    assert YES.reason == ""
    YES.or_refuse()


def test_no_is_false_and_is_raised_with_its_reason():
    verdict = no("Ce produit n'est pas le vôtre.")
    assert not verdict
    with pytest.raises(Refused) as caught:
        verdict.or_refuse()
    assert caught.value.reason == str(caught.value) == "Ce produit n'est pas le vôtre."
    assert (caught.value.code, caught.value.status) == ("refused", 403)


@pytest.mark.parametrize(("allowed", "reason"), [(False, ""), (True, "pour rien")])
def test_a_refusal_without_reason_or_an_agreement_with_one_cannot_be_built(allowed, reason):
    with pytest.raises(ValueError, match="un refus porte sa raison"):
        Verdict(allowed, reason)


def test_a_verdict_cannot_be_changed():
    with pytest.raises(AttributeError):
        YES.allowed = False


def test_a_refusal_may_say_its_code_and_its_status():
    refusal = Refused("Déjà fait.", code="duplicate", status=409)
    assert (refusal.reason, refusal.code, refusal.status) == ("Déjà fait.", "duplicate", 409)
