"""Which mail does each thing send, to whom, with a link that opens? And nothing is sent that is no longer so."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.template.loader import get_template

from foundation.accounts.actions import end_seat
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.invitations import actions
from foundation.invitations.models import AccountRequest, Invitation, PasswordLink
from foundation.invitations.queries import account_request_behind, invitation_behind, password_link_behind
from foundation.journal.actor import SYSTEM
from tests.factories.people import STRONG, asked, invited, password_link, seat_of, someone
from tests.queue import work_off

SITE = "https://convergence.example"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_ADDRESS = SITE


@pytest.fixture
def support(cast, at):
    return someone("support", Role.SUPPORT, None, at)


def told():
    """What was sent since last asked: (to, subject), and the mails."""
    work_off()
    sent = list(mail.outbox)
    mail.outbox.clear()
    return [(message.to[0], message.subject) for message in sent], [message.body for message in sent]


def token_in(body, path):
    return re.search(rf"{SITE}/{path}/([0-9a-f-]+)/", body)[1]


def test_whoever_asks_has_the_reference_in_writing(cast, at):
    request = asked(at, company_name="L'<Outil> & Cie")
    sent, bodies = told()
    assert sent == [("gerance@cormoran.example", f"Demande de compte reçue ({request.reference})")]
    assert "L'<Outil> & Cie (SIREN 732 829 320)" in bodies[0].replace("\u00a0", " ")


def test_an_address_that_has_an_account_reads_the_same(cast, at):
    asked(at, email=cast.zoe.email)
    asked(at, siren="404833048", email="inconnue@x.example")
    _, bodies = told()
    plain = [re.sub(r"[A-Z]{10}|\d{3} \d{3} \d{3}", "", body.replace("\u00a0", " ")) for body in bodies]
    assert plain[0] == plain[1]


def test_a_complement_comes_with_the_link_that_opens_it(cast, at, support):
    request = asked(at)
    told()
    actions.ask_account_complement(request, "Qui êtes-vous <vraiment> ?", by=support, at=at)
    sent, bodies = told()
    assert sent[0][0] == "gerance@cormoran.example"
    assert "Qui êtes-vous <vraiment> ?" in bodies[0].replace("\u00a0", " ").replace("\u202f", " ")
    assert account_request_behind(token_in(bodies[0], "demande-de-compte")) == request
    typed = dict.fromkeys(actions.ASKED, "x")
    actions.complete_account_request(AccountRequest.objects.get(pk=request.pk), typed, "Moi.", by=SYSTEM, at=at)
    assert told()[0] == [("gerance@cormoran.example", f"Complément reçu ({request.reference})")]


def test_a_complement_asked_and_settled_before_the_mail_left_is_not_told(cast, at, support):
    request = asked(at)
    told()
    actions.ask_account_complement(request, "Quoi ?", by=support, at=at)
    actions.refuse_account_request(request, "Doublon.", by=support, at=at)
    sent, bodies = told()
    assert [subject for _, subject in sent] == [f"Demande de compte refusée ({request.reference})"]
    assert "Doublon." in bodies[0]


def test_accepted_two_mails_one_with_the_link_of_the_password(cast, at, support):
    request = asked(at)
    told()
    actions.accept_account_request(request, by=support, at=at)
    sent, bodies = told()
    assert sorted(subject for _, subject in sent) == ["Choisissez votre mot de passe", f"Demande de compte acceptée ({request.reference})"]
    link = next(body for body in bodies if "/mot-de-passe/" in body)
    assert password_link_behind(token_in(link, "mot-de-passe")) == PasswordLink.objects.get()
    assert "Un autre message" in next(body for body in bodies if "/mot-de-passe/" not in body)


def test_someone_who_has_a_password_is_told_to_use_it(cast, at, support):
    actions.accept_account_request(asked(at, email=cast.zoe.email), by=support, at=at)
    _, bodies = told()
    assert any("mot de passe habituel" in body for body in bodies)
    assert not any("/mot-de-passe/" in body for body in bodies)


def test_a_link_replaced_or_used_before_its_mail_left_is_not_sent(cast, at):
    password_link(cast.claire, at)
    actions.set_password(PasswordLink.objects.get(), STRONG, by=cast.claire, at=at)
    sent, bodies = told()
    assert sent == [("claire@demo.invalid", "Votre mot de passe a changé")]
    assert STRONG not in bodies[0]


def test_a_closed_account_is_sent_no_link(cast, at):
    password_link(cast.claire, at)
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(is_active=False)
    assert told() == ([], [])


def test_each_change_of_password_is_told(cast, at, settings):
    actions.change_password(cast.claire, settings.DEMO_PASSWORD, STRONG, by=cast.claire, at=at)
    assert told()[0] == [("claire@demo.invalid", "Votre mot de passe a changé")]
    actions.change_password(Person.objects.get(pk=cast.claire.pk), STRONG, STRONG + " encore", by=cast.claire, at=at)
    assert told()[0] == [("claire@demo.invalid", "Votre mot de passe a changé")]


def test_an_invitation_and_the_one_sent_again(cast, at):
    invitation = invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at)
    sent, bodies = told()
    assert sent == [("nouveau@aubepine.example", "Invitation à rejoindre Aubépine Santé sur Convergence")]
    assert "Claire vous invite à rejoindre Aubépine Santé sur Convergence, comme salarié." in bodies[0]
    assert invitation_behind(token_in(bodies[0], "invitation")) == invitation
    actions.resend_invitation(invitation, by=cast.claire, at=at + timedelta(days=1))
    _, again = told()
    assert invitation_behind(token_in(bodies[0], "invitation")) is None
    assert invitation_behind(token_in(again[0], "invitation")) == invitation


def test_an_invitation_revoked_before_its_mail_left_is_not_sent(cast, at):
    actions.revoke_invitation(invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at), by=cast.claire, at=at)
    assert told() == ([], [])


def test_at_the_agency_too_and_who_invited_learns_it(cast, at):
    coordinator = someone("coordinator", Role.COORDINATOR, None, at)
    invitation = invited(coordinator, None, Role.AUDITOR, at)
    assert told()[0] == [("nouveau@aubepine.example", "Invitation à rejoindre l'agence sur Convergence")]
    actions.accept_invitation(invitation, name="Nouveau", password=STRONG, by=SYSTEM, at=at)
    sent, bodies = told()
    assert sent == [("coordinator@demo.invalid", "Invitation acceptée")]
    assert f"{SITE}/agence/equipe/" in bodies[0]


def test_a_legal_representative_at_each_step(cast, at, support):
    invitation = invited(cast.claire, cast.aubepine, Role.LEGAL_REPRESENTATIVE, at, email=cast.karim.email, transfers=True)
    assert "Le support vérifiera votre identité" in told()[1][0]
    actions.accept_representation(invitation, by=cast.karim, at=at)
    assert told()[0] == [("claire@demo.invalid", "Invitation acceptée, identité à vérifier")]
    actions.verify_representative(invitation, by=support, at=at)
    sent, bodies = told()
    assert sent == [("karim@demo.invalid", "Nouveau mandataire")]
    assert "Elle remplace Claire, qui devient représentant." in bodies[0]


def test_one_that_is_not_verified_is_told_to_both(cast, at, support):
    invitation = invited(cast.claire, cast.aubepine, Role.LEGAL_REPRESENTATIVE, at, email=cast.karim.email)
    actions.accept_representation(invitation, by=cast.karim, at=at)
    told()
    actions.decline_representative(invitation, "Pièce <illisible>.", by=support, at=at)
    sent, bodies = told()
    assert sorted(to for to, _ in sent) == ["claire@demo.invalid", "karim@demo.invalid"]
    assert all("Pièce <illisible>." in body for body in bodies)


def test_who_left_since_or_was_closed_out_is_told_nothing(cast, at):
    other = someone("other", Role.LEGAL_REPRESENTATIVE, cast.aubepine, at)
    invitation = invited(other, cast.aubepine, Role.EMPLOYEE, at, email=cast.zoe.email)
    told()
    end_seat(seat_of(other, cast.aubepine), by=other, at=at)
    actions.accept_invitation(invitation, by=cast.zoe, at=at)
    assert told() == ([], [])
    closed = invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at, email=cast.hugo.email)
    told()
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(is_active=False)
    actions.accept_invitation(closed, by=cast.hugo, at=at)
    assert told() == ([], [])


def test_a_line_end_in_a_name_enters_no_subject(cast, at):
    cast.aubepine.name = "Aubépine\r\nBcc: x@evil.example"
    cast.aubepine.save(update_fields=["name"])
    invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at)
    assert "\n" not in told()[0][0][1]


def test_every_mail_has_its_text(settings):
    written = {path.name for path in settings.BASE_DIR.glob("templates/mail/invitations/*.txt")}
    assert len(written) == 12
    for name in written:
        get_template(f"mail/invitations/{name}")


def test_a_token_is_kept_in_no_table(cast, at):
    invitation = invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at)
    assert invitation.token not in str(Invitation.objects.filter(pk=invitation.pk).values())
