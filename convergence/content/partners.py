"""Who reads results outside the company and the agency? Partners, by the name the contents give them (`read_by`)."""

from __future__ import annotations

from convergence.content.schema import Procedure

PARTNERS = {"gie-sesam-vitale": "GIE SESAM-Vitale"}
"""Slug of the contents → name on screen. Every account of the role « Partenaire » is of the first."""

THE_PARTNER = next(iter(PARTNERS))


def questionnaires_read_by(procedure: Procedure, partner: str) -> frozenset[str]:
    """What a partner may read of a procedure, once the company shares it: nothing where the content names it nowhere."""
    return frozenset(use.questionnaire for use in procedure.uses if partner in use.read_by)
