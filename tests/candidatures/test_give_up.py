"""Giving up: a draft is discarded, a candidature handed over is withdrawn, and both stay in the journal."""

from __future__ import annotations

from convergence.candidatures.actions import accept_step, discard_draft, submit_step, withdraw_candidature
from convergence.candidatures.models import Candidature
from convergence.catalogue.actions import grant_rights
from tests.factories.candidatures import begun, step_of, submitted
from tests.refusals import refused, remembered


def test_a_draft_is_discarded_by_who_fills_it_in(cast, at, trial):
    draft = begun(trial, cast.claire, at)
    with refused("Vous pouvez lire cette candidature, pas la remplir."):
        discard_draft(draft, by=cast.zoe, at=at)
    grant_rights(trial.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    with remembered("candidatures.DraftDiscarded"):
        discard_draft(draft, by=cast.karim, at=at)
    ended = Candidature.objects.get(pk=draft.pk)
    assert (ended.state, ended.ended_by, ended.submitted_at) == ("discarded", cast.karim, None)
    with refused("l'état est « Brouillon supprimé »", code="wrong_state", status=409):
        discard_draft(ended, by=cast.claire, at=at)


def test_a_draft_is_not_withdrawn_and_what_was_handed_over_is_not_discarded(cast, at, trial):
    draft = begun(trial, cast.claire, at)
    with refused("l'état est « Brouillon »", code="wrong_state", status=409):
        withdraw_candidature(draft, "Changement de plan.", by=cast.claire, at=at)
    discard_draft(draft, by=cast.claire, at=at)
    given = submitted(trial, cast.claire, at)
    with refused("l'état est « En cours »", code="wrong_state", status=409):
        discard_draft(given, by=cast.claire, at=at)


def test_it_is_withdrawn_with_a_reason_by_who_binds_the_company(cast, at, trial):
    given = submitted(trial, cast.claire, at)
    grant_rights(trial.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    for person in (cast.karim, cast.zoe, cast.ines):
        with refused("Votre rôle ne permet pas de retirer une candidature."):
            withdraw_candidature(given, "x", by=person, at=at)
    with refused("Dites en une phrase pourquoi vous retirez cette candidature.", code="no_reason", status=400):
        withdraw_candidature(given, " ", by=cast.claire, at=at)
    with remembered("candidatures.CandidatureWithdrawn"):
        withdraw_candidature(given, "Changement de plan.", by=cast.claire, at=at)
    ended = Candidature.objects.get(pk=given.pk)
    assert (ended.state, ended.reason) == ("withdrawn", "Changement de plan.")


def test_nothing_happens_to_what_was_withdrawn(cast, at, trial):
    given = submitted(trial, cast.claire, at)
    withdraw_candidature(given, "Changement de plan.", by=cast.claire, at=at)
    with refused("l'état est « Retirée »", code="wrong_state", status=409):
        accept_step(step_of(given), "", by=cast.ines, at=at)
    with refused("l'état est « Soumise »", code="wrong_state", status=409):
        submit_step(step_of(given), by=cast.claire, at=at)
    assert begun(trial, cast.claire, at).number != given.number
