"""The pages of accounts in their empty, full and error states: no violation of axe, nothing wider than the screen, light and dark."""
# ruff: noqa: F811 - the fixtures of the other pages, under their names

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from foundation.accounts.actions import declare_conflict, share_view
from foundation.accounts.rights import Role
from foundation.core.clock import now
from foundation.invitations import actions
from foundation.invitations.models import AccountRequest
from tests.cast import Cast
from tests.factories.pages import address
from tests.factories.people import asked, fresh, invited, password_link, seat_of, someone
from tests.journeys.test_accessibility import Check, arrive, check  # noqa: F401
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Arrive = Callable[..., Visitor]
LONG = "Établissements coordonnés de télésurveillance et d'hospitalisation à domicile du Grand Ouest"


def test_asking_and_the_links_of_mails(arrive: Arrive, check: Check, cast: Cast, at: datetime) -> None:
    support = someone("support", Role.SUPPORT, None, at)
    incomplete = asked(at, company_name=LONG)
    actions.ask_account_complement(incomplete, "Précisez votre fonction.\nJoignez un numéro direct.", by=support, at=now())
    visitor = arrive()
    with visitor.expecting("400", "404"):
        for where in (
            address("public:request_account"),
            address("public:account_requested"),
            address("public:complete_account_request", AccountRequest.objects.get().token),
            address("public:forgotten_password"),
            address("public:set_password", password_link(cast.zoe, now()).token),
            address("public:invitation", invited(cast.claire, cast.aubepine, Role.LEGAL_REPRESENTATIVE, now()).token),
        ):
            visitor.open(where)
            check(visitor, where[:24])
            if "envoyee" not in where:
                visitor.page.locator("main form button[type=submit]").first.click()
                visitor.page.wait_for_load_state()
                check(visitor, f"{where[:24]}, refusé")
        visitor.open(address("public:set_password", "1-x"))
        check(visitor, "lien mort")


def test_ones_account_and_the_terms(arrive: Arrive, check: Check, cast: Cast, at: datetime) -> None:
    invitation = invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at, email=cast.zoe.email)
    actions.accept_invitation(invitation, by=cast.zoe, at=at)
    visitor = arrive(fresh(cast.zoe))
    for where in ("/compte/", "/compte/entreprise/", "/compte/mot-de-passe/", "/conditions/"):
        visitor.open(where)
        check(visitor, where)
    visitor.open("/compte/")
    visitor.presses("Laisser le support regarder")
    check(visitor, "vue partagée")
    newcomer = arrive(someone("nouvelle", Role.EMPLOYEE, cast.aubepine, at, terms=False))
    with newcomer.expecting("400"):
        newcomer.open("/tableau-de-bord/")
        check(newcomer, "conditions à accepter")
        newcomer.presses("Continuer")
        check(newcomer, "conditions refusées")
    alone = arrive(someone("seule", None, None, at))
    alone.open("/compte/")
    check(alone, "sans rôle")


def test_the_company_and_its_people(arrive: Arrive, check: Check, cast: Cast, at: datetime) -> None:
    claire, karim = arrive(cast.claire), arrive(cast.karim)
    claire.open("/entreprise/")
    check(claire, "entreprise, personne d'invité")
    other = seat_of(someone("representante-des-etablissements-coordonnes", Role.REPRESENTATIVE, cast.aubepine, at), cast.aubepine)
    invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at, email="prenom.nom-compose-assez-long@etablissements-coordonnes.example")
    invited(cast.claire, cast.aubepine, Role.LEGAL_REPRESENTATIVE, at, email=cast.karim.email, transfers=True)
    claire.open("/entreprise/")
    check(claire, "entreprise")
    for number in (other.pk, seat_of(cast.karim, cast.aubepine).pk):
        claire.open(address("company:colleague", number))
        check(claire, "collègue")
    claire.open("/entreprise/inviter/")
    check(claire, "inviter")
    with claire.expecting("400"):
        claire.presses("Envoyer l’invitation")
        check(claire, "inviter, refusé")
    for where in ("/entreprise/", "/entreprise/inviter/"):
        karim.open(where)
        check(karim, f"{where}, salarié")


def test_the_agencys_accounts_and_staff(arrive: Arrive, check: Check, cast: Cast, at: datetime) -> None:
    person, coordinator = someone("support", Role.SUPPORT, None, at), someone("coordinator", Role.COORDINATOR, None, at)
    support = arrive(person)
    for where in ("/agence/comptes/", "/agence/comptes/?traitees=1", "/agence/comptes/vues/", "/agence/conflits/"):
        support.open(where)
        check(support, f"{where}, vide")
    request = asked(at, company_name=LONG)
    invitation = invited(cast.claire, cast.aubepine, Role.LEGAL_REPRESENTATIVE, at, email=cast.karim.email)
    actions.accept_representation(invitation, by=cast.karim, at=at)
    share_view(seat_of(cast.karim, cast.aubepine), by=cast.karim, at=now())
    verify = address("agency:verify_representative", invitation.pk)
    for where in ("/agence/comptes/", address("agency:account_request", request.reference), verify, "/agence/comptes/vues/"):
        support.open(where)
        check(support, where[:26])
    with support.expecting("400"):
        support.open(address("agency:account_request", request.reference))
        support.presses("Refuser la demande")
        check(support, "refus sans motif")
    support.open("/agence/comptes/vues/")
    support.presses("Regarder")
    support.reads("Tableau de bord")
    check(support, "par-dessus l'épaule")
    actions.accept_account_request(request, by=person, at=at)
    support.open(address("agency:account_request", request.reference))
    check(support, "demande acceptée")
    declare_conflict(cast.ines, cast.aubepine, "Ancienne salariée.", by=cast.ines, at=at)
    invited(coordinator, None, Role.AUDITOR, at, email="nouvelle@agence.example")
    coordination = arrive(coordinator)
    for where in ("/agence/equipe/", "/agence/equipe/inviter/", "/agence/conflits/", "/agence/comptes/"):
        coordination.open(where)
        check(coordination, f"{where}, coordination")
