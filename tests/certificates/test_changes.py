"""A certified product changes: declared by its company, in time or not, answered by the agency, and what is public of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from convergence.certificates.actions import (
    ask_new_candidature,
    declare_change,
    find_change_harmless,
    suspend_certificate,
    withdraw_certificate,
)
from convergence.certificates.models import DeclaredChange
from convergence.certificates.queries import certificate_of_number, changes_shown
from foundation.core.clock import today
from foundation.core.verdict import Refused
from tests.queue import work_off

DAY = date(2026, 11, 16)


@pytest.fixture
def declared(cast, at, issued):
    declare_change(issued, "wings", DAY, "4.0", "Deux ailes de plus, cousues main.", by=cast.claire, at=at)
    work_off()
    return DeclaredChange.objects.get()


def test_it_is_told_to_those_who_watch_without_what_it_says(declared, signing):
    declare = [one for one in mail.outbox if one.subject.startswith("Modification déclarée")]
    assert {one.to[0] for one in declare} == {signing.email}
    assert "cousues main" not in declare[0].body


def test_found_harmless_the_certificate_goes_on_and_its_life_says_so(cast, at, issued, declared, coordination):
    find_change_harmless(declared, "Merci.", by=coordination, at=at + timedelta(days=2))
    work_off()
    shown = certificate_of_number(issued.number, DAY)
    assert shown.state == "valid"
    assert [(one.verb, one.reason) for one in shown.episodes][-1] == ("find_change_harmless", "Version 4.0.")
    assert mail.outbox[-1].to == [cast.claire.email]
    assert "Sans effet sur la conformité." in mail.outbox[-1].body
    page = Client().get(reverse("public:certificate", args=[issued.number])).content.decode()
    assert "Modification déclarée, sans effet sur la conformité" in page
    assert "cousues main" not in page


def test_a_new_candidature_is_asked_for_with_a_reason(cast, at, issued, declared, coordination):
    with pytest.raises(Refused, match="pourquoi une nouvelle candidature"):
        ask_new_candidature(declared, " ", by=coordination, at=at)
    ask_new_candidature(declared, "Les ailes portent la conformité.", by=coordination, at=at)
    work_off()
    declared.refresh_from_db()
    assert (declared.state, declared.answered_by) == ("new_candidature", coordination)
    assert "Les ailes portent la conformité." in mail.outbox[-1].body
    with pytest.raises(Refused, match="n'est plus possible"):
        find_change_harmless(declared, "", by=coordination, at=at)


def test_in_time_or_late_it_is_received(cast, at, issued):
    for days in (15, 16):
        declare_change(issued, "wings", DAY - timedelta(days=days), "", "Autre.", by=cast.claire, at=at)
    assert [one.is_late for one in changes_shown(certificate_of_number(issued.number, DAY))] == [True, False]


@pytest.mark.parametrize(
    ("kind", "day", "version", "text", "words"),
    [
        ("inconnu", DAY, "", "Texte.", "dans la liste"),
        ("wings", DAY + timedelta(days=1), "", "Texte.", "à venir"),
        ("wings", DAY, "v" * 61, "Texte.", "60 caractères"),
        ("wings", DAY, "", " ", "Décrivez"),
        ("wings", DAY, "", "x" * 2001, "raccourcissez"),
    ],
)
def test_what_is_not_said_well_is_refused(cast, at, issued, kind, day, version, text, words):
    with pytest.raises(Refused, match=words) as refused:
        declare_change(issued, kind, day, version, text, by=cast.claire, at=at)
    assert refused.value.status == 400


def test_only_who_engages_the_company_declares_and_who_watches_answers(cast, at, issued, declared):
    for person in (cast.karim, cast.zoe, cast.ines):
        with pytest.raises(Refused, match="ne permet pas de déclarer"):
            declare_change(issued, "wings", DAY, "", "Texte.", by=person, at=at)
    for person in (cast.claire, cast.ines, cast.hugo):
        for answer in (find_change_harmless, ask_new_candidature):
            with pytest.raises(Refused, match="pas de le suspendre"):
                answer(declared, "Non.", by=person, at=at)


def test_of_what_no_longer_stands_nothing_is_declared(cast, at, issued, coordination):
    withdraw_certificate(issued, "Fin.", by=coordination, at=at)
    with pytest.raises(Refused, match="ne s'applique plus"):
        declare_change(issued, "wings", DAY, "", "Texte.", by=cast.claire, at=at)


def test_a_suspension_keeps_its_reason_whatever_is_declared_after(cast, at, issued, declared, coordination):
    suspend_certificate(issued, "Contrôle.", by=coordination, at=at)
    find_change_harmless(declared, "", by=coordination, at=at)
    assert certificate_of_number(issued.number, DAY).why.reason == "Contrôle."


def test_from_one_page_to_the_other(browse, cast, issued, coordination):
    claire, page = browse(cast.claire), reverse("company:declare_change", args=[issued.candidature.number])
    assert page in claire.get(reverse("company:candidature", args=[issued.candidature.number])).content.decode()
    typed = {"kind": "wings", "occurred_on": today().isoformat(), "version": "4.0", "text": ""}
    response = claire.post(page, typed)
    assert response.status_code == 400
    assert 'value="4.0"' in response.content.decode(), "ce qui était tapé revient"
    assert claire.post(page, {**typed, "occurred_on": "31/02"}).status_code == 400
    assert claire.post(page, {**typed, "occurred_on": ""}).status_code == 400
    claire.post(page, {**typed, "text": "Deux ailes de plus."})
    assert "À examiner par l'agence" in claire.get(page).content.decode().replace("&#x27;", "'")
    client, where = browse(coordination), reverse("agency:certificate", args=[issued.number])
    assert "Deux ailes de plus." in client.get(where).content.decode()
    change = DeclaredChange.objects.get()
    answer = reverse("agency:answer_change", args=[issued.number, change.pk])
    response = client.post(answer, {"ask": "1", "answer": ""})
    assert response.status_code == 400
    client.post(answer, {"harmless": "1", "answer": "Merci."})
    assert "Sans effet sur la conformité" in claire.get(page).content.decode()
    assert browse(cast.zoe).get(page).status_code == 404
    assert client.post(reverse("agency:answer_change", args=[issued.number, 999_999]), {"harmless": "1"}).status_code == 404
