"""What becomes of a certificate? The agency suspends, restores or withdraws it, with a reason that everyone reads."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.certificates import actions
from convergence.certificates.actions import LONGEST_TEXT
from convergence.certificates.papers import facts_of
from convergence.certificates.permissions import can_watch
from convergence.certificates.queries import Published, certificate_of_number, change_of, changes_shown
from convergence.certificates.workflow import CERTIFICATE
from foundation.accounts.rights import Right
from foundation.core.clock import now, today
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import Refused
from web.guard import AgencyRequest, Side, guarded
from web.public.certificates import MARKS

ANSWERS = {
    "suspend": (
        actions.suspend_certificate,
        "suspend_certificate",
        gettext_lazy("Suspendre"),
        gettext_lazy("Le certificat est suspendu. Sa page publique le dit, et l'entreprise en est prévenue."),
    ),
    "restore": (
        actions.restore_certificate,
        "restore_certificate",
        gettext_lazy("Rétablir"),
        gettext_lazy("Le certificat est rétabli. Sa page publique le dit, et l'entreprise en est prévenue."),
    ),
    "withdraw": (
        actions.withdraw_certificate,
        "withdraw_certificate",
        gettext_lazy("Retirer"),
        gettext_lazy("Le certificat est retiré. Sa page publique le dit, et l'entreprise en est prévenue."),
    ),
}
"""By the button pressed: the action, its verb, the word of the button, what is said once it is done."""


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_CANDIDATURES)
def certificate(request: AgencyRequest, number: str) -> HttpResponse:
    """Its state, its life, and what may be done to it now; what was typed stays where it is refused."""
    shown = certificate_of_number(number, today())
    if request.method != "POST":
        return _page(request, shown)
    reason = request.POST.get("reason", "")
    pressed = next((name for name in ANSWERS if name in request.POST), "suspend")
    act, _verb, _word, done = ANSWERS[pressed]
    try:
        act(shown.certificate, reason, by=request.user, at=now())
    except Refused as refused:
        return _page(request, certificate_of_number(number, today()), refused, reason=reason)
    messages.success(request, str(done))
    return redirect("agency:certificate", shown.certificate.number)


@guarded(Side.AGENCY, "POST", right=Right.SEE_CANDIDATURES)
def answer_change(request: AgencyRequest, number: str, change: int) -> HttpResponse:
    """« Sans effet », or « Demander une nouvelle candidature »."""
    shown = certificate_of_number(number, today())
    declared = change_of(shown.certificate, change)
    answer = request.POST.get("answer", "")
    act = actions.ask_new_candidature if "ask" in request.POST else actions.find_change_harmless
    try:
        act(declared, answer, by=request.user, at=now())
    except Refused as refused:
        return _page(request, certificate_of_number(number, today()), refused, answers={change: answer})
    messages.success(request, _("Votre réponse est enregistrée. L'entreprise en est prévenue."))
    return redirect("agency:certificate", shown.certificate.number)


def _page(request: AgencyRequest, shown: Published, refused: Refused | None = None, *, reason: str = "", answers: dict[int, str] | None = None) -> HttpResponse:  # fmt: skip
    typed = answers or {}
    context = {
        "shown": shown,
        "certificate": shown.certificate,
        "facts": facts_of(shown.certificate),
        "mark": MARKS[shown.state],
        "may_watch": can_watch(request.user, shown.certificate),
        "answers": [(name, word) for name, (_act, verb, word, _done) in ANSWERS.items() if CERTIFICATE.allows(verb, shown.state)],
        "changes": [(one, typed.get(one.change.pk, "")) for one in changes_shown(shown)],
        "reason": reason,
        "refused": refused.reason if refused else "",
        "longest": LONGEST_TEXT,
    }
    return render(request, "agency/certificates/certificate.html", context, status=refused.status if refused else 200)
