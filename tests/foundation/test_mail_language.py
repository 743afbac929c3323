"""Is each mail in the language of whoever it is written to? Its sentences, its dates, where its links lead; whatever the page meanwhile."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.accounts.actions import choose_language
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.core.clock import now
from foundation.core.language import gettext, spoken
from foundation.invitations import actions
from foundation.invitations.models import Invitation
from foundation.messaging.actions import ask_support, choose_copies, support_request
from foundation.messaging.models import Message
from foundation.messaging.notices import stop_token
from foundation.notifications.mail import in_their_language, link_to
from tests.factories.people import STRONG, asked, fresh, invited, password_link, someone
from tests.queue import work_off

SITE = "https://convergence.example"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_ADDRESS = SITE


@pytest.fixture
def english(at):
    """`english(person)` is written to in English from now on."""

    def chosen(person):
        choose_language(person, "en", by=person, at=at)
        return fresh(person)

    return chosen


def told(language="fr"):
    """What is sent once the queue is worked off, by address; whoever works it off may have any language on their page."""
    mail.outbox.clear()
    with spoken(language):
        work_off()
    return {message.to[0].partition("@")[0]: message for message in mail.outbox}


def page_in(language, route, *path):
    with spoken(language):
        return f"{SITE}{reverse(route, args=path)}"


@pytest.mark.parametrize("page", ["fr", "en"])
def test_the_link_and_the_date_are_theirs_whatever_the_page(cast, at, english, page):
    links = password_link(english(cast.claire), at), password_link(cast.zoe, at)
    sent = told(page)
    assert page_in("en", "public:set_password", links[0].token) in sent["claire"].body
    assert "16 November 2026 at 11:00" in sent["claire"].body
    assert page_in("fr", "public:set_password", links[1].token) in sent["zoe"].body
    assert "16 novembre 2026 à 11\u00a0h\u00a000" in sent["zoe"].body
    assert sent["zoe"].subject == "Mot de passe oublié"


def test_the_subject_and_the_sentences_are_said_in_english(cast, at, english):
    password_link(english(cast.claire), at)
    sent = told()["claire"]
    with spoken("en"):
        assert sent.subject == gettext("Mot de passe oublié")
        assert gettext("Bonjour %(to.name)s,") % {"to.name": "Claire"} in sent.body


def test_an_address_without_an_account_is_written_to_in_french(cast, at, english):
    claire = english(cast.claire)
    request, invitation = asked(at), invited(claire, cast.aubepine, Role.EMPLOYEE, at)
    sent = told("en")
    assert sent["gerance"].subject == f"Demande de compte reçue ({request.reference})"
    assert sent["nouveau"].subject == "Invitation à rejoindre Aubépine Santé sur Convergence"
    assert page_in("fr", "public:invitation", invitation.token) in sent["nouveau"].body


def test_an_invited_account_is_written_to_in_its_language_at_no_more_queries(cast, at, english):
    read = {}
    for person in (cast.zoe, english(cast.karim)):
        invitation = invited(cast.claire, cast.aubepine, Role.REPRESENTATIVE, at, email=person.email)
        with CaptureQueriesContext(connection) as captured:
            sent = told("fr")
        read[person.language] = len(captured)
        assert page_in(person.language, "public:invitation", invitation.token) in sent[person.email.partition("@")[0]].body
        assert sum('FROM "invitations_invitation"' in query["sql"] for query in captured) == 1
    assert read["fr"] == read["en"]


def test_an_account_request_is_answered_in_french_until_the_account_is_theirs(cast, at, english):
    support, zoe = someone("support", Role.SUPPORT, None, at), english(cast.zoe)
    request = asked(at, email=zoe.email)
    assert "Demande de compte reçue" in told("en")["zoe"].subject
    actions.accept_account_request(request, by=support, at=at)
    assert page_in("en", "public:sign_in") in told("fr")["zoe"].body


def test_a_first_password_on_a_page_in_english_guesses_nothing(browse, cast):
    invitation = invited(cast.claire, cast.aubepine, Role.EMPLOYEE, now())
    with spoken("en"):
        page = reverse("public:invitation", args=[invitation.token])
        typed = {"name": "Nouveau", "password": STRONG, "password_again": STRONG}
        assert browse(None).post(page, typed).status_code == 302
    newcomer = Invitation.objects.select_related("person").get(pk=invitation.pk).person
    assert newcomer.language == "fr"
    link = password_link(newcomer, now())
    with spoken("en"):
        page = reverse("public:set_password", args=[link.token])
        assert browse(None).post(page, {"password": f"{STRONG} encore", "password_again": f"{STRONG} encore"}).status_code == 302
    assert fresh(newcomer).check_password(f"{STRONG} encore")
    assert fresh(newcomer).language == "fr"


def test_the_link_that_stops_copies_is_theirs_and_what_is_kept_is_french(cast, at, english):
    claire, representative = english(cast.claire), someone("representative", Role.REPRESENTATIVE, cast.aubepine, at)
    for person in (claire, representative):
        choose_copies(person, "all", by=person, at=at)
    told()
    with spoken("en"):
        ask_support(support_request(cast.aubepine, "Question"), "Comment faire ?", by=cast.karim, at=at)
    sent = told("fr")
    stops = {name: page_in(language, "public:stop_copies", stop_token(person)) for name, language, person in (("claire", "en", claire), ("representative", "fr", representative))}  # fmt: skip
    assert {name: message.extra_headers["List-Unsubscribe"] for name, message in sent.items()} == {
        name: f"<{stop}>" for name, stop in stops.items()
    }
    assert Message.objects.order_by("-pk").first().author_role == "Salarié"


def test_the_language_of_the_page_comes_back_once_the_mail_is_written():
    seen = []

    @in_their_language
    def write(person, word):
        seen.append((word, link_to("public:home")))
        if word == "refusé":
            raise RuntimeError

    with spoken("fr"):
        write(Person(language="en"), "écrit")
        with pytest.raises(RuntimeError):
            write(Person(language="en"), "refusé")
        assert link_to("public:home") == f"{SITE}/"
    assert seen == [("écrit", f"{SITE}/en/"), ("refusé", f"{SITE}/en/")]


def test_no_link_where_the_installation_does_not_say_where_it_is(settings):
    settings.SITE_ADDRESS = ""
    assert link_to("public:home") == ""


NOTICES = sorted([*ROOT.glob("foundation/*/*.py"), *ROOT.glob("convergence/**/*.py")])


def test_every_mail_is_written_in_a_language_that_is_said():
    """What posts a mail is `@in_their_language`, or says the language itself; no mail is posted from anywhere else."""
    posting = set()
    for file in NOTICES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef) and "post_mail(" in (source := ast.unparse(node)) and node.name != "post_mail":
                decorated = any(getattr(one, "id", "") == "in_their_language" for one in node.decorator_list)
                within = re.search(r"with spoken\(.*\):(.|\n)*post_mail\(", source) is not None
                assert decorated or within or _is_called_by_one(file, node.name), f"{file.relative_to(ROOT)} : {node.name}"
                posting.add(str(file.relative_to(ROOT)))
    assert {"foundation/invitations/notices.py", "foundation/messaging/notices.py", "convergence/candidatures/notices.py"} <= posting


def _is_called_by_one(file, name):
    """Whether all that call it, in its module, are themselves in the language of someone."""
    callers = [
        node
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name != name and f"{name}(" in ast.unparse(node)
    ]
    return bool(callers) and all(any(getattr(one, "id", "") == "in_their_language" for one in node.decorator_list) for node in callers)
