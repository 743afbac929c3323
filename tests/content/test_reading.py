"""What do the files of a pack say? Whatever is wrong is told with its file and its line, and nothing is half read."""

from __future__ import annotations

from pathlib import Path

import pytest

from convergence.content.reading import DEEPEST, LARGEST_FILE, Problem, read_packs
from tests.factories.packs import (
    PROCEDURE,
    QUALIFICATION,
    QUESTIONNAIRE,
    SCALE,
    SMALL,
    TRACK,
    line_with,
    pieces_of,
    read_problems,
    with_change,
    write_pack,
)

TRACK_FILE, SCALE_FILE = "tracks/outdoors.yaml", "scales/steps.yaml"


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_a_good_pack_is_read_in_the_order_of_its_files(tmp_path):
    pieces = pieces_of(tmp_path)
    assert [read.file for read in pieces] == sorted(SMALL)
    assert {read.identity for read in pieces} == {
        ("scales", "steps-1"),
        ("qualification", "product-1"),
        ("questionnaires", "garden-1"),
        ("tracks", "outdoors-1"),
        ("procedures", "gardening-1"),
        ("forms", "request-1"),
        ("requirements", "rules-1"),
    }


def test_nothing_is_read_in_a_folder_without_files(tmp_path):
    pieces, problems = read_packs(tmp_path)
    assert pieces == []
    assert only(problems) == Problem(tmp_path.name, 0, "aucun fichier .yaml dans ce dossier")


@pytest.mark.parametrize(
    ("name", "text", "words", "line"),
    [
        pytest.param(TRACK_FILE, TRACK + "title: Deux fois\n", 'found duplicate key "title"', 8, id="duplicate key"),
        pytest.param(TRACK_FILE, TRACK + "sumary: Faute\n", "sumary : ce nom n'existe pas ici (faute de frappe ?)", 8, id="unknown key"),
        pytest.param(
            SCALE_FILE, with_change(SCALE, "rank: 1,", "rank: premier,"), "levels[2].rank : « premier » n'a pas le type attendu (un nombre entier)", line_with(SCALE, "rank: 1"), id="wrong type"
        ),
        pytest.param(SCALE_FILE, with_change(SCALE, "rank: 1,", "rank: 3,"), "les rangs d'une échelle montent", 1, id="ranks that fall"),
        pytest.param(TRACK_FILE, with_change(TRACK, 'edition: "1"', "edition: 1"), "edition : « 1 » n'a pas le type attendu (un texte ; entre guillemets", 2, id="a number for a word"),
        pytest.param(TRACK_FILE, with_change(TRACK, "code: outdoors", "code: Dehors !"), "n'a pas la forme attendue", 1, id="not a slug"),
        pytest.param(TRACK_FILE, with_change(TRACK, "origin: illustrative\n", ""), "origin : obligatoire et absent", 1, id="missing key"),
        pytest.param(
            TRACK_FILE, with_change(TRACK, "illustrative", "invented"), "« invented » n'est pas admis ; attendu : ", 4, id="unknown origin"
        ),
        pytest.param(
            TRACK_FILE, with_change(TRACK, "origin: illustrative", "origin: seed"), "une origine « seed » ou « public » nomme", 1, id="no source"
        ),
        pytest.param(TRACK_FILE, with_change(TRACK, "title: Dehors\n", 'title: ""\n'), "title.fr : vide", 3, id="empty text"),
        pytest.param(
            "qualification/product.yaml",
            with_change(QUALIFICATION, "when: {question: hosting, in: [outside]}", "when: {question: hosting}"),
            "questions[2].when : « in » accompagne « question »",
            line_with(QUALIFICATION, "when:"),
            id="half a condition",
        ),
        pytest.param(TRACK_FILE, with_change(TRACK, "title: Dehors\n", "title:\n\tfr: Dehors\n"), "YAML illisible", 4, id="tabs"),
        pytest.param(TRACK_FILE, TRACK + "links: [\n", "YAML illisible", 9, id="unclosed list"),
        pytest.param(TRACK_FILE, TRACK + "---\n" + TRACK, "YAML illisible", 8, id="two documents"),
        pytest.param(TRACK_FILE, "- une\n- liste\n", "le fichier doit contenir un objet", 1, id="a list"),
        pytest.param(TRACK_FILE, "", "le fichier doit contenir un objet", 1, id="nothing"),
        pytest.param(TRACK_FILE, "juste des mots\n", "le fichier doit contenir un objet", 1, id="a sentence"),
        pytest.param(TRACK_FILE, TRACK.replace("é", "e").encode() + "# été\n".encode("latin-1"), "n'est pas en UTF-8 (octet ", 0, id="Latin-1"),
        pytest.param(TRACK_FILE, TRACK.encode("utf-16"), "n'est pas en UTF-8 (octet 0)", 0, id="UTF-16"),
        pytest.param(TRACK_FILE, TRACK + "source: a\x00b\n", "YAML illisible", 0, id="a NUL"),
        pytest.param(
            TRACK_FILE,
            with_change(TRACK, "title: Dehors\n", "title: &title Dehors\n").replace("short: Dehors", "short: *title"),
            "les ancres et alias YAML ne sont pas admis",
            5,
            id="an alias",
        ),
        pytest.param(TRACK_FILE, "base: &base\n  title: x\n<<: *base\n" + TRACK, "les ancres et alias YAML ne sont pas admis", 3, id="a merge key"),
        pytest.param(TRACK_FILE, TRACK + "#" + "x" * LARGEST_FILE, f"le fichier dépasse {LARGEST_FILE} octets", 0, id="too large"),
        pytest.param(TRACK_FILE, TRACK + "links: " + "[" * 30 + "]" * 30 + "\n", f"plus de {DEEPEST} niveaux", 0, id="too deep"),
        pytest.param(TRACK_FILE, TRACK + "links: " + "[" * 600 + "]" * 600 + "\n", f"plus de {DEEPEST} niveaux", 0, id="much too deep"),
        pytest.param("pistes/outdoors.yaml", TRACK, "le dossier « pistes » n'existe pas ; un contenu se range dans l'un de : scales, ", 0, id="unknown folder"),
        pytest.param("track.yaml", TRACK, "le dossier « track.yaml » n'existe pas", 0, id="no folder"),
        pytest.param("tracks/again.yaml", TRACK, "« outdoors-1 » est déjà défini dans ", 1, id="same code and edition"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_file_and_its_line(tmp_path, name, text, words, line):
    problem = only(read_problems(tmp_path, {name: text}))
    if "déjà défini" in words:
        assert problem.file == "tracks/outdoors.yaml"  # the second in the order of the names
        assert "tracks/again.yaml" in problem.message
    else:
        assert problem.file == name
    assert words in problem.message
    assert problem.line == line


def test_a_file_is_said_once_for_each_thing_that_is_wrong_in_it_in_the_order_of_the_lines(tmp_path):
    text = with_change(with_change(TRACK, "title: Dehors\n", "titre: Dehors\n"), "origin: illustrative", "origin: invented")
    problems = read_problems(tmp_path, {TRACK_FILE: text})
    assert [(problem.line, problem.message.split(" : ")[0]) for problem in problems] == [(1, "title"), (3, "titre"), (4, "origin")]


def test_a_problem_is_told_as_an_editor_opens_it():
    assert str(Problem("tracks/dmn.yaml", 7, "vide")) == "tracks/dmn.yaml:7 : vide"


def test_the_line_is_that_of_the_thing_wherever_it_is_nested(tmp_path):
    text = with_change(
        QUESTIONNAIRE, "        aim: Savoir si l'on arrose.\n", "        aim: Savoir si l'on arrose.\n        but: Deux fois\n"
    )
    problem = only(read_problems(tmp_path, {"questionnaires/garden.yaml": text}))
    assert problem.line == line_with(text, "but: Deux fois")
    assert problem.message.startswith("sections[1].criteria[2].but")


def test_a_byte_order_mark_is_accepted(tmp_path):
    pieces = pieces_of(tmp_path, {TRACK_FILE: b"\xef\xbb\xbf" + TRACK.encode()})
    assert any(read.identity == ("tracks", "outdoors-1") for read in pieces)


def test_windows_line_ends_are_accepted(tmp_path):
    pieces = pieces_of(tmp_path, {TRACK_FILE: TRACK.replace("\n", "\r\n")})
    assert any(read.identity == ("tracks", "outdoors-1") for read in pieces)


def test_an_ampersand_in_a_sentence_is_only_a_letter(tmp_path):
    text = with_change(TRACK, "summary: Ce qui se fait dehors.", "summary: R&D & essais *en plein air*.")
    (track,) = [read.piece for read in pieces_of(tmp_path, {TRACK_FILE: text}) if read.kind == "tracks"]
    assert str(track.summary) == "R&D & essais *en plein air*."


def test_the_alias_bomb_costs_nothing(tmp_path):
    """Nine levels of nine aliases each are three billion words: refused before anything is built."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    problem = only(read_problems(tmp_path, {TRACK_FILE: "\n".join(lines) + "\n"}))
    assert problem == Problem(TRACK_FILE, 2, "les ancres et alias YAML ne sont pas admis : écrivez la valeur")


@pytest.mark.parametrize("value", ["!!python/object/apply:os.system [echo]", "!secret {fr: Dehors}", "!!binary aGVsbG8="])
def test_a_tag_is_refused_and_builds_nothing(tmp_path, value):
    text = with_change(TRACK, "title: Dehors\n", f"title: {value}\n")
    problem = only(read_problems(tmp_path, {TRACK_FILE: text}))
    assert (problem.file, problem.line) == (TRACK_FILE, 3)
    assert "étiquette" in problem.message


def test_no_is_a_word_and_not_a_boolean(tmp_path):
    """YAML 1.2: what a French author writes « no » or « off » stays what it is."""
    text = (
        QUALIFICATION.replace("{code: inside,", "{code: no,")
        .replace("{code: outside,", "{code: off,")
        .replace("in: [outside]", "in: [off]")
    )
    (qualification,) = [read.piece for read in pieces_of(tmp_path, {"qualification/product.yaml": text}) if read.kind == "qualification"]
    assert [choice.code for choice in qualification.questions[0].choices] == ["no", "off"]


def test_one_bad_file_does_not_hide_the_others(tmp_path):
    problems = read_problems(tmp_path, {TRACK_FILE: "", SCALE_FILE: "[", "procedures/gardening.yaml": PROCEDURE + "nope: 1\n"})
    assert [problem.file for problem in problems] == ["procedures/gardening.yaml", SCALE_FILE, TRACK_FILE]


def test_a_file_whose_name_ends_otherwise_is_not_passed_over_in_silence(tmp_path):
    problem = only(read_problems(tmp_path, {"tracks/indoors.yml": TRACK}))
    assert (problem.file, problem.line) == ("tracks/indoors.yml", 0)
    assert ".yaml" in problem.message


def test_the_pack_is_read_where_it_stands(tmp_path):
    """A pack may be anywhere: its files are named from its own folder."""
    write_pack(tmp_path / "deep" / "down")
    pieces, problems = read_packs(Path(tmp_path) / "deep" / "down")
    assert problems == []
    assert pieces[0].file == "forms/request.yaml"


def test_a_blind_look_is_a_second_look(tmp_path):
    text = with_change(PROCEDURE, "title: Première}", "title: Première, blind_second_look: true}")
    problem = only(read_problems(tmp_path, {"procedures/gardening.yaml": text}))
    assert "« blind_second_look » précise « second_look », qui manque" in problem.message
    assert problem.line == line_with(text, "code: first")
