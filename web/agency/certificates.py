"""What becomes of a certificate? The agency suspends, restores or withdraws it, with a reason that everyone reads."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.certificates import actions
from convergence.certificates.actions import LONGEST_TEXT
from convergence.certificates.papers import facts_of
from convergence.certificates.permissions import can_watch
from convergence.certificates.queries import certificate_of_number
from convergence.certificates.workflow import CERTIFICATE
from foundation.accounts.rights import Right
from foundation.core.clock import now, today
from foundation.core.verdict import Refused
from web.guard import AgencyRequest, Side, guarded
from web.public.certificates import MARKS

ANSWERS = {
    "suspend": (actions.suspend_certificate, "suspend_certificate", "Suspendre", "Le certificat est suspendu."),
    "restore": (actions.restore_certificate, "restore_certificate", "Rétablir", "Le certificat est rétabli."),
    "withdraw": (actions.withdraw_certificate, "withdraw_certificate", "Retirer", "Le certificat est retiré."),
}
"""By the button pressed: the action, its verb, the word of the button, what is said once it is done."""


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_CANDIDATURES)
def certificate(request: AgencyRequest, number: str) -> HttpResponse:
    """Its state, its life, and what may be done to it now; what was typed stays where it is refused."""
    shown = certificate_of_number(number, today())
    reason, refused = request.POST.get("reason", ""), None
    if request.method == "POST":
        pressed = next((name for name in ANSWERS if name in request.POST), "suspend")
        act, _, _, done = ANSWERS[pressed]
        try:
            act(shown.certificate, reason, by=request.user, at=now())
        except Refused as why:
            refused = why
            shown = certificate_of_number(number, today())
        else:
            messages.success(request, f"{done} Sa page publique le dit, et l'entreprise en est prévenue.")
            return redirect("agency:certificate", shown.certificate.number)
    context = {
        "shown": shown,
        "certificate": shown.certificate,
        "facts": facts_of(shown.certificate),
        "mark": MARKS[shown.state],
        "may_watch": can_watch(request.user, shown.certificate),
        "answers": [(name, word) for name, (_, verb, word, _) in ANSWERS.items() if CERTIFICATE.allows(verb, shown.state)],
        "reason": reason,
        "refused": refused.reason if refused else "",
        "longest": LONGEST_TEXT,
    }
    return render(request, "agency/certificates/certificate.html", context, status=refused.status if refused else 200)
