"""What may each role do? Role × right on one screen; nothing else in the house reads the name of a role.

A right says what a role may ever do. Whether it may be done to *this* thing, now, is each room's `permissions.py`.
Exported to `docs/rights.md`.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    LEGAL_REPRESENTATIVE = "legal_representative"
    REPRESENTATIVE = "representative"
    EMPLOYEE = "employee"
    REVIEWER = "reviewer"
    COORDINATOR = "coordinator"
    BOARD_MEMBER = "board_member"
    SIGNATORY = "signatory"
    CONTENT_EDITOR = "content_editor"
    SUPPORT = "support"
    AUDITOR = "auditor"
    PARTNER = "partner"


class Right(StrEnum):
    USE_COMPANY_SPACE = "use_company_space"
    ADD_PRODUCT = "add_product"
    SEE_EVERY_PRODUCT = "see_every_product"  # of the own company; others see what they were granted
    EDIT_EVERY_PRODUCT = "edit_every_product"
    VALIDATE_EVERYTHING = "validate_everything"
    GIVE_GRANTS = "give_grants"
    USE_AGENCY_SPACE = "use_agency_space"
    READ_CONTENT = "read_content"
    READ_JOURNAL = "read_journal"
    VERIFY_JOURNAL = "verify_journal"


ROLE_WORDS = {
    Role.LEGAL_REPRESENTATIVE: "Mandataire",
    Role.REPRESENTATIVE: "Représentant",
    Role.EMPLOYEE: "Salarié",
    Role.REVIEWER: "Vérificateur",
    Role.COORDINATOR: "Coordinateur",
    Role.BOARD_MEMBER: "Membre du collège",
    Role.SIGNATORY: "Signataire",
    Role.CONTENT_EDITOR: "Éditeur de contenus",
    Role.SUPPORT: "Support",
    Role.AUDITOR: "Auditeur",
    Role.PARTNER: "Partenaire",
}

COMPANY_ROLES = frozenset({Role.LEGAL_REPRESENTATIVE, Role.REPRESENTATIVE, Role.EMPLOYEE})
AGENCY_ROLES = frozenset(Role) - COMPANY_ROLES

_REPRESENTING = frozenset(
    {
        Right.USE_COMPANY_SPACE,
        Right.ADD_PRODUCT,
        Right.SEE_EVERY_PRODUCT,
        Right.EDIT_EVERY_PRODUCT,
        Right.VALIDATE_EVERYTHING,
        Right.GIVE_GRANTS,
    }
)

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.LEGAL_REPRESENTATIVE: _REPRESENTING,
    Role.REPRESENTATIVE: _REPRESENTING,
    Role.EMPLOYEE: frozenset({Right.USE_COMPANY_SPACE}),
    Role.REVIEWER: frozenset({Right.USE_AGENCY_SPACE, Right.READ_CONTENT}),
    Role.COORDINATOR: frozenset({Right.USE_AGENCY_SPACE, Right.READ_CONTENT, Right.READ_JOURNAL}),
    Role.BOARD_MEMBER: frozenset({Right.USE_AGENCY_SPACE}),
    Role.SIGNATORY: frozenset({Right.USE_AGENCY_SPACE}),
    Role.CONTENT_EDITOR: frozenset({Right.USE_AGENCY_SPACE, Right.READ_CONTENT}),
    Role.SUPPORT: frozenset({Right.USE_AGENCY_SPACE}),
    Role.AUDITOR: frozenset({Right.USE_AGENCY_SPACE, Right.READ_CONTENT, Right.READ_JOURNAL, Right.VERIFY_JOURNAL}),
    Role.PARTNER: frozenset({Right.USE_AGENCY_SPACE}),
}


def has_right(role: Role | str | None, right: Right) -> bool:
    """Whether a role ever has a right. No role, no right."""
    return role is not None and right in RIGHTS[Role(role)]
