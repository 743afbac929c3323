"""« Soumettre la section »: one by one, each once all its proofs are found clean; frozen; complete, said once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from convergence.candidatures.actions import Correction, SectionNotReady, request_changes, save_form, submit_section, submit_step
from convergence.candidatures.calls import call_of
from convergence.candidatures.models import StepSection, Submission
from convergence.candidatures.rules import Lack
from convergence.content.library import library
from convergence.evidence.actions import archive_evidence
from convergence.reviews.examination import examination_of
from foundation.files.actions import condemn_file
from foundation.files.models import StoredFile
from foundation.files.purposes import purposes
from foundation.journal.actor import SYSTEM
from foundation.journal.models import Entry
from tests.factories import sections
from tests.factories.candidatures import drafted, fill_in, give_document, step_of, typed
from tests.factories.catalogue import product_at
from tests.factories.files import TERMS, terms_of_test
from tests.factories.sections import (
    evidence,
    fill_section,
    give_back,
    give_proof,
    hand_over,
    proofs_step,
    proving,
    proving_of,
    row,
    say,
    section,
)
from tests.refusals import refused, remembered


@pytest.fixture(autouse=True)
def _test_purpose(monkeypatch):
    monkeypatch.setitem(purposes, TERMS, terms_of_test)


@pytest.fixture
def candidature(cast, at, db):
    return proving(cast.claire, cast.ines, at)


def counts(candidature):
    return {one.code: (one.filled, one.expected) for one in evidence(candidature).sections}


def test_the_sections_follow_the_profiles(cast, at, candidature):
    assert counts(candidature) == {"lights": (0, 3), "engine": (0, 2)}
    give_proof(candidature, "ILL-L 1.1.1", cast.claire, at)
    assert counts(candidature) == {"lights": (1, 3), "engine": (0, 2)}


def test_a_section_is_handed_over_with_what_it_holds_and_a_receipt(cast, at, candidature):
    fill_section(candidature, cast.claire, at)
    with remembered("candidatures.SectionSubmitted") as entries:
        event = submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    assert not event.completes
    assert event.digest in entries[0].body
    submission = Submission.objects.get(section="lights")
    assert (submission.number, submission.receipt, submission.values["asked"]) == (
        1,
        event.receipt,
        {"ILL-L 1": ["ILL-L 1.1.1", "ILL-L 1.1.2"], "ILL-L 2": ["ILL-L 2.1.1"]},
    )
    assert [(one["slot"], one["sha256"]) for one in submission.documents] == [
        (one.slot, one.file.sha256) for one in section(candidature).deposits
    ]
    assert (row(candidature).state, proofs_step(candidature).state) == ("submitted", "open")


def test_the_last_section_says_once_that_the_evidence_is_complete(cast, at, candidature):
    hand_over(candidature, cast.claire, at)
    fill_section(candidature, cast.claire, at, "engine")
    later = at + timedelta(hours=1)
    with remembered("candidatures.SectionSubmitted", "candidatures.EvidenceComplete"):
        event = submit_section(proofs_step(candidature), "engine", by=cast.claire, at=later)
    assert event.completes
    step = proofs_step(candidature)
    assert (step.state, step.since) == ("submitted", later)
    with refused("Cette action n'est plus possible", code="wrong_state", status=409):
        submit_section(proofs_step(candidature), "engine", by=cast.claire, at=later)


def test_after_a_correction_it_is_complete_again_and_the_journal_tells_each_moment(cast, at, candidature):
    hand_over(candidature, cast.claire, at)
    hand_over(candidature, cast.claire, at, "engine")
    say(candidature, "ILL-M 1", cast.ines, at, outcome="changes_asked", reason="partial", text="Filmez à chaud.", code="engine")
    give_back(candidature, cast.ines, at + timedelta(days=1), "engine")
    assert (proofs_step(candidature).state, row(candidature).state) == ("changes_requested", "submitted")
    give_proof(candidature, "ILL-M 1.2.1", cast.claire, at, content=b"mieux")
    submit_section(proofs_step(candidature), "engine", by=cast.claire, at=at + timedelta(days=3))
    told = Entry.objects.filter(kind__in=["candidatures.EvidenceComplete", "reviews.SectionGivenBack"]).order_by("position")
    assert [(one.kind.partition(".")[2], (one.at - at).days) for one in told] == [
        ("EvidenceComplete", 0),
        ("SectionGivenBack", 1),
        ("EvidenceComplete", 3),
    ]


@pytest.mark.parametrize(
    ("state", "why"), [("quarantined", "waiting"), ("infected", "missing"), ("refused", "missing"), ("held", "unreadable")]
)
def test_only_what_was_found_clean_is_handed_over(cast, at, candidature, state, why):
    give_proof(candidature, "ILL-L 1.1.2", cast.claire, at, state)
    for slot in ("ILL-L 1.1.1", "ILL-L 2.1.1"):
        give_proof(candidature, slot, cast.claire, at)
    with refused("Il reste une exigence à compléter", code="incomplete", status=409) as caught:
        submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    assert isinstance(caught.value, SectionNotReady)
    assert [one.lacks for one in caught.value.section.remaining] == [[Lack("ILL-L 1.1.2", why)]]


def test_a_file_found_infected_beside_a_sound_one_is_left_out(cast, at, candidature):
    fill_section(candidature, cast.claire, at)
    bad = give_proof(candidature, "ILL-L 1.1.1", cast.claire, at, "infected", content=b"virus")
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    assert bad.pk not in [one["deposit"] for one in Submission.objects.get(section="lights").documents]


def test_what_was_handed_over_is_frozen_whatever_becomes_of_the_slot(cast, at, candidature):
    hand_over(candidature, cast.claire, at)
    before = Submission.objects.get(section="lights").documents
    archive_evidence(section(candidature).deposits[0], by=cast.claire, at=at)
    give_proof(candidature, "ILL-L 1.1.1", cast.claire, at, content=b"une autre")
    assert Submission.objects.get(section="lights").documents == before
    with pytest.raises(IntegrityError, match="is written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE candidatures_submission SET documents = '[]' WHERE section = 'lights'")


def test_only_what_was_sent_back_opens_and_it_must_change(cast, at, candidature):
    hand_over(candidature, cast.claire, at)
    say(candidature, "ILL-L 1", cast.ines, at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.")
    give_back(candidature, cast.ines, at)
    found = section(candidature)
    assert {one.code: (one.state, one.is_open) for one in found.requirements} == {
        "ILL-L 1": ("accepted", False),
        "ILL-L 2": ("to_correct", True),
    }
    sheet = evidence(candidature)
    assert (sheet.takes("ILL-L 1.1.1"), sheet.takes("ILL-L 2.1.1")) == (False, True)
    with refused("Il reste une exigence à compléter", code="incomplete", status=409):
        submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    give_proof(candidature, "ILL-L 2.1.1", cast.claire, at, content=b"nette")
    assert section(candidature).requirement("ILL-L 2").state == "corrected"
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    assert Submission.objects.filter(section="lights").count() == 2


def test_the_same_bytes_deposited_again_are_not_a_correction(cast, at, candidature):
    hand_over(candidature, cast.claire, at)
    say(candidature, "ILL-L 1", cast.ines, at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.")
    give_back(candidature, cast.ines, at)
    old = next(one for one in section(candidature).deposits if one.slot == "ILL-L 2.1.1")
    archive_evidence(old, by=cast.claire, at=at)
    give_proof(candidature, "ILL-L 2.1.1", cast.claire, at, content=b"ILL-L 2.1.1")
    assert section(candidature).requirement("ILL-L 2").state == "to_correct"


def test_a_profile_given_up_keeps_what_was_deposited_and_one_added_opens_what_it_adds(cast, at):
    candidature = proving(cast.claire, cast.ines, at, profiles=["general", "night"])
    assert counts(candidature) == {"lights": (0, 4), "engine": (0, 2), "radar": (0, 1)}
    give_proof(candidature, "ILL-R 1.1.1", cast.claire, at)
    choose(candidature, cast.claire, at, "general")
    assert counts(candidature) == {"lights": (0, 3), "engine": (0, 2)}
    hand_over(candidature, cast.claire, at)
    hand_over(candidature, cast.claire, at, "engine")
    assert proofs_step(candidature).state == "submitted"
    send_form_back(candidature, cast.ines, at)
    choose(candidature, cast.claire, at, "general", "night", pilot="Claire de nuit")
    assert counts(candidature) == {"lights": (3, 4), "engine": (2, 2), "radar": (1, 1)}
    assert (row(candidature).state, row(candidature, "engine").state) == ("changes_requested", "submitted")
    assert proofs_step(candidature).state == "changes_requested"
    assert {one.code: one.is_open for one in section(candidature).requirements} == {"ILL-L 1": False, "ILL-L 2": True}


def test_a_verdict_not_given_back_does_not_outlive_a_section_that_opens_again(cast, at):
    candidature = proving(cast.claire, cast.ines, at)
    hand_over(candidature, cast.claire, at)
    say(candidature, "ILL-L 1", cast.ines, at)
    choose(candidature, cast.claire, at, "general", "night")
    assert row(candidature).state == "changes_requested"
    give_proof(candidature, "ILL-L 2.2.1", cast.claire, at)
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    assert {line.code: line.state for line in examination_of(row(candidature)).lines} == {"ILL-L 1": "to_examine", "ILL-L 2": "to_examine"}


def test_a_profile_given_up_may_complete_the_evidence(cast, at):
    candidature = proving(cast.claire, cast.ines, at, profiles=["general", "night"])
    hand_over(candidature, cast.claire, at)
    hand_over(candidature, cast.claire, at, "engine")
    assert proofs_step(candidature).state == "open"
    choose(candidature, cast.claire, at, "general")
    assert proofs_step(candidature).state == "submitted"
    assert Entry.objects.filter(kind="candidatures.EvidenceComplete").count() == 1


def choose(candidature, person, at, *profiles, **changes):
    """The profiles, chosen at another form while evidence is deposited."""
    step = fill_in(step_of(candidature, "visite"), person, at, profiles=list(profiles), **changes)
    if not step.submissions.exists():
        give_document(step, "BREVET", person, at, content=b"brevet")
    submit_step(step, by=person, at=at)


def send_form_back(candidature, person, at):
    request_changes(
        step_of(candidature, "visite"), [Correction("pilot", "", "Qui ?"), Correction("profiles", "", "De nuit ?")], by=person, at=at
    )


def test_from_the_closing_minute_on_what_was_never_handed_over_is_refused_and_a_correction_is_not(cast, at, candidature):
    closing = evidence(candidature).call.closes_at
    hand_over(candidature, cast.claire, at)
    say(candidature, "ILL-L 1", cast.ines, at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.")
    give_back(candidature, cast.ines, at)
    give_proof(candidature, "ILL-L 2.1.1", cast.claire, at, content=b"nette")
    fill_section(candidature, cast.claire, at, "engine")
    with refused("Fermeture du dépôt de preuves : c'était le", code="late", status=409):
        submit_section(proofs_step(candidature), "engine", by=cast.claire, at=closing)
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=closing)
    submit_section(proofs_step(candidature), "engine", by=cast.claire, at=closing - timedelta(minutes=1))


def test_who_may_hand_over(cast, at, candidature):
    fill_section(candidature, cast.claire, at)
    for person in (cast.karim, cast.zoe, cast.ines):
        with refused("Votre rôle ne permet pas de soumettre une candidature"):
            submit_section(proofs_step(candidature), "lights", by=person, at=at)
    with pytest.raises(StepSection.DoesNotExist):
        submit_section(proofs_step(candidature), "radar", by=cast.claire, at=at)


def test_a_file_condemned_before_handing_over_empties_its_slot(cast, at, candidature):
    fill_section(candidature, cast.claire, at)
    waiting = give_proof(candidature, "ILL-L 1.1.1", cast.claire, at, "quarantined", content=b"attend")
    assert section(candidature).remaining
    condemn_file(StoredFile.objects.get(pk=waiting.file_id), found="Test", engine="test", by=SYSTEM, at=at)
    assert section(candidature).remaining == []


def test_a_profile_is_not_added_once_its_milestone_has_passed(cast, at, monkeypatch):
    monkeypatch.setattr(sections, "REQUIREMENTS", sections.REQUIREMENTS.replace("title: Nuit}", "title: Nuit, until: closing}"))
    candidature = drafted(
        proving_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, at, profiles=["general", "night"]
    )
    (closing,) = call_of(library(), step_of(candidature)).procedure.milestones
    with refused(
        "Le profil « Nuit » ne peut plus être ajouté : Fermeture du dépôt de preuves, c'était le 14 décembre 2026", code="late", status=409
    ):
        submit_step(step_of(candidature), by=cast.claire, at=closing.at)
    submit_step(step_of(candidature), by=cast.claire, at=closing.at - timedelta(minutes=1))
    request_changes(step_of(candidature), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=closing.at)
    save_form(step_of(candidature), typed(step_of(candidature), {"pilot": "Karim"}), by=cast.claire, at=closing.at)
    submit_step(step_of(candidature), by=cast.claire, at=closing.at)  # held already


def test_from_the_last_correction_on_even_what_was_sent_back_is_not_handed_over(cast, at, monkeypatch):
    monkeypatch.setattr(
        sections,
        "PROCEDURE",
        sections.PROCEDURE.replace(
            "steps:\n", '  - {code: last, title: Fin des échanges, at: "2027-01-14T14:00:00+01:00", effect: last_correction}\nsteps:\n', 1
        ),
    )
    candidature = proving(cast.claire, cast.ines, at)
    hand_over(candidature, cast.claire, at)
    say(candidature, "ILL-L 1", cast.ines, at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.")
    give_back(candidature, cast.ines, at)
    give_proof(candidature, "ILL-L 2.1.1", cast.claire, at, content=b"nette")
    last = evidence(candidature).call.last_correction.at
    with refused("Fin des échanges : c'était le 14 janvier 2027", code="late", status=409):
        submit_section(proofs_step(candidature), "lights", by=cast.claire, at=last)
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=last - timedelta(minutes=1))
