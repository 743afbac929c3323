"""Which moves does a request for an account allow, and an invitation?"""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

SUBMITTED, COMPLEMENT, GRANTED, REFUSED = "submitted", "complement", "granted", "refused"

ACCOUNT_REQUEST = Workflow(
    name="demande-de-compte",
    initial=SUBMITTED,
    states={
        SUBMITTED: gettext_lazy("À examiner"),
        COMPLEMENT: gettext_lazy("Complément demandé"),
        GRANTED: gettext_lazy("Acceptée"),
        REFUSED: gettext_lazy("Refusée"),
    },
    moves=(
        Move("ask_account_complement", (SUBMITTED,), COMPLEMENT, by="agency"),
        Move("complete_account_request", (COMPLEMENT,), SUBMITTED, by="company"),
        Move("accept_account_request", (SUBMITTED,), GRANTED, by="agency"),
        Move("refuse_account_request", (SUBMITTED, COMPLEMENT), REFUSED, by="agency"),
    ),
)

PENDING, TO_VERIFY, ACCEPTED, DECLINED, REVOKED = "pending", "to_verify", "accepted", "declined", "revoked"

INVITATION = Workflow(
    name="invitation",
    initial=PENDING,
    states={
        PENDING: gettext_lazy("En attente de réponse"),
        TO_VERIFY: gettext_lazy("Identité à vérifier"),
        ACCEPTED: gettext_lazy("Acceptée"),
        DECLINED: gettext_lazy("Identité non vérifiée"),
        REVOKED: gettext_lazy("Annulée"),
    },
    moves=(
        Move("resend_invitation", (PENDING,), PENDING, by="company"),
        Move("revoke_invitation", (PENDING, TO_VERIFY), REVOKED, by="company"),
        Move("accept_invitation", (PENDING,), ACCEPTED, by="company"),
        Move("accept_representation", (PENDING,), TO_VERIFY, by="company"),
        Move("verify_representative", (TO_VERIFY,), ACCEPTED, by="agency"),
        Move("decline_representative", (TO_VERIFY,), DECLINED, by="agency"),
    ),
)
