"""Every write to the help: taking in the packs' answers, writing and publishing, opinions and reports."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db.models import F
from pydantic import ValidationError

from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, worded
from foundation.help.events import (
    HelpDraftDiscarded,
    HelpDraftPublished,
    HelpDraftSaved,
    HelpEntryWithdrawn,
    HelpTakenIn,
    OpinionCommentErased,
    OpinionGiven,
    SearchReported,
)
from foundation.help.indexing import forget_reply, index_reply
from foundation.help.models import HelpEdition, HelpEntry, HelpFacets, Opinion, SearchReport, Value
from foundation.help.permissions import (
    can_discard_help_draft,
    can_erase_opinion_comment,
    can_give_opinion,
    can_publish_help_draft,
    can_report_search,
    can_save_help_draft,
    can_take_in_help,
    can_withdraw_help_entry,
)
from foundation.help.reading import HelpPack
from foundation.help.wording import LANGUAGES, Facets, Reply, dangling
from foundation.help.workflow import HELP_ENTRY, PUBLISHED
from foundation.journal.action import action
from foundation.journal.actor import SYSTEM, Actor
from foundation.journal.chain import canonical

LONGEST_COMMENT, LONGEST_REASON, LONGEST_SEARCH, LONGEST_PAGE = 1000, 200, 100, 80


@action(HelpTakenIn)
def take_in_help(pack: HelpPack, *, by: Actor, at: datetime) -> HelpTakenIn | None:
    """The packs' answers become those of the help. What the agency has written since is kept: its words win over the file's."""
    can_take_in_help(by, pack).or_refuse()
    facets = pack.facets.model_dump(mode="json")
    latest = HelpFacets.objects.first()
    asked_anew = latest is None or latest.body != facets
    if asked_anew:
        HelpFacets.objects.create(body=facets, published_at=at)
    known = {entry.code: entry for entry in HelpEntry.objects.select_for_update()}
    ours = _of_the_packs()
    taken, kept = [], []
    for reply in pack.replies:
        digest = hashlib.sha256(canonical(reply.model_dump(mode="json")).encode()).hexdigest()
        entry = known.get(reply.code) or HelpEntry(code=reply.code)
        if entry.pack_digest == digest:
            continue
        entry.pack_digest = digest
        if entry.edition and entry.pk not in ours:
            entry.save(update_fields=["pack_digest"])
            kept.append(reply.code)
            continue
        _publish(entry, reply, by=by, at=at)
        taken.append(reply.code)
    if not (taken or kept or asked_anew):
        return None
    return HelpTakenIn(about="help:packs", entries=tuple(taken), kept_by_agency=tuple(kept))


def _of_the_packs() -> set[int]:
    """The entries whose edition in force was taken from a file and never rewritten or withdrawn."""
    rows = HelpEdition.objects.filter(number=F("entry__edition"), entry__state=PUBLISHED, published_by=SYSTEM.key)
    return set(rows.values_list("entry_id", flat=True))


def _publish(entry: HelpEntry, reply: Reply, *, by: Actor, at: datetime) -> None:
    """One edition more, in force from now on; the draft is used up."""
    entry.edition += 1
    entry.state, entry.draft, entry.drafted_at, entry.drafted_by = PUBLISHED, None, None, ""
    entry.save()
    body = reply.model_dump(mode="json")
    HelpEdition.objects.create(
        entry=entry, number=entry.edition, body=body, published_at=at, published_by=by.key, published_by_name=by.display_name
    )
    index_reply(entry, reply)


@action(HelpDraftSaved)
def save_help_draft(entry: HelpEntry, draft: dict[str, Any], *, by: Actor, at: datetime) -> HelpDraftSaved | None:
    """What is being written is kept beside what is in force, well formed; nobody outside reads it before it is published."""
    can_save_help_draft(by, entry).or_refuse()
    entry.state = HELP_ENTRY.after("save_help_draft", entry.state)
    if entry._state.adding and HelpEntry.objects.filter(code=entry.code).exists():
        raise Refused(
            _("Une réponse a déjà l'adresse « {code} ». Choisissez-en une autre.").format(code=entry.code), code="duplicate", status=409
        )
    reply = well_formed({**draft, "code": entry.code})
    body = reply.model_dump(mode="json")
    if entry.draft == body:
        return None
    entry.draft, entry.drafted_at, entry.drafted_by = body, at, by.display_name
    entry.save()
    return HelpDraftSaved(about=f"help_entry:{entry.pk}", code=entry.code)


def well_formed(draft: dict[str, Any], procedures: set[str] | None = None) -> Reply:
    """The draft as a reply, or what to correct. Procedures belong to others: the page offers only those that exist."""
    try:
        reply = Reply.model_validate(draft)
    except ValidationError as error:
        names = sorted({".".join(str(step) for step in problem["loc"][:2]) for problem in error.errors()})
        raise Refused(
            _("Cette réponse est incomplète ou trop longue ({names}). Donnez la question et la réponse dans les deux langues.").format(
                names=", ".join(names)
            ),
            code="malformed",
            status=400,
        ) from error
    latest = HelpFacets.objects.first()
    facets = Facets.model_validate(latest.body) if latest is not None else None
    codes = set(HelpEntry.objects.values_list("code", flat=True))
    if facets is None or (wrong := dangling(reply, facets, codes, set(reply.procedures))):
        reason = wrong[0][1] if facets is not None else _("les cinq questions ne sont pas encore publiées")
        raise Refused(_("Cette réponse ne peut pas être gardée : {reason}.").format(reason=reason), code="malformed", status=400)
    return reply


@action(HelpDraftPublished)
def publish_help_draft(entry: HelpEntry, *, by: Actor, at: datetime) -> HelpDraftPublished:
    """The draft becomes the edition in force. The one before stays in the history, as it was."""
    can_publish_help_draft(by, entry).or_refuse()
    HELP_ENTRY.after("publish_help_draft", entry.state)
    if entry.draft is None:
        raise Refused(
            _("Il n'y a pas de brouillon à publier. Rechargez la page pour voir où en est cette réponse."), code="no_draft", status=409
        )
    _publish(entry, well_formed(entry.draft), by=by, at=at)
    return HelpDraftPublished(about=f"help_entry:{entry.pk}", code=entry.code, number=entry.edition)


@action(HelpDraftDiscarded)
def discard_help_draft(entry: HelpEntry, *, by: Actor, at: datetime) -> HelpDraftDiscarded:
    """The draft is given up; what is in force does not change. An entry that was never published is withdrawn."""
    can_discard_help_draft(by, entry).or_refuse()
    if entry.draft is None:
        raise Refused(_("Il n'y a pas de brouillon à abandonner. Rechargez la page."), code="no_draft", status=409)
    entry.state = HELP_ENTRY.after("discard_help_draft", entry.state)
    entry.draft, entry.drafted_at, entry.drafted_by = None, None, ""
    entry.save()
    return HelpDraftDiscarded(about=f"help_entry:{entry.pk}", code=entry.code)


@action(HelpEntryWithdrawn)
def withdraw_help_entry(entry: HelpEntry, reason: str, *, by: Actor, at: datetime) -> HelpEntryWithdrawn:
    """The answer is no longer listed nor found; its address says so, and its editions stay in the history."""
    can_withdraw_help_entry(by, entry).or_refuse()
    words = worded(reason, _("Dites en une phrase pourquoi cette réponse est retirée."), LONGEST_REASON)
    entry.state = HELP_ENTRY.after("withdraw_help_entry", entry.state)
    entry.save(update_fields=["state"])
    forget_reply(entry)
    return HelpEntryWithdrawn(about=f"help_entry:{entry.pk}", code=entry.code, reason=words)


@action(OpinionGiven)
def give_opinion(opinion: Opinion, *, by: Actor, at: datetime) -> OpinionGiven:
    """Yes, partly or no, and a comment if one likes. Neither the comment nor who wrote it goes to the journal."""
    can_give_opinion(by, opinion).or_refuse()
    opinion.comment = opinion.comment.strip()
    if opinion.value not in Value.values:
        raise Refused(_("Choisissez une des réponses proposées."), code="malformed", status=400)
    if opinion.entry is not None and (opinion.value == Value.PARTLY or not opinion.entry.is_published):
        raise Refused(_("Cette réponse n'attend pas cet avis. Rechargez la page."), code="malformed", status=400)
    if len(opinion.comment) > LONGEST_COMMENT:
        raise Refused(
            _("Le commentaire compte au plus {longest} caractères. Raccourcissez-le.").format(longest=LONGEST_COMMENT),
            code="malformed",
            status=400,
        )
    opinion.given_at = at
    opinion.save()
    return OpinionGiven(about=f"opinion:{opinion.pk}", value=opinion.value)


@action(OpinionCommentErased)
def erase_opinion_comment(opinion: Opinion, *, by: Actor, at: datetime) -> OpinionCommentErased | None:
    """Someone wrote what should not be kept, or asks for it to go: the comment is erased, the opinion stays counted."""
    can_erase_opinion_comment(by, opinion).or_refuse()
    if not opinion.comment:
        return None
    opinion.comment = ""
    opinion.save(update_fields=["comment"])
    return OpinionCommentErased(about=f"opinion:{opinion.pk}")


@action(SearchReported)
def report_search(report: SearchReport, *, by: Actor, at: datetime) -> SearchReported:
    """The agency is told which words found nothing, because the person who searched chose to tell."""
    can_report_search(by, report).or_refuse()
    report.words = " ".join(report.words.split())[:LONGEST_SEARCH]
    if not report.words or report.language not in LANGUAGES:
        raise Refused(_("Écrivez d'abord ce que vous cherchez."), code="malformed", status=400)
    report.reported_at = at
    report.save()
    return SearchReported(about=f"search_report:{report.pk}", language=report.language)
