"""Every write to content: publishing a release."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from convergence.content.checking import check_pieces
from convergence.content.events import ReleasePublished
from convergence.content.library import forget_library
from convergence.content.models import PublishedPiece, Release
from convergence.content.permissions import can_publish_release
from convergence.content.reading import Problem, ReadPiece
from convergence.content.release import digest_of_release, digested, superseding_problems
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.journal.action import action
from foundation.journal.actor import Actor


class PackRefused(Refused):
    """A pack is refused whole; `problems` names every file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(_("Contenus refusés, rien n'est publié. À corriger :\n{lines}").format(lines=lines), code="pack_refused")
        self.problems = problems


@action(ReleasePublished)
def publish_release(pieces: list[ReadPiece], *, by: Actor, at: datetime) -> ReleasePublished:
    """The pieces become what the platform asks from now on. All of them or, with one problem, none.

    A published edition is never changed: the same key with another text is refused, and a new edition asked for.
    Editions published before and absent now stay readable for the answers that were begun with them.
    """
    can_publish_release(by, pieces).or_refuse()
    if problems := check_pieces(pieces):
        raise PackRefused(problems)
    wanted = digested(pieces)
    known = {(piece.kind, piece.key): piece for piece in PublishedPiece.objects.defer("body").select_for_update()}
    if problems := superseding_problems(wanted, {identity: piece.digest for identity, piece in known.items()}):
        raise PackRefused(problems)
    new = [one for one in wanted if (one.kind, one.key) not in known]
    created = PublishedPiece.objects.bulk_create(
        PublishedPiece(kind=one.kind, key=one.key, digest=one.digest, body=one.body, file=one.file) for one in new
    )
    latest = Release.objects.order_by("-number").first()
    digest = digest_of_release(wanted)
    if latest is not None and latest.digest == digest:
        raise Refused(
            _("Ces contenus sont déjà ceux de la version {number} : rien à publier.").format(number=latest.number), code="unchanged"
        )
    release = Release.objects.create(number=latest.number + 1 if latest else 1, digest=digest, published_at=at, published_by=by.key)
    kept = [known[one.kind, one.key] for one in wanted if (one.kind, one.key) in known]
    release.pieces.add(*created, *kept)
    transaction.on_commit(forget_library)  # this process looks again at once; the others do within seconds
    return ReleasePublished(about=f"release:{release.pk}", number=release.number, digest=digest, new_pieces=tuple(one.key for one in new))
