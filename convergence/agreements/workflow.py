"""Which moves does an agreement allow? The company signs first, the agency last; what the agency sends back is signed anew."""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

TO_SIGN, TO_COUNTERSIGN, CONCLUDED, REFUSED = "to_sign", "to_countersign", "concluded", "refused"

AGREEMENT = Workflow(
    name="convention",
    initial=TO_SIGN,
    states={
        TO_SIGN: gettext_lazy("À signer par l'entreprise"),
        TO_COUNTERSIGN: gettext_lazy("À signer par l'agence"),
        CONCLUDED: gettext_lazy("Signée par les deux parties"),
        REFUSED: gettext_lazy("L'agence refuse de signer"),
    },
    moves=(
        Move("send_signing_code", (TO_SIGN,), TO_SIGN, by="company"),
        Move("sign_agreement", (TO_SIGN,), TO_COUNTERSIGN, by="company"),
        Move("send_signing_code", (TO_COUNTERSIGN,), TO_COUNTERSIGN, by="agency"),
        Move("countersign_agreement", (TO_COUNTERSIGN,), CONCLUDED, by="agency"),
        Move("send_back_agreement", (TO_COUNTERSIGN,), TO_SIGN, by="agency"),
        Move("refuse_agreement", (TO_COUNTERSIGN,), REFUSED, by="agency"),
        Move("request_signatures", (TO_SIGN,), TO_SIGN, by="company"),
        Move("note_company_signature", (TO_SIGN,), TO_COUNTERSIGN, by="system"),
        Move("conclude_envelope", (TO_SIGN, TO_COUNTERSIGN), CONCLUDED, by="system"),
        Move("close_envelope", (TO_SIGN, TO_COUNTERSIGN), TO_SIGN, by="system"),
    ),
)

WAITING, PLACED, DONE, CLOSED = "waiting", "placed", "done", "closed"

ENVELOPE = Workflow(
    name=gettext_lazy("envoi à signer"),
    initial=WAITING,
    states={
        WAITING: gettext_lazy("En attente du prestataire"),
        PLACED: gettext_lazy("Envoyée à signer"),
        DONE: gettext_lazy("Signée"),
        CLOSED: gettext_lazy("Close sans signature"),
    },
    moves=(
        Move("place_envelope", (WAITING,), PLACED, by="system"),
        Move("note_company_signature", (PLACED,), PLACED, by="system"),
        Move("conclude_envelope", (PLACED,), DONE, by="system"),
        Move("close_envelope", (WAITING, PLACED), CLOSED, by="system"),
    ),
)
"""What is signed with an outside provider: sent, followed, taken back."""

COMPANY, AGENCY = "company", "agency"
PARTIES = {COMPANY: "L'entreprise", AGENCY: "L'agence"}

TURN = {TO_SIGN: COMPANY, TO_COUNTERSIGN: AGENCY}
"""Whose signature is awaited, while an agreement is in this state."""

SEALS = {COMPANY: 1, AGENCY: 2}
"""How many seals a paper bears once this party has signed."""
