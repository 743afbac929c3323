"""What may each role do? Role × right on one screen; nothing else in the house reads the name of a role.

A right says what a role may ever do. Whether it may be done to *this* thing, now, is each room's `permissions.py`.
Exported to `docs/rights.md`.
"""

from __future__ import annotations

from enum import StrEnum

from foundation.core.language import gettext_lazy


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
    SUBMIT_CANDIDATURES = "submit_candidatures"  # binds the company
    REPRESENT_LEGALLY = "represent_legally"  # a company that has an account keeps at least one person who may
    MANAGE_ACCOUNTS = "manage_accounts"  # of the own company
    MANAGE_ACCOUNTS_IF_DELEGATED = "manage_accounts_if_delegated"
    USE_AGENCY_SPACE = "use_agency_space"
    READ_CONTENT = "read_content"
    SEE_CANDIDATURES = "see_candidatures"  # once handed over
    EXAMINE_CANDIDATURES = "examine_candidatures"
    GRANT_EXTENSIONS = "grant_extensions"  # of a closing date, proposed by someone else
    USE_MESSAGING = "use_messaging"  # of the agency; which conversations, the rights below say
    WRITE_TO_COMPANIES = "write_to_companies"  # about their candidatures
    ANSWER_SUPPORT = "answer_support"
    MOVE_DEMO_CLOCK = "move_demo_clock"  # in a demonstration alone
    OPEN_SEALED_EVIDENCE = "open_sealed_evidence"  # if accredited by name, and of what one examines
    GIVE_ACCREDITATIONS = "give_accreditations"  # say who may open sealed evidence
    READ_OPENINGS = "read_openings"  # who opened what, and who may
    ASSIGN_CANDIDATURES = "assign_candidatures"  # say which reviewer examines what
    FOLLOW_LOAD = "follow_load"  # who has how much, what waits for how long
    DECIDE = "decide"  # grant or refuse, on the proposal of another
    PREPARE_BOARD = "prepare_board"  # its sessions, and what is on their agenda
    SIT_ON_BOARD = "sit_on_board"  # says what one thinks of a file
    RECORD_BOARD = "record_board"  # what its opinions came to
    SIGN_AGREEMENTS = "sign_agreements"  # binds the agency
    WATCH_CERTIFICATES = "watch_certificates"  # suspends, withdraws, restores
    READ_SHARED_RESULTS = "read_shared_results"  # of the products a company shares with the partner
    SEE_ERASURES = "see_erasures"  # what companies and people asked to have erased
    PROPOSE_ERASURES = "propose_erasures"
    DECIDE_ERASURES = "decide_erasures"  # on the proposal of another
    READ_ACCOUNTS = "read_accounts"  # companies, people and their roles, requests for an account: never their products
    EXAMINE_ACCOUNTS = "examine_accounts"
    LOOK_WITH_CONSENT = "look_with_consent"
    MANAGE_STAFF = "manage_staff"
    BE_IMPARTIAL = "be_impartial"  # examines or decides: says to which companies one is linked, and is kept from them
    READ_HELP = "read_help"  # what readers think of the help, and what they did not find in it
    WRITE_HELP = "write_help"
    READ_JOURNAL = "read_journal"
    VERIFY_JOURNAL = "verify_journal"


ROLE_WORDS = {
    Role.LEGAL_REPRESENTATIVE: gettext_lazy("Mandataire"),
    Role.REPRESENTATIVE: gettext_lazy("Représentant"),
    Role.EMPLOYEE: gettext_lazy("Salarié"),
    Role.REVIEWER: gettext_lazy("Vérificateur"),
    Role.COORDINATOR: gettext_lazy("Coordinateur"),
    Role.BOARD_MEMBER: gettext_lazy("Membre du collège"),
    Role.SIGNATORY: gettext_lazy("Signataire"),
    Role.CONTENT_EDITOR: gettext_lazy("Éditeur de contenus"),
    Role.SUPPORT: gettext_lazy("Support"),
    Role.AUDITOR: gettext_lazy("Auditeur"),
    Role.PARTNER: gettext_lazy("Partenaire"),
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
        Right.SUBMIT_CANDIDATURES,
    }
)
_EXAMINING = frozenset({Right.USE_AGENCY_SPACE, Right.BE_IMPARTIAL})
_HELPING = frozenset({Right.READ_HELP, Right.WRITE_HELP})
"""Reviewers and support answer the same questions all day: whoever answers may write the answer down."""

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.LEGAL_REPRESENTATIVE: _REPRESENTING | {Right.REPRESENT_LEGALLY, Right.MANAGE_ACCOUNTS},
    Role.REPRESENTATIVE: _REPRESENTING | {Right.MANAGE_ACCOUNTS_IF_DELEGATED},
    Role.EMPLOYEE: frozenset({Right.USE_COMPANY_SPACE}),
    Role.REVIEWER: _EXAMINING
    | _HELPING
    | {
        Right.READ_CONTENT,
        Right.SEE_CANDIDATURES,
        Right.EXAMINE_CANDIDATURES,
        Right.USE_MESSAGING,
        Right.WRITE_TO_COMPANIES,
        Right.GRANT_EXTENSIONS,
        Right.OPEN_SEALED_EVIDENCE,
    },
    Role.COORDINATOR: _HELPING
    | {
        Right.USE_AGENCY_SPACE,
        Right.READ_CONTENT,
        Right.SEE_CANDIDATURES,
        Right.USE_MESSAGING,
        Right.WRITE_TO_COMPANIES,
        Right.GRANT_EXTENSIONS,
        Right.ASSIGN_CANDIDATURES,
        Right.GIVE_ACCREDITATIONS,
        Right.READ_OPENINGS,
        Right.FOLLOW_LOAD,
        Right.PREPARE_BOARD,
        Right.RECORD_BOARD,
        Right.SEE_ERASURES,
        Right.DECIDE_ERASURES,
        Right.WATCH_CERTIFICATES,
        Right.READ_ACCOUNTS,
        Right.MANAGE_STAFF,
        Right.READ_JOURNAL,
    },
    Role.BOARD_MEMBER: _EXAMINING | {Right.SEE_CANDIDATURES, Right.USE_MESSAGING, Right.SIT_ON_BOARD},
    Role.SIGNATORY: _EXAMINING
    | {
        Right.SEE_CANDIDATURES,
        Right.USE_MESSAGING,
        Right.DECIDE,
        Right.RECORD_BOARD,
        Right.SIGN_AGREEMENTS,
        Right.WATCH_CERTIFICATES,
    },
    Role.CONTENT_EDITOR: _HELPING | {Right.USE_AGENCY_SPACE, Right.READ_CONTENT},
    Role.SUPPORT: _HELPING
    | {
        Right.USE_AGENCY_SPACE,
        Right.SEE_ERASURES,
        Right.PROPOSE_ERASURES,
        Right.READ_ACCOUNTS,
        Right.EXAMINE_ACCOUNTS,
        Right.LOOK_WITH_CONSENT,
        Right.USE_MESSAGING,
        Right.ANSWER_SUPPORT,
        Right.MOVE_DEMO_CLOCK,
    },
    Role.AUDITOR: frozenset(
        {
            Right.USE_AGENCY_SPACE,
            Right.READ_CONTENT,
            Right.SEE_CANDIDATURES,
            Right.USE_MESSAGING,
            Right.FOLLOW_LOAD,
            Right.SEE_ERASURES,
            Right.READ_ACCOUNTS,
            Right.READ_HELP,
            Right.READ_OPENINGS,
            Right.READ_JOURNAL,
            Right.VERIFY_JOURNAL,
        }
    ),
    Role.PARTNER: frozenset({Right.USE_AGENCY_SPACE, Right.READ_SHARED_RESULTS}),
}

FIRST_ROLE = Role.LEGAL_REPRESENTATIVE
"""The role of whoever opens the account of a company."""

ROLE_AFTER_TRANSFER = Role.REPRESENTATIVE
"""What a legal representative becomes once another took their place."""


def has_right(role: Role | str | None, right: Right) -> bool:
    """Whether a role ever has a right. No role, no right."""
    return role is not None and right in RIGHTS[Role(role)]


def is_verified_first(role: Role | str) -> bool:
    """Whether the agency verifies who they are before the role is held: whoever binds the company (product, section 3)."""
    return has_right(role, Right.REPRESENT_LEGALLY)


def may_be_delegated(role: Role | str) -> bool:
    """Whether the management of accounts can be delegated to whoever holds this role."""
    return has_right(role, Right.MANAGE_ACCOUNTS_IF_DELEGATED)


def roles_of(side: frozenset[Role]) -> list[Role]:
    """The roles of a side, in the order of the table."""
    return [role for role in Role if role in side]
