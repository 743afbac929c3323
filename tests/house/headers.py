"""What does every answer tell the browser? Asked of each cell of the walk, and of the pages of errors."""

from __future__ import annotations

from django.http import HttpResponse

from web.downloads import NOTHING_RUNS

SELF, NONE = {"'self'"}, {"'none'"}
POLICY = {
    "default-src": NONE,
    "script-src": SELF,
    "style-src": SELF,
    "img-src": {"'self'", "data:"},
    "font-src": SELF,
    "connect-src": SELF,
    "manifest-src": SELF,
    "form-action": SELF,
    "base-uri": NONE,
    "frame-ancestors": NONE,
    "object-src": NONE,
}
"""Written out: nothing inline, nothing evaluated, nothing from elsewhere, in no frame."""


BESIDE = {"agency:examine_section": (200, 400, 403, 409), "agency:give_back_section": (409,)}
"""The answers that show our own files beside the question they answer: the page, also when it comes back with what was refused."""

DEPOSITED = ("agency:open_sealed_evidence",)
"""The pages that answer with a deposited file itself: whatever it is, nothing of it runs."""

IN_PLACE = {"frame-src": SELF, "media-src": SELF}


def check_headers(response: HttpResponse, *, signed_in: bool, name: str = "") -> None:
    if name in DEPOSITED and response.streaming:
        assert response["Content-Security-Policy"] == NOTHING_RUNS
        assert response["Content-Disposition"].startswith("attachment")
    else:
        assert policy_of(response) == POLICY | (IN_PLACE if response.status_code in BESIDE.get(name, ()) else {})
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Permissions-Policy"] == "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    if signed_in:
        assert "no-store" in response["Cache-Control"]
    assert "Server" not in response
    assert "X-Powered-By" not in response


def policy_of(response: HttpResponse) -> dict[str, set[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";") if part.strip()]
    return {part[0]: set(part[1:]) for part in parts}
