"""Does the house stand? Imports go down the stairs, and every room is on them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rooms import ROOT, contracts, order_of_rooms, rooms_with


@pytest.mark.slow
def test_every_contract_is_kept():
    """Slow: the whole graph of imports is read."""
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert f"Contracts: {len(contracts())} kept, 0 broken." in told.stdout


def test_the_contracts_are_those_of_the_house():
    assert set(contracts()) == {
        "Three floors",
        "The story is read one way",
        "The foundation has its own order",
        "Every room has the same anatomy",
        "Faces never touch tables",
        "Rules are plain Python",
    }
    assert contracts()["The story is read one way"]["exhaustive"]
    assert contracts()["The foundation has its own order"]["exhaustive"]


def test_every_furnished_room_has_the_anatomy_of_the_others():
    assert set(rooms_with("models")) <= set(contracts()["Every room has the same anatomy"]["containers"])


def test_the_story_is_in_its_order():
    heights = order_of_rooms()
    story = ["content", "catalogue", "evidence", "assessments", "candidatures", "decisions", "certificates", "wiring"]
    assert [heights[f"convergence.{room}"] for room in story] == sorted({heights[f"convergence.{room}"] for room in story})
    assert max(heights[room] for room in heights if room.startswith("foundation.")) < heights["convergence.content"]
