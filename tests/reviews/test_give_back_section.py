"""« Rendre la section »: accepted, sent back for what was asked and nothing else, or confirmed by someone else first."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from convergence.candidatures.actions import submit_section
from convergence.candidatures.models import ChangeRequest, Step
from convergence.reviews.actions import Undecided
from convergence.reviews.examination import examination_of
from convergence.reviews.models import Report
from tests.factories.sections import (
    accept_all,
    another_reviewer,
    give_back,
    give_proof,
    hand_over,
    proofs_step,
    proving,
    row,
    say,
)
from tests.queue import work_off
from tests.refusals import refused, remembered


def states(candidature):
    return {step.code: step.state for step in Step.objects.filter(candidature=candidature)}


def lines(candidature):
    return {line.code: line.state for line in examination_of(row(candidature)).lines}


def test_every_requirement_must_have_its_verdict(cast, at, candidature):
    say(candidature, "ILL-L 1", cast.ines, at)
    with refused("Une exigence attend encore votre avis : ILL-L 2.", code="incomplete", status=409) as caught:
        give_back(candidature, cast.ines, at)
    assert isinstance(caught.value, Undecided)
    assert caught.value.requirements == ("ILL-L 2",)


def test_accepted_where_every_requirement_is(cast, at, candidature):
    say(candidature, "ILL-L 1", cast.ines, at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="not_applicable", text="Pas de feux, en effet.")
    with remembered("reviews.SectionGivenBack"):
        event = give_back(candidature, cast.ines, at)
    assert (event.result, event.fields) == ("accepted", ())
    assert (row(candidature).state, states(candidature)["preuves"]) == ("accepted", "open")


def test_sent_back_with_what_was_asked_and_only_that(cast, at, candidature):
    hand_over(candidature, cast.claire, at, "engine")
    assert states(candidature)["preuves"] == "submitted"
    say(candidature, "ILL-L 1", cast.ines, at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.", note="Pour nous.")
    with remembered("reviews.SectionGivenBack") as entries:
        event = give_back(candidature, cast.ines, at)
    assert "Floue" not in entries[0].body
    assert (event.result, event.fields) == ("changes_requested", ("ILL-L 2",))
    assert [(one.field, one.reason, one.text) for one in ChangeRequest.objects.all()] == [("ILL-L 2", "unreadable", "Floue.")]
    assert (row(candidature).state, states(candidature)["preuves"]) == ("changes_requested", "changes_requested")


def test_what_was_corrected_alone_is_examined_again(cast, at, candidature):
    say(candidature, "ILL-L 1", cast.ines, at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.")
    give_back(candidature, cast.ines, at)
    give_proof(candidature, "ILL-L 2.1.1", cast.claire, at, content=b"nette")
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    found = examination_of(row(candidature))
    assert lines(candidature) == {"ILL-L 1": "closed", "ILL-L 2": "to_examine"}
    assert {line.code: line.is_new for line in found.lines} == {"ILL-L 1": False, "ILL-L 2": True}
    say(candidature, "ILL-L 2", cast.ines, at)
    assert give_back(candidature, cast.ines, at).result == "accepted"


def test_when_all_sections_are_accepted_the_step_is_over_and_the_next_opens(cast, at, candidature):
    hand_over(candidature, cast.claire, at, "engine")
    accept_all(candidature, cast.ines, at)
    give_back(candidature, cast.ines, at)
    assert states(candidature)["preuves"] == "submitted"
    accept_all(candidature, cast.ines, at, "engine")
    with remembered("reviews.SectionGivenBack", "candidatures.StepConcluded"):
        give_back(candidature, cast.ines, at, "engine")
    assert states(candidature) == {"dossier": "accepted", "preuves": "accepted", "visite": "open", "envol": "submitted"}
    assert proofs_step(candidature).settled_by == cast.ines


def test_the_company_is_told_of_what_was_sent_back_without_the_words(cast, at, candidature):
    say(candidature, "ILL-L 1", cast.ines, at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.", note="Pour nous.")
    give_back(candidature, cast.ines, at)
    mail.outbox.clear()
    work_off()
    (told,) = [one for one in mail.outbox if "Modification demandée" in one.subject]
    assert told.to == [cast.claire.email]
    assert "Floue" not in told.body


def test_a_section_given_back_is_so_for_good(cast, at, candidature):
    accept_all(candidature, cast.ines, at)
    give_back(candidature, cast.ines, at)
    with refused("Cette action n'est plus possible : l'état est « Acceptée ».", code="wrong_state", status=409):
        give_back(candidature, cast.ines, at)
    with pytest.raises(IntegrityError, match="is written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reviews_report SET result = 'changes_requested'")


def test_whoever_reads_without_examining_does_not_give_back(cast, at, candidature):
    with refused("Votre rôle permet de lire cette candidature, pas de l'examiner."):
        give_back(candidature, cast.hugo, at)


# — A second look —————————————————————————————————————————————————————————————————————————


def looked_at_twice(cast, at, flags):
    found = proving(cast.claire, cast.ines, at, flags=flags)
    hand_over(found, cast.claire, at)
    accept_all(found, cast.ines, at)
    assert give_back(found, cast.ines, at).result == "to_confirm"
    return found


def test_where_the_content_asks_for_it_another_reviewer_confirms_before_it_is_accepted(cast, at, db):
    found = looked_at_twice(cast, at, "second_look: true")
    assert row(found).state == "submitted"
    with refused("Vous avez examiné cette section : un autre vérificateur doit la confirmer."):
        give_back(found, cast.ines, at)
    with refused("Vous avez examiné cette section"):
        say(found, "ILL-L 1", cast.ines, at, version=1)
    second = another_reviewer(at)
    assert give_back(found, second, at).result == "accepted"
    assert [(one.look, one.result, one.given_by) for one in Report.objects.all()] == [(1, "to_confirm", cast.ines), (2, "accepted", second)]
    assert row(found).state == "accepted"


def test_whoever_confirms_may_send_back_what_the_first_had_accepted(cast, at, db):
    found, second = looked_at_twice(cast, at, "second_look: true"), another_reviewer(at)
    say(found, "ILL-L 2", second, at, outcome="changes_asked", reason="partial", text="Et de nuit ?")
    assert give_back(found, second, at).fields == ("ILL-L 2",)
    give_proof(found, "ILL-L 2.1.1", cast.claire, at, content=b"nuit")
    submit_section(proofs_step(found), "lights", by=cast.claire, at=at)
    assert lines(found) == {"ILL-L 1": "closed", "ILL-L 2": "to_examine"}
    say(found, "ILL-L 2", cast.ines, at)
    assert give_back(found, cast.ines, at).result == "to_confirm"
    assert give_back(found, second, at).result == "accepted"


def test_blind_every_requirement_is_looked_at_again(cast, at, db):
    found, second = looked_at_twice(cast, at, "second_look: true\n    blind_second_look: true"), another_reviewer(at)
    assert lines(found) == {"ILL-L 1": "to_examine", "ILL-L 2": "to_examine"}
    with refused("2 exigences attendent encore votre avis", code="incomplete", status=409):
        give_back(found, second, at)
    accept_all(found, second, at)
    assert give_back(found, second, at).result == "accepted"
