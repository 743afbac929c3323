"""Do names say something? No drawer for everything, no numbered variable, and each module opens with its question."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.rooms import FLOORS, modules

BANNED = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "service", "handler", "processor", "data", "info"}
NUMBERED = re.compile(r"^[a-z_]*[a-z_]\d+$")
REAL_NAMES = {"sha256", "h1", "h2", "utf8", "base64"}
"""Names of things the world numbered before us."""

OURS = list(modules(*FLOORS))
EVERYTHING = [*OURS, *modules("tests")]


def words_of(name):
    """« read_base_data » → read, base, data; « PersonManager » is Django's word for a class of its own kind."""
    return set(name.strip("_").lower().split("_"))


@pytest.mark.parametrize(("path", "tree"), EVERYTHING, ids=[path for path, _ in EVERYTHING])
def test_no_module_nor_function_has_a_name_that_says_nothing(path, tree):
    stem = path.removesuffix(".py").rsplit("/", 1)[-1]
    functions = [node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    assert [name for name in (stem, *functions) if words_of(name) & BANNED and not name.startswith("test_")] == []


@pytest.mark.parametrize(("path", "tree"), EVERYTHING, ids=[path for path, _ in EVERYTHING])
def test_no_variable_is_numbered(path, tree):
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    assert sorted(name for name in names - REAL_NAMES if NUMBERED.match(name)) == []


@pytest.mark.parametrize(("path", "tree"), EVERYTHING, ids=[path for path, _ in EVERYTHING])
def test_a_module_opens_with_a_sentence(path, tree):
    if not tree.body or path.endswith("/apps.py") or path == "manage.py":
        return
    sentence = ast.get_docstring(tree) or ""
    assert sentence.strip(), f"{path} n'ouvre pas par une phrase"
    assert sentence.strip()[-1] in ".?!:…)»`", f"{path} : « {sentence[-40:]} »"


@pytest.mark.parametrize(("path", "tree"), OURS, ids=[path for path, _ in OURS])
def test_no_print_and_no_todo_without_its_entry(path, tree):
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"]
