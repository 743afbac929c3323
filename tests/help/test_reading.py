"""What do the files say, and what is wrong with them? Each problem with its file and its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundation.help.reading import LARGEST_FILE, read_help
from tests.factories.help import ENTRY, FACETS, OTHER


def read(folder: Path, *, entry: str = ENTRY, other: str | None = OTHER, facets: str | None = FACETS):
    if facets is not None:
        (folder / "facets.yaml").write_text(facets)
    (folder / "delai.md").write_text(entry)
    if other is not None:
        (folder / "autre.md").write_text(other)
    return read_help(folder, {"pecan"})


def told(folder: Path, **files: str | None) -> list[str]:
    pack, problems = read(folder, **files)
    assert pack is None
    return [str(problem) for problem in problems]


def test_a_pack_that_holds_together(tmp_path):
    pack, problems = read(tmp_path)
    assert problems == []
    assert pack is not None
    reply = next(one for one in pack.replies if one.code == "delai")
    assert (reply.fr.question, reply.fr.short, reply.fr.details) == (
        "Quel est le délai\u202f?",
        "Soixante jours.",
        "Sans compter l’attente.",
    )
    assert (reply.en.short, reply.en.details, reply.fr.words, reply.en.words) == ("Sixty days.", "", ("durée",), ("duration",))
    assert reply.flat_facets == ["offre:dmn"]
    assert reply.wording("en") is reply.en
    assert pack.facets.facets[0].choices[0].word("en") == "Devices"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("offre: [dmn]", "offres: [dmn]", 5, "la question « offres » n'existe pas ; attendu : offre"),
        ("offre: [dmn]", "offre: [dnm]", 5, "« dnm » n'est pas un choix de « offre »"),
        ("procedures: [pecan]", "procedures: [pekan]", 6, "la démarche « pekan » n'existe pas"),
        ("related: [autre]", "related: [ailleurs]", 7, "la réponse « ailleurs » n'existe pas"),
        ("related: [autre]", "related: [delai]", 7, "la réponse « delai » n'existe pas"),
        ("[en]\n# How long does it take?\nSixty days.\n", "", 10, "la réponse manque en « [en] »"),
        ("# How long does it take?\n", "How long does it take?\n", 16, "« [en] » : une ligne « # question ? », puis la réponse"),
        ("Sixty days.\n", "", 16, "« [en] » : une ligne « # question ? », puis la réponse"),
        ("code: delai", "code: Délai", 2, "code : valeur refusée ('Délai')"),
        ("code: delai", "code: autrement", 2, "le fichier d'une réponse porte son code : « autrement.md »"),
        ("origin: illustrative", "origin: seed", 1, "fichier : une origine « seed » ou « public » nomme sa « source »"),
        ("origin: illustrative", "origine: illustrative", 3, "origine : ce nom n'existe pas ici (faute de frappe ?)"),
        ("# Quel est le délai ?", "# Quoi ?", 10, "fr.question : vide ou trop court"),
        ("Sixty days.", "Sixty \ue000 days.", 15, "en.short : le texte contient un caractère à usage privé"),
        ("Sixty days.", "Sixty days. " * 100, 15, "en.short : trop long"),
        ("facets:\n", "facets: {}\nfacettes:\n", 4, "facets : vide"),
        ("code: delai", "code: [delai", 3, "YAML illisible"),
        ("code: delai", "code: delai\ncode: delai", 3, "YAML illisible"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path, old, new, line, words):
    assert old in ENTRY
    found = told(tmp_path, entry=ENTRY.replace(old, new))
    assert any(one.startswith(f"delai.md:{line} : ") and words in one for one in found), found


def test_a_file_without_its_head(tmp_path):
    assert told(tmp_path, entry="[fr]\n# Une question ?\n") == [
        "delai.md:1 : le fichier commence par un en-tête entre deux lignes « --- »",
    ]


def test_a_head_that_is_no_object(tmp_path):
    assert "delai.md:2 : des noms et leurs valeurs sont attendus (« code: … »)" in told(tmp_path, entry="---\n- un\n---\n[fr]\n# Une question ?\nA\n[en]\n# A question?\nB\n")  # fmt: skip


def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "latin.md").write_bytes("---\ncode: é".encode("latin-1"))
    (tmp_path / "long.md").write_text("x" * (LARGEST_FILE + 1))
    found = told(tmp_path)
    assert "latin.md:0 : le fichier n'est pas en UTF-8" in found
    assert f"long.md:0 : le fichier dépasse {LARGEST_FILE} octets" in found


def test_the_five_questions_are_needed(tmp_path):
    assert "facets.yaml:0 : le fichier des cinq questions manque" in told(tmp_path, facets=None)
    assert any(one.startswith("facets.yaml:1 : ") for one in told(tmp_path, facets=FACETS.replace("fr: Offre, ", "")))
    assert any(one.startswith("facets.yaml:") and "YAML illisible" in one for one in told(tmp_path, facets="facets: ["))
    assert any("est pas" in one or "manque" in one or "obligatoire" in one for one in told(tmp_path, facets="facettes: []"))


def test_an_empty_folder_is_no_help(tmp_path):
    (tmp_path / "facets.yaml").write_text(FACETS)
    pack, problems = read_help(tmp_path, set())
    assert pack is None
    assert [problem.message for problem in problems] == ["aucune réponse dans ce dossier"]
