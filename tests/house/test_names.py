"""Do names say something? No drawer for everything, no numbered variable, and each module opens with its question."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house.rooms import FLOORS, modules

BANNED = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "service", "handler", "processor", "data", "info"}
NUMBERED = re.compile(r"^[a-z_]*[a-z_]\d+$")
REAL_NAMES = {"sha256", "report_sha256", "handler400", "handler403", "handler404", "handler500"}
"""Names the world numbered before us."""
ENDS = (".", "?", "!", ":", "…", ")", "»", "`")

OURS = list(modules(*FLOORS))
EVERYTHING = [*OURS, *modules("tests")]


CALLED = {"handle_data"}
"""Names that the standard library calls."""


def words_of(name):
    """« read_base_data » → read, base, data."""
    return set(name.strip("_").lower().split("_"))


def defined(tree, *kinds):
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_no_module_nor_function_has_a_name_that_says_nothing():
    found = []
    for path, tree in EVERYTHING:
        functions = {name for name in defined(tree, ast.FunctionDef, ast.AsyncFunctionDef) if not name.startswith("test_")}
        found += [f"{path} : {name}" for name in {Path(path).stem, *functions} - CALLED if words_of(name) & BANNED]
    assert found == []


def test_no_variable_is_numbered():
    found = []
    for path, tree in EVERYTHING:
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        names |= defined(tree, ast.FunctionDef, ast.ClassDef)
        found += [f"{path} : {name}" for name in names - REAL_NAMES if NUMBERED.match(name)]
    assert found == []


def test_every_module_opens_with_a_sentence():
    found = []
    for path, tree in EVERYTHING:
        sentence = (ast.get_docstring(tree) or "").strip()
        wordless = not tree.body or path.endswith("/apps.py")
        if not wordless and not sentence.endswith(ENDS):
            found.append(f"{path} : {sentence[-40:] or 'rien'}")
    assert found == []


def test_nothing_is_printed():
    printing = [
        path for path, tree in OURS for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert printing == []
