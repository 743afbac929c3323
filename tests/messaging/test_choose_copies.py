"""Copies by mail: to those alone who asked, of what they see; one link stops them."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core import mail

from foundation.accounts.rights import Role
from foundation.messaging.actions import choose_copies, drop_answer, keep_answer, mark_read, stop_copies
from foundation.messaging.models import Conversation, SavedAnswer
from foundation.messaging.notices import person_of_token, stop_token
from foundation.messaging.queries import copies_of, models_for, new_answer
from tests.cast import Cast
from tests.factories.messaging import again, said
from tests.factories.people import someone
from tests.queue import work_off
from tests.refusals import refused


def copies(subject: str = "Nouveau message") -> list[str]:
    work_off()
    found = sorted(message.to[0].partition("@")[0] for message in mail.outbox if subject in message.subject)
    mail.outbox.clear()
    return found


def test_nobody_is_sent_what_they_did_not_ask_for(cast: Cast, at: datetime, conversation: Conversation) -> None:
    said(conversation, cast.claire, at)
    said(conversation, cast.ines, at)
    assert copies() == []


def test_copies_go_to_who_asked_and_sees_the_conversation(cast: Cast, at: datetime, conversation: Conversation) -> None:
    representative = someone("representative", Role.REPRESENTATIVE, cast.aubepine, at)
    copies()
    for person in (cast.claire, representative, cast.karim, cast.zoe, cast.ines, cast.hugo):
        choose_copies(person, "all", by=person, at=at)
    said(conversation, cast.ines, at, "Un secret.")
    assert copies() == ["claire", "representative"], "ni l'auteure, ni qui ne voit pas le produit, ni l'agence pour ce qu'elle dit"
    said(conversation, cast.claire, at, "Une question.")
    assert copies() == ["representative"], "personne de l'agence n'a encore ouvert la conversation"
    mark_read(again(conversation), again(conversation).latest, by=cast.ines, at=at)
    said(conversation, cast.claire, at, "CanariTexte")
    work_off()
    bodies = {message.to[0].partition("@")[0]: message for message in mail.outbox}
    assert "CanariTexte" in bodies["representative"].body
    assert "CanariTexte" not in bodies["ines"].body
    assert sorted(bodies) == ["ines", "representative"]


def test_the_steps_alone(cast: Cast, at: datetime, conversation: Conversation) -> None:
    copies()
    choose_copies(cast.claire, "steps", by=cast.claire, at=at)
    said(conversation, cast.ines, at)
    assert copies() == []


def test_one_click_stops_them(cast: Cast, at: datetime, conversation: Conversation, settings: pytest.FixtureRequest) -> None:
    settings.SITE_ADDRESS = "https://convergence.example"  # type: ignore[attr-defined]
    copies()
    choose_copies(cast.claire, "all", by=cast.claire, at=at)
    said(conversation, cast.ines, at)
    work_off()
    (message,) = [one for one in mail.outbox if "Nouveau message" in one.subject]
    link = f"https://convergence.example/messagerie/copies/{stop_token(cast.claire)}/"
    assert message.extra_headers["List-Unsubscribe"] == f"<{link}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in message.body
    assert person_of_token(stop_token(cast.claire)) == cast.claire
    stop_copies(cast.claire, by=cast.claire, at=at)
    assert copies_of(cast.claire) == "none"
    assert stop_copies(cast.claire, by=cast.claire, at=at) is None


@pytest.mark.parametrize("token", ["", "1", "1-", "1-abc", "-", "zoe-abc"])
def test_a_link_nobody_signed_stops_nothing(cast: Cast, token: str) -> None:
    assert person_of_token(token) is None
    assert person_of_token(stop_token(cast.zoe).replace(str(cast.zoe.pk), str(cast.claire.pk), 1)) is None


def test_a_choice_is_ones_own_and_exists(cast: Cast, at: datetime) -> None:
    with refused("Chacun choisit pour soi"):
        choose_copies(cast.claire, "all", by=cast.zoe, at=at)
    with refused("Ce choix n'existe pas", status=400):
        choose_copies(cast.claire, "some", by=cast.claire, at=at)
    assert choose_copies(cast.claire, "none", by=cast.claire, at=at) is None


def test_an_answer_is_kept_for_oneself(cast: Cast, at: datetime, conversation: Conversation) -> None:
    keep_answer(new_answer(cast.ines, "  Merci de dater\nla preuve.  "), by=cast.ines, at=at)
    kept = SavedAnswer.objects.get()
    assert (kept.title, kept.text) == ("Merci de dater la preuve.", "Merci de dater\nla preuve.")
    assert f"mine-{kept.pk}" in [one.code for one in models_for(conversation, cast.ines)]
    assert f"mine-{kept.pk}" not in [one.code for one in models_for(conversation, cast.hugo)]
    with refused("à l'agence"):
        keep_answer(new_answer(cast.claire, "Moi."), by=cast.claire, at=at)
    with refused("d'un collègue"):
        drop_answer(kept, by=cast.hugo, at=at)
    drop_answer(kept, by=cast.ines, at=at)
    assert not SavedAnswer.objects.exists()
