"""Two who act on two steps of one candidature never hold each other: the candidature is locked before the step."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from convergence.candidatures.actions import accept_step, save_form, submit_step
from convergence.candidatures.models import Candidature, Step
from tests.factories.candidatures import enrolled_for_trial, fill_in, give_document, publish_trial, step_of, submitted, typed
from tests.race import Meanwhile, kinds_of, race


@pytest.fixture
def side_by_side(committed_db, cast, at, packs, tmp_path):
    """« Visite » and « Radio », open together."""
    publish_trial(tmp_path, packs, at)
    candidature = submitted(enrolled_for_trial(cast.claire, at), cast.claire, at)
    accept_step(step_of(candidature), "", by=cast.ines, at=at)
    return candidature


def test_while_the_candidature_is_held_its_step_is_free(side_by_side, cast, at):
    step = step_of(side_by_side, "visite")
    with transaction.atomic():
        Candidature.objects.select_for_update(no_key=True).get(pk=side_by_side.pk)
        saving = Meanwhile(lambda: save_form(step, typed(step, {"pilot": "Karim"}), by=cast.claire, at=at))
        saving.wait_until_blocked()
        with connection.cursor() as cursor:  # who comes behind has not taken the step yet: whoever holds the parent may
            cursor.execute("SELECT 1 FROM candidatures_step WHERE id = %s FOR UPDATE NOWAIT", [step.pk])
    assert not isinstance(saving.outcome(), Exception)


def test_one_step_accepted_while_its_neighbour_is_typed_in(side_by_side, cast, at):
    """Accepting locks the neighbours too, to open what waits for both."""
    radio = fill_in(step_of(side_by_side, "radio"), cast.claire, at)
    give_document(radio, "BREVET", cast.claire, at, content=b"radio")
    submit_step(radio, by=cast.claire, at=at)
    visite = step_of(side_by_side, "visite")
    outcomes = race(
        lambda: accept_step(radio, "", by=cast.ines, at=at),
        *[
            lambda name=name: save_form(visite, typed(visite, {name: "Vu."}), by=cast.claire, at=at)
            for name in ("pilot", "story", "copilot", "email")
        ],
    )
    assert "OperationalError" not in kinds_of(outcomes)
    assert Step.objects.get(pk=radio.pk).state == "accepted"
