"""Who is it, that a provider has just told us of? Someone known by its subject; else someone invited, whose address it has verified;
else, where it places them in a company or at the agency, someone welcomed on its word."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from foundation.accounts.actions import record_failed_sign_in, register_company, welcome_person
from foundation.accounts.models import Company, Person
from foundation.accounts.queries import person_with_seats
from foundation.accounts.rules import is_siren, tidy_email
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.credentials.actions import follow_provider, link_identity
from foundation.credentials.models import Identity
from foundation.credentials.oidc import Claims
from foundation.credentials.providers import AGENCY, Provider
from foundation.credentials.queries import identity_of
from foundation.journal.actor import SYSTEM


def recognised(provider: Provider, claims: Claims, at: datetime) -> Person:
    """The person, with the seats the provider's word leaves them. Nobody comes in without one."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # two browsers of one new person must not make two of them
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{provider.key}\n{claims.subject}"])
        identity = identity_of(provider.key, claims.subject) or _first_time(provider, claims, at)
        if identity.person.is_active:
            company = _company_told(provider, claims, at) if provider.side != AGENCY else None
            follow_provider(identity, provider.side, claims.roles, company, by=SYSTEM, at=at)
    person = person_with_seats(identity.person_id)
    if person is None:
        record_failed_sign_in(identity.person, by=SYSTEM, at=at)
        raise _refused(_("Votre compte est fermé. Adressez-vous au support pour savoir pourquoi."))
    if not person.seats:
        if provider.side == AGENCY:
            reason = _("{provider} ne vous donne aucun rôle sur cette plateforme. Demandez-le à la coordination de l'agence.")
        else:
            reason = _("{provider} ne vous donne aucun rôle sur cette plateforme. Demandez-le au mandataire de votre entreprise.")
        raise _refused(reason.format(provider=provider.name))
    return person


def _first_time(provider: Provider, claims: Claims, at: datetime) -> Identity:
    """An address alone proves nothing: it counts if the provider verified it, and only once."""
    email = tidy_email(claims.email)
    if not claims.email_verified or "@" not in email:
        raise _refused(
            _("{provider} n'a pas vérifié votre adresse électronique. Faites-la vérifier auprès de lui, puis recommencez.").format(
                provider=provider.name
            )
        )
    person = Person.objects.get_queryset().filter(email=email).first()
    if person is None:
        person = _welcomed(provider, claims, email, at)
    elif person.seats and not any((seat.company_id is None) == (provider.side == AGENCY) for seat in person.seats):
        raise _refused(
            _("Votre compte ne se relie pas à {provider}. Connectez-vous par l'autre moyen proposé.").format(provider=provider.name)
        )
    identity = Identity(person=person, provider=provider.key, subject=claims.subject)
    link_identity(identity, by=SYSTEM, at=at)
    return identity


def _welcomed(provider: Provider, claims: Claims, email: str, at: datetime) -> Person:
    """Nobody invited them: the provider must give them a place."""
    if not claims.roles or (provider.side != AGENCY and _company_told(provider, claims, at) is None):
        raise _refused(_("Vous n'avez pas encore de compte ici. Demandez une invitation au mandataire de votre entreprise."))
    person = Person(email=email, name=claims.name or email)
    welcome_person(person, by=SYSTEM, at=at)
    return person


def _company_told(provider: Provider, claims: Claims, at: datetime) -> Company | None:
    """The company of the SIREN told; registered on the provider's word, for the roles the settings name."""
    if not claims.siren:
        return None
    if not is_siren(claims.siren):
        raise _refused(
            _("Le numéro SIREN transmis par {provider} n'est pas valable. Faites-le corriger auprès de lui.").format(provider=provider.name)
        )
    company = Company.objects.filter(siren=claims.siren).first()
    if company is None and claims.company_name and set(claims.roles) & set(provider.opens_companies):
        company = Company(siren=claims.siren, name=claims.company_name)
        register_company(company, by=SYSTEM, at=at)
    return company


def _refused(reason: str) -> Refused:
    return Refused(reason, code="provider")
