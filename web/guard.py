"""Who may open this page? One decorator on each, read by the test that walks every URL.

`guarded` answers for the door only: is someone there, from which side, and have they accepted the terms of use in force.
What may be done to *this* thing is asked of the room's permissions, by the action or the query the page calls.

The support looks over someone's shoulder through the same doors: as that person, on reading alone, each page recorded.
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
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from foundation.accounts.actions import look_at_page
from foundation.accounts.queries import person_with_seats, shared_view_of
from foundation.accounts.rights import Right
from foundation.accounts.terms import terms_in_force
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.credentials.rules import is_strong
from foundation.credentials.sessions import is_proved, means_of
from web.refusals import wants_json
from web.resuming import confirm_page, keep, sign_in_page, terms_page

if TYPE_CHECKING:
    from foundation.accounts.models import Company, Person, Seat, SharedView

SEAT, VIEW = "seat", "view"
"""What a session remembers: the seat chosen, the view someone shared with the support."""


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


View = Callable[..., HttpResponseBase]


def guarded(side: Side, *methods: str, right: Right | None = None, recent: bool = False, signed: bool = False) -> Callable[[View], View]:
    """Open the page to one side and to the methods named (GET by default). Anyone else sees no door."""
    allowed = methods or ("GET",)
    guard = Guard(side, allowed, right, recent, signed)

    def wrap(view: View) -> View:
        @wraps(view)
        def behind(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed and not (request.method == "HEAD" and "GET" in allowed):
                return HttpResponseNotAllowed(allowed)
            if side is not Side.PUBLIC:
                if not request.user.is_authenticated:
                    if wants_json(request):
                        raise Refused(
                            _("Votre session est terminée. Reconnectez-vous, puis enregistrez de nouveau."), code="signed_out", status=401
                        )
                    return _signed_out(request, allowed)
                enter(request, guard)
                if side is Side.COMPANY and not _accepted_terms(request):
                    return _terms_first(request, allowed)
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
        return redirect_to_login(resolve_url("public:home"))
    if request.method == "POST":
        _refuse_unstorable(request)
        if kept := keep(request):
            return sign_in_page(request, wanted=request.get_full_path(), kept=kept, status=401)
    return redirect_to_login(request.get_full_path())


def _accepted_terms(request: HttpRequest) -> bool:
    """Those who look over a shoulder see what was opened by who accepted them."""
    return cast("Person", request.user).terms_version == terms_in_force().version


def _terms_first(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """Nothing of the company space opens before; a form sent meanwhile is carried along, as through signing in."""
    if wants_json(request):
        raise Refused(
            _("Les conditions d'utilisation ont changé. Rechargez la page, acceptez-les, puis enregistrez de nouveau."), code="terms"
        )
    if request.method == "POST" and "GET" in allowed:
        _refuse_unstorable(request)
        if kept := keep(request):
            return terms_page(request, wanted=request.get_full_path(), kept=kept, status=403)
    wanted = request.get_full_path() if "GET" in allowed else resolve_url("public:home")
    return redirect_to_login(wanted, resolve_url("public:terms"))


def _second_factor_first(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """Nothing of the agency's space opens to a password alone: the way to add a code to it."""
    if wants_json(request):
        raise Refused(_("L'espace de l'agence demande une double authentification. Activez-la, puis recommencez."), code="second_factor")
    wanted = request.get_full_path() if "GET" in allowed else resolve_url("public:home")
    return redirect_to_login(wanted, resolve_url("public:enable_second_factor"))


def _proof_first(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """A sensitive act wants to know again who is there. A form sent meanwhile is carried along, as through signing in."""
    if wants_json(request):
        raise Refused(_("Confirmez d'abord votre identité : rechargez la page, puis recommencez."), code="confirm_identity", status=401)
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
    if VIEW in request.session:
        _look_over_shoulder(request, person)
        return
    seat = chosen_seat(request)
    if seat is None:
        raise Http404
    request.seat, request.company = seat, seat.company  # type: ignore[attr-defined]


def _look_over_shoulder(request: HttpRequest, support: Person) -> None:
    """The page as the person who shares their view sees it: reading only, while they consent, and recorded before it is drawn."""
    view = shared_view_of(request.session[VIEW])
    seen = person_with_seats(view.seat.person_id) if view is not None and view.is_open(now()) else None
    seat = next((seat for seat in seen.seats if view and seat.pk == view.seat_id), None) if seen else None
    if view is None or seen is None or seat is None:
        del request.session[VIEW]
        raise Refused(_("Le partage est terminé. Demandez à la personne d'en ouvrir un autre depuis « Votre compte »."), code="closed_view")
    if request.method not in ("GET", "HEAD"):
        raise Refused(_("Vous regardez les écrans de quelqu'un : rien ne peut y être changé. Arrêtez de regarder pour agir vous-même."))
    look_at_page(view, request.get_full_path(), by=support, at=now())
    request.user = seen
    request.seat, request.company, request.view = seat, seat.company, view  # type: ignore[attr-defined]


def view_looked_at(request: HttpRequest) -> SharedView | None:
    """The view the page is drawn for, if someone looks over a shoulder."""
    return getattr(request, "view", None)


def chosen_seat(request: HttpRequest) -> Seat | None:
    """The company seat the person works from: the one chosen for this session, else the first one held."""
    entered: Seat | None = getattr(request, "seat", None)
    if entered is not None:
        return entered
    seats = cast("Person", request.user).company_seats
    wanted = request.session.get(SEAT) if len(seats) > 1 else None
    return next((seat for seat in seats if seat.pk == wanted), seats[0] if seats else None)


def _refuse_unstorable(request: HttpRequest) -> None:
    """No text with U+0000 or half of a surrogate pair goes further: the database could not keep it."""
    if _unstorable(value for values in request.GET.lists() for value in values[1]):
        raise Refused(_("L'adresse contient un caractère qui n'existe pas. Corrigez-la."), status=400)
    if request.method == "POST" and _unstorable(value for values in request.POST.lists() for value in values[1]):
        raise Refused(_("Un des champs contient un caractère qui ne peut pas être enregistré. Retapez-le."), status=400)


def _unstorable(values: Iterable[object]) -> bool:
    return any(isinstance(value, str) and ("\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)) for value in values)
