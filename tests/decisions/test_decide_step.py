"""What the signatory makes of a proposal: never one's own, never for a company one is linked to; what follows, on both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from convergence.candidatures.actions import conclude_step, refuse_step, withdraw_candidature
from convergence.candidatures.models import Candidature
from convergence.candidatures.queries import progress_of
from convergence.decisions.actions import decide_step, send_back_proposal
from convergence.decisions.models import Decision, SendBack
from convergence.decisions.permissions import can_decide_step
from convergence.decisions.queries import deliberation_of
from foundation.accounts.actions import declare_conflict
from tests.factories.candidatures import begun, step_of
from tests.factories.decisions import judgement, proposed
from tests.factories.people import STAFF, someone
from tests.queue import work_off
from tests.refusals import refused, remembered


def decide(candidature, by, at, over=1):
    return decide_step(judgement(candidature), over=over, by=by, at=at)


def state(candidature):
    return Candidature.objects.get(pk=candidature.pk).state


def test_granted_the_candidature_is_complete(cast, at, bench, candidature):
    proposed(candidature, cast.ines, at, "granted")
    with remembered("candidatures.StepConcluded", "decisions.StepDecided") as entries:
        decide(candidature, bench.signatory, at)
    assert '"completes":true' in entries[0].body.replace(" ", "")
    assert (judgement(candidature).state, state(candidature)) == ("accepted", "completed")
    taken = Decision.objects.get()
    assert (taken.is_granted, taken.appeal, taken.decided_by, taken.text) == (True, "", bench.signatory, "Il s'entend de loin.")
    work_off()
    assert ["Vous volez." in message.body for message in mail.outbox if message.to == [cast.claire.email]][-1]


def test_refused_it_ends_with_reasons_and_a_way_of_appeal(cast, at, bench, candidature):
    proposed(candidature, cast.ines, at)
    with remembered("candidatures.StepRefused", "decisions.StepDecided") as entries:
        decide(candidature, bench.signatory, at)
    assert all("entend" not in entry.body for entry in entries)
    step, ended = judgement(candidature), Candidature.objects.get(pk=candidature.pk)
    assert (step.state, step.reasons, step.settled_by) == ("rejected", ["heavy", "noisy"], bench.signatory)
    assert (ended.state, ended.reason, ended.ended_by) == ("rejected", "Il s'entend de loin.", bench.signatory)
    assert Decision.objects.get().appeal == "Écrivez à la **tour de contrôle** sous deux mois."
    work_off()
    told = [message for message in mail.outbox if "Candidature refusée" in message.subject]
    assert [message.to for message in told] == [[cast.claire.email]]
    assert "Vous ne volez pas." in told[0].body
    assert "entend" not in told[0].body


def test_refused_one_may_apply_again(cast, at, bench, candidature, enrolment):
    proposed(candidature, cast.ines, at)
    decide(candidature, bench.signatory, at)
    again = begun(enrolment, cast.claire, at + timedelta(days=1))
    assert again.number != candidature.number


def test_who_may_decide(cast, at, bench, candidature):
    """One of each role: signatories alone, and none who wrote a proposal, whichever is followed."""
    proposed(candidature, bench.both, at)
    proposed(candidature, cast.ines, at, over=1)
    step = judgement(candidature)
    people = {**cast.everyone(), "other": bench.other, "both": bench.both}
    people |= {login: someone(login, role, None, at) for login, role in STAFF.items()}
    assert {name for name, person in people.items() if can_decide_step(person, step)} == {"signatory", "other"}
    with refused("Vous avez proposé cette décision : une autre personne la prend."):
        decide(candidature, bench.both, at, over=2)
    declare_conflict(bench.other, cast.aubepine, "Ancien salarié.", by=bench.other, at=at)
    with refused("Un lien avec cette entreprise est déclaré à votre nom"):
        decide(candidature, bench.other, at, over=2)
    with refused("Votre rôle ne permet pas de décider"):
        decide(candidature, cast.ines, at, over=2)
    assert state(candidature) == "under_way"


def test_only_the_proposal_read_is_decided(cast, at, bench, candidature):
    with refused("l'état est « À proposer »", code="wrong_state", status=409):
        decide(candidature, bench.signatory, at, over=0)
    proposed(candidature, cast.ines, at, "granted")
    proposed(candidature, cast.ines, at, over=1)
    with refused("Inès a écrit une autre proposition", code="diverged", status=409):
        decide(candidature, bench.signatory, at, over=1)


def test_sent_back_with_a_reason_another_is_awaited(cast, at, bench, candidature):
    proposed(candidature, cast.ines, at)
    mail.outbox.clear()
    with refused("Dites au vérificateur pourquoi", code="no_reason", status=400):
        send_back_proposal(judgement(candidature), " ", over=1, by=bench.signatory, at=at)
    with remembered("decisions.ProposalSentBack") as entries:
        send_back_proposal(judgement(candidature), "Quel bruit ?", over=1, by=bench.signatory, at=at)
    assert "bruit" not in entries[0].body
    assert deliberation_of(judgement(candidature)).state == "sent_back"
    work_off()
    assert [message.to for message in mail.outbox if "Proposition renvoyée" in message.subject] == [[cast.ines.email]]
    with refused("l'état est « Renvoyée »", code="wrong_state", status=409):
        decide(candidature, bench.signatory, at)
    proposed(candidature, cast.ines, at, "granted", over=1)
    decide(candidature, bench.signatory, at, over=2)
    assert state(candidature) == "completed"


def test_what_is_decided_stays_so(cast, at, bench, candidature):
    proposed(candidature, cast.ines, at)
    send_back_proposal(judgement(candidature), "Encore.", over=1, by=bench.other, at=at)
    proposed(candidature, cast.ines, at, over=1)
    decide(candidature, bench.signatory, at, over=2)
    for act in (
        lambda: decide(candidature, bench.other, at, over=2),
        lambda: proposed(candidature, cast.ines, at, over=2),
        lambda: send_back_proposal(judgement(candidature), "Non.", over=2, by=bench.other, at=at),
    ):
        with refused("l'état est « Refusée »", code="wrong_state", status=409):
            act()
    for model in (Decision, SendBack):
        for write in (lambda model=model: model.objects.update(proposal=1), lambda model=model: model.objects.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                write()


def test_nothing_is_decided_of_what_was_withdrawn(cast, at, bench, candidature):
    proposed(candidature, cast.ines, at)
    withdraw_candidature(candidature, "Trop tôt.", by=cast.claire, at=at)
    with refused("l'état est « Retirée »", code="wrong_state", status=409):
        decide(candidature, bench.signatory, at)


def test_a_form_is_never_refused_by_another_room(cast, at, candidature):
    for act in (lambda step: refuse_step(step, [], "Non.", by=cast.ines, at=at), lambda step: conclude_step(step, "", by=cast.ines, at=at)):
        with refused("Un formulaire s'accepte après examen"):
            act(step_of(candidature))


def test_a_company_concludes_nothing(cast, at, candidature):
    with refused("Seule l'agence conclut cette étape."):
        refuse_step(judgement(candidature), ["heavy"], "Non.", by=cast.claire, at=at)


def test_the_history_is_that_of_the_agency(cast, at, bench, candidature):
    proposed(candidature, cast.ines, at)
    decide(candidature, bench.signatory, at)
    found = Candidature.objects.select_related("enrolment__subject").get(pk=candidature.pk)
    assert {one.kind for one in progress_of(found).history if not one.is_company} == {
        "StepAccepted", "DecisionProposed", "StepRefused", "StepDecided",
    }  # fmt: skip
