"""Take the second factor away from someone who lost both their application and their codes, once who they are has been verified."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.accounts.queries import person_of
from foundation.core.clock import now
from foundation.credentials.actions import disable_second_factor
from foundation.journal.actor import SYSTEM


class Command(BaseCommand):
    help = "Retire la double authentification d'un compte ; vérifiez d'abord l'identité de la personne."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        person = person_of(email)
        if person is None:
            raise CommandError("Aucun compte actif n'a cette adresse.")
        if disable_second_factor(person, by=SYSTEM, at=now()) is None:
            raise CommandError("Ce compte n'a pas de double authentification.")
        self.stdout.write(f"Double authentification retirée : {person.email}. À l'agence, elle sera redemandée à la prochaine entrée.")
