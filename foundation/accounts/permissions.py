"""May this person act on accounts? Issuing accounts is the system's alone until the request form exists."""

from __future__ import annotations

from foundation.core.verdict import YES, Verdict, no
from foundation.journal.actor import SYSTEM, Actor

_SYSTEM_ONLY = no("Les comptes sont ouverts par l'agence. Adressez votre demande au support.")


def can_register_company(by: Actor, company: object) -> Verdict:
    return YES if by is SYSTEM else _SYSTEM_ONLY


def can_welcome_person(by: Actor, person: object) -> Verdict:
    return YES if by is SYSTEM else _SYSTEM_ONLY


def can_give_seat(by: Actor, person: object) -> Verdict:
    return YES if by is SYSTEM else _SYSTEM_ONLY


def can_record_sign_in(by: Actor, person: object) -> Verdict:
    """Only oneself signs in."""
    return YES if by == person else no("Cette connexion n'est pas la vôtre.")


def can_record_sign_out(by: Actor, person: object) -> Verdict:
    return YES if by == person else no("Cette déconnexion n'est pas la vôtre.")


def can_record_failed_sign_in(by: Actor, person: object) -> Verdict:
    return YES if by is SYSTEM else no("Seule la plateforme constate un échec de connexion.")
