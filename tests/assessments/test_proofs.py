"""Answers that are proved: what is missing, what a validation keeps, what becomes of it when a file is rejected."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from convergence.assessments.actions import Change, Incomplete, request_validation, save_answers, validate_assessment
from convergence.assessments.bundle import bundle_of
from convergence.assessments.comparison import comparison_of
from convergence.assessments.models import Answer, Assessment, Standing, Validation
from convergence.assessments.proofs import filing_of
from convergence.assessments.queries import results_of, sheet_of
from convergence.assessments.rules import Given, Movement, movement_of, spoiled, unproved
from convergence.catalogue.actions import grant_rights, start_product_version
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import library
from convergence.evidence.actions import archive_evidence
from convergence.evidence.models import Deposit, Folder
from convergence.evidence.rules import Slot
from foundation.files.models import StoredFile
from tests.factories.catalogue import ETHICS, GDPR, WITH_EXCHANGE, WITHOUT_EXCHANGE, begun
from tests.factories.evidence import AGE, CHARTER, RELEASE_DATE, REVIEW, deposited, filled, followed, judged, pdf, stated
from tests.queue import work_off
from tests.refusals import refused, remembered
from tests.truth import published_bodies, standings_that_are, standings_that_should_be

EVERY = [f"ILL-ETH-{rank:02}" for rank in range(1, 35)]


@pytest.fixture
def enrolment(cast, at):
    return followed(cast.claire, at)


def standing(enrolment, questionnaire=ETHICS):
    return Standing.objects.get(enrolment=enrolment, questionnaire=questionnaire)


# — Rules —

SLOTS = {"a": [Slot("a1"), Slot("a2")], "b": [Slot("b1")]}


@pytest.mark.parametrize(
    ("ranks", "counted", "lacking"),
    [
        ({}, {}, []),  # no answer: nothing to prove yet
        ({"a": 0, "b": 0}, {}, []),  # « Non conforme » asks for nothing
        ({"a": 1, "b": 1}, {}, [("a", "a1"), ("a", "a2"), ("b", "b1")]),
        ({"a": 1, "b": 0}, {"a1": 1}, [("a", "a2")]),
        ({"a": 1, "b": 1}, {"a1": 1, "a2": 3, "b1": 1}, []),
        ({"a": None}, {}, []),  # beside the scale
        ({"c": 1}, {}, []),  # a criterion that is not asked, or has no slot
    ],
)
def test_conform_asks_for_every_proof_and_nothing_else_does(ranks, counted, lacking):
    assert unproved(["a", "b"], ranks, SLOTS, counted) == lacking


@given(st.dictionaries(st.sampled_from("ab"), st.sampled_from([0, 1, None])), st.dictionaries(st.sampled_from(["a1", "a2", "b1"]), st.integers(0, 2)))  # fmt: skip
def test_what_lacks_is_of_a_criterion_answered_above_the_bottom(ranks, counted):
    lacking = unproved(["a", "b"], ranks, SLOTS, counted)
    assert all(ranks[code] == 1 and not counted.get(slot) for code, slot in lacking)
    assert not unproved(["a", "b"], ranks, SLOTS, dict.fromkeys(["a1", "a2", "b1"], 1))


@pytest.mark.parametrize(
    ("evidence", "rejected", "found"),
    [
        ({}, {1}, set()),
        ({"a": [("a1", 1)]}, set(), set()),
        ({"a": [("a1", 1)]}, {1}, {"a"}),
        ({"a": [("a1", 1), ("a1", 2)]}, {1}, set()),  # another file of the same slot still proves
        ({"a": [("a1", 1), ("a2", 2)]}, {2}, {"a"}),  # each slot on its own
        ({"a": [("a1", 1)], "b": [("b1", 1)]}, {1}, {"a", "b"}),
    ],
)
def test_a_validation_is_spoiled_where_a_slot_has_no_sound_file_left(evidence, rejected, found):
    assert spoiled(evidence, rejected) == found


@pytest.mark.parametrize(
    ("before", "after", "movement"),
    [
        (Given("conform", ""), Given("conform", "", ("a1:x",)), Movement.PROVED),
        (Given("conform", "", ("a1:x",)), Given("conform", "", ("a1:x",)), Movement.UNCHANGED),
        (Given("conform", "", ("a1:x",)), Given("conform", "mot", ("a1:y",)), Movement.COMMENTED),
        (Given("conform", ""), Given("not_conform", ""), Movement.FELL),
    ],
)
def test_other_files_are_a_change(before, after, movement):
    assert movement_of(before, after, {"conform": 1, "not_conform": 0}) is movement


# — Conformity —


def test_what_is_missing_is_told_answers_and_files(cast, at, enrolment):
    assessment = begun(enrolment, ETHICS, cast.claire, at)
    save_answers(assessment, {"ILL-ETH-03": Change("conform", "", 0), "ILL-ETH-01": Change("not_conform", "", 0)}, by=cast.claire, at=at)
    with pytest.raises(Incomplete) as caught:
        validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    assert caught.value.missing == [code for code in EVERY if code not in ("ILL-ETH-01", "ILL-ETH-03")]
    assert caught.value.unproved == [("ILL-ETH-03", RELEASE_DATE), ("ILL-ETH-03", REVIEW)]
    assert caught.value.reason == "Il reste 32 critères sans réponse et 2 preuves sans fichier. Complétez, puis validez."


def test_not_conform_everywhere_needs_no_file_and_does_not_reach(cast, at, enrolment):
    assessment = stated(enrolment, cast.claire, at, not_conform=EVERY)
    validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    found = standing(enrolment)
    assert (found.status, found.outcome, found.gaps) == ("done", "not_reached", 23)


def test_only_obligations_count(cast, at, enrolment):
    """Eleven of the thirty-four criteria are options."""
    assessment = stated(enrolment, cast.claire, at, not_conform=["ILL-ETH-08", "ILL-ETH-34"])
    filled(enrolment, ETHICS, cast.claire, at)
    validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    found = standing(enrolment)
    assert (found.status, found.outcome, found.gaps, found.answered, found.asked) == ("done", "reached", 0, 34, 34)


def test_a_validation_keeps_the_files_and_their_hashes(cast, at, enrolment):
    assessment = stated(enrolment, cast.claire, at, not_conform=EVERY[:1])
    filled(enrolment, ETHICS, cast.claire, at)
    validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    validation = Validation.objects.get()
    (kept,) = validation.evidence["ILL-ETH-02"]
    file = StoredFile.objects.get(pk=kept["file"])
    assert (kept["slot"], kept["name"], kept["size"], kept["sha256"]) == (CHARTER, file.name, file.size, file.sha256)
    archive_evidence(Deposit.objects.get(slot=CHARTER), by=cast.claire, at=at + timedelta(hours=1))
    assert Validation.objects.get().evidence["ILL-ETH-02"] == [kept]  # what was validated does not change
    assert results_of(enrolment, ETHICS).draft_changes == ["ILL-ETH-02"]


def test_the_same_answers_with_other_files_are_another_validation(cast, at, enrolment):
    assessment = stated(enrolment, cast.claire, at, not_conform=EVERY[:1] + EVERY[2:])
    deposited(enrolment, CHARTER, cast.claire, at)
    assert validate_assessment(assessment, enrolment, by=cast.claire, at=at).number == 1
    assert validate_assessment(assessment, enrolment, by=cast.claire, at=at) is None
    deposited(enrolment, CHARTER, cast.claire, at, name="autre.pdf", body=pdf("autre"))
    assert validate_assessment(assessment, enrolment, by=cast.claire, at=at).number == 2
    compared = comparison_of(enrolment, ETHICS)
    assert [(row.criterion.code, row.word) for row in compared.changed] == [("ILL-ETH-02", "Preuves changées")]


def test_validation_is_asked_for_once_everything_is_proved(cast, at, enrolment):
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    assessment = stated(enrolment, cast.karim, at, not_conform=EVERY[:1] + EVERY[2:])
    with pytest.raises(Incomplete) as caught:
        request_validation(assessment, enrolment, by=cast.karim, at=at)
    assert caught.value.unproved == [("ILL-ETH-02", CHARTER)]
    deposited(enrolment, CHARTER, cast.karim, at)
    request_validation(assessment, enrolment, by=cast.karim, at=at)


# — Rejected files —


@pytest.mark.parametrize(("state", "words"), [("infected", "est infecté"), ("refused", "n'a pas été accepté")])
def test_a_rejected_file_empties_its_slot_and_its_depositor_is_told(cast, at, enrolment, state, words):
    assessment = stated(enrolment, cast.claire, at, not_conform=EVERY[:1] + EVERY[2:])
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    assert standing(enrolment).status == "done"
    judged(StoredFile.objects.get(pk=deposit.file_id), state, at)
    filing = filing_of(library(), enrolment.subject, ETHICS)
    assert filing.counted == {}  # at once
    work_off()
    found = standing(enrolment)
    assert (found.status, found.outcome) == ("in_progress", "unknown")
    assert results_of(enrolment, ETHICS).spoiled == {"ILL-ETH-02"}
    (message,) = mail.outbox
    assert message.to == [cast.claire.email]
    assert words in message.body
    assert "charte.pdf" not in message.subject
    with pytest.raises(Incomplete):
        validate_assessment(assessment, enrolment, by=cast.claire, at=at)


def test_who_no_longer_sees_the_product_is_told_nothing(cast, at, enrolment):
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    deposit = deposited(enrolment, CHARTER, cast.karim, at)
    grant_rights(enrolment.subject, cast.karim, (), by=cast.claire, at=at)
    judged(StoredFile.objects.get(pk=deposit.file_id), "infected", at)
    work_off()
    assert mail.outbox == []


# — Deposits —


def test_a_zone_is_answered_by_what_it_holds(cast, at, enrolment):
    assert standing(enrolment, GDPR).asked == 3
    deposit = deposited(enrolment, "RGPD-CGU", cast.claire, at, questionnaire=GDPR)
    answer = Answer.objects.get()
    assert (answer.criterion, answer.level, answer.version, answer.saved_by) == ("RGPD-CGU", "deposited", 1, cast.claire)
    assert (standing(enrolment, GDPR).status, standing(enrolment, GDPR).answered) == ("in_progress", 1)
    archive_evidence(deposit, by=cast.claire, at=at + timedelta(hours=1))
    answer.refresh_from_db()
    assert (answer.level, answer.version, answer.saved_at) == ("", 2, at + timedelta(hours=1))
    assert (standing(enrolment, GDPR).status, standing(enrolment, GDPR).answered) == ("to_complete", 0)


def test_one_document_in_each_zone_completes_the_questionnaire(cast, at, enrolment):
    deposited(enrolment, "RGPD-Q", cast.claire, at, questionnaire=GDPR)
    assessment = Assessment.objects.get()
    with pytest.raises(Incomplete) as caught:
        validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    assert (caught.value.missing, caught.value.unproved) == (["RGPD-CGU", "RGPD-AIPD"], [])
    deposited(enrolment, "RGPD-CGU", cast.claire, at, questionnaire=GDPR)
    deposited(enrolment, "RGPD-AIPD", cast.claire, at, questionnaire=GDPR, name="aipd.age", body=AGE)
    validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    found = standing(enrolment, GDPR)
    assert (found.status, found.outcome) == ("done", "reached")


def test_a_zone_is_not_answered_by_typing(cast, at, enrolment):
    assessment = begun(enrolment, GDPR, cast.claire, at)
    with refused("se remplit en déposant des documents", status=400):
        save_answers(assessment, {"RGPD-CGU": Change("deposited", "", 0)}, by=cast.claire, at=at)


def test_a_rejected_document_empties_its_zone(cast, at, enrolment):
    filled(enrolment, GDPR, cast.claire, at, state="quarantined")
    assert standing(enrolment, GDPR).answered == 3
    judged(StoredFile.objects.get(pk=Deposit.objects.get(slot="RGPD-Q").file_id), "infected", at)
    work_off()
    assert standing(enrolment, GDPR).answered == 2


def test_standings_of_zones_say_what_is_written(cast, at, enrolment):
    filled(enrolment, GDPR, cast.claire, at)
    validate_assessment(Assessment.objects.get(), enrolment, by=cast.claire, at=at)
    assert standings_that_are(enrolment.subject) == standings_that_should_be(enrolment.subject, published_bodies())


def test_the_exchange_of_data_asks_fifteen_sealed_zones(cast, at):
    enrolment = followed(cast.claire, at, code=WITH_EXCHANGE)
    assert len(sheet_of(enrolment, "securite-mes-2023").asked) == 15


# — A new version —


def test_a_new_version_takes_the_evidence_along_the_files_being_the_same(cast, at, enrolment):
    stated(enrolment, cast.claire, at)
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    archived = deposited(enrolment, RELEASE_DATE, cast.claire, at, name="b.pdf")
    archive_evidence(archived, by=cast.claire, at=at)
    deposited(enrolment, REVIEW, cast.claire, at, name="c.pdf", state="infected")
    deposited(enrolment, "RGPD-CGU", cast.claire, at, questionnaire=GDPR)
    event = start_product_version(enrolment.subject, "4.0", by=cast.claire, at=at + timedelta(days=1))
    started = Subject.objects.get(pk=event.subject)
    assert {folder.name for folder in Folder.objects.filter(subject=started)} == {ETHICS, GDPR}
    carried = Deposit.objects.filter(folder__subject=started, folder__name=ETHICS)
    assert [(one.slot, one.file, one.reused) for one in carried] == [(CHARTER, deposit.file, True)]
    for assessment in Assessment.objects.filter(subject=started):
        assert assessment.folder == Folder.objects.get(subject=started, name=assessment.questionnaire)
    theirs = Enrolment.objects.get(subject=started, code=WITHOUT_EXCHANGE)
    assert (standing(theirs).answered, standing(theirs, GDPR).answered) == (34, 1)
    archive_evidence(carried.get(), by=cast.claire, at=at + timedelta(days=3))
    deposit.refresh_from_db()
    assert deposit.is_in_place


# — Results —


def test_a_bundle_holds_what_was_validated_and_names_what_was_not(cast, at, enrolment):
    filled(enrolment, GDPR, cast.claire, at)
    with remembered("assessments.AssessmentValidated"):
        validate_assessment(Assessment.objects.get(), enrolment, by=cast.claire, at=at)
    found = bundle_of(Enrolment.objects.select_related("subject__company").get(pk=enrolment.pk))
    assert [one.questionnaire.key for one in found.results] == [GDPR]
    assert len(found.lacking) == 4
    assert not found.is_complete
