"""Who examines what: taken, given back, assigned; never someone linked to the company, never two at once."""

from __future__ import annotations

import pytest

from convergence.candidatures.actions import Correction, accept_step, request_changes, withdraw_candidature
from convergence.candidatures.conversations import TOPIC
from convergence.reviews.actions import assign_candidature, give_back_candidature, take_candidature
from convergence.reviews.models import Assignment
from convergence.reviews.permissions import can_assign_candidature, can_be_assigned, can_give_back_candidature, can_take_candidature
from convergence.reviews.queue import assignment_of
from foundation.accounts.actions import declare_conflict
from foundation.accounts.rights import Role
from foundation.messaging.actions import mark_read, post_message
from foundation.messaging.queries import conversation_about, conversations_of_agency, unread_of
from tests.factories import sections
from tests.factories.candidatures import begun, step_of, submitted
from tests.factories.catalogue import product_at
from tests.factories.decisions import judged_of
from tests.factories.people import STAFF, someone
from tests.queue import work_off
from tests.race import kinds_of, race
from tests.refusals import refused, remembered


@pytest.fixture
def coordinator(db, at):
    return someone("coordinatrice", Role.COORDINATOR, None, at)


@pytest.fixture
def other(db, at):
    return someone("autre", Role.REVIEWER, None, at)


@pytest.fixture
def candidature(cast, at, packs):
    return submitted(judged_of(product_at("active", cast.claire, at), cast.claire, at, packs), cast.claire, at)


def holder(candidature):
    held = assignment_of(candidature)
    return held.person if held else None


def test_who_may_take_assign_give_back(cast, at, candidature):
    people = {**cast.everyone(), **{login: someone(login, role, None, at) for login, role in STAFF.items()}}
    assert {name for name, person in people.items() if can_take_candidature(person, candidature)} == {"ines"}
    assert {name for name, person in people.items() if can_be_assigned(person, candidature)} == {"ines"}
    assert {name for name, person in people.items() if can_assign_candidature(person, candidature)} == {"coordinator"}
    assert {name for name, person in people.items() if can_give_back_candidature(person, candidature)} == {"coordinator"}
    take_candidature(candidature, by=cast.ines, at=at)
    assert {name for name, person in people.items() if can_give_back_candidature(person, candidature)} == {"ines", "coordinator"}


def test_what_a_company_writes_is_new_to_who_examines_whoever_else_reads_it(cast, at, candidature, coordinator, other):
    conversation = conversation_about(TOPIC, candidature.number)
    assert conversation is not None

    def calls_whom():
        return [person for person in (cast.ines, other, coordinator) if unread_of(person, None)]

    def reads(person):
        mark_read(conversation_about(TOPIC, candidature.number), said, by=person, at=at)

    said = post_message(conversation, "Pouvons-nous déposer deux fichiers ?", by=cast.claire, at=at).message
    assert calls_whom() == [cast.ines, other, coordinator]
    take_candidature(candidature, by=cast.ines, at=at)
    assert calls_whom() == [cast.ines]
    reads(other)
    assert calls_whom() == [cast.ines]
    assert [line.unread for line in conversations_of_agency(other, limit=5)[0]] == [0]
    assert [line.unread for line in conversations_of_agency(cast.ines, limit=5)[0]] == [1]
    give_back_candidature(candidature, by=cast.ines, at=at)
    assert calls_whom() == [cast.ines, coordinator]
    reads(cast.ines)
    assert calls_whom() == []


def test_taken_then_given_back(cast, at, candidature):
    with remembered("reviews.CandidatureTaken"):
        take_candidature(candidature, by=cast.ines, at=at)
    with remembered():
        take_candidature(candidature, by=cast.ines, at=at)
    assert holder(candidature) == cast.ines
    with remembered("reviews.CandidatureGivenBack"):
        give_back_candidature(candidature, by=cast.ines, at=at)
    assert holder(candidature) is None
    assert [(one.person, one.ended_by) for one in Assignment.objects.all()] == [(cast.ines, cast.ines)]


def test_whoever_comes_second_is_told_who_has_it(cast, at, candidature, other):
    take_candidature(candidature, by=cast.ines, at=at)
    with refused("Inès a déjà pris cette candidature", code="taken", status=409):
        take_candidature(candidature, by=other, at=at)
    with refused("Cette candidature ne vous est pas attribuée."):
        give_back_candidature(candidature, by=other, at=at)


def test_the_coordination_assigns_and_frees(cast, at, candidature, coordinator, other):
    with remembered("reviews.CandidatureAssigned"):
        assign_candidature(candidature, cast.ines, by=coordinator, at=at)
    with remembered():
        assign_candidature(candidature, cast.ines, by=coordinator, at=at)
    with remembered("reviews.CandidatureAssigned") as entries:
        assign_candidature(candidature, other, by=coordinator, at=at)
    assert f'"before":{cast.ines.pk}' in entries[0].body.replace(" ", "")
    assert holder(candidature) == other
    give_back_candidature(candidature, by=coordinator, at=at)
    with remembered():
        give_back_candidature(candidature, by=coordinator, at=at)
    assert Assignment.objects.filter(ended_at=None).count() == 0


def test_never_someone_linked_to_the_company(cast, at, candidature, coordinator, other):
    declare_conflict(other, cast.aubepine, "Ancien salarié.", by=other, at=at)
    with refused("Un lien avec cette entreprise est déclaré à votre nom"):
        take_candidature(candidature, by=other, at=at)
    with refused("Un lien avec cette entreprise est déclaré au nom de Autre"):
        assign_candidature(candidature, other, by=coordinator, at=at)
    with refused("Hugo n'examine pas de candidature"):
        assign_candidature(candidature, cast.hugo, by=coordinator, at=at)


def test_a_link_declared_later_frees_what_they_had(cast, at, candidature):
    take_candidature(candidature, by=cast.ines, at=at)
    declare_conflict(cast.ines, cast.boree, "Ancienne salariée.", by=cast.ines, at=at)
    work_off()
    assert holder(candidature) == cast.ines
    declare_conflict(cast.ines, cast.aubepine, "Ancienne salariée.", by=cast.ines, at=at)
    work_off()
    assert holder(candidature) is None


def test_whoever_answers_first_has_it(cast, at, candidature, other):
    request_changes(step_of(candidature), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=at)
    work_off()
    assert holder(candidature) == cast.ines


def test_giving_a_section_back_too(cast, at, packs):
    found = sections.opened(sections.proving_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, cast.ines, at)
    work_off()
    give_back_candidature(found, by=cast.ines, at=at)  # accepting its form had given it to her
    sections.fill_section(found, cast.claire, at)
    sections.hand_over(found, cast.claire, at)
    sections.accept_all(found, cast.ines, at)
    sections.give_back(found, cast.ines, at)
    work_off()
    assert holder(found) == cast.ines


def test_accepting_too_and_nobody_is_put_out_of_it(cast, at, candidature, other):
    take_candidature(candidature, by=other, at=at)
    accept_step(step_of(candidature), "", by=cast.ines, at=at)
    work_off()
    assert holder(candidature) == other
    give_back_candidature(candidature, by=other, at=at)
    assert holder(candidature) is None


def test_neither_a_draft_nor_what_ended(cast, at, packs, candidature, coordinator):
    withdraw_candidature(candidature, "Trop tôt.", by=cast.claire, at=at)
    for act in (
        lambda: take_candidature(candidature, by=cast.ines, at=at),
        lambda: assign_candidature(candidature, cast.ines, by=coordinator, at=at),
    ):
        with refused("Cette candidature est retirée : il n'y a plus rien à examiner.", code="wrong_state", status=409):
            act()
    draft = begun(judged_of(product_at("active", cast.claire, at), cast.claire, at, packs), cast.claire, at)
    with refused("Cette candidature n'est pas encore soumise."):
        take_candidature(draft, by=cast.ines, at=at)
    with refused("Cette candidature n'est pas encore soumise."):
        assign_candidature(draft, cast.ines, by=coordinator, at=at)


@pytest.mark.usefixtures("committed_db")
@pytest.mark.slow
def test_of_two_who_take_at_once_one_has_it(cast, at, packs):
    other = someone("autre", Role.REVIEWER, None, at)
    found = submitted(judged_of(product_at("active", cast.claire, at), cast.claire, at, packs), cast.claire, at)
    outcomes = race(*[lambda person=person: take_candidature(found, by=person, at=at) for person in (cast.ines, other) * 4])
    assert Assignment.objects.held().count() == 1
    assert sorted(kinds_of(outcomes)) == ["CandidatureTaken", "NoneType", "NoneType", "NoneType", *["Refused"] * 4]
