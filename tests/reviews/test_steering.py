"""How long things take, read from the journal: stays at the agency, percentiles, weeks; and the page that shows them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from convergence.candidatures.actions import Correction, accept_step, request_changes, save_form, submit_step, withdraw_candidature
from convergence.decisions.actions import decide_step
from convergence.reviews.actions import take_candidature
from convergence.reviews.rules import FEWEST, Stay, Turn, awaiting_at, percentile, stays
from convergence.reviews.steering import steering
from foundation.accounts.rights import Role
from tests.factories.candidatures import begun, fill_in, give_document, step_of, typed
from tests.factories.catalogue import product_at
from tests.factories.decisions import QUEUED, judged_of, judgement, judges, proposed
from tests.factories.pages import text_of
from tests.factories.people import someone

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def turns(at, *does):
    return [Turn(1, "dossier", at + rank * DAY, one) for rank, one in enumerate(does)]


@pytest.mark.parametrize(
    ("does", "days"),
    [
        ((), []),
        (("begins",), [None]),
        (("begins", "ends"), [1]),
        (("begins", "ends", "begins", "ends"), [1, 1]),  # each return is a stay
        (("begins", "begins", "ends"), [2]),  # from the first time
        (("ends", "begins"), [None]),
        (("begins", "stops", "ends"), []),  # withdrawn: no delay to count
    ],
)
def test_stays_at_the_agency(at, does, days):
    assert [stay.days if stay.ended_at else None for stay in stays(turns(at, *does))] == days


def test_what_stops_one_candidature_stops_no_other(at):
    found = stays([Turn(1, "a", at, "begins"), Turn(2, "a", at, "begins"), Turn(1, "", at + DAY, "stops"), Turn(2, "a", at + DAY, "ends")])
    assert found == [Stay(2, "a", at, at + DAY)]


@given(st.lists(st.floats(0, 1000), min_size=FEWEST, max_size=60), st.integers(1, 100))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values, share):
    found = percentile(values, share)
    assert found in values
    assert sum(1 for one in values if one <= found) * 100 >= share * len(values)
    assert sum(1 for one in values if one < found) * 100 < share * len(values)


def test_too_few_say_nothing():
    assert percentile([1.0] * (FEWEST - 1), 50) is None
    assert percentile([1.0, 2.0, 3.0, 4.0, 5.0], 50) == 3.0


def test_who_awaited_at_a_moment(at):
    found = [Stay(1, "a", at, at + DAY), Stay(1, "b", at, None), Stay(2, "a", at + DAY, None)]
    assert [awaiting_at(found, at + rank * DAY / 2) for rank in (-1, 0, 1, 2, 3)] == [0, 1, 1, 2, 2]


@pytest.fixture
def one(cast, at, packs):
    def handed_over(name):
        enrolment = judged_of(product_at("active", cast.claire, at, name=name), cast.claire, at, packs, QUEUED)
        candidature = begun(enrolment, cast.claire, at)
        give_document(fill_in(step_of(candidature), cast.claire, at), "BREVET", cast.claire, at, content=name.encode())
        submit_step(step_of(candidature), by=cast.claire, at=at)
        return candidature

    return handed_over


def test_read_from_what_happened(cast, at, one):
    bench = judges(at)
    first, gone, waiting = one("Un"), one("Deux"), one("Trois")
    request_changes(step_of(first), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=at + 2 * DAY)
    again = step_of(first)
    save_form(again, typed(again, {"pilot": "Claire P."}), by=cast.claire, at=at + 9 * DAY)
    submit_step(step_of(first), by=cast.claire, at=at + 9 * DAY)
    accept_step(step_of(first), "", by=cast.ines, at=at + 10 * DAY)
    proposed(first, cast.ines, at + 11 * DAY, "granted")
    decide_step(judgement(first), over=1, by=bench.signatory, at=at + 15 * DAY)
    withdraw_candidature(gone, "Trop tôt.", by=cast.claire, at=at + DAY)
    past = steering(at + 16 * DAY, 92)
    assert {delay.title: (delay.count, delay.median, delay.target) for delay in past.delays} == {
        "Dossier": (2, None, 10),  # two days, then one: the seven days of the company do not count
        "Jugement": (1, None, None),  # five days, since it was handed to the agency
    }
    assert (past.received, past.ended) == (0, 1)
    assert [week.awaiting for week in past.weeks][-1] == 1  # Trois
    assert steering(at + 16 * DAY, 92, "essai-de-vol").delays == []
    assert waiting.pk


@pytest.fixture
def coordinator(db, at):
    return someone("coordinatrice", Role.COORDINATOR, None, at)


def test_the_page_and_its_table(cast, at, one, browse, coordinator, monkeypatch):
    found = one("=1+1")
    take_candidature(found, by=cast.ines, at=at)
    monkeypatch.setattr("web.agency.steering.now", lambda: at + 12 * DAY)
    client = browse(coordinator)
    text = text_of(client.get(reverse("agency:steering")))
    assert "2 jours" in text  # ten days, over since the midnight of the eleventh
    assert "Inès" in text
    assert "Aucune étape n’a encore été rendue" in text
    accept_step(step_of(found), "", by=cast.ines, at=at + 2 * DAY)
    assert "Pas assez de dossiers" in text_of(client.get(reverse("agency:steering") + "?periode=12&demarche=essai-de-jugement"))
    table = b"".join(client.get(reverse("agency:steering_table")).streaming_content).decode("utf-8-sig").splitlines()
    assert table[0].startswith("Numéro;Démarche;Produit")
    assert len(table) == 2
    assert f"{found.number};Essai de jugement;'=1+1" in table[1]
    assert table[1].endswith(";Inès")


def test_who_may_open_it(cast, at, browse, coordinator):
    assert browse(someone("auditrice", Role.AUDITOR, None, at)).get(reverse("agency:steering")).status_code == 200
    for person in (cast.ines, cast.hugo, cast.claire):
        assert browse(person).get(reverse("agency:steering")).status_code == 404
        assert browse(person).get(reverse("agency:steering_table")).status_code == 404


def test_the_cost_does_not_grow(cast, at, one, browse, coordinator, django_assert_num_queries):
    client, page = browse(coordinator), reverse("agency:steering")
    one("Un")
    client.get(page)
    with django_assert_num_queries(8):
        client.get(page)
    for name in ("Deux", "Trois"):
        accept_step(step_of(one(name)), "", by=cast.ines, at=at + DAY)
    with django_assert_num_queries(8):
        client.get(page)
