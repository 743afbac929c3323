"""What do templates need beyond Django's own words? Text, dates and levels as people read them in French."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import nh3
from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse_url
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from convergence.content.formats import FORMATS
from foundation.core.clock import day_of, told, told_day, told_hour
from foundation.core.language import agreed, gettext_lazy, kept_by_language, language
from foundation.core.language import gettext as _
from foundation.files.reasons import reason_told
from foundation.messaging.rules import excerpt
from web.downloads import is_shown_in_place
from web.pieces import piece

register = template.Library()

_markdown = MarkdownIt("commonmark", {"html": False})
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "code", "br", "blockquote", "h3", "h4"}


@lru_cache(maxsize=4096)
def rendered(text: str) -> SafeString:
    """Markdown of our own content as clean HTML: no raw HTML, no image, links without a trace of where one came from."""
    html = nh3.clean(
        _markdown.render(text), tags=_TAGS, attributes={"a": {"href"}}, link_rel="noopener noreferrer", url_schemes={"https", "mailto"}
    )
    return mark_safe(html)  # noqa: S308 - cleaned just above


@kept_by_language(20_000)
def address(name: str, *args: Any) -> str:
    return reverse(name, args=args)


class RememberedURLNode(URLNode):
    """`{% url %}`, asked some thirty times a page: an address once found is remembered. Addresses never change in a process."""

    def render(self, context: template.Context) -> str:
        name = self.view_name.resolve(context)
        found = address(name, *(arg.resolve(context) for arg in self.args))
        if self.asvar:
            context[self.asvar] = found
            return ""
        return found


@register.tag
def url(parser: Parser, token: Token) -> RememberedURLNode:
    node = parse_url(parser, token)
    assert not node.kwargs, "les adresses se donnent par position"
    return RememberedURLNode(node.view_name, node.args, node.kwargs, node.asvar)


@register.filter
def markdown(text: Any) -> SafeString:
    return rendered(str(text))


@register.filter
def markdown_line(text: Any) -> SafeString:
    """One paragraph without its <p>, to stand inside another sentence."""
    html = rendered(str(text)).strip()
    if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
        html = html[3:-4]
    return mark_safe(html)  # noqa: S308 - cleaned in `rendered`


@register.filter
@kept_by_language(4096)
def day(moment: date | datetime | None) -> str:
    """« 3 novembre 2026 », in Paris."""
    if moment is None:
        return ""
    return told_day(day_of(moment) if isinstance(moment, datetime) else moment)


@register.filter
@kept_by_language(4096)
def moment(when: datetime | None) -> str:
    """« 3 novembre 2026 à 11 h 20 », in Paris."""
    return "" if when is None else told(when)


@register.filter
def clock(when: datetime | None) -> str:
    """« 11 h 20 », in Paris."""
    return "" if when is None else told_hour(when)


@register.filter
def steps(rank: int | None) -> str:
    """The notches of a level gauge, for `data-level`: 0 beside the scale, else 1 to 4."""
    return str(rank or 0)


@register.filter
def step_drawn(line: Any) -> SafeString:
    """A step of a candidature (`StepLine`), in the line of its steps."""
    look = {
        "number": line.number,
        "state": line.step.state,
        "is_now": line.is_now,
        "waits": bool(line.waits_for),
        "is_agency": line.piece.acts == "agency",
    }
    slots = {
        "title": str(line.piece.title),
        "waits_for": line.waits_for,
        "state_word": str(line.step.state_word),
        "day": day(line.step.since),
    }
    return piece("ui/candidature_step.html", look, slots)


@register.filter
def file_size(size: int) -> str:
    """« 412 Ko », « 1,2 Mo », « 5 Go »: as people weigh files, in powers of ten."""
    value, rank = float(size), 0
    while value >= 1000 and rank < 3:
        value, rank = value / 1000, rank + 1
    written = (f"{value:.1f}" if rank > 1 else f"{value:.0f}").removesuffix(".0")
    french = language() == "fr"
    unit = (("octets", "Ko", "Mo", "Go") if french else ("bytes", "kB", "MB", "GB"))[rank]
    return f"{written.replace('.', ',') if french else written}\u00a0{unit}"


register.filter(is_shown_in_place)
register.filter(excerpt)
register.filter(agreed)
register.filter(reason_told)


KINDS = dict(FORMATS.values())

STATES = {
    "quarantined": gettext_lazy("En cours d'analyse"),
    "clean": gettext_lazy("Contrôlé, sans menace"),
    "infected": gettext_lazy("Infecté : mis à l'écart, personne ne peut l'ouvrir"),
}
"""What a depositor is told of a file, where it is not what everyone is."""


@register.filter
def file_kind(file: Any) -> str:
    """« PDF », « Word »: what was recognised, or else what its name ends with."""
    extension = file.name.rpartition(".")[2].upper() if "." in file.name else ""
    return KINDS.get(file.media_type) or extension[:8] or _("Fichier")


@register.filter
def file_state(file: Any) -> str:
    """Where a file stands, as its depositor reads it."""
    if file.erased_at is not None:
        return _("Effacé le {day}").format(day=told_day(day_of(file.erased_at)))
    return str(file.state_word if file.sealed or file.state not in STATES else STATES[file.state])


@register.filter
def file_look(state: str) -> str:
    """The class of a state: calm while it is examined, red for what must be deposited again."""
    return {"clean": "cv-state--done", "quarantined": "cv-state--draft", "held": "cv-state--draft"}.get(state, "cv-state--bad")


@register.filter
def short_hash(sha256: str) -> str:
    """« 9f2c…71ab »: enough for the eye; the whole of it is in the title and in the results."""
    return f"{sha256[:4]}…{sha256[-4:]}"


@register.simple_block_tag
def crumbs(content: str) -> SafeString:
    """The breadcrumb around its items."""
    return render_to_string("ui/crumbs.html", {"items": content})


@register.simple_block_tag
def table(content: str, cards: bool = False, label: str = "") -> SafeString:
    """The frame of the design system around a table; with `cards`, each line becomes a card on a telephone.

    A table that is neither cards nor full of links is given a `label`: what scrolls must be reached by the keyboard.
    """
    return render_to_string("ui/table.html", {"table": content, "cards": cards, "label": label})
