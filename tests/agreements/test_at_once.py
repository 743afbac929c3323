"""Several at the same moment, each on a connection of its own: one signature, five tries, one certificate."""

from __future__ import annotations

import pytest

from convergence.agreements.actions import sign_agreement
from convergence.agreements.models import Signature, SigningCode
from convergence.agreements.queries import latest_paper
from convergence.agreements.rules import MOST_TRIES
from convergence.agreements.signing import sign_with_code
from convergence.certificates.models import Certificate
from foundation.documents.sealing import sealed
from foundation.files.store import read_kept
from foundation.journal.models import Entry
from tests.factories.agreements import agreement_of, code_for, signatory, signed_trial, signs, to_sign
from tests.factories.candidatures import step_of
from tests.race import kinds_of, race

pytestmark = pytest.mark.slow  # really commits, on several connections


def test_one_code_typed_by_many_signs_once(committed_db, cast, at):
    ready = to_sign(signed_trial(cast.claire, at), cast.claire, cast.ines, at)
    code = code_for(ready, cast.claire, at)
    outcomes = race(*[lambda: sign_with_code(agreement_of(ready), code, by=cast.claire, at=at)] * 4)
    assert kinds_of(outcomes).count("AgreementSigned") == 1, outcomes
    assert Signature.objects.count() == 1
    assert agreement_of(ready).papers.count() == 2
    assert step_of(ready, "convention").state == "submitted"


def test_guesses_sent_together_are_counted_one_by_one(committed_db, cast, at):
    """Twelve at once find five tries: the code is dead, and the right one, typed after, signs nothing."""
    ready = to_sign(signed_trial(cast.claire, at), cast.claire, cast.ines, at)
    code = code_for(ready, cast.claire, at)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    outcomes = race(*[lambda: sign_with_code(agreement_of(ready), wrong, by=cast.claire, at=at)] * 12)
    assert set(kinds_of(outcomes)) == {"WrongCode"}
    assert SigningCode.objects.get().tries == MOST_TRIES
    (late,) = race(lambda: sign_with_code(agreement_of(ready), code, by=cast.claire, at=at))
    assert kinds_of([late]) == ["WrongCode"]
    assert not Signature.objects.exists()


def test_two_who_sign_for_the_agency_at_once_sign_once(committed_db, cast, at):
    first, second = signatory(at), signatory(at, "signature-bis")
    half = signs(to_sign(signed_trial(cast.claire, at), cast.claire, cast.ines, at), cast.claire, at)
    codes = [(one, code_for(half, one, at)) for one in (first, second)]
    outcomes = race(*(lambda who=who, code=code: sign_with_code(agreement_of(half), code, by=who, at=at) for who, code in codes))
    assert kinds_of(outcomes).count("AgreementCountersigned") == 1, outcomes
    assert agreement_of(half).state == "concluded"
    assert Certificate.objects.count() == 1
    told = [entry.kind for entry in Entry.objects.all()]
    assert told.count("candidatures.StepConcluded") == told.count("certificates.CertificateIssued") == 1


def test_the_same_paper_brought_twice_is_kept_once(committed_db, cast, at):
    ready = to_sign(signed_trial(cast.claire, at), cast.claire, cast.ines, at)
    code = code_for(ready, cast.claire, at)
    held = SigningCode.objects.get()
    paper = sealed(read_kept(latest_paper(agreement_of(ready)).key), "entreprise", reason="Essai", at=at)
    outcomes = race(*[lambda: sign_agreement(agreement_of(ready), held, code, paper, by=cast.claire, at=at)] * 3)
    assert sorted(kinds_of(outcomes)) == ["AgreementSigned", "Refused", "Refused"]
