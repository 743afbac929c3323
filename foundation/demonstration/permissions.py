"""May this person move the clock? The support, in a demonstration; nobody anywhere else."""

from __future__ import annotations

from django.conf import settings

from foundation.accounts.models import Person
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.verdict import YES, Verdict, no
from foundation.demonstration.models import DemoClock


def can_move_clock(by: Person, clock: DemoClock) -> Verdict:
    if not settings.DEMO:
        return no(_("L'horloge ne se déplace que dans une démonstration."))
    return YES if by.agency_has(Right.MOVE_DEMO_CLOCK) else no(_("Le support seul déplace l'horloge de la démonstration."))
