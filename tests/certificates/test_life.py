"""Suspended, restored, withdrawn, expired: by whom, with which reason, told to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from convergence.certificates.actions import expire_certificate, restore_certificate, suspend_certificate, withdraw_certificate
from convergence.certificates.jobs import expire_certificates, remind_of_terms
from convergence.certificates.queries import certificate_of_number
from foundation.accounts.actions import declare_conflict
from foundation.core.verdict import Refused
from foundation.journal.actor import SYSTEM
from tests.queue import work_off

DAY = timedelta(days=1)


def test_suspended_then_restored_then_withdrawn(cast, at, issued, coordination):
    suspend_certificate(issued, "Contrôle en cours.", by=coordination, at=at)
    shown = certificate_of_number(issued.number, issued.issued_on)
    assert (shown.state, shown.why.reason) == ("suspended", "Contrôle en cours.")
    restore_certificate(issued, "Contrôle conforme.", by=coordination, at=at + DAY)
    shown = certificate_of_number(issued.number, issued.issued_on)
    assert (shown.state, shown.why) == ("valid", None)
    withdraw_certificate(issued, "À la demande de l'entreprise.", by=coordination, at=at + 2 * DAY)
    shown = certificate_of_number(issued.number, issued.issued_on)
    assert (shown.state, shown.why.reason) == ("withdrawn", "À la demande de l'entreprise.")
    assert [(one.verb, one.by) for one in shown.episodes] == [
        ("issue_certificate", None),
        ("suspend_certificate", coordination),
        ("restore_certificate", coordination),
        ("withdraw_certificate", coordination),
    ]
    work_off()
    told = [(one.subject.partition(" : ")[0], one.to) for one in mail.outbox[-3:]]
    assert told == [(word, [cast.claire.email]) for word in ("Certificat suspendu", "Certificat rétabli", "Certificat retiré")]
    assert "Contrôle en cours." in mail.outbox[-3].body


def test_a_signatory_may_too_and_nobody_else(cast, at, issued, signing):
    for person in (cast.claire, cast.ines, cast.hugo, cast.zoe):
        for verb in (suspend_certificate, withdraw_certificate, restore_certificate):
            with pytest.raises(Refused, match="pas de le suspendre"):
                verb(issued, "Non.", by=person, at=at)
    declare_conflict(signing, cast.aubepine, "Parent.", by=signing, at=at)
    with pytest.raises(Refused, match="quelqu'un d'autre"):
        suspend_certificate(issued, "Non.", by=signing, at=at)


@pytest.mark.parametrize("reason", ["", " \n", "x" * 2001])
def test_without_a_reason_nothing_happens(at, issued, coordination, reason):
    for verb in (suspend_certificate, withdraw_certificate):
        with pytest.raises(Refused) as refused:
            verb(issued, reason, by=coordination, at=at)
        assert refused.value.status == 400
    assert issued.episodes.count() == 1


def test_what_is_withdrawn_does_not_come_back(at, issued, coordination):
    withdraw_certificate(issued, "Fin.", by=coordination, at=at)
    for verb in (suspend_certificate, restore_certificate, withdraw_certificate):
        with pytest.raises(Refused, match="n'est plus possible"):
            verb(issued, "Encore.", by=coordination, at=at)


def test_it_expires_the_day_after_its_last_whether_or_not_the_night_came(at, issued, coordination):
    last = at.replace(year=2029)
    assert certificate_of_number(issued.number, last.date()).state == "valid"
    assert certificate_of_number(issued.number, (last + DAY).date()).state == "expired"
    assert expire_certificate(issued, by=SYSTEM, at=last) is None
    with pytest.raises(Refused, match="arrivé à son terme"):
        suspend_certificate(issued, "Trop tard.", by=coordination, at=last + DAY)
    expire_certificates(last)
    issued.refresh_from_db()
    assert issued.state == "valid"
    expire_certificates(last + DAY)
    issued.refresh_from_db()
    assert issued.state == "expired"
    assert issued.episodes.last().verb == "expire_certificate"
    assert expire_certificate(issued, by=SYSTEM, at=last + DAY) is None
    work_off()
    assert mail.outbox[-1].subject.startswith("Certificat arrivé à son terme")


def test_nobody_makes_it_expire(at, issued, coordination):
    with pytest.raises(Refused, match="de lui-même"):
        expire_certificate(issued, by=coordination, at=at.replace(year=2030))


@pytest.mark.parametrize(("days", "told"), [(91, False), (90, True), (89, False), (30, True), (7, True), (1, False), (0, False)])
def test_the_company_is_reminded_before_the_term(at, issued, days, told):
    mail.outbox.clear()
    day = at.replace(year=2029) - timedelta(days=days)
    remind_of_terms(day)
    remind_of_terms(day)
    work_off()
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == int(told)
    if told:
        assert f"dans {days} jours" in mail.outbox[0].subject
        assert "commencez une nouvelle candidature" in mail.outbox[0].body


def test_nobody_is_reminded_of_what_was_withdrawn(at, issued, coordination):
    withdraw_certificate(issued, "Fin.", by=coordination, at=at)
    work_off()
    mail.outbox.clear()
    remind_of_terms(at.replace(year=2029) - timedelta(days=30))
    work_off()
    assert mail.outbox == []
