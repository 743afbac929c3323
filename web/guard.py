"""Who may open this page? One decorator on each, read by the test that walks every URL.

`guarded` answers for the door only: is someone there, from which side. What may be done to *this* thing is asked of
the room's permissions, by the action or the query the page calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import resolve_url
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from foundation.accounts.rights import Right
from foundation.core.verdict import Refused
from foundation.credentials.rules import is_strong
from foundation.credentials.sessions import is_proved, means_of
from web.refusals import wants_json
from web.resuming import confirm_page, keep, sign_in_page

if TYPE_CHECKING:
    from foundation.accounts.models import Company, Person, Seat


class Side(StrEnum):
    PUBLIC = "public"
    PERSON = "person"  # whoever has an account, of whichever side
    COMPANY = "company"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class Guard:
    """What the walk of the URLs reads: the side, the methods, for the agency the right, and what else is asked at the door.

    `recent`: who they are was shown a short while ago. `signed`: what is sent bears a signature, not the token of a form.
    """

    side: Side
    methods: tuple[str, ...]
    right: Right | None = None
    recent: bool = False
    signed: bool = False


class CompanyRequest(HttpRequest):
    """A request that went through a company guard."""

    user: Person
    seat: Seat
    company: Company


class PersonRequest(HttpRequest):
    """A request of someone signed in, wherever they work."""

    user: Person


class AgencyRequest(HttpRequest):
    """A request that went through an agency guard."""

    user: Person


View = Callable[..., HttpResponse]


def guarded(side: Side, *methods: str, right: Right | None = None, recent: bool = False, signed: bool = False) -> Callable[[View], View]:
    """Open the page to one side and to the methods named (GET by default). Anyone else sees no door."""
    allowed = methods or ("GET",)
    guard = Guard(side, allowed, right, recent, signed)

    def wrap(view: View) -> View:
        @wraps(view)
        def behind(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed and not (request.method == "HEAD" and "GET" in allowed):
                return HttpResponseNotAllowed(allowed)
            if side is not Side.PUBLIC:
                if not request.user.is_authenticated:
                    if wants_json(request):
                        raise Refused(
                            "Votre session est terminée. Reconnectez-vous, puis enregistrez de nouveau.", code="signed_out", status=401
                        )
                    return _signed_out(request, allowed)
                enter(request, guard)
                if side is Side.AGENCY and not is_strong(means_of(request), demonstration=settings.DEMO):
                    return _second_factor_first(request, allowed)
                if recent and not is_proved(request):
                    return _proof_first(request, allowed)
            _refuse_unstorable(request)
            return view(request, *args, **kwargs)

        protected = cast("View", csrf_exempt(behind) if signed else csrf_protect(behind))
        protected.guard = guard  # type: ignore[attr-defined]
        return protected

    return wrap


def _signed_out(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """The way in. A form sent to a page one can come back to is carried along: nothing typed is ever lost."""
    if request.method != "GET" and "GET" not in allowed:
        return redirect_to_login("/")
    if request.method == "POST":
        _refuse_unstorable(request)
        if kept := keep(request):
            return sign_in_page(request, wanted=request.get_full_path(), kept=kept, status=401)
    return redirect_to_login(request.get_full_path())


def _second_factor_first(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """Nothing of the agency's space opens to a password alone: the way to add a code to it."""
    if wants_json(request):
        raise Refused("L'espace de l'agence demande une double authentification. Activez-la, puis recommencez.", code="second_factor")
    wanted = request.get_full_path() if "GET" in allowed else "/"
    return redirect_to_login(wanted, resolve_url("public:enable_second_factor"))


def _proof_first(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """A sensitive act wants to know again who is there. A form sent meanwhile is carried along, as through signing in."""
    if wants_json(request):
        raise Refused("Confirmez d'abord votre identité : rechargez la page, puis recommencez.", code="confirm_identity", status=401)
    if request.method == "POST" and "GET" in allowed:
        _refuse_unstorable(request)
        if kept := keep(request):
            return confirm_page(request, wanted=request.get_full_path(), kept=kept, status=401)
    wanted = request.get_full_path() if "GET" in allowed else resolve_url("public:security")
    return redirect_to_login(wanted, resolve_url("public:confirm_identity"))


def enter(request: HttpRequest, guard: Guard) -> None:
    """Put the company on the request, or answer as if the page did not exist."""
    person = cast("Person", request.user)
    if guard.side is Side.PERSON:
        return
    if guard.side is Side.AGENCY:
        assert guard.right is not None
        if not person.agency_has(guard.right):
            raise Http404
        return
    seat = chosen_seat(request)
    if seat is None:
        raise Http404
    request.seat, request.company = seat, seat.company  # type: ignore[attr-defined]


def chosen_seat(request: HttpRequest) -> Seat | None:
    """The company seat the person works from: the first one held."""
    person = cast("Person", request.user)
    return next((seat for seat in person.seats if seat.has(Right.USE_COMPANY_SPACE)), None)


def _refuse_unstorable(request: HttpRequest) -> None:
    """No text with U+0000 or half of a surrogate pair goes further: the database could not keep it."""
    if _unstorable(value for values in request.GET.lists() for value in values[1]):
        raise Refused("L'adresse contient un caractère qui n'existe pas. Corrigez-la.", status=400)
    if request.method == "POST" and _unstorable(value for values in request.POST.lists() for value in values[1]):
        raise Refused("Un des champs contient un caractère qui ne peut pas être enregistré. Retapez-le.", status=400)


def _unstorable(values: Iterable[object]) -> bool:
    return any(isinstance(value, str) and ("\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)) for value in values)
