"""Which language does a page speak? The one its address says: everything is in French, and in English under `/en/`.

An address, and nothing else: a page in English is a link, is kept by caches, and needs no cookie. The sentences of a template are
put in their language when it is compiled, once for each language: showing a page costs no look-up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django import template
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.base import Node, NodeList, Parser, TextNode, Token, TokenType, Variable, VariableNode
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import BlockTranslateNode, do_block_translate, do_translate
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation.trans_real import get_language_from_path

from foundation.core.language import gettext, kept_by_language, language, ngettext, pgettext, spoken

register = template.Library()


def speak_language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The whole request is answered in the language of its address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        spoken_here: str = get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with spoken(spoken_here):
            response = get_response(request)
        response.headers.setdefault("Content-Language", spoken_here)
        return response

    return middleware


def same_page(request: HttpRequest, wanted: str) -> str:
    """The address of the page under way in another language, with all that is asked of it; the home page where there is no such page."""
    match = request.resolver_match
    if match is not None and request.method not in ("GET", "HEAD"):  # what is sent is not sent again: back to the page it was sent from
        return address_in(wanted, request.META.get("HTTP_REFERER", ""))
    with spoken(wanted):
        if match is None:
            return str(reverse("public:home"))
        path = _address(match.view_name, match.args, tuple(match.kwargs.items()))
    return str(urlunsplit(("", "", path, request.META.get("QUERY_STRING", ""), "")))


@kept_by_language(5_000)
def _address(name: str, args: tuple[object, ...], named: tuple[tuple[str, object], ...]) -> str:
    """Each page says its own address in the other language: found once."""
    return reverse(name, args=args, kwargs=dict(named))


def address_in(wanted: str, address: str) -> str:
    """One of our addresses, as it is written in another language; the home page for what is not one."""
    parts = urlsplit(address)
    try:
        with spoken(get_language_from_path(parts.path) or settings.LANGUAGE_CODE):
            match = resolve(parts.path)
    except Resolver404:
        match = None
    with spoken(wanted):
        if match is None:
            return str(reverse("public:home"))
        return urlunsplit(("", "", reverse(match.view_name, args=match.args, kwargs=match.kwargs), parts.query, ""))


class Loader(CachedLoader):
    """Each template is compiled once for each language, and kept."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{language()}:{super().cache_key(template_name, skip)}"


@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    """`{% translate "…" %}`, said when the template is compiled. Only what is written there: what comes from elsewhere is already said."""
    node: Any = do_translate(parser, token)
    said = node.filter_expression.var
    if node.filter_expression.filters or not isinstance(said, Variable) or not isinstance(said.literal, SafeString):
        raise template.TemplateSyntaxError("translate dit une phrase écrite là, et rien d'autre")
    context = str(node.message_context.var) if node.message_context else ""
    asked = said.literal.replace("%", "%%")  # as the catalogue has it
    sentence = str(pgettext(context, asked) if context else gettext(asked)).replace("%%", "%")
    return _Named(node.asvar, sentence) if node.asvar else TextNode(sentence)


class _Named(Node):
    """`{% translate "…" as name %}`."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name, self.sentence = name, sentence

    def render(self, context: template.Context) -> str:
        context[self.name] = mark_safe(self.sentence)  # noqa: S308 - written in the template
        return ""


@register.tag("blocktranslate")
def blocktranslate(parser: Parser, token: Token) -> Node:
    """`{% blocktranslate %}`: its sentence is said, and cut at its holes, when the template is compiled. Unlike Django's, a hole may be any
    expression (`{{ item.at|moment }}`); it stands as it is in the catalogue.
    """
    node = do_block_translate(parser, token)
    assert isinstance(node, BlockTranslateNode)
    if node.asvar or node.message_context:
        raise template.TemplateSyntaxError("blocktranslate ne prend ici ni « asvar », ni « context »")
    one, names = _told(node, node.singular)
    if not node.plural or node.countervar is None:
        return Sentence(node.extra_context, _cut(parser, gettext(one), names))
    many, more = _told(node, node.plural)
    forms = {count: _cut(parser, ngettext(one, many, count), names | more) for count in (0, 1, 2)}
    return Sentence(node.extra_context, forms[2], node.countervar, node.counter, forms)


def _told(node: BlockTranslateNode, tokens: list[Token]) -> tuple[str, set[str]]:
    """The sentence as the catalogue has it, with its holes by name."""
    sentence, names = "", set()
    for token in tokens:
        if token.token_type == TokenType.TEXT:
            sentence += token.contents.replace("%", "%%")
        elif token.token_type == TokenType.VAR:
            sentence += f"%({token.contents})s"
            names.add(token.contents)
    return (translation.trim_whitespace(sentence) if node.trimmed else sentence), names


_HOLE = re.compile(r"%\(([^)]+)\)s")


def _cut(parser: Parser, sentence: str, names: set[str]) -> NodeList:
    found = NodeList()
    for rank, part in enumerate(_HOLE.split(sentence)):
        if rank % 2 == 0:
            found.append(TextNode(part.replace("%%", "%")))
        else:
            if part not in names:
                raise template.TemplateSyntaxError(f"« {part} » n'est pas dans la phrase d'origine")
            found.append(VariableNode(parser.compile_filter(part)))
    return found


class Sentence(Node):
    """A sentence in its language, its variables between its words."""

    def __init__(
        self,
        names: dict[str, Any],
        parts: NodeList,
        counter: str | None = None,
        count: Any = None,
        forms: dict[int, NodeList] | None = None,
    ) -> None:
        self.names, self.parts, self.counter, self.count, self.forms = names, parts, counter, count, forms or {}

    def render(self, context: template.Context) -> str:
        found = {name: value.resolve(context) for name, value in self.names.items()}
        parts = self.parts
        if self.counter is not None:
            found[self.counter] = self.count.resolve(context)
            parts = self.forms[min(abs(int(found[self.counter])), 2)]
        if not found:
            return str(parts.render(context))
        with context.push(**found):
            return str(parts.render(context))


def told_languages(request: HttpRequest) -> list[tuple[str, str, str]]:
    """The languages this page is in: each with its name in itself, and the address of the page."""
    return [(code, name, same_page(request, code)) for code, name in settings.LANGUAGES]
