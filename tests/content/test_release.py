"""What has been published? Written once, superseded only, and what came before stays readable."""

from __future__ import annotations

import random

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from convergence.content import library as shelves
from convergence.content.actions import PackRefused, publish_release
from convergence.content.library import NoContent, forget_library, library
from convergence.content.models import PublishedPiece, Release
from convergence.content.reading import read_packs
from convergence.content.release import digest_of_release, digested, superseding_problems
from foundation.journal.actor import SYSTEM
from tests.factories.packs import DAY, PROCEDURE, QUESTIONNAIRE, SMALL, TRACK, pieces_of, with_change, write_pack
from tests.refusals import refused, remembered

QUESTIONNAIRE_FILE = "questionnaires/garden.yaml"
SECOND_EDITION = with_change(QUESTIONNAIRE, 'edition: "1"\ntitle: Jardin', 'edition: "2"\ntitle: Jardin')
SECOND_PROCEDURE = with_change(with_change(PROCEDURE, 'edition: "1"', 'edition: "2"'), "garden-1", "garden-2")


@pytest.fixture
def small(cast, tmp_path, at):
    """The small pack, published over the real ones as their next release."""
    pieces = pieces_of(tmp_path / "small")
    publish_release(pieces, by=SYSTEM, at=at)
    forget_library()
    return pieces


def published():
    return Release.objects.count(), PublishedPiece.objects.count()


# — Publishing —


def test_a_release_is_numbered_dated_and_remembered(cast, tmp_path, at):
    before = Release.objects.order_by("-number").first()
    with remembered("content.ReleasePublished") as entries:
        event = publish_release(pieces_of(tmp_path), by=SYSTEM, at=at)
    release = Release.objects.order_by("-number").first()
    assert (release.number, release.published_at, release.published_by) == (before.number + 1, at, "system")
    assert sorted(piece.key for piece in release.pieces.all()) == sorted(event.new_pieces)
    assert entries[0].about == f"release:{release.pk}"


def test_what_is_already_in_force_is_not_published_again(small, at):
    before = published()
    with refused("Ces contenus sont déjà ceux de la version", code="unchanged"):
        publish_release(small, by=SYSTEM, at=at)
    assert published() == before


@pytest.mark.parametrize("who", ["claire", "karim", "zoe", "ines", "hugo"])
def test_nobody_but_the_operators_command_publishes(cast, tmp_path, at, who):
    before = published()
    with refused("La publication se fait par la commande d'exploitation."):
        publish_release(pieces_of(tmp_path), by=cast.everyone()[who], at=at)
    assert published() == before


def test_a_pack_with_one_problem_publishes_nothing(cast, tmp_path, at):
    pieces = pieces_of(tmp_path, {"procedures/gardening.yaml": with_change(PROCEDURE, "track: outdoors", "track: outdors")})
    before = published()
    with refused("Contenus refusés, rien n'est publié. À corriger :\n  procedures/gardening.yaml:5 : ", code="pack_refused") as caught:
        publish_release(pieces, by=SYSTEM, at=at)
    assert isinstance(caught.value, PackRefused)
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [("procedures/gardening.yaml", 5)]
    assert published() == before


def test_a_published_edition_never_changes_and_with_it_nothing_is_published(small, tmp_path, at):
    changed = pieces_of(
        tmp_path / "changed",
        {
            QUESTIONNAIRE_FILE: with_change(QUESTIONNAIRE, "Savoir si l'on arrose.", "Savoir si l'on arrose assez."),
            "tracks/indoors.yaml": with_change(TRACK, "code: outdoors", "code: indoors"),
        },
    )
    before = published()
    with refused("questionnaires/garden.yaml:1 : l'édition « garden-1 » est publiée et ne peut plus changer", code="pack_refused"):
        publish_release(changed, by=SYSTEM, at=at)
    assert published() == before
    assert not PublishedPiece.objects.filter(key="indoors-1").exists()


def test_a_new_edition_is_a_new_release_and_the_old_one_stays_readable(small, tmp_path, at):
    first = library()
    old_procedure = first.procedure_in_force("gardening", DAY)
    pieces = pieces_of(tmp_path / "next", {QUESTIONNAIRE_FILE: SECOND_EDITION, "procedures/gardening.yaml": SECOND_PROCEDURE})
    with remembered("content.ReleasePublished"):
        event = publish_release(pieces, by=SYSTEM, at=at)
    assert sorted(event.new_pieces) == ["garden-2", "gardening-2"]
    forget_library()
    shelf = library()
    assert shelf.number == first.number + 1
    assert shelf.procedure_in_force("gardening", DAY).key == "gardening-2"
    assert shelf.procedure("gardening-1") == old_procedure
    assert [use.questionnaire for use in shelf.uses_of(old_procedure, "product")] == ["garden-1"]
    assert [criterion.code for _, criterion in shelf.criteria("garden-1")] == ["ILL-01", "ILL-02"]
    assert [procedure.key for procedure, _ in shelf.procedures_using("garden-1", "product", DAY)] == []


def test_what_leaves_the_folder_leaves_the_release_and_not_the_shelf(small, tmp_path, at):
    files = {name: text for name, text in SMALL.items() if name != "forms/request.yaml"}
    pieces = [piece for piece in small if piece.file in files]
    publish_release(pieces, by=SYSTEM, at=at)
    forget_library()
    assert library().kinds()["forms"] == []
    assert library().piece("forms", "request-1").title.fr == "Demande"


def test_the_real_content_stays_readable_under_another_release(small):
    procedure = library().procedure("evaluation-socles-2023")
    assert procedure.uses[0].questionnaire == "interoperabilite-2021"
    assert library().track(procedure.track).code == "doctrine"
    assert library().procedure_in_force("evaluation-socles", DAY) is None


# — The database —


@pytest.mark.parametrize("table", ["content_publishedpiece", "content_release", "content_release_pieces"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_is_published(cast, table, statement):
    with pytest.raises(IntegrityError, match=f"{table} is written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("table", ["content_publishedpiece", "content_release", "content_release_pieces"])
def test_the_database_refuses_to_empty_what_is_published(cast, table):
    with pytest.raises(IntegrityError, match="may not be emptied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL convergence.scratch = off")
        cursor.execute(f"TRUNCATE {table} CASCADE")


# — Digests, without a database —


def digests(pieces):
    return {one.key: one.digest for one in digested(pieces)}


def test_the_digest_does_not_depend_on_the_order_of_the_files(tmp_path):
    pieces = pieces_of(tmp_path)
    shuffled = random.Random(7).sample(pieces, len(pieces))
    assert shuffled != pieces
    assert digest_of_release(digested(shuffled)) == digest_of_release(digested(pieces))


def test_the_digest_does_not_depend_on_the_names_of_the_files(tmp_path):
    pieces = pieces_of(tmp_path / "here")
    folder = write_pack(tmp_path / "there")
    (folder / "tracks/outdoors.yaml").rename(folder / "tracks/a-other-name.yaml")
    (folder / "scales").joinpath("deep").mkdir()
    (folder / "scales/steps.yaml").rename(folder / "scales/deep/z.yaml")
    moved, problems = read_packs(folder)
    assert problems == []
    assert digest_of_release(digested(moved)) == digest_of_release(digested(pieces))


@pytest.mark.parametrize(
    "same",
    [
        "# un commentaire\n" + TRACK,
        TRACK.replace("title: Dehors", "title: {fr: Dehors}"),
        TRACK.replace("title: Dehors", "title: '  Dehors '"),
        TRACK + "order: 0\nsteps: []\n",
        "presentation: Un parcours.\n" + TRACK.replace("presentation: Un parcours.\n", ""),
        "\ufeff" + TRACK.replace("\n", "\r\n"),
    ],
)
def test_how_a_file_is_written_changes_no_digest(tmp_path, same):
    assert digests(pieces_of(tmp_path / "same", {"tracks/outdoors.yaml": same})) == digests(pieces_of(tmp_path / "first"))


@pytest.mark.parametrize("other", ["title: dehors", "title: {fr: Dehors, en: Outdoors}", "title: Dehors\norder: 1"])
def test_what_a_file_says_changes_its_digest_and_no_other(tmp_path, other):
    before = digests(pieces_of(tmp_path / "first"))
    after = digests(pieces_of(tmp_path / "other", {"tracks/outdoors.yaml": TRACK.replace("title: Dehors", other)}))
    assert {key for key in before if before[key] != after[key]} == {"outdoors-1"}


def test_only_a_known_edition_with_another_digest_is_a_problem(tmp_path):
    wanted = digested(pieces_of(tmp_path))
    known = {(one.kind, one.key): one.digest for one in wanted}
    assert superseding_problems(wanted, known) == []
    assert superseding_problems(wanted, {}) == []
    (problem,) = superseding_problems(wanted, {**known, ("tracks", "outdoors-1"): "f" * 64})
    assert (problem.file, problem.line) == ("tracks/outdoors.yaml", 1)


def test_a_published_body_is_read_back_as_the_same_piece(small):
    for read in small:
        stored = PublishedPiece.objects.get(kind=read.kind, key=read.piece.key)
        assert type(read.piece).model_validate(stored.body) == read.piece


# — The library —


def test_the_library_is_compiled_once_and_then_costs_no_query(shelf, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert library() is shelf


def test_a_release_published_elsewhere_is_seen_at_the_next_look(shelf, tmp_path, at, monkeypatch):
    publish_release(pieces_of(tmp_path), by=SYSTEM, at=at)
    assert library() is shelf  # this process has not looked again yet
    monkeypatch.setattr(shelves, "RECHECK", 0.0)
    assert library().number == shelf.number + 1


def test_who_has_just_published_looks_again_at_once(shelf, tmp_path, at, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publish_release(pieces_of(tmp_path), by=SYSTEM, at=at)
    assert library().number == shelf.number + 1


def test_before_the_first_release_there_is_no_content(cast):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM content_release_pieces; DELETE FROM content_release")
        cursor.execute("SET LOCAL session_replication_role = origin")
    forget_library()
    with pytest.raises(NoContent, match="publish_packs"):
        library()


# — The operator's command —


def test_the_command_checks_without_publishing(cast, tmp_path, capsys):
    before = published()
    call_command("publish_packs", str(write_pack(tmp_path)), "--check")
    assert capsys.readouterr().out == f"{len(SMALL)} contenus, aucune anomalie.\n"
    assert published() == before


def test_the_command_publishes_then_says_that_nothing_changed(cast, tmp_path, capsys):
    folder = write_pack(tmp_path)
    call_command("publish_packs", str(folder))
    number = Release.objects.order_by("-number").first().number
    assert capsys.readouterr().out == f"Version {number} publiée : {len(SMALL)} contenus, dont {len(SMALL)} nouveaux.\n"
    call_command("publish_packs", str(folder))
    assert capsys.readouterr().out.startswith(f"Ces contenus sont déjà ceux de la version {number}")


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("tracks/outdoors.yaml", TRACK + "nope: 1\n", "tracks/outdoors.yaml:8 : nope : ce nom n'existe pas ici"),
        ("procedures/gardening.yaml", with_change(PROCEDURE, "after: [first]", "after: [frist]"), "vouliez-vous dire « first » ?"),
    ],
)
@pytest.mark.parametrize("option", [[], ["--check"]])
def test_the_command_fails_on_a_bad_pack_and_names_the_line(cast, tmp_path, file, text, words, option):
    before = published()
    with pytest.raises(CommandError, match="Contenus refusés, rien n'est publié") as caught:
        call_command("publish_packs", str(write_pack(tmp_path, {file: text})), *option)
    assert words in str(caught.value)
    assert published() == before


def test_the_command_may_keep_what_is_in_force_and_says_so(cast, tmp_path, capsys):
    before = published()
    call_command("publish_packs", str(write_pack(tmp_path, {"tracks/outdoors.yaml": ""})), "--keep")
    assert "La version en vigueur est gardée." in capsys.readouterr().err
    assert published() == before
