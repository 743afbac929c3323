"""What a member thinks of a file: who may, what must be said, changed over the version read; who is linked to the company is kept from it."""

from __future__ import annotations

import pytest

from convergence.boards.actions import OpinionCrossed, take_off_agenda
from convergence.boards.models import MemberOpinion
from convergence.boards.permissions import can_give_member_opinion
from convergence.boards.rules import Counts, Reservation
from convergence.candidatures.actions import withdraw_candidature
from convergence.candidatures.models import Candidature
from convergence.candidatures.queries import progress_of
from foundation.accounts.actions import declare_conflict
from tests.factories.boards import ON_ENGINE, ON_LIGHTS, WHOLE, bench_of, boarded_of, complete, file_of, listed, opine, record, scheduled
from tests.factories.catalogue import product_at
from tests.factories.people import STAFF, someone
from tests.race import kinds_of, race
from tests.refusals import refused, remembered
from web.candidatures import history_drawn


def test_who_may(cast, at, bench, case):
    people = {**cast.everyone(), **{login: someone(f"x-{login}", role, None, at) for login, role in STAFF.items()}}
    assert {name for name, person in people.items() if can_give_member_opinion(person, case)} == {"hugo"}
    with refused("l'avis revient aux membres du collège"):
        opine(case, bench.coordinator, at)


def test_an_opinion_and_what_the_journal_keeps_of_it(at, bench, case):
    with remembered("boards.MemberOpinionGiven") as entries:
        opine(case, bench.members[0], at, "reserved", ON_LIGHTS, WHOLE, text="Je doute.")
    assert all(words not in entries[0].body for words in ("coupée", "doute"))
    held = MemberOpinion.objects.get()
    assert (held.position, held.held, held.version) == ("reserved", [ON_LIGHTS, WHOLE], 1)
    assert file_of(case).counts == Counts(reserved=1)


def test_changed_over_the_version_that_was_read(at, bench, case):
    (member, *_) = bench.members
    opine(case, member, at, text="Bien.")
    assert opine(case, member, at, text="Bien.") is None
    with pytest.raises(OpinionCrossed) as crossed:
        opine(case, member, at, "abstains")
    assert crossed.value.theirs.text == "Bien."
    opine(case, member, at, "abstains", version=1)
    assert [(one.position, one.version) for one in MemberOpinion.objects.all()] == [("abstains", 2)]
    with refused("Cet avis n'existe plus", code="stale", status=409):
        opine(case, bench.members[1], at, version=3)


@pytest.mark.parametrize(
    ("position", "reservations", "text", "words", "code"),
    [
        ("", [], "", "Choisissez votre avis", "no_position"),
        ("reserved", [Reservation("", "", "", " ")], "", "Écrivez au moins une réserve", "no_reservation"),
        ("reserved", [Reservation("lights", "", "ugly", "x")], "", "Choisissez dans la liste le motif", "no_reason"),
        ("reserved", [Reservation("lights", "", "blocking_evidence", " ")], "", "écrivez ce qui est attendu", "no_reason"),
        ("reserved", [Reservation("radar", "", "blocking_evidence", "x")], "", "n'est pas dans le dossier", "unknown"),
        ("reserved", [Reservation("lights", "ILL-M 1", "blocking_evidence", "x")], "", "n'est pas dans le dossier", "unknown"),
        ("reserved", [Reservation("", "", "blocking_evidence", f"x{one}") for one in range(21)], "", "20 réserves au plus", "too_many"),
        ("recused", [], " ", "ce qui vous lie à cette entreprise", "no_reason"),
        ("favourable", [], "x" * 2001, "2001 caractères", "too_long"),
    ],
)
def test_what_says_too_little_is_refused(at, bench, case, position, reservations, text, words, code):
    with refused(words, code=code, status=400):
        opine(case, bench.members[0], at, position, *reservations, text=text)


def test_only_reservations_of_who_has_some_are_kept(at, bench, case):
    opine(case, bench.members[0], at, "favourable", ON_LIGHTS)
    assert MemberOpinion.objects.get().reservations == []


def test_who_is_linked_to_the_company_is_kept_from_it_and_not_counted(cast, at, bench, case):
    said, silent, other = bench.members
    opine(case, said, at, "reserved", ON_ENGINE)
    opine(case, other, at)
    for member in (said, silent):
        declare_conflict(member, cast.aubepine, "Ancien salarié.", by=member, at=at)
    with refused("vous êtes déporté de ce dossier"):
        opine(case, silent, at)
    with refused("vous êtes déporté de ce dossier"):
        opine(case, said, at, version=1)
    file = file_of(case)
    assert (file.counts, file.written, file.has_quorum) == (Counts(favourable=1, recused=2), [], False)


def test_a_member_may_say_so_for_one_file(at, bench, case):
    opine(case, bench.members[0], at, "recused", text="Mon frère y travaille.")
    assert file_of(case).counts == Counts(recused=1)


def test_not_once_it_left_the_agenda_or_has_an_outcome(cast, at, later, bench, candidature, case):
    record(case, bench.coordinator, later, "postponed")
    with refused("l'état est « Issue consignée »", code="wrong_state", status=409):
        opine(case, bench.members[0], later)
    again = listed(candidature, scheduled(bench.coordinator, later), bench.coordinator, later)
    take_off_agenda(again, by=bench.coordinator, at=later)
    with refused("l'état est « Retiré de l'ordre du jour »", code="wrong_state", status=409):
        opine(again, bench.members[0], later)
    withdraw_candidature(candidature, "Trop tôt.", by=cast.claire, at=later)
    with refused("elle ne passe plus devant le collège", code="wrong_state", status=409):
        opine(again, bench.members[0], later)


def test_the_history_of_the_company_says_nothing_of_it(at, bench, candidature, case):
    opine(case, bench.members[0], at, "reserved", text="Je doute.")
    progress = progress_of(Candidature.objects.select_related("enrolment__subject__company").get(pk=candidature.pk))
    assert "Membre A donne son avis" in history_drawn(progress, names_agency=True)
    told = history_drawn(progress, names_agency=False)
    assert told
    assert "avis" not in told
    assert "Membre" not in told


@pytest.mark.usefixtures("committed_db")
@pytest.mark.slow
def test_members_at_once_are_all_kept_and_one_member_twice_once(cast, at):
    bench = bench_of(at)
    found = complete(boarded_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, cast.ines, at)
    case = listed(found, scheduled(bench.coordinator, at), bench.coordinator, at)
    outcomes = race(*[lambda one=one: opine(case, one, at, text=f"{one.name}") for one in bench.members])
    assert kinds_of(outcomes) == ["MemberOpinionGiven"] * 3
    outcomes = race(*[lambda text=text: opine(case, bench.members[0], at, text=text, version=1) for text in ("Un.", "Deux.", "Trois.")])
    assert sorted(kinds_of(outcomes)) == ["MemberOpinionGiven", "OpinionCrossed", "OpinionCrossed"]
