"""Saving answers: all or none, nothing lost, and whoever saves over someone else is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction

from convergence.assessments.actions import LONGEST_COMMENT, Change, Diverged, begin_assessment, save_answers
from convergence.assessments.models import Answer, Assessment, Standing
from convergence.catalogue.actions import grant_rights, identify_product, requalify_product
from foundation.core.verdict import Refused
from foundation.journal.models import Entry
from ops.demo import LISTED, NOT_LISTED
from tests.factories.catalogue import (
    ARCHITECTURE,
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    WITH_EXCHANGE,
    WITHOUT_EXCHANGE,
    answer,
    begun,
    enrolled,
    identification,
    product_at,
)
from tests.race import Meanwhile, race
from tests.refusals import refused, remembered

URB, HIDDEN_IN_MES = "ILL-URB-01", "ILL-URB-06"


@pytest.fixture
def followed(cast, at):
    """A product of Aubépine in the Doctrine, its architecture questionnaire begun by Claire."""
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    return enrolment, begun(enrolment, ARCHITECTURE, cast.claire, at)


def stored(assessment):
    rows = Answer.objects.filter(assessment=assessment)
    return {one.criterion: (one.level, one.comment, one.version) for one in rows}


# — Beginning —


def test_a_questionnaire_is_begun_once_for_every_procedure(cast, at):
    product = product_at("active", cast.claire, at)
    first, second = enrolled(product, SOCLES, cast.claire, at), enrolled(product, WITHOUT_EXCHANGE, cast.claire, at)
    with remembered("assessments.AssessmentBegun"):
        begin_assessment(first, ARCHITECTURE, by=cast.claire, at=at)
    for enrolment in (first, second):
        with refused("Ce questionnaire est déjà commencé.", code="duplicate", status=409):
            begin_assessment(enrolment, ARCHITECTURE, by=cast.claire, at=at)
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("questionnaire", ["politique-globale-2021", "urbanisation-2024", "", "../secret"])
def test_only_a_questionnaire_of_the_procedure_is_begun(cast, at, questionnaire):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    with refused("Ce questionnaire ne fait pas partie de cette démarche.", status=404):
        begin_assessment(enrolment, questionnaire, by=cast.claire, at=at)


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_who_may_not_edit_neither_begins_nor_answers(cast, at, followed, who):
    enrolment, assessment = followed
    person = cast.everyone()[who]
    with refused("Vous pouvez lire ce questionnaire, pas y répondre."):
        begin_assessment(enrolment, SECURITY, by=person, at=at)
    with refused("Vous pouvez lire ce questionnaire, pas y répondre."):
        save_answers(assessment, {URB: Change("high", "", 0)}, by=person, at=at)
    assert stored(assessment) == {}


@pytest.mark.parametrize(
    ("rights", "questionnaire", "may"),
    [
        (("view",), "", False),
        (("view", "validate"), "", False),
        (("edit",), "", True),
        (("edit",), "urbanisation", True),
        (("edit",), "securite", False),
        (("edit",), "urbanisation-2021", True),
    ],
)
def test_an_employee_answers_what_was_granted_for_editing(cast, at, followed, rights, questionnaire, may):
    """A right on a questionnaire is kept under its code: named with an edition, it outlives it all the same."""
    enrolment, assessment = followed
    grant_rights(enrolment.subject, cast.karim, rights, questionnaire=questionnaire, by=cast.claire, at=at)
    if may:
        save_answers(assessment, {URB: Change("high", "", 0)}, by=cast.karim, at=at)
        assert Answer.objects.get(criterion=URB).saved_by == cast.karim
        return
    with refused("Vous pouvez lire ce questionnaire, pas y répondre."):
        save_answers(assessment, {URB: Change("high", "", 0)}, by=cast.karim, at=at)


# — Saving —


def test_answers_are_kept_with_their_author_their_time_and_their_version(cast, at, followed):
    _, assessment = followed
    with remembered("assessments.AnswersSaved") as entries:
        save_answers(assessment, {URB: Change("low", "En cours.", 0), "ILL-URB-02": Change("", "À voir.", 0)}, by=cast.claire, at=at)
    assert stored(assessment) == {URB: ("low", "En cours.", 1), "ILL-URB-02": ("", "À voir.", 1)}
    fields = json.loads(entries[0].body)["fields"]
    assert (fields["levels"], fields["versions"]) == ({URB: "low", "ILL-URB-02": ""}, {URB: 1, "ILL-URB-02": 1})
    assert "À voir." not in entries[0].body + json.dumps(entries[0].details, ensure_ascii=False)  # comments stay with the answers
    later = at + timedelta(days=1)
    save_answers(assessment, {URB: Change("high", "Fait.", 1)}, by=cast.claire, at=later)
    kept = Answer.objects.get(criterion=URB)
    assert (kept.level, kept.comment, kept.version, kept.saved_at, kept.saved_by) == ("high", "Fait.", 2, later, cast.claire)
    assert Answer.objects.get(criterion="ILL-URB-02").saved_at == at


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {URB: Change("low", "En cours.", 1)},
        {URB: Change("low", "En cours.", 0)},
        {URB: Change("low", "En cours.", 99)},
        {"ILL-URB-02": Change("", "", 0)},
        {"ILL-URB-02": Change("", "", 0), URB: Change("low", "En cours.", 1)},
    ],
)
def test_what_is_already_so_is_not_remembered(cast, at, followed, changes):
    _, assessment = followed
    save_answers(assessment, {URB: Change("low", "En cours.", 0)}, by=cast.claire, at=at)
    with remembered():
        assert save_answers(assessment, changes, by=cast.claire, at=at + timedelta(days=1)) is None
    assert stored(assessment) == {URB: ("low", "En cours.", 1)}
    assert Answer.objects.get(criterion=URB).saved_at == at


def test_an_answer_may_be_taken_back(cast, at, followed):
    _, assessment = followed
    save_answers(assessment, {URB: Change("low", "En cours.", 0)}, by=cast.claire, at=at)
    save_answers(assessment, {URB: Change("", "", 1)}, by=cast.claire, at=at)
    assert stored(assessment) == {URB: ("", "", 2)}
    assert Standing.objects.get(questionnaire=ARCHITECTURE).status == "to_complete"


def test_answers_are_shared_between_the_procedures_of_a_product_and_with_no_other_product(cast, at):
    product, other = product_at("active", cast.claire, at), product_at("active", cast.claire, at)
    for one in (product, other):
        for code in (SOCLES, WITHOUT_EXCHANGE):
            enrolled(one, code, cast.claire, at)
    enrolment = product.enrolments.get(code=WITHOUT_EXCHANGE)
    answer(begun(enrolment, ARCHITECTURE, cast.claire, at), {URB: "high"}, cast.claire, at)
    answers = Standing.objects.filter(questionnaire=ARCHITECTURE).order_by("enrolment").values_list("answered", "asked")
    assert list(answers) == [(1, 6), (1, 5), (0, 6), (0, 5)]


# — Two people —


def test_an_older_version_that_says_something_else_diverges_and_both_texts_are_told(cast, at, followed):
    enrolment, assessment = followed
    grant_rights(enrolment.subject, cast.karim, ("edit",), by=cast.claire, at=at)
    save_answers(assessment, {URB: Change("low", "Claire d'abord.", 0)}, by=cast.claire, at=at)
    save_answers(assessment, {URB: Change("medium", "Karim ensuite.", 1)}, by=cast.karim, at=at)
    mine = Change("high", "Claire encore.", 1)
    before = stored(assessment)
    with refused("Karim a modifié une réponse pendant que vous répondiez.", code="diverged", status=409) as caught:
        save_answers(assessment, {"ILL-URB-02": Change("low", "", 0), URB: mine}, by=cast.claire, at=at)
    assert isinstance(caught.value, Diverged)
    (divergence,) = caught.value.divergences
    assert (divergence.criterion, divergence.mine) == (URB, mine)
    assert (divergence.theirs.level, divergence.theirs.comment, divergence.theirs.version) == ("medium", "Karim ensuite.", 2)
    assert divergence.theirs.saved_by == cast.karim
    assert stored(assessment) == before  # not even the other criterion


def test_every_divergence_is_told_at_once(cast, at, followed):
    _, assessment = followed
    codes = ["ILL-URB-01", "ILL-URB-02", "ILL-URB-03"]
    answer(assessment, dict.fromkeys(codes, "low"), cast.claire, at)
    with refused("Claire a modifié une réponse", code="diverged", status=409) as caught:
        save_answers(assessment, dict.fromkeys(codes, Change("high", "", 0)), by=cast.claire, at=at)
    assert [one.criterion for one in caught.value.divergences] == codes


def test_who_chose_after_a_divergence_saves_over_the_version_seen(cast, at, followed):
    _, assessment = followed
    save_answers(assessment, {URB: Change("low", "", 0)}, by=cast.claire, at=at)
    with refused("a modifié une réponse", code="diverged", status=409) as caught:
        save_answers(assessment, {URB: Change("high", "", 0)}, by=cast.claire, at=at)
    seen = caught.value.divergences[0].theirs.version
    save_answers(assessment, {URB: Change("high", "", seen)}, by=cast.claire, at=at)
    assert stored(assessment) == {URB: ("high", "", 2)}


def test_a_version_from_the_future_is_not_believed(cast, at, followed):
    _, assessment = followed
    save_answers(assessment, {URB: Change("low", "", 0)}, by=cast.claire, at=at)
    with refused("a modifié une réponse", code="diverged", status=409):
        save_answers(assessment, {URB: Change("high", "", 7)}, by=cast.claire, at=at)


# — Bad inputs —


@pytest.mark.parametrize("code", ["ILL-INT-07", "ILL-INT-11", "ILL-URB-01", "ILL-ZZZ", "", "state"])
def test_a_criterion_that_is_not_asked_is_refused(cast, at, code):
    """Hidden by the qualification, of another questionnaire, or of none."""
    product = product_at("active", cast.claire, at, qualification=NOT_LISTED)
    assessment = begun(enrolled(product, SOCLES, cast.claire, at), INTEROPERABILITY, cast.claire, at)
    with refused("Un des critères n'est pas demandé pour ce produit.", code="not_asked", status=409):
        save_answers(assessment, {"A08.1.1": Change("low", "", 0), code: Change("high", "", 0)}, by=cast.claire, at=at)
    assert stored(assessment) == {}


def test_a_criterion_left_out_by_the_only_procedure_followed_is_refused_until_another_asks_it(cast, at):
    product = product_at("active", cast.claire, at)
    assessment = begun(enrolled(product, WITHOUT_EXCHANGE, cast.claire, at), ARCHITECTURE, cast.claire, at)
    with refused("Un des critères n'est pas demandé", code="not_asked", status=409):
        save_answers(assessment, {HIDDEN_IN_MES: Change("low", "", 0)}, by=cast.claire, at=at)
    enrolled(product, SOCLES, cast.claire, at)
    save_answers(assessment, {HIDDEN_IN_MES: Change("low", "", 0)}, by=cast.claire, at=at)
    assert stored(assessment) == {HIDDEN_IN_MES: ("low", "", 1)}


@pytest.mark.parametrize("level", ["5", "HIGH", "forte", "high ", "<script>", "None"])
def test_a_level_that_is_not_on_the_scale_is_refused(cast, at, followed, level):
    _, assessment = followed
    with refused("Ce niveau n'existe pas.", status=400):
        save_answers(assessment, {URB: Change(level, "", 0)}, by=cast.claire, at=at)
    assert stored(assessment) == {}


def test_a_comment_is_as_long_as_it_may_be_and_no_longer(cast, at, followed):
    _, assessment = followed
    save_answers(assessment, {URB: Change("low", "é" * LONGEST_COMMENT, 0)}, by=cast.claire, at=at)
    for length in (LONGEST_COMMENT + 1, 1_000_000):
        with refused(f"celui-ci en a {length}. Raccourcissez-le.", code="too_long", status=400):
            save_answers(assessment, {URB: Change("low", "é" * length, 1)}, by=cast.claire, at=at)
    assert len(Answer.objects.get(criterion=URB).comment) == LONGEST_COMMENT


def test_a_comment_is_kept_as_it_was_typed(cast, at, followed):
    _, assessment = followed
    words = "<script>alert(1)</script>\n{{7*7}} '); DROP TABLE assessments_answer; -- \u202e 🙂"
    save_answers(assessment, {URB: Change("low", words, 0)}, by=cast.claire, at=at)
    assert Answer.objects.get(criterion=URB).comment == words


# — At the same moment —


@pytest.mark.slow  # a thousand saves, each in a transaction of its own
def test_a_thousand_edits_of_the_same_answers_lose_none(committed_db, cast, at):
    """Five people, two hundred saves each over five criteria: every save kept starts from the one before."""
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assessment = begun(enrolment, ARCHITECTURE, cast.claire, at)
    shared = [f"ILL-URB-0{rank}" for rank in range(1, 6)]
    save_answers(assessment, {code: Change("low", "0", 0) for code in shared}, by=cast.claire, at=at)

    def count_up(who):
        """Add one to the number in the comment, two hundred times, reading again whenever someone was faster."""
        done, told = 0, 0
        while done < 200:
            code = shared[done % 5]
            seen = Answer.objects.get(assessment=assessment, criterion=code)
            comment = f"{int(seen.comment.split()[0]) + 1} {who}"
            try:
                save_answers(assessment, {code: Change("low", comment, seen.version)}, by=cast.claire, at=at)
                done += 1
            except Diverged:
                told += 1
        return told

    told = race(*[lambda who=who: count_up(who) for who in "abcde"], within=240)
    assert all(isinstance(count, int) for count in told), told
    for code in shared:
        kept = Answer.objects.get(assessment=assessment, criterion=code)
        assert (kept.comment.split()[0], kept.version) == ("200", 201)
    bodies = Entry.objects.filter(kind="assessments.AnswersSaved").order_by("position").values_list("body", flat=True)
    remembered_versions = [json.loads(body)["fields"]["versions"] for body in bodies]
    for code in shared:
        assert [versions[code] for versions in remembered_versions if code in versions] == list(range(1, 202))


def test_of_two_who_answer_first_one_is_told(committed_db, cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assessment = begun(enrolment, ARCHITECTURE, cast.claire, at)
    outcomes = race(
        *[lambda level=level: save_answers(assessment, {URB: Change(level, "", 0)}, by=cast.claire, at=at) for level in ("low", "high")]
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AnswersSaved", "Diverged"]
    assert Answer.objects.get(criterion=URB).version == 1


def test_two_who_begin_at_once_begin_the_same_assessment(committed_db, cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    outcomes = race(*[lambda: begin_assessment(enrolment, ARCHITECTURE, by=cast.claire, at=at)] * 4)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AssessmentBegun"] + ["Refused"] * 3
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refused)} == {"duplicate"}
    assert Assessment.objects.count() == 1


def test_two_who_answer_different_criteria_at_once_are_both_heard(committed_db, cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assessment = begun(enrolment, ARCHITECTURE, cast.claire, at)
    codes = [f"ILL-URB-0{rank}" for rank in range(1, 7)]
    outcomes = race(*[lambda code=code: save_answers(assessment, {code: Change("high", "", 0)}, by=cast.claire, at=at) for code in codes])
    assert {type(outcome).__name__ for outcome in outcomes} == {"AnswersSaved"}
    assert stored(assessment) == dict.fromkeys(codes, ("high", "", 1))
    assert Standing.objects.get(questionnaire=ARCHITECTURE).answered == 6


def test_who_saves_while_the_product_is_requalified_answers_what_is_asked_from_then_on(committed_db, cast, at):
    """The save waits for the new qualification: a criterion it hides is refused, and what stands is never over a stale one."""
    product = product_at("active", cast.claire, at)
    assessment = begun(enrolled(product, SOCLES, cast.claire, at), INTEROPERABILITY, cast.claire, at)

    def save(*codes):
        return save_answers(assessment, {code: Change("high", "", 0) for code in codes}, by=cast.claire, at=at)

    with transaction.atomic():
        requalify_product(product, dict(NOT_LISTED), by=cast.claire, at=at)
        saving = Meanwhile(lambda: save("A08.1.1", "ILL-INT-07"))
        saving.wait_until_blocked()
    outcome = saving.outcome()
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == "not_asked"
    assert stored(assessment) == {}
    save("A08.1.1")
    standing = Standing.objects.get(questionnaire=INTEROPERABILITY)
    assert (standing.answered, standing.asked) == (1, 7)


def test_who_enrols_while_an_answer_is_saved_finds_it_counted(committed_db, cast, at):
    product = product_at("active", cast.claire, at)
    assessment = begun(enrolled(product, SOCLES, cast.claire, at), ARCHITECTURE, cast.claire, at)
    with transaction.atomic():
        save_answers(assessment, {URB: Change("high", "", 0)}, by=cast.claire, at=at)
        enrolling = Meanwhile(lambda: enrolled(product, WITHOUT_EXCHANGE, cast.claire, at))
        enrolling.wait_until_blocked()
    enrolling.outcome()
    assert list(Standing.objects.filter(questionnaire=ARCHITECTURE).order_by("enrolment").values_list("answered", "asked")) == [
        (1, 6),
        (1, 5),
    ]


@pytest.mark.slow
def test_answers_enrolments_and_qualifications_that_cross_never_end_in_a_deadlock(committed_db, cast, at):
    product = product_at("active", cast.claire, at)
    assessment = begun(enrolled(product, SOCLES, cast.claire, at), INTEROPERABILITY, cast.claire, at)
    shared = [f"ILL-INT-0{rank}" for rank in range(1, 7)]

    def save():
        for rank, code in enumerate(shared * 2):
            answer(assessment, {code: "high" if rank % 2 else "low"}, cast.claire, at)

    def requalify():
        for rank in range(8):
            requalify_product(product, dict(NOT_LISTED if rank % 2 else LISTED), by=cast.claire, at=at)

    def enrol():
        for code in (WITHOUT_EXCHANGE, WITH_EXCHANGE):
            enrolled(product, code, cast.claire, at)

    assert race(save, requalify, enrol) == [None, None, None]
    standings = Standing.objects.filter(questionnaire=INTEROPERABILITY).order_by("enrolment")
    assert list(standings.values_list("answered", "asked")) == [(6, 7)] * 3


def test_who_begins_while_the_product_is_renamed_does_not_end_in_a_deadlock(committed_db, cast, at):
    """Beginning locks the enrolment, then points to the product; renaming locks the product, then writes the enrolment."""
    product = product_at("active", cast.claire, at)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    with transaction.atomic():
        type(enrolment).objects.select_for_update().get(pk=enrolment.pk)
        renaming = Meanwhile(lambda: identify_product(product, identification(cast.claire, name="Autre"), by=cast.claire, at=at))
        renaming.wait_until_blocked()
        begin_assessment(enrolment, ARCHITECTURE, by=cast.claire, at=at)
    assert type(renaming.outcome()).__name__ == "ProductIdentified"
