"""Open an account on an installation that has no other way yet: a person, a role and, for a company role, a company."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from foundation.accounts.actions import give_seat, register_company, welcome_person
from foundation.accounts.queries import company_of_siren, new_company, new_person, person_of
from foundation.accounts.rights import COMPANY_ROLES, Role
from foundation.accounts.rules import tidy_siren
from foundation.core.clock import now
from foundation.core.verdict import Refused
from foundation.journal.actor import SYSTEM


class Command(BaseCommand):
    help = "Ouvre un compte ; le mot de passe, tiré au sort, n'est affiché qu'une fois."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name", help="nom affiché")
        parser.add_argument("role", choices=[role.value for role in Role])
        parser.add_argument("--siren", default="", help="SIREN de l'entreprise, pour un rôle d'entreprise")
        parser.add_argument("--company", default="", help="nom de l'entreprise, si elle n'est pas encore connue")

    def handle(self, *args: Any, email: str, name: str, role: str, siren: str, company: str, **options: Any) -> None:
        at, password = now(), secrets.token_urlsafe(12)
        if (Role(role) in COMPANY_ROLES) != bool(siren):
            raise CommandError("Un rôle d'entreprise demande --siren ; un rôle de l'agence n'en veut pas.")
        if person_of(email) is not None:
            raise CommandError("Cette adresse a déjà un compte.")
        try:
            with transaction.atomic():
                known = company_of_siren(tidy_siren(siren)) if siren else None
                if siren and known is None:
                    known = new_company(siren=siren, name=company or siren, address="")
                    register_company(known, by=SYSTEM, at=at)
                person = new_person(email=email, name=name)
                welcome_person(person, by=SYSTEM, at=at, password=password)
                give_seat(person, Role(role), known, by=SYSTEM, at=at)
        except Refused as refused:
            raise CommandError(refused.reason) from refused
        self.stdout.write(f"Compte ouvert : {person.email}. Mot de passe : {password}")
