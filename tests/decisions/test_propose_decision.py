"""What a reviewer proposes: who may, what must be said, two at once, and what becomes of what was proposed before."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from convergence.candidatures.actions import withdraw_candidature
from convergence.decisions.actions import propose_decision
from convergence.decisions.models import Proposal
from convergence.decisions.permissions import can_propose_decision
from convergence.decisions.queries import deliberation_of
from foundation.accounts.actions import declare_conflict
from tests.factories.candidatures import step_of
from tests.factories.catalogue import product_at
from tests.factories.decisions import judged_of, judgement, judges, proposed, to_judge
from tests.factories.people import STAFF, someone
from tests.queue import work_off
from tests.race import kinds_of, race
from tests.refusals import refused, remembered


def test_the_step_opens_on_the_side_of_the_agency(candidature):
    assert judgement(candidature).state == "submitted"
    assert deliberation_of(judgement(candidature)).state == "to_propose"


def test_a_proposal_says_what_and_why_and_only_what_is_not_personal_goes_to_the_journal(cast, at, bench, candidature):
    with remembered("decisions.DecisionProposed") as entries:
        proposed(candidature, cast.ines, at)
    assert "entend" not in entries[0].body
    held = deliberation_of(judgement(candidature))
    assert (held.state, held.seen, held.latest.outcome, held.latest.reasons) == ("proposed", 1, "refused", ["heavy", "noisy"])
    assert judgement(candidature).state == "submitted"  # nothing is decided
    work_off()
    assert sorted(message.to[0] for message in mail.outbox if "Décision à prendre" in message.subject) == sorted(
        person.email for person in (bench.signatory, bench.other, bench.both)
    )


def test_signatories_who_may_not_decide_are_not_called(cast, at, bench, candidature):
    declare_conflict(bench.other, cast.aubepine, "Ancien salarié.", by=bench.other, at=at)
    mail.outbox.clear()
    proposed(candidature, bench.both, at)
    work_off()
    assert [message.to for message in mail.outbox if "Décision à prendre" in message.subject] == [[bench.signatory.email]]


@pytest.mark.parametrize(
    ("outcome", "reasons", "text", "words", "code"),
    [
        ("", [], "x", "Choisissez ce que vous proposez", "no_outcome"),
        ("perhaps", [], "x", "Choisissez ce que vous proposez", "no_outcome"),
        ("refused", [], "x", "Choisissez au moins un motif", "no_reason"),
        ("refused", ["ugly"], "x", "Choisissez au moins un motif", "no_reason"),
        ("refused", ["heavy"], " ", "Écrivez à l'entreprise pourquoi", "no_reason"),
        ("refused", ["heavy"], "x" * 2001, "Ce texte compte 2001 caractères", "too_long"),
        ("granted", [], "x" * 2001, "Ce texte compte 2001 caractères", "too_long"),
    ],
)
def test_a_proposal_that_says_too_little_is_refused(cast, at, candidature, outcome, reasons, text, words, code):
    with refused(words, code=code, status=400):
        propose_decision(judgement(candidature), outcome, reasons, text, over=0, by=cast.ines, at=at)


def test_granting_needs_no_reason_and_keeps_none(cast, at, candidature):
    propose_decision(judgement(candidature), "granted", ["heavy"], "", over=0, by=cast.ines, at=at)
    assert Proposal.objects.get().reasons == []


def test_who_may_propose(cast, at, bench, candidature):
    """One of each role, and both roles at once: reviewers alone."""
    step = judgement(candidature)
    people = {**cast.everyone(), "both": bench.both, **{login: someone(login, role, None, at) for login, role in STAFF.items()}}
    assert {name for name, person in people.items() if can_propose_decision(person, step)} == {"ines", "both"}
    declare_conflict(cast.ines, cast.boree, "Ancienne salariée.", by=cast.ines, at=at)
    assert can_propose_decision(cast.ines, step)  # of another company
    declare_conflict(cast.ines, cast.aubepine, "Ancienne salariée.", by=cast.ines, at=at)
    assert not can_propose_decision(cast.ines, step)
    with refused("Un lien avec cette entreprise est déclaré à votre nom"):
        proposed(candidature, cast.ines, at)


def test_a_form_is_not_decided(cast, at, candidature):
    with refused("Cette étape ne se conclut pas par une décision."):
        propose_decision(step_of(candidature), "granted", [], "", over=0, by=cast.ines, at=at)


def test_whoever_proposes_second_is_told(cast, at, bench, candidature):
    proposed(candidature, cast.ines, at)
    with refused("Inès a écrit une autre proposition", code="diverged", status=409):
        proposed(candidature, bench.both, at)
    proposed(candidature, bench.both, at, "granted", over=1)
    assert [(one.number, one.proposed_by) for one in deliberation_of(judgement(candidature)).proposals] == [(1, cast.ines), (2, bench.both)]


def test_nothing_is_proposed_of_what_was_withdrawn(cast, at, candidature):
    withdraw_candidature(candidature, "Trop tôt.", by=cast.claire, at=at)
    with refused("l'état est « Retirée »", code="wrong_state", status=409):
        proposed(candidature, cast.ines, at)


def test_a_proposal_is_never_changed(cast, at, candidature):
    proposed(candidature, cast.ines, at)
    for write in (lambda: Proposal.objects.update(text="autre"), lambda: Proposal.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


@pytest.mark.usefixtures("committed_db")
@pytest.mark.slow
def test_of_several_at_once_one_is_kept(cast, at, packs):
    bench = judges(at)
    found = to_judge(judged_of(product_at("active", cast.claire, at), cast.claire, at, packs), cast.claire, cast.ines, at)
    outcomes = race(*[lambda person=person: proposed(found, person, at) for person in (cast.ines, bench.both) * 3])
    assert sorted(kinds_of(outcomes)) == ["Refused"] * 5 + ["Step"]
    assert Proposal.objects.count() == 1
