"""Which rooms are there, in which order? Read from the one place that says it: the contracts of `pyproject.toml`."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("config", "foundation", "convergence", "web", "ops")


@cache
def contracts() -> dict[str, dict[str, Any]]:
    written = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["name"]: contract for contract in written["tool"]["importlinter"]["contracts"]}


@cache
def order_of_rooms() -> dict[str, int]:
    """« foundation.accounts » → how high it stands; rooms of one storey may share a height."""
    heights: dict[str, int] = {}
    for name in ("The foundation has its own order", "The story is read one way"):
        (container,) = contracts()[name]["containers"]
        for layer in reversed(contracts()[name]["layers"]):
            height = max(heights.values(), default=0) + 1
            for room in re.findall(r"\w+", layer):
                heights[f"{container}.{room}"] = height
    return heights


def rooms_with(furniture: str) -> list[str]:
    """The rooms that have a file of this name, from the lowest to the highest."""
    furnished = [room for room in order_of_rooms() if (spec := find_spec(room)) and spec.submodule_search_locations]
    return [room for room in furnished if find_spec(f"{room}.{furniture}")]


def furniture_of(room: str, furniture: str) -> ModuleType:
    return import_module(f"{room}.{furniture}")


def modules(*places: str) -> Iterator[tuple[str, ast.Module]]:
    """Every Python file of these folders with its tree, migrations excepted: those are written by a machine."""
    for place in places:
        for path in sorted((ROOT / place).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())
