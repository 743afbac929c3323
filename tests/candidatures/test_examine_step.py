"""The agency's three answers to a form: accepted, to be corrected field by field, rejected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from convergence.candidatures.actions import (
    Correction,
    NotReady,
    accept_step,
    conclude_step,
    reject_step,
    request_changes,
    save_form,
    submit_step,
)
from convergence.candidatures.models import Candidature, Step
from convergence.evidence.actions import archive_evidence
from convergence.evidence.models import Deposit
from foundation.accounts.actions import declare_conflict
from tests.factories.candidatures import begun, fill_in, give_document, step_of, submitted, typed
from tests.refusals import refused, remembered


@pytest.fixture
def candidature(cast, at, trial):
    return submitted(trial, cast.claire, at)


def states(candidature):
    return {step.code: step.state for step in Step.objects.filter(candidature=candidature)}


def test_what_is_accepted_opens_what_waited_for_it(cast, at, candidature):
    with remembered("candidatures.StepAccepted"):
        event = accept_step(step_of(candidature), "", by=cast.ines, at=at)
    assert event.opened == ("visite", "radio")  # side by side
    assert not event.completes
    assert states(candidature) == {"dossier": "accepted", "visite": "open", "radio": "open", "vol": "locked"}


def test_a_word_with_the_acceptance_is_never_cut(cast, at, candidature):
    with refused("Ce texte compte 2001 caractères, pour 2000 au plus : raccourcissez-le.", code="too_long", status=400):
        accept_step(step_of(candidature), "é" * 2001, by=cast.ines, at=at)
    accept_step(step_of(candidature), " " + "é" * 2000 + " ", by=cast.ines, at=at)
    assert step_of(candidature).text == "é" * 2000


def test_a_form_is_never_concluded_by_another_room(cast, at, candidature):
    with refused("Un formulaire s'accepte après examen", status=403):
        conclude_step(step_of(candidature), "", by=cast.ines, at=at)
    assert states(candidature)["dossier"] == "submitted"


def test_what_the_content_keeps_locked_does_not_keep_the_candidature_from_ending(cast, at, candidature):
    accept_step(step_of(candidature), "", by=cast.ines, at=at)
    for code in ("visite", "radio"):
        step = fill_in(step_of(candidature, code), cast.claire, at)
        give_document(step, "BREVET", cast.claire, at, content=code.encode())
        submit_step(step, by=cast.claire, at=at)
        assert Candidature.objects.get(pk=candidature.pk).state == "under_way"
        event = accept_step(step_of(candidature, code), "Bien.", by=cast.ines, at=at)
        assert event.completes is (code == "radio")
    ended = Candidature.objects.get(pk=candidature.pk)
    assert (ended.state, ended.ended_at, ended.ended_by, states(candidature)["vol"]) == ("completed", at, cast.ines, "locked")


def test_only_what_is_asked_opens_again_and_each_must_change(cast, at, candidature):
    step = step_of(candidature)
    with remembered("candidatures.ChangesRequested") as entries:
        request_changes(
            step, [Correction("pilot", "unclear", "Qui est-ce ?"), Correction("licence", "", "Illisible.")], by=cast.ines, at=at
        )
    assert "Qui est-ce" not in entries[0].body
    again = step_of(candidature)
    assert again.is_to_correct
    with refused("Seuls les champs dont l'agence a demandé la modification sont ouverts.", status=409):
        save_form(again, typed(again, {"email": "autre@demo.invalid"}), by=cast.claire, at=at)
    with refused("Il reste 2 points à régler", code="incomplete", status=409) as caught:
        submit_step(again, by=cast.claire, at=at)
    assert isinstance(caught.value, NotReady)
    assert [problem.key for problem in caught.value.problems] == ["pilot", "licence"]
    save_form(again, typed(again, {"pilot": "Claire, pilote d'essai"}), by=cast.claire, at=at)
    archive_evidence(Deposit.objects.get(folder=again.folder), by=cast.claire, at=at)
    give_document(again, "BREVET", cast.claire, at, content=b"lisible")
    submit_step(again, by=cast.claire, at=at + timedelta(hours=1))
    assert states(candidature)["dossier"] == "submitted"


def test_asked_again_it_is_the_last_request_that_counts(cast, at, candidature):
    request_changes(step_of(candidature), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=at)
    again = step_of(candidature)
    save_form(again, typed(again, {"pilot": "Claire P."}), by=cast.claire, at=at)
    submit_step(again, by=cast.claire, at=at)
    request_changes(step_of(candidature), [Correction("email", "", "Une autre.")], by=cast.ines, at=at)
    third = step_of(candidature)
    with refused("Seuls les champs", status=409):
        save_form(third, typed(third, {"pilot": "Karim"}), by=cast.claire, at=at)
    save_form(third, typed(third, {"email": "c@demo.invalid"}), by=cast.claire, at=at)
    submit_step(third, by=cast.claire, at=at)


@pytest.mark.parametrize(
    ("corrections", "words", "code"),
    [
        ([], "Désignez au moins un champ à modifier", "nothing_asked"),
        ([Correction("unknown", "", "x")], "Ce champ ou ce motif n'est pas dans le formulaire.", "refused"),
        ([Correction("copilot", "", "x")], "Ce champ ou ce motif n'est pas dans le formulaire.", "refused"),  # hidden
        ([Correction("pilot", "ugly", "x")], "Ce champ ou ce motif n'est pas dans le formulaire.", "refused"),
        ([Correction("pilot", "", "  ")], "Pour chaque champ désigné, écrivez ce que l'entreprise doit modifier.", "no_reason"),
        ([Correction("pilot", "", "x" * 2001)], "Ce texte compte 2001 caractères", "too_long"),
    ],
)
def test_a_request_says_of_what_and_why(cast, at, candidature, corrections, words, code):
    with refused(words, code=code, status=400):
        request_changes(step_of(candidature), corrections, by=cast.ines, at=at)
    assert states(candidature)["dossier"] == "submitted"


def test_rejected_it_ends_with_its_reasons(cast, at, candidature):
    with remembered("candidatures.StepRejected"):
        reject_step(step_of(candidature), ["unfit", "unclear"], "Trop lourd.", by=cast.ines, at=at)
    step = step_of(candidature)
    assert (step.state, step.reasons, step.text, step.settled_by) == ("rejected", ["unclear", "unfit"], "Trop lourd.", cast.ines)
    ended = Candidature.objects.get(pk=candidature.pk)
    assert (ended.state, ended.reason) == ("rejected", "Trop lourd.")


@pytest.mark.parametrize(("reasons", "text"), [([], "Trop lourd."), (["ugly"], "Trop lourd."), (["unfit"], " ")])
def test_a_rejection_without_its_reasons_is_refused(cast, at, candidature, reasons, text):
    words = "Choisissez au moins un motif" if text.strip() else "Écrivez à l'entreprise pourquoi"
    with refused(words, code="no_reason", status=400):
        reject_step(step_of(candidature), reasons, text, by=cast.ines, at=at)


@pytest.mark.parametrize("person", ["claire", "zoe", "hugo"])
def test_only_a_reviewer_examines(cast, at, candidature, person):
    by, step = getattr(cast, person), step_of(candidature)
    with refused("Votre rôle permet de lire cette candidature, pas de l'examiner."):
        accept_step(step, "", by=by, at=at)
    with refused("Votre rôle permet de lire cette candidature, pas de l'examiner."):
        request_changes(step, [Correction("pilot", "", "x")], by=by, at=at)
    with refused("Votre rôle permet de lire cette candidature, pas de l'examiner."):
        reject_step(step, ["unfit"], "x", by=by, at=at)


def test_whoever_is_linked_to_the_company_does_not_examine(cast, at, candidature):
    declare_conflict(cast.ines, cast.boree, "Ancienne salariée.", by=cast.ines, at=at)
    request_changes(step_of(candidature), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=at)  # of another company
    again = step_of(candidature)
    save_form(again, typed(again, {"pilot": "Claire P."}), by=cast.claire, at=at)
    submit_step(again, by=cast.claire, at=at)
    declare_conflict(cast.ines, cast.aubepine, "Ancienne salariée.", by=cast.ines, at=at)
    for act in (
        lambda step: accept_step(step, "", by=cast.ines, at=at),
        lambda step: request_changes(step, [Correction("pilot", "", "x")], by=cast.ines, at=at),
        lambda step: reject_step(step, ["unfit"], "x", by=cast.ines, at=at),
    ):
        with refused("Un lien avec cette entreprise est déclaré à votre nom"):
            act(step_of(candidature))
    assert states(candidature)["dossier"] == "submitted"


def test_nobody_examines_a_draft(cast, at, trial):
    draft = begun(trial, cast.claire, at)
    with refused("Cette candidature n'est pas encore soumise."):
        accept_step(step_of(draft), "", by=cast.ines, at=at)


def test_what_is_accepted_stays_so(cast, at, candidature):
    accept_step(step_of(candidature), "", by=cast.ines, at=at)
    for act in (
        lambda step: request_changes(step, [Correction("pilot", "", "x")], by=cast.ines, at=at),
        lambda step: reject_step(step, ["unfit"], "x", by=cast.ines, at=at),
        lambda step: submit_step(step, by=cast.claire, at=at),
    ):
        with refused("l'état est « Acceptée »", code="wrong_state", status=409):
            act(step_of(candidature))
