"""Do scripts speak the language of the page? What they say is in the catalogue, and said from there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ops.words import AGREED, IN_SCRIPT, SCRIPTS, compiled
from tests.house.saying import FRENCH

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(file for folder in SCRIPTS for file in (ROOT / folder).glob("*.js"))
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|(?<=[;{,] )//.*?$", re.DOTALL | re.MULTILINE)
TEXT = re.compile(r"""(["'`])(.*?)\1""")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_script_says_nothing_in_french_alone(file: Path) -> None:
    code = AGREED.sub("", IN_SCRIPT.sub("", COMMENT.sub("", file.read_text("utf-8"))))
    assert [
        found[2] for found in TEXT.finditer(code) if FRENCH.search(found[2]) and not re.fullmatch(r"[\w.[\]=*~ -]*", found[2], re.ASCII)
    ] == []


def test_what_scripts_say_is_made_from_the_catalogue() -> None:
    compiled()
    body = (ROOT / "static/bundles/words.en.js").read_text("utf-8")
    told = json.loads(body.removeprefix("export default ").removesuffix(";\n"))
    said = {found[2] for file in FILES for found in IN_SCRIPT.finditer(file.read_text("utf-8"))}
    agreed = {f"{found[1]},{found[2]}" for file in FILES for found in AGREED.finditer(file.read_text("utf-8"))}
    assert set(told) <= said | agreed


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", ["Envoi de a.pdf", "0 réponse", "1 réponse", "2 réponses"]), ("en", ["Sending a.pdf", "0 answers", "1 answer", "2 answers"])],
)
def test_a_sentence_is_said_in_the_language_of_the_page(tmp_path: Path, language: str, said: list[str]) -> None:
    node = shutil.which("node", path=f"{ROOT / '.venv/bin'}:{os.environ['PATH']}")
    assert node is not None, "make node_modules/.tests"
    (tmp_path / "js").mkdir()
    (tmp_path / "bundles").mkdir()
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copy(ROOT / "static/js/words.js", tmp_path / "js")
    (tmp_path / "bundles/words.en.js").write_text(
        'export default {"Envoi de {name}": "Sending {name}", "réponse,réponses": "answer,answers"};'
    )
    (tmp_path / "page.js").write_text(
        f"""globalThis.document = {{ documentElement: {{ lang: "{language}" }} }};
        const {{ agreed, said }} = await import("./js/words.js");
        const told = [0, 1, 2].map((count) => agreed(count, "réponse,réponses"));
        console.log(JSON.stringify([said("Envoi de {{name}}", {{ name: "a.pdf" }}), ...told]));"""
    )
    done = subprocess.run([node, tmp_path / "page.js"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == said
