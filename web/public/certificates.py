"""What has the agency recognised, and does it still stand? The directory, one page each, and whether a file is the one that was issued."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from allauth.core import ratelimit
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from convergence.certificates.papers import certificate_file_name, facts_of, public_address, report_file_name
from convergence.certificates.queries import STATES, Sought, certificate_of_number, counts_by_state, directory
from convergence.certificates.rules import CERTIFYING
from convergence.certificates.workflow import EXPIRED, SUSPENDED, VALID, WITHDRAWN
from convergence.content.library import library
from foundation.accounts.rights import Right
from foundation.core.clock import now, today
from foundation.core.language import agreed, gettext_lazy, spoken
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.credentials.second_factor import square
from foundation.files.rules import size_told
from foundation.files.store import PIECE, read_kept
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.downloads import paper_answer
from web.guard import Side, guarded
from web.pieces import piece
from web.public.caching import kept_by_caches, kept_until_written
from web.sheets import csv_lines
from web.ui import address, day

if TYPE_CHECKING:
    from datetime import date

    from django.utils.safestring import SafeString

    from convergence.certificates.models import Certificate
    from convergence.certificates.queries import CertificateLine, Published
    from convergence.content.schema import Procedure, Track

PER_PAGE = 20
MOST_CHECKED = 20_000_000
"""Octets of a file compared: a certificate weighs a hundredth of that."""
STATE_WORDS = {
    VALID: gettext_lazy("Valides"),
    SUSPENDED: gettext_lazy("Suspendus"),
    WITHDRAWN: gettext_lazy("Retirés"),
    EXPIRED: gettext_lazy("Expirés"),
}
MARKS = {"valid": "ok", "suspended": "warn", "withdrawn": "bad", "expired": "warn"}
"""How the band of a state looks; it always says it in words too."""


@guarded(Side.PUBLIC)
@kept_by_caches
def certificate_list(request: HttpRequest) -> HttpResponse:
    """« Solutions certifiées et référencées »: sought by words, recognition and state; what was withdrawn stays."""
    sought, day = _sought(request), today()

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return directory(sought, day, limit=limit, offset=offset), counts[sought.state] if sought.state else sum(counts.values())

    everywhere = replace(sought, state="")
    counts = kept_until_written(request, (everywhere, day), lambda: counts_by_state(everywhere, day))
    kept = request.GET.copy()
    kept.pop("page", None)
    page = page_of(lines, request.GET.get("page"), PER_PAGE)
    context = {
        "page": page,
        "lines": [_drawn(line) for line in page.object_list],
        "sought": sought,
        "seek": _seek(sought, day),
        "counts": [_counted(state, counts[state]) for state in STATES if counts[state]],
        "is_narrowed": sought != Sought(),
        "kept": f"?{kept.urlencode()}" if kept else "",
    }
    return render(request, "public/certificates/certificate_list.html", context)


def _seek(sought: Sought, day: date) -> SafeString:
    look = {
        "release": library().number,
        "day": day,
        "track_code": sought.track,
        "procedure_code": sought.procedure,
        "state": sought.state,
    }
    states = [(state, STATE_WORDS[state]) for state in STATES]
    return piece("public/certificates/seek.html", look, {"words": sought.words}, recognitions=lambda _marks: _recognitions(), states=states)


def _counted(state: str, count: int) -> str:
    """« 3 suspendus »."""
    return {
        VALID: agreed(count, "valide,valides"),
        SUSPENDED: agreed(count, "suspendu,suspendus"),
        WITHDRAWN: agreed(count, "retiré,retirés"),
        EXPIRED: agreed(count, "expiré,expirés"),
    }[state]


def _drawn(line: CertificateLine) -> SafeString:
    look = {
        "recognition": str(line.procedure.outcome.title) if line.procedure.outcome else "",
        "procedure": str(line.procedure.title),
        "level": line.level,
        "listed": bool(line.listing),
        "state": line.state,
        "state_word": str(line.state_word),
    }
    slots = {
        "url": address("public:certificate", line.number),
        "product": line.product,
        "version": line.version,
        "company": line.company,
        "number": line.number,
        "listing": line.listing,
        "issued": day(line.issued_on),
        "since": day(line.since),
    }
    return piece("public/certificates/directory_line.html", look, slots)


def _sought(request: HttpRequest) -> Sought:
    """What the address asks for; what does not exist is not asked."""
    state = request.GET.get("etat", "")
    wanted = request.GET.get("reconnaissance", "")
    kind, _other, code = wanted.partition(":")
    recognitions = _recognitions() if code else []
    tracks = {track.code for track, _other in recognitions}
    procedures = {procedure.code for _other, found in recognitions for procedure in found}
    return Sought(
        words=request.GET.get("q", "")[:LONGEST_SEARCH],
        track=code if kind == "parcours" and code in tracks else "",
        procedure=code if kind == "demarche" and code in procedures else "",
        state=state if state in STATES else "",
    )


def _recognitions() -> list[tuple[Track, list[Procedure]]]:
    """What ends with something published, by track."""
    shelf = library()
    found = [(track, [one for one in shelf.procedures_of(track.code, today()) if one.outcome.kind in CERTIFYING]) for track in shelf.tracks]
    return [(track, procedures) for track, procedures in found if procedures]


@guarded(Side.PUBLIC)
@kept_by_caches
def certificates_csv(request: HttpRequest) -> HttpResponse:
    """Open data: one line a certificate, as the directory was sought."""
    rows = (list(_told_openly(line).values()) for line in directory(_sought(request), today()))
    return _file("".join(csv_lines(COLUMNS, rows)), "text/csv; charset=utf-8", "annuaire.csv")


@guarded(Side.PUBLIC)
@kept_by_caches
def certificates_json(request: HttpRequest) -> HttpResponse:
    """The same, for machines."""
    sought = _sought(request)
    lines = directory(sought, today())
    told = {"date": today().isoformat(), "nombre": len(lines), "certificats": [_told_openly(line) for line in lines]}
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


COLUMNS = (
    "numero", "numero_de_referencement", "reconnaissance", "demarche", "produit", "version", "entreprise", "siren", "niveau",
    "referentiel", "profils", "delivre_le", "valable_jusqu_au", "etat", "depuis", "sha256", "adresse",
)  # fmt: skip


def _told_openly(line: CertificateLine) -> dict[str, Any]:
    """A certificate as open data: the names of the columns do not change, nor the language of what they hold."""
    with spoken(settings.LANGUAGE_CODE):
        where = f"{settings.SITE_ADDRESS}{reverse('public:certificate', args=[line.number])}"
    return {
        "numero": line.number,
        "numero_de_referencement": line.listing,
        "reconnaissance": line.procedure.outcome.title.fr,
        "demarche": line.procedure.title.fr,
        "produit": line.product,
        "version": line.version,
        "entreprise": line.company,
        "siren": line.siren,
        "niveau": line.level,
        "referentiel": line.requirements,
        "profils": line.profiles,
        "delivre_le": line.issued_on.isoformat(),
        "valable_jusqu_au": line.valid_until.isoformat() if line.valid_until else None,
        "etat": line.state,
        "depuis": line.since.isoformat(),
        "sha256": line.sha256,
        "adresse": where,
    }


def _file(body: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


# — One ———————————————————————————————————————————————————————————————————————————————————


@guarded(Side.PUBLIC, "GET", "POST")
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Whether it stands today, what it says, what became of it; a file sent here is compared, and forgotten."""
    try:
        shown = _shown(number)
    except ObjectDoesNotExist:
        return render(request, "public/certificates/unknown.html", {"number": number[:40]}, status=404)
    if request.method == "POST":
        try:
            return _page(request, shown, **_compared(request, shown))
        except Refused as refused:
            return _page(request, shown, refused=refused.reason, status=refused.status)
    return _page(request, shown)


def _shown(number: str) -> Published:
    return certificate_of_number(number, today())


def _page(request: HttpRequest, shown: Published, *, status: int = 200, refused: str = "", name: str = "", is_same: bool = False) -> HttpResponse:  # fmt: skip
    found = shown.certificate
    side, path = square(public_address(found))
    context = {
        "shown": shown,
        "certificate": found,
        "facts": facts_of(found),
        "mark": MARKS[shown.state],
        "today": now(),
        "side": side,
        "path": path,
        "refused": refused,
        "name": name,
        "is_same": is_same,
        "most": size_told(MOST_CHECKED),
        "contact": settings.SITE_CONTACT,
        "manages": request.user.is_authenticated and request.user.agency_has(Right.WATCH_CERTIFICATES),
    }
    return render(request, "public/certificates/certificate.html", context, status=status)


def _compared(request: HttpRequest, shown: Published) -> dict[str, Any]:
    """Whether a file is the one that was issued, to the byte."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise Refused(_("Choisissez le fichier à vérifier."), status=400)
    if file.size > MOST_CHECKED:
        raise Refused(
            _("Ce fichier dépasse {most_checked} : ce n'est pas celui qui a été délivré.").format(most_checked=size_told(MOST_CHECKED)),
            status=413,
        )
    if not ratelimit.consume(request, action="check_file"):
        raise Refused(
            _("Beaucoup de fichiers viennent d'être vérifiés depuis votre réseau. Attendez une heure, puis recommencez."), status=429
        )
    digest = hashlib.sha256()
    for bytes_read in file.chunks(PIECE):
        digest.update(bytes_read)
    return {"name": file.name or _("Ce fichier"), "is_same": digest.hexdigest() in _issued(shown.certificate)}


def _issued(found: Certificate) -> set[str]:
    """The hashes of what was issued: the certificate, and its report."""
    return {one for one in (found.sha256, found.report_sha256) if one}


@guarded(Side.PUBLIC)
def certificate_json(request: HttpRequest, number: str) -> HttpResponse:
    """The same page, for machines, with its life."""
    shown = _shown(number)
    (line,) = directory(Sought(words=shown.certificate.number), today(), limit=1)
    with spoken(settings.LANGUAGE_CODE):
        life = [{"le": episode.at.isoformat(), "fait": str(episode.word), "raison": episode.reason} for episode in shown.episodes]
    return JsonResponse({**_told_openly(line), "vie": life}, json_dumps_params={"ensure_ascii": False})


@guarded(Side.PUBLIC)
def certificate_paper(request: HttpRequest, number: str) -> HttpResponse:
    """The paper itself, sealed; a moment after it was issued, there is none yet."""
    found = _shown(number).certificate
    if not found.paper:
        raise Http404
    return paper_answer(read_kept(found.paper), certificate_file_name(found), in_place="lire" in request.GET)


@guarded(Side.PUBLIC)
def certificate_report(request: HttpRequest, number: str) -> HttpResponse:
    """The report of conformity, where requirements were examined one by one."""
    found = _shown(number).certificate
    if not found.report:
        raise Http404
    return paper_answer(read_kept(found.report), report_file_name(found), in_place="lire" in request.GET)
