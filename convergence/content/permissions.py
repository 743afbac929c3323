"""May this person publish or read content?"""

from __future__ import annotations

from foundation.accounts.models import Person
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.verdict import YES, Verdict, no
from foundation.journal.actor import SYSTEM, Actor


def can_publish_release(by: Actor, pieces: object) -> Verdict:
    """The operator's command publishes, as the system. Publication by an editor comes with the content studio."""
    return YES if by is SYSTEM else no(_("La publication se fait par la commande d'exploitation."))


def can_read_content(by: Person) -> Verdict:
    if by.agency_has(Right.READ_CONTENT):
        return YES
    return no(_("La lecture des contenus est réservée aux équipes de l'agence qui les rédigent ou les appliquent."))
