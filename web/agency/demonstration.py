"""What time is it in the demonstration? Moving its clock on, to see what time does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from foundation.accounts.rights import Right
from foundation.core.clock import now, real_now, told
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import Refused
from foundation.demonstration import actions
from foundation.demonstration.queries import demo_clock, forget_offset
from web.guard import AgencyRequest, Side, guarded

STEPS = (
    (1, gettext_lazy("D’une heure"), 3600),
    (2, gettext_lazy("D’un jour"), 86_400),
    (3, gettext_lazy("De sept jours"), 7 * 86_400),
    (4, gettext_lazy("De trente jours"), 30 * 86_400),
)


@guarded(Side.AGENCY, "GET", "POST", right=Right.MOVE_DEMO_CLOCK)
def move_clock(request: AgencyRequest) -> HttpResponse:
    """On by a step, or back to the real time. No such page outside a demonstration."""
    if not settings.DEMO:
        raise Http404
    clock = demo_clock()
    refused: Refused | None = None
    if request.method == "POST":
        step = str(request.POST.get("step", ""))
        seconds = next((clock.seconds + length for number, _other, length in STEPS if str(number) == step), 0 if step == "real" else -1)
        try:
            actions.move_clock(clock, seconds, by=request.user, at=real_now())
        except Refused as refusal:
            refused = refusal
        else:
            forget_offset()
            messages.success(
                request,
                _("L'horloge de la démonstration marque le {moment}.").format(moment=told(datetime.now(UTC) + timedelta(seconds=seconds))),
            )
            return redirect("agency:move_clock")
    context = {"time": now(), "real": real_now(), "is_moved": bool(clock.seconds), "steps": STEPS, "refused": refused}
    return render(request, "agency/demonstration/move_clock.html", context, status=refused.status if refused else 200)
