"""Which moves does a certificate allow? What is withdrawn or expired stays visible, and comes back no more."""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

VALID, SUSPENDED, WITHDRAWN, EXPIRED = "valid", "suspended", "withdrawn", "expired"

CERTIFICATE = Workflow(
    name="certificat",
    initial=VALID,
    states={
        VALID: gettext_lazy("Valide"),
        SUSPENDED: gettext_lazy("Suspendu"),
        WITHDRAWN: gettext_lazy("Retiré"),
        EXPIRED: gettext_lazy("Expiré"),
    },
    moves=(
        Move("suspend_certificate", (VALID,), SUSPENDED, by="agency"),
        Move("restore_certificate", (SUSPENDED,), VALID, by="agency"),
        Move("withdraw_certificate", (VALID, SUSPENDED), WITHDRAWN, by="agency"),
        Move("expire_certificate", (VALID, SUSPENDED), EXPIRED, by="system"),
    ),
)

DECLARED, WITHOUT_EFFECT, NEW_CANDIDATURE = "declared", "without_effect", "new_candidature"

DECLARED_CHANGE = Workflow(
    name=gettext_lazy("modification déclarée"),
    initial=DECLARED,
    states={
        DECLARED: gettext_lazy("À examiner par l'agence"),
        WITHOUT_EFFECT: gettext_lazy("Sans effet sur la conformité"),
        NEW_CANDIDATURE: gettext_lazy("Nouvelle candidature demandée"),
    },
    moves=(
        Move("find_change_harmless", (DECLARED,), WITHOUT_EFFECT, by="agency"),
        Move("ask_new_candidature", (DECLARED,), NEW_CANDIDATURE, by="agency"),
    ),
)

VERBS = {
    "issue_certificate": gettext_lazy("Délivré"),
    "suspend_certificate": gettext_lazy("Suspendu"),
    "restore_certificate": gettext_lazy("Rétabli"),
    "withdraw_certificate": gettext_lazy("Retiré"),
    "expire_certificate": gettext_lazy("Arrivé à son terme"),
    "find_change_harmless": gettext_lazy("Modification déclarée, sans effet sur la conformité"),
    "ask_new_candidature": gettext_lazy("Modification déclarée, une nouvelle candidature est demandée"),
}
"""What a line of its life says."""
