"""May this person write the help, read what is thought of it, or say what they think of it?"""

from __future__ import annotations

from dataclasses import dataclass

from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import YES, Verdict, no
from foundation.journal.actor import SYSTEM, Actor

_WRITERS = no(gettext_lazy("Les réponses de l'aide sont écrites par l'agence. Demandez à une personne qui rédige l'aide de le faire."))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone who gives an opinion. Even signed in, they are nobody in particular: the journal must not tell who thought what."""

    key: str = "visitor"
    display_name: str = "une personne de passage"  # recorded as it is


VISITOR = Visitor()


def can_take_in_help(by: Actor, pack: object) -> Verdict:
    """The operator's command, as the system."""
    return YES if by is SYSTEM else no(_("Les réponses livrées sont prises par la commande d'exploitation."))


def can_write_help(by: Actor) -> Verdict:
    """Whether someone may write, publish or withdraw an answer; drawn in pages."""
    return YES if getattr(by, "agency_has", lambda right: False)(Right.WRITE_HELP) else _WRITERS


def can_save_help_draft(by: Actor, entry: object) -> Verdict:
    return can_write_help(by)


def can_publish_help_draft(by: Actor, entry: object) -> Verdict:
    return can_write_help(by)


def can_discard_help_draft(by: Actor, entry: object) -> Verdict:
    return can_write_help(by)


def can_withdraw_help_entry(by: Actor, entry: object) -> Verdict:
    return can_write_help(by)


def can_erase_opinion_comment(by: Actor, opinion: object) -> Verdict:
    return can_write_help(by)


def can_give_opinion(by: Actor, opinion: object) -> Verdict:
    """Anyone, as nobody: an opinion is never tied to an account."""
    return YES if by is VISITOR else no(_("Un avis est donné sans nom."))


def can_report_search(by: Actor, report: object) -> Verdict:
    return YES if by is VISITOR else no(_("Une recherche est signalée sans nom."))
