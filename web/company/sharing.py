"""With whom does a company share its results? A partner the procedure names; taken back whenever the company wants."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from convergence.catalogue import actions
from convergence.catalogue.queries import enrolment_of, share_of
from convergence.content.partners import PARTNERS, THE_PARTNER
from foundation.core.clock import now
from foundation.core.language import gettext as _
from web.guard import CompanyRequest, Side, guarded


@guarded(Side.COMPANY, "POST")
def share_results(request: CompanyRequest, reference: int, code: str) -> HttpResponse:
    """« Partager les résultats avec le GIE SESAM-Vitale »."""
    actions.share_results(enrolment_of(reference, code, request.user), THE_PARTNER, by=request.user, at=now())
    messages.success(
        request,
        _("Le {partner} peut lire les résultats de cette démarche. Vous pouvez arrêter à tout moment.").format(
            partner=PARTNERS[THE_PARTNER]
        ),
    )
    return redirect("company:followed_procedure", reference, code)


@guarded(Side.COMPANY, "POST")
def stop_sharing(request: CompanyRequest, reference: int, code: str) -> HttpResponse:
    """Taken back; where nothing is shared, nothing happens."""
    share = share_of(enrolment_of(reference, code, request.user), THE_PARTNER)
    if share is not None:
        actions.stop_sharing(share, by=request.user, at=now())
        messages.success(request, _("Le {partner} ne lit plus les résultats de cette démarche.").format(partner=PARTNERS[THE_PARTNER]))
    return redirect("company:followed_procedure", reference, code)
