"""What the tests of certificates stand on: a candidature signed by both, which ended with one."""

from __future__ import annotations

import pytest

from convergence.certificates.models import Certificate
from foundation.accounts.rights import Role
from tests.factories.agreements import concluded, signatory, signed_trial
from tests.factories.people import someone


@pytest.fixture
def signing(db, at):
    return signatory(at)


@pytest.fixture
def coordination(db, at):
    return someone("coordination", Role.COORDINATOR, None, at)


@pytest.fixture
def issued(cast, at, signing):
    candidature = concluded(signed_trial(cast.claire, at), cast.claire, cast.ines, signing, at)
    return Certificate.objects.select_related("candidature__enrolment__subject__company").get(candidature=candidature)
