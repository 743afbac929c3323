"""« Messagerie » on both sides: seen, answered, kept when refused; a file behind its doors; notes never shown to a company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.candidatures.models import Candidature
from convergence.candidatures.notices import SENTENCES
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.messaging.models import Attachment, Conversation, Message, Note
from foundation.messaging.notices import stop_token
from foundation.messaging.queries import copies_of
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.candidatures import submitted, trial_of
from tests.factories.catalogue import product_at
from tests.factories.evidence import PDF, judged
from tests.factories.messaging import asked_for_help, said
from tests.factories.pages import text_of
from tests.factories.people import someone

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def conversation(cast: Cast, at: datetime) -> Conversation:
    found = submitted(trial_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, at)
    return Conversation.objects.select_related("company").get(key=found.number)


def of_company(route: str, *args: Any) -> str:
    return reverse(f"company:{route}", args=args)


def of_agency(route: str, *args: Any) -> str:
    return reverse(f"agency:{route}", args=args)


def test_the_conversation_is_reached_from_the_candidature_on_both_sides(browse: Browse, cast: Cast, conversation: Conversation) -> None:
    for person, page, there in (
        (cast.claire, of_company("candidature", conversation.key), of_company("conversation", conversation.key)),
        (cast.ines, of_agency("candidature", conversation.key), of_agency("conversation", conversation.key)),
    ):
        text = text_of(browse(person).get(page))
        assert "Accéder à la conversation dans la messagerie" in text
        assert f'href="{there}"' in text
        assert f"Dossier : {SENTENCES['submitted']}" in text_of(browse(person).get(there))


def test_a_company_writes_and_the_reviewer_answers_with_a_file(
    browse: Browse, cast: Cast, at: datetime, conversation: Conversation
) -> None:
    claire, ines = browse(cast.claire), browse(cast.ines)
    here, there = of_company("conversation", conversation.key), of_agency("conversation", conversation.key)
    assert claire.post(here, {"text": "Une <question> ?"}).status_code == 302
    text = text_of(ines.get(there))
    assert "Une <question> ?" in text
    assert "Marquer comme lu (1 message)" in text
    ines.post(there, {"text": "Voici.", "files": [SimpleUploadedFile("exemple.pdf", PDF)], "send": "1"})
    attached = Attachment.objects.get()
    assert attached.file.is_clean, "le travail d'analyse est fait par le client de test"
    text = text_of(claire.get(here))
    assert "exemple.pdf" in text
    assert "<b>Inès</b>, vérificateur" in text
    where = of_company("attachment", conversation.key, attached.pk)
    assert b"".join(claire.get(where).streaming_content) == PDF
    assert browse(cast.zoe).get(where).status_code == 404
    assert browse(cast.karim).get(where).status_code == 404
    other = asked_for_help(cast.aubepine, cast.claire, at)
    assert claire.get(of_company("attachment", other.key, attached.pk)).status_code == 404


def test_a_file_still_examined_opens_for_nobody(browse: Browse, cast: Cast, at: datetime, conversation: Conversation) -> None:
    from_claire = browse(cast.claire)
    from_claire.post(of_company("conversation", conversation.key), {"files": [SimpleUploadedFile("virus.pdf", PDF)]})
    file = Attachment.objects.get().file
    judged(file, "infected", at)
    number = Attachment.objects.get().pk
    assert browse(cast.ines).get(of_agency("attachment", conversation.key, number)).status_code == 409
    text = text_of(browse(cast.ines).get(of_agency("conversation", conversation.key)))
    assert "Infecté : mis à l'écart" in text
    assert "Télécharger virus.pdf" not in text


@pytest.mark.parametrize("text", [" ", "x" * 4001])
def test_what_was_typed_comes_back_when_refused(browse: Browse, cast: Cast, conversation: Conversation, text: str) -> None:
    for person, page in (
        (cast.claire, of_company("conversation", conversation.key)),
        (cast.ines, of_agency("conversation", conversation.key)),
    ):
        answer = browse(person).post(page, {"text": text, "send": "1"})
        assert answer.status_code == 400
        assert f"{text}</textarea>" in text_of(answer)
        assert 'role="alert"' in text_of(answer)
    assert Message.objects.count() == 1


def test_a_refused_file_says_so_and_keeps_the_text(browse: Browse, cast: Cast, conversation: Conversation) -> None:
    page = of_company("conversation", conversation.key)
    answer = browse(cast.claire).post(
        page, {"text": "Voici.", "files": [SimpleUploadedFile("vide.pdf", b"x"), SimpleUploadedFile("rien.pdf", b"")]}
    )
    assert answer.status_code == 400
    assert "« rien.pdf » : Ce fichier est vide" in text_of(answer)
    assert "Voici.</textarea>" in text_of(answer)


def test_others_find_no_such_conversation(browse: Browse, cast: Cast, at: datetime, conversation: Conversation) -> None:
    for person in (cast.zoe, cast.karim):
        for answer in (
            browse(person).get(of_company("conversation", conversation.key)),
            browse(person).post(of_company("conversation", conversation.key), {"text": "Bonjour."}),
            browse(person).post(of_company("mark_read", conversation.key), {"read_to": "1"}),
        ):
            assert answer.status_code == 404
        assert conversation.key not in text_of(browse(person).get(of_company("conversation_list")))
    support = browse(someone("support", Role.SUPPORT, None, at))
    assert support.get(of_agency("conversation", conversation.key)).status_code == 404
    assert conversation.key not in text_of(support.get(of_agency("conversation_list")))


def test_a_note_never_reaches_a_company(browse: Browse, cast: Cast, conversation: Conversation) -> None:
    ines, page = browse(cast.ines), of_agency("conversation", conversation.key)
    ines.post(page, {"text": "CanariNote", "note": "1"})
    assert "CanariNote" in text_of(ines.get(page))
    assert "CanariNote" in text_of(browse(cast.hugo).get(page))
    refused = ines.post(page, {"text": " ", "note": "1"})
    assert refused.status_code == 400
    pages = ("conversation_list", ()), ("conversation", (conversation.key,)), ("candidature", (conversation.key,)), ("candidature_list", ())
    for route, args in pages:
        with CaptureQueriesContext(connection) as captured:
            text = text_of(browse(cast.claire).get(of_company(route, *args)))
        assert "CanariNote" not in text
        assert not any(Note._meta.db_table in query["sql"] for query in captured), route
    assert conversation.key not in text_of(browse(cast.claire).get(of_company("conversation_list") + "?q=CanariNote"))


def test_answers_ready_are_inserted_kept_and_dropped(browse: Browse, cast: Cast, conversation: Conversation) -> None:
    ines, page = browse(cast.ines), of_agency("conversation", conversation.key)
    answer = ines.post(page, {"text": "Bonjour,", "model": "unclear", "insert": "1"})
    assert "Bonjour,\n\nPeu clair.</textarea>" in text_of(answer)
    ines.post(page, {"text": "Merci de dater la preuve.", "keep": "1"})
    text = text_of(ines.get(page))
    assert ">Merci de dater la preuve.</option>" in text
    key = text.split('value="mine-')[1].split('"')[0]
    assert ines.post(page, {"text": "Gardé", "model": "unclear", "drop": "1"}).status_code == 400
    ines.post(page, {"model": f"mine-{key}", "drop": "1"})
    assert "Merci de dater" not in text_of(ines.get(page))
    assert Message.objects.count() == 1


def test_the_bar_says_how_much_is_new_until_it_is_read(browse: Browse, cast: Cast, at: datetime, conversation: Conversation) -> None:
    claire, page = browse(cast.claire), of_company("conversation", conversation.key)
    last = said(conversation, cast.ines, at)
    told = 'Messagerie <span class="cv-tag cv-tag--you">2<span class="fr-sr-only"> messages non lus</span></span>'
    assert told in text_of(claire.get(of_company("product_list")))
    assert told in text_of(claire.get(page)), "lire une page n'écrit rien"
    assert (
        claire.post(
            of_company("mark_read", conversation.key), {"read_to": str(last.pk)}, headers={"Accept": "application/json"}
        ).status_code
        == 204
    )
    assert "Messagerie</a>" in text_of(claire.get(page))
    assert "Messagerie</a>" in text_of(browse(cast.zoe).get(of_company("product_list")))


def test_the_support_is_written_to_and_answers(browse: Browse, cast: Cast, at: datetime) -> None:
    karim = browse(cast.karim)
    page = of_company("ask_support")
    answer = karim.post(page, {"title": "", "text": "Je n'entre plus."})
    assert answer.status_code == 400
    assert "Je n'entre plus.</textarea>" in text_of(answer)
    karim.post(page, {"title": "Compte perdu", "text": "Je n'entre plus."})
    found = Conversation.objects.get()
    support = browse(someone("support", Role.SUPPORT, None, at))
    assert "Compte perdu" in text_of(support.get(of_agency("conversation_list")))
    support.post(of_agency("conversation", found.key), {"text": "Essayez encore.", "send": "1"})
    assert "Essayez encore." in text_of(karim.get(of_company("conversation", found.key)))
    assert "Compte perdu" not in text_of(browse(cast.ines).get(of_agency("conversation_list")))


def test_the_page_costs_the_same_for_one_message_and_for_fifty(
    browse: Browse, cast: Cast, at: datetime, conversation: Conversation
) -> None:
    def price(person: Person, page: str) -> int:
        client = browse(person)
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        return len(captured)

    pages = [
        (cast.claire, of_company("conversation_list"), 8),
        (cast.claire, of_company("conversation", conversation.key), 9),
        (cast.ines, of_agency("conversation_list"), 8),
        (cast.ines, of_agency("conversation", conversation.key), 12),
    ]
    before = [price(person, page) for person, page, _ in pages]
    for rank in range(25):
        said(conversation, cast.claire, at, f"Message {rank}")
        said(conversation, cast.ines, at, f"Réponse {rank}")
        asked_for_help(cast.aubepine, cast.claire, at)
    after = [price(person, page) for person, page, _ in pages]
    print(before)
    assert before == after
    assert [cost <= most for cost, (_, _, most) in zip(after, pages, strict=True)] == [True] * 4, after


def test_what_was_said_long_before_is_one_link_away(browse: Browse, cast: Cast, at: datetime, conversation: Conversation) -> None:
    for rank in range(101):
        said(conversation, cast.ines, at, f"Réponse n° {rank} !")
    page = of_company("conversation", conversation.key)
    text = text_of(browse(cast.claire).get(page))
    assert "Réponse n° 0 !" not in text
    before = text.split("?avant=")[1].split('"')[0]
    assert "Réponse n° 0 !" in text_of(browse(cast.claire).get(f"{page}?avant={before}"))
    assert browse(cast.claire).get(f"{page}?avant=zut").status_code == 200


def test_copies_are_chosen_and_stopped_by_the_link_of_a_mail(browse: Browse, cast: Cast) -> None:
    page = reverse("public:choose_copies")
    browse(cast.ines).post(page, {"wants": "all"})
    assert copies_of(cast.ines) == "all"
    assert browse(cast.ines).post(page, {"wants": "rien"}).status_code == 400
    stop = reverse("public:stop_copies", args=[stop_token(cast.ines)])
    assert "Vous ne recevrez plus" in text_of(browse(None).get(stop))
    assert copies_of(cast.ines) == "all", "la lecture seule n'arrête rien : un antivirus suit les liens"
    browse(None).post(stop, {"List-Unsubscribe": "One-Click"})
    assert copies_of(cast.ines) == "none"
    assert browse(None).post(reverse("public:stop_copies", args=["1-faux"])).status_code == 404


def test_a_draft_has_no_conversation_yet(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    enrolment = trial_of(product, cast.claire, at)
    browse(cast.claire).post(reverse("company:begin_candidature", args=[product.reference, enrolment.code]))
    found = Candidature.objects.get()
    assert "dans la messagerie" not in text_of(browse(cast.claire).get(of_company("candidature", found.number)))
    assert not Conversation.objects.exists()
