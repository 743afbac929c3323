"""Is everything that is installed named, and known by its digest? What can be told without asking anyone.

Offline, nobody can say which version has since been found vulnerable or taken back by its author: that is asked of a
registry, by hand (`pip-audit -r requirements/production.txt`, `npm audit`), and is not claimed here.
"""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.rooms import ROOT

LISTS = ("production", "tests", "node")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]+\])?==(?P<version>[^\s;\\]+)")
MAY_RUN_AT_INSTALL = {"node_modules/esbuild"}
"""Of the npm packages, the only one that runs something of its own when it is installed: it fetches nothing, it checks its binary."""


def locked(name: str) -> dict[str, str]:
    """Package → version of a list, each line of which must be a pin followed by its digests."""
    found: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", (ROOT / "requirements" / f"{name}.txt").read_text().strip()):
        if block.startswith("#"):
            continue
        pin = PIN.match(block)
        assert pin, f"{name} : « {block.splitlines()[0]} » n'est pas une version exacte"
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), f"{name} : {pin['name']} sans empreinte"
        assert not re.search(r"https?://|git\+|--index-url|--find-links|--trusted-host", block), f"{name} : {pin['name']} nomme un dépôt"
        key = canonicalize_name(pin["name"])
        assert key not in found, f"{name} : {key} deux fois"
        found[key] = pin["version"]
    return found


@pytest.mark.parametrize("name", LISTS)
def test_every_package_is_one_version_known_by_its_digests(name: str) -> None:
    assert locked(name)


def test_the_tests_run_on_what_production_runs() -> None:
    tests, production = locked("tests"), locked("production")
    assert {name: tests.get(name) for name in production} == production


def test_what_the_project_asks_for_is_in_the_lists_in_a_version_it_accepts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name, asked in (("production", project["dependencies"]), ("tests", project["optional-dependencies"]["test"])):
        have = locked(name)
        for line in asked:
            wanted = Requirement(line)
            found = have.get(canonicalize_name(wanted.name))
            assert found is not None, f"{name} : {wanted.name} manque"
            assert wanted.specifier.contains(found, prereleases=True), f"{name} : {wanted.name} {found}"


def test_what_is_installed_here_is_what_is_locked() -> None:
    """A package changed by hand in the environment would make the other tests lie."""
    assert {name: version(name) for name in locked("tests")} == locked("tests")


def test_every_npm_package_is_known_by_its_digest_and_runs_nothing_when_installed() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["lockfileVersion"] >= 3
    packages = {place: one for place, one in lock["packages"].items() if place}
    assert packages
    for place, one in packages.items():
        assert one["integrity"].startswith("sha512-"), place
        assert "resolved" not in one, place
        assert not one.get("hasInstallScript") or place in MAY_RUN_AT_INSTALL, place
    asked = json.loads((ROOT / "package.json").read_text())
    assert lock["packages"][""].get("dependencies") == asked["dependencies"]
    assert lock["packages"][""].get("devDependencies") == asked["devDependencies"]
