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

VERBS = {
    "issue_certificate": "Délivré",
    "suspend_certificate": "Suspendu",
    "restore_certificate": "Rétabli",
    "withdraw_certificate": "Retiré",
    "expire_certificate": "Arrivé à son terme",
}
"""What a line of its life says."""
