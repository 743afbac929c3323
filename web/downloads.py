"""How is a deposited file given to someone who may read it? Only if it is clean, whole or from where a reader asks, running nothing.

Who may read it is asked beforehand, of the room it was deposited for: this only says how.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.files.checks import PDF, TEXT, is_previewed
from foundation.files.reasons import reason_told
from foundation.files.store import pieces_kept

if TYPE_CHECKING:
    from foundation.files.models import StoredFile

NOTHING_RUNS = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'self'"
"""No script, whatever the file says. It keeps its origin, without which the browser's own player may not read on (tried in
Chromium); that of PDF is refused in a sandbox, and has the rest."""

PDF_SHOWN = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def is_shown_in_place(file: StoredFile) -> bool:
    """Whether a browser may show it without keeping it: clean, of a type that runs nothing, without any remark, not sealed."""
    return file.is_clean and not file.sealed and is_previewed(file.media_type, file.remarks)


def download(request: HttpRequest, file: StoredFile, *, in_place: bool = False) -> HttpResponseBase:
    """The bytes of a clean file, or `Refused`. Asked to be shown, it is only where nothing in it could run."""
    if not file.is_clean:
        raise Refused(_waiting(file), code="not_clean", status=409)
    shown = in_place and is_shown_in_place(file)
    span = _asked(request, file)
    if span is None:
        response: HttpResponseBase = HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    else:
        start, end = span
        whole = (start, end) == (0, file.size)
        pieces = () if request.method == "HEAD" else pieces_kept(file.key, start, end - start)
        response = StreamingHttpResponse(pieces, status=200 if whole else 206)
        response["Content-Length"] = str(end - start)
        if not whole:
            response["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    response["Content-Type"] = _type_told(file, shown=shown)
    response["Content-Disposition"] = content_disposition_header(not shown, file.name) or "attachment"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{file.sha256}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = PDF_SHOWN if shown and file.media_type == PDF else NOTHING_RUNS
    response["Cache-Control"] = "private, no-store"
    if shown:
        response["X-Frame-Options"] = "SAMEORIGIN"  # beside the question it answers: `frame-ancestors` says the same to recent browsers
    return response


def paper_answer(body: bytes, name: str, *, in_place: bool = False) -> HttpResponse:
    """A PDF made here, to be read by the browser itself or kept under this name."""
    response = HttpResponse(body, content_type=PDF)
    response["Content-Disposition"] = content_disposition_header(not in_place, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    if in_place:
        response["Content-Security-Policy"] = PDF_SHOWN
    return response


def _waiting(file: StoredFile) -> str:
    return {
        "quarantined": _("Ce fichier est en cours de vérification : personne ne peut encore l'ouvrir. Revenez dans quelques minutes."),
        "infected": _("Ce fichier est infecté : il est mis à l'écart et personne ne peut l'ouvrir. Déposez un fichier sain."),
        "refused": _("Ce fichier a été refusé : personne ne peut l'ouvrir. {reason}").format(reason=reason_told(file.reason)).strip(),
        "erased": _("Ce fichier a été effacé à la demande de son entreprise : personne ne peut plus l'ouvrir. Son empreinte est gardée."),
        "held": _("Ce fichier est trop volumineux pour être analysé : personne ne peut l'ouvrir. Partagez-le en fichiers plus petits."),
    }[file.state]


def _type_told(file: StoredFile, *, shown: bool) -> str:
    """Its own type only where it is shown: whatever is kept is bytes, which no browser opens by itself."""
    if not shown:
        return "application/octet-stream"
    return "text/plain; charset=utf-8" if file.media_type == TEXT else file.media_type


def _asked(request: HttpRequest, file: StoredFile) -> tuple[int, int] | None:
    """What part is asked for (RFC 9110, section 14): one range, else the whole; None where it is out of the file."""
    found = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if found is None or found[0] == "bytes=-" or request.headers.get("If-Range", f'"{file.sha256}"') != f'"{file.sha256}"':
        return 0, file.size
    if not found[1]:
        last = min(int(found[2]), file.size)
        return (file.size - last, file.size) if last else None
    start, end = int(found[1]), min(int(found[2]), file.size - 1) if found[2] else file.size - 1
    if found[2] and int(found[2]) < start:
        return 0, file.size  # not a range at all: as if none was asked
    return (start, end + 1) if start < file.size else None
