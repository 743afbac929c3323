"""Which moves does a certificate allow? What is withdrawn or expired stays visible, and comes back no more."""

from foundation.core.workflow import Move, Workflow

VALID, SUSPENDED, WITHDRAWN, EXPIRED = "valid", "suspended", "withdrawn", "expired"

CERTIFICATE = Workflow(
    name="certificat",
    initial=VALID,
    states={VALID: "Valide", SUSPENDED: "Suspendu", WITHDRAWN: "Retiré", EXPIRED: "Expiré"},
    moves=(
        Move("suspend_certificate", (VALID,), SUSPENDED, by="agency"),
        Move("restore_certificate", (SUSPENDED,), VALID, by="agency"),
        Move("withdraw_certificate", (VALID, SUSPENDED), WITHDRAWN, by="agency"),
        Move("expire_certificate", (VALID, SUSPENDED), EXPIRED, by="system"),
    ),
)

DECLARED, WITHOUT_EFFECT, NEW_CANDIDATURE = "declared", "without_effect", "new_candidature"

DECLARED_CHANGE = Workflow(
    name="modification déclarée",
    initial=DECLARED,
    states={
        DECLARED: "À examiner par l'agence",
        WITHOUT_EFFECT: "Sans effet sur la conformité",
        NEW_CANDIDATURE: "Nouvelle candidature demandée",
    },
    moves=(
        Move("find_change_harmless", (DECLARED,), WITHOUT_EFFECT, by="agency"),
        Move("ask_new_candidature", (DECLARED,), NEW_CANDIDATURE, by="agency"),
    ),
)

VERBS = {
    "issue_certificate": "Délivré",
    "suspend_certificate": "Suspendu",
    "restore_certificate": "Rétabli",
    "withdraw_certificate": "Retiré",
    "expire_certificate": "Arrivé à son terme",
    "find_change_harmless": "Modification déclarée, sans effet sur la conformité",
    "ask_new_candidature": "Modification déclarée, une nouvelle candidature est demandée",
}
"""What a line of its life says."""
