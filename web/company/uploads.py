"""How does a large file arrive, even over a line that breaks? By the tus protocol, version 1.0 (https://tus.io/protocols).

Creation, with the first bytes or not; going on from the last byte on the disk; checksum; expiration; termination. Bytes
are read a piece at a time; what came before a line broke is kept, and a server that dies costs what came since the last
acknowledgement. A form without JavaScript ends in the same file, for small ones.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator
from functools import wraps
from time import monotonic
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import http_date, url_has_allowed_host_and_scheme

from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.files.actions import Moved, abandon_upload, append_piece, begin_upload, deposit_whole
from foundation.files.queries import file_of, upload_of
from foundation.files.reasons import reason_told
from foundation.files.rules import size_told
from foundation.files.store import PIECE, Running, aside, telling_full
from web.forms import typed_number
from web.guard import CompanyRequest, Side, guarded
from web.refusals import problem

VERSION = "1.0.0"
ACKNOWLEDGED = 16 * PIECE
"""Bytes between two acknowledgements, at most: what a server that dies makes one send again, and what a transfer holds in memory."""

PATIENCE = 5
"""Seconds between two acknowledgements, where the line is slow."""

MOST_RECIPIENTS = 20
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
CHECKSUMS: dict[str, Callable[[], Any]] = {"sha256": hashlib.sha256, "sha1": lambda: hashlib.sha1(usedforsecurity=False)}
STREAM = "application/offset+octet-stream"

View = Callable[..., HttpResponse]
TransferUpload = Any  # an Upload: faces name no table


def _speaking_tus(view: View) -> View:
    """What every answer of the protocol carries; a refusal is told as problem+json, with its sentence."""

    @wraps(view)
    def speak(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = _spoken(view, request, *args, **kwargs)
        except Refused as refused:
            response = problem(refused)
            if isinstance(refused, Moved):
                response["Upload-Offset"] = str(refused.offset)
            if refused.status == 460:
                response.reason_phrase = "Checksum Mismatch"
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return speak


def _spoken(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method == "OPTIONS":
        return _told_what_is_spoken()
    if request.method != "GET" and request.headers.get("Tus-Resumable") != VERSION:
        response = problem(Refused(_("Ce dépôt emploie une autre version du protocole : mettez votre outil à jour."), status=412))
        response["Tus-Version"] = VERSION
        return response
    return view(request, *args, **kwargs)


def _told_what_is_spoken() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Tus-Version"] = VERSION
    response["Tus-Max-Size"] = str(settings.MAX_FILE_SIZE)
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Checksum-Algorithm"] = ",".join(CHECKSUMS)
    return response


@guarded(Side.COMPANY, "POST", "OPTIONS")
@_speaking_tus
def uploads(request: CompanyRequest) -> HttpResponse:
    """A transfer begins: its length, its name and what it is for are told beforehand."""
    if "Upload-Length" not in request.headers:
        raise Refused(_("La taille du fichier n'est pas annoncée."), status=400)
    told = _told_about(request)
    begun = begin_upload(
        request.company,
        told.get("about", ""),
        told.get("filename", ""),
        _count(request, "Upload-Length"),
        told.get("sha256", ""),
        sealed_for=told.get("recipients", "").split()[:MOST_RECIPIENTS],
        by=request.user,
        at=now(),
    )
    upload = _own(request, begun.reference)
    if request.content_type == STREAM and request.headers.get("Content-Length", "0") != "0":
        upload = _taken(request, upload, 0)
    response = HttpResponse(status=201)
    response["Location"] = request.build_absolute_uri(reverse("company:upload", args=[upload.reference]))
    return _placed(response, upload)


@guarded(Side.COMPANY, "GET", "HEAD", "PATCH", "DELETE", "OPTIONS")
@_speaking_tus
def upload(request: CompanyRequest, reference: UUID) -> HttpResponse:
    """A transfer goes on, is asked where it is, is given up; once whole, it tells what became of the file."""
    found = _own(request, reference)
    if request.method == "DELETE":
        abandon_upload(found, by=request.user, at=now())
        return HttpResponse(status=204)
    if request.method == "PATCH":
        if request.content_type != STREAM:
            raise Refused(_("Les octets d'un dépôt s'envoient comme « {kind} ».").format(kind=STREAM), status=415)
        return _placed(HttpResponse(status=204), _taken(request, found, _count(request, "Upload-Offset")))
    if request.method == "GET":
        return _standing(found)
    if not found.is_received and found.expires_at <= now():
        raise Refused(_("Ce dépôt a expiré. Choisissez de nouveau le fichier pour le recommencer."), code="expired", status=410)
    response = _placed(HttpResponse(status=200), found)
    response["Upload-Length"] = str(found.size)
    return response


@guarded(Side.COMPANY, "POST")
def deposit_file(request: CompanyRequest) -> HttpResponse:
    """The same deposit from a plain form, for small files: one request, then back to the page it came from."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) or not back.startswith("/"):
        back = reverse("company:dashboard")
    files = [file for file in request.FILES.getlist("file") if isinstance(file, UploadedFile)]
    if not files:
        messages.error(request, _("Aucun fichier n'a été choisi. Choisissez un fichier, puis déposez-le."))
        return redirect(back)
    for file in files:
        assert file.size is not None
        try:
            deposit_whole(
                request.company,
                request.POST.get("about", ""),
                file.name or "",
                file.size,
                file.chunks(ACKNOWLEDGED),
                by=request.user,
                at=now(),
            )
        except Refused as refused:
            messages.error(request, _("« {name} » : {reason}").format(name=file.name, reason=refused.reason))
        else:
            messages.success(
                request,
                _("« {name} » ({size}) est reçu. Il est en cours de vérification.").format(name=file.name, size=size_told(file.size)),
            )
    return redirect(back)


def _own(request: CompanyRequest, reference: UUID) -> TransferUpload:
    found = upload_of(request.user, request.company, reference)
    if found is None:
        raise Http404
    return found


def _placed(response: HttpResponse, upload: TransferUpload) -> HttpResponse:
    response["Upload-Offset"] = str(upload.offset)
    if not upload.is_received:
        response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _standing(upload: TransferUpload) -> HttpResponse:
    """Where the file is, for the script that waits for the verdict."""
    told: dict[str, Any] = {"offset": upload.offset, "size": upload.size, "state": "", "word": _("Dépôt en cours"), "reason": ""}
    if upload.is_received and (file := file_of(upload.reference)):
        told |= {"state": file.state, "word": file.state_word, "reason": reason_told(file.reason)}
    return JsonResponse(told)


def _count(request: HttpRequest, header: str) -> int:
    count = typed_number(request.headers.get(header, ""), 18)
    if count is None:
        raise Refused(_("L'en-tête « {header} » n'est pas un nombre d'octets.").format(header=header), status=400)
    return count


def _told_about(request: HttpRequest) -> dict[str, str]:
    """`Upload-Metadata`: « key base64,key base64 »."""
    told = {}
    for pair in filter(None, (part.strip() for part in request.headers.get("Upload-Metadata", "").split(","))):
        key, _space, value = pair.partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Refused(_("Ce que ce dépôt dit du fichier ne peut pas être lu."), status=400) from error
    if any("\0" in value for key, value in told.items() if key != "filename"):
        raise Refused(_("Ce que ce dépôt dit du fichier ne peut pas être lu."), status=400)
    return told


# — Taking bytes ——————————————————————————————————————————————————————————————————————————


def _taken(request: CompanyRequest, upload: TransferUpload, offset: int) -> TransferUpload:
    """Read the body into the transfer. With a checksum, nothing is acknowledged before all of it is verified."""
    length = _count(request, "Content-Length")
    if upload.offset != offset:
        raise Moved(upload.offset)
    if offset + length > upload.size:
        raise Refused(_("Le fichier envoyé est plus long qu'annoncé : il a changé. Choisissez-le de nouveau."), code="too_long", status=400)
    if "Upload-Checksum" not in request.headers:
        return _acknowledged(upload, _body(request, length), by=request.user)
    with aside(ACKNOWLEDGED) as apart:
        _verified(request, apart, length)
        apart.seek(0)
        return _acknowledged(upload, iter(lambda: apart.read(PIECE), b""), by=request.user)


def _body(request: HttpRequest, length: int) -> Iterator[bytes]:
    """What arrives, until all of it has or the line breaks."""
    while length and (piece := _read(request, min(PIECE, length))):
        length -= len(piece)
        yield piece


def _read(request: HttpRequest, most: int) -> bytes:
    try:
        return request.read(most)
    except UnreadablePostError:
        return b""


def _acknowledged(upload: TransferUpload, pieces: Iterator[bytes], *, by: Any) -> TransferUpload:
    """What was received before the line broke is kept: the transfer goes on from there."""
    gathered, since = bytearray(), monotonic()
    with Running() as running:
        for piece in pieces:
            gathered += piece
            if len(gathered) >= ACKNOWLEDGED or monotonic() - since > PATIENCE:
                upload = append_piece(upload, upload.offset, gathered, running, by=by, at=now())
                gathered, since = bytearray(), monotonic()
        return append_piece(upload, upload.offset, gathered, running, by=by, at=now()) if gathered else upload


def _verified(request: HttpRequest, apart: IO[bytes], length: int) -> None:
    algorithm, _space, told = request.headers["Upload-Checksum"].partition(" ")
    if algorithm not in CHECKSUMS:
        raise Refused(_("Cette empreinte n'est pas connue. Employez {known}.").format(known=_(" ou ").join(CHECKSUMS)), status=400)
    try:
        expected = base64.b64decode(told, validate=True)
    except binascii.Error as error:
        raise Refused(_("L'empreinte annoncée ne peut pas être lue."), status=400) from error
    digest, received = CHECKSUMS[algorithm](), 0
    for piece in _body(request, length):
        digest.update(piece)
        with telling_full():
            apart.write(piece)
        received += len(piece)
    if received != length or digest.digest() != expected:
        raise Refused(_("Une partie du fichier a été altérée en chemin. Elle va être envoyée de nouveau."), code="altered", status=460)
