"""A candidature handed over, whose conversation is open."""

from __future__ import annotations

from datetime import datetime

import pytest

from convergence.candidatures.models import Candidature
from convergence.catalogue.models import Enrolment
from foundation.messaging.models import Conversation
from tests.cast import Cast
from tests.factories.candidatures import submitted, trial_of
from tests.factories.catalogue import product_at


@pytest.fixture
def trial(cast: Cast, at: datetime) -> Enrolment:
    return trial_of(product_at("active", cast.claire, at), cast.claire, at)


@pytest.fixture
def candidature(cast: Cast, at: datetime, trial: Enrolment) -> Candidature:
    return submitted(trial, cast.claire, at)


@pytest.fixture
def conversation(candidature: Candidature) -> Conversation:
    return Conversation.objects.select_related("company").get(key=candidature.number)
