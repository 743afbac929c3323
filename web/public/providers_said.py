"""What does a signature provider tell us? A message it has signed, kept once, and answered before anything is done about it."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from convergence.agreements.actions import receive_provider_event
from convergence.agreements.queries import new_provider_event
from convergence.agreements.yousign import Yousign
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.journal.actor import SYSTEM
from web.guard import Side, guarded

MOST = 1_000_000
log = logging.getLogger(__name__)


@guarded(Side.PUBLIC, "POST", signed=True)
@never_cache
def yousign_event(request: HttpRequest) -> HttpResponse:
    """A forged message is refused and logged; what the true one is about is asked of Yousign again, by a worker."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST:
        raise Refused(_("Ce message est trop long."), status=413)
    try:
        told = Yousign().read(request.body, request.headers)
    except (ValueError, KeyError, AttributeError, TypeError):
        raise Refused(_("Ce message n'est pas celui que décrit la documentation de Yousign."), status=400) from None
    if told is None:
        log.warning("message de signature contrefait, de %s", request.META.get("REMOTE_ADDR", ""))  # recorded as it is
        raise Refused(_("Ce message n'est pas signé par Yousign."), code="forged", status=401)
    receive_provider_event(new_provider_event(told), by=SYSTEM, at=now())
    return HttpResponse(status=204)
