"""Which moves does a state allow? One table, which refuses what it does not name and draws itself."""

from __future__ import annotations

import pytest

from foundation.core.verdict import Refused
from foundation.core.workflow import Move, Workflow

LIFE = Workflow(
    name="plante",
    initial="seed",
    states={"seed": "Graine", "grown": "Poussée", "cut": "Coupée"},
    moves=(
        Move("water", ("seed",), "grown", by="company"),
        Move("water", ("grown",), "grown", by="company"),
        Move("cut", ("seed", "grown"), "cut", by="agency"),
    ),
)


@pytest.mark.parametrize(
    ("verb", "state", "target"),
    [
        ("water", "seed", "grown"),
        ("water", "grown", "grown"),
        ("water", "cut", None),
        ("cut", "seed", "cut"),
        ("cut", "grown", "cut"),
        ("cut", "cut", None),
        ("burn", "seed", None),
    ],
)
def test_a_verb_leads_where_the_table_says_or_is_refused(verb, state, target):
    assert LIFE.allows(verb, state) is (target is not None)
    if target is not None:
        assert LIFE.after(verb, state) == target
        return
    with pytest.raises(Refused) as caught:
        LIFE.after(verb, state)
    assert LIFE.states[state] in caught.value.reason  # in the person's words, not ours
    assert (caught.value.code, caught.value.status) == ("wrong_state", 409)


@pytest.mark.parametrize(
    ("initial", "move"),
    [
        ("nowhere", Move("water", ("seed",), "grown", by="company")),
        ("seed", Move("water", ("nowhere",), "grown", by="company")),
        ("seed", Move("water", ("seed",), "nowhere", by="company")),
    ],
)
def test_a_table_that_names_an_unknown_state_cannot_be_built(initial, move):
    with pytest.raises(ValueError, match=r"plante: états inconnus \['nowhere'\]"):
        Workflow(name="plante", initial=initial, states={"seed": "Graine", "grown": "Poussée"}, moves=(move,))


def test_the_drawing_shows_every_state_and_every_move():
    assert LIFE.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> seed",
        "    seed : Graine",
        "    grown : Poussée",
        "    cut : Coupée",
        "    seed --> grown : water (company)",
        "    grown --> grown : water (company)",
        "    seed --> cut : cut (agency)",
        "    grown --> cut : cut (agency)",
    ]
