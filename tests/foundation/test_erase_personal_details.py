"""The details of a closed account: proposed by one, erased by another; the journal loses names and addresses, never its chain."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from foundation.accounts.actions import (
    close_account,
    decide_personal_erasure,
    decline_personal_erasure,
    end_seat,
    give_seat,
    propose_personal_erasure,
    record_sign_in,
)
from foundation.accounts.models import PersonalErasure
from foundation.accounts.permissions import can_decide_personal_erasure, can_propose_personal_erasure
from foundation.accounts.queries import personal_erasure_of
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from foundation.journal.models import Entry
from foundation.journal.queries import breaks_of_the_chain
from tests.factories.pages import text_of
from tests.factories.people import STAFF, fresh, seat_of, someone
from tests.refusals import refused, remembered


@pytest.fixture
def staff(db, at):
    return {login: someone(login, role, None, at) for login, role in STAFF.items()}


@pytest.fixture
def gone(cast, at):
    """A representative who did something, left and closed their account."""
    person = someone("partante", Role.REPRESENTATIVE, cast.aubepine, at, name="Nom À Oublier")
    record_sign_in(person, by=person, at=at)
    end_seat(seat_of(person, cast.aubepine), by=person, at=at)
    close_account(fresh(person), by=fresh(person), at=at)
    return fresh(person)


@pytest.fixture
def proposed(gone, staff, at):
    propose_personal_erasure(gone, "À sa demande.", by=staff["support"], at=at)
    return personal_erasure_of(gone)


def kept(person):
    return [entry for entry in Entry.objects.filter(by=person.key) if entry.details is not None]


def test_erased_by_another_the_chain_stays_whole(cast, at, staff, gone, proposed):
    assert kept(gone)
    with remembered("accounts.PersonalErasureDecided") as entries:
        decide_personal_erasure(proposed, by=staff["coordinator"], at=at)
    assert kept(gone) == []
    again = fresh(gone)
    assert (again.name, again.email) == (f"Compte effacé n° {gone.pk}", f"compte-{gone.pk}@efface.invalid")
    assert not again.has_usable_password()
    assert not Entry.objects.filter(details__icontains="Nom À Oublier").exists()
    assert "Oublier" not in entries[0].body
    assert personal_erasure_of(gone).entries > 0
    assert breaks_of_the_chain() == []


def test_nobody_elses_details_go_with_them(cast, at, staff, gone, proposed):
    record_sign_in(cast.claire, by=cast.claire, at=at)
    before = len(kept(cast.claire))
    decide_personal_erasure(proposed, by=staff["coordinator"], at=at)
    assert len(kept(cast.claire)) == before > 0


def test_who_may(cast, at, staff, gone, proposed):
    both = someone("double", Role.SUPPORT, None, at)
    give_seat(both, Role.COORDINATOR, None, by=SYSTEM, at=at)
    people = {**cast.everyone(), **staff, "both": fresh(both)}
    assert {name for name, one in people.items() if can_propose_personal_erasure(one, gone)} == {"support", "both"}
    assert {name for name, one in people.items() if can_decide_personal_erasure(one, proposed)} == {"coordinator", "both"}
    PersonalErasure.objects.filter(pk=proposed.pk).update(proposed_by=both)
    with refused("Vous avez proposé cet effacement : une autre personne en décide."):
        decide_personal_erasure(PersonalErasure.objects.get(pk=proposed.pk), by=people["both"], at=at)


def test_the_database_itself_wants_two_people(at, staff, proposed):
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonalErasure.objects.filter(pk=proposed.pk).update(state="erased", settled_at=at, settled_by=staff["support"])


def test_only_of_an_account_that_is_closed(cast, at, staff):
    with refused("Ce compte est encore ouvert", code="wrong_state", status=409):
        propose_personal_erasure(cast.karim, "À sa demande.", by=staff["support"], at=at)


def test_once_and_with_a_reason(at, staff, gone):
    with refused("Écrivez pourquoi", code="no_reason", status=400):
        propose_personal_erasure(gone, "  ", by=staff["support"], at=at)
    with refused("1001 caractères, pour 1000 au plus", code="too_long", status=400):
        propose_personal_erasure(gone, "x" * 1001, by=staff["support"], at=at)
    propose_personal_erasure(gone, "À sa demande.", by=staff["support"], at=at)
    with refused("déjà proposé, ou fait", code="duplicate", status=409):
        propose_personal_erasure(gone, "Encore.", by=staff["support"], at=at)
    decline_personal_erasure(personal_erasure_of(gone), by=staff["coordinator"], at=at)
    assert kept(gone)
    propose_personal_erasure(gone, "Encore.", by=staff["support"], at=at)
    decide_personal_erasure(personal_erasure_of(gone), by=staff["coordinator"], at=at)
    with refused("l'état est « Effacé »", code="wrong_state", status=409):
        decide_personal_erasure(personal_erasure_of(gone), by=staff["coordinator"], at=at)


def test_from_one_desk_to_the_other(cast, at, staff, gone, browse):
    support, coordinator = browse(staff["support"]), browse(staff["coordinator"])
    page = reverse("agency:closed_account", args=[gone.pk])
    assert "Nom À Oublier" in text_of(support.get(reverse("agency:closed_accounts")))
    assert support.post(page, {"propose": "1", "reason": " "}).status_code == 400
    support.post(page, {"propose": "1", "reason": "À sa demande."})
    assert "La coordination décide de l'effacement" in text_of(support.get(page))
    assert support.post(page, {"decide": "1"}).status_code == 403
    text = text_of(coordinator.post(page, {"decide": "1"}, follow=True))
    assert f"Compte effacé n° {gone.pk}" in text
    assert "Nom À Oublier" not in text
    assert "Aucun compte n’est fermé." in text_of(support.get(reverse("agency:closed_accounts")))
    assert support.get(reverse("agency:closed_account", args=[cast.claire.pk])).status_code == 404
    for person in (cast.ines, cast.claire):
        assert browse(person).get(page).status_code == 404
