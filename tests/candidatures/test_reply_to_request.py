"""What the company answers to a request: in words beside another proof, or instead of one; over what one has read."""

from __future__ import annotations

import pytest

from convergence.candidatures.actions import ReplyCrossed, reply_to_request, submit_section
from convergence.candidatures.models import FieldValue, Step, Submission
from convergence.catalogue.actions import grant_rights
from convergence.reviews.examination import examination_of
from foundation.files.purposes import purposes
from tests.factories.files import TERMS, terms_of_test
from tests.factories.sections import give_back, hand_over, proofs_step, proving, row, say, section
from tests.refusals import refused, remembered


@pytest.fixture
def candidature(cast, at, db, monkeypatch):
    """A section sent back for its second requirement."""
    monkeypatch.setitem(purposes, TERMS, terms_of_test)
    found = proving(cast.claire, cast.ines, at)
    hand_over(found, cast.claire, at)
    say(found, "ILL-L 1", cast.ines, at)
    say(found, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.")
    give_back(found, cast.ines, at)
    return found


def test_words_alone_answer_and_go_with_the_section(cast, at, candidature):
    with remembered("candidatures.RequestReplied") as entries:
        reply_to_request(proofs_step(candidature), "ILL-L 2", " Elle est nette en taille réelle. ", 0, by=cast.claire, at=at)
    assert "nette" not in entries[0].body
    assert section(candidature).requirement("ILL-L 2").state == "corrected"
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    assert Submission.objects.filter(section="lights").latest("pk").values["replies"] == {"ILL-L 2": "Elle est nette en taille réelle."}
    line = examination_of(row(candidature)).line("ILL-L 2")
    assert (line.reply, line.is_new, line.state) == ("Elle est nette en taille réelle.", True, "to_examine")


def test_taken_back_it_answers_no_more(cast, at, candidature):
    step = proofs_step(candidature)
    reply_to_request(step, "ILL-L 2", "Nette.", 0, by=cast.claire, at=at)
    reply_to_request(step, "ILL-L 2", "", 1, by=cast.claire, at=at)
    assert section(candidature).requirement("ILL-L 2").state == "to_correct"
    with remembered():
        reply_to_request(step, "ILL-L 2", " ", 2, by=cast.claire, at=at)


def test_two_colleagues_at_once_the_second_is_shown_both(cast, at, candidature):
    grant_rights(candidature.enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    reply_to_request(proofs_step(candidature), "ILL-L 2", "Karim répond.", 0, by=cast.karim, at=at)
    with refused("Karim a répondu à cette demande pendant que vous rédigiez.", code="diverged", status=409) as caught:
        reply_to_request(proofs_step(candidature), "ILL-L 2", "Claire répond.", 0, by=cast.claire, at=at)
    assert isinstance(caught.value, ReplyCrossed)
    assert caught.value.theirs.value == "Karim répond."
    reply_to_request(proofs_step(candidature), "ILL-L 2", "Claire répond.", 1, by=cast.claire, at=at)
    assert (FieldValue.objects.get(step__code="preuves").value, FieldValue.objects.get(step__code="preuves").version) == (
        "Claire répond.",
        2,
    )


def test_what_keeps_it_from_being_answered(cast, at, candidature):
    step = proofs_step(candidature)
    with refused("L'agence ne demande plus rien pour cette exigence", code="wrong_state", status=409):
        reply_to_request(step, "ILL-L 1", "Oui.", 0, by=cast.claire, at=at)
    with refused("Ce texte compte 2001 caractères", code="too_long", status=400):
        reply_to_request(step, "ILL-L 2", "x" * 2001, 0, by=cast.claire, at=at)
    with refused("Vous pouvez lire cette candidature, pas la remplir."):
        reply_to_request(step, "ILL-L 2", "Oui.", 0, by=cast.karim, at=at)
    with pytest.raises(Step.DoesNotExist):
        reply_to_request(step, "ILL-Z 1", "Oui.", 0, by=cast.claire, at=at)


def test_an_answer_to_one_request_does_not_answer_the_next(cast, at, candidature):
    reply_to_request(proofs_step(candidature), "ILL-L 2", "Nette.", 0, by=cast.claire, at=at)
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Toujours floue.")
    give_back(candidature, cast.ines, at)
    found = section(candidature).requirement("ILL-L 2")
    assert (found.state, found.reply) == ("to_correct", None)
    with refused("Il reste une exigence à compléter", code="incomplete", status=409):
        submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
