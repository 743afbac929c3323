"""Under which address is a file of ours? Said when a template is compiled, as its sentences are: the names never change in a process.

Every template has this tag, and loads Django's `static` library nowhere.
"""

from __future__ import annotations

from django import template
from django.template.base import Node, Parser, TextNode, Token
from django.templatetags.static import StaticNode
from django.utils.html import conditional_escape

register = template.Library()


@register.tag("static")
def static(parser: Parser, token: Token) -> Node:
    """`{% static "…" %}`: its address, escaped. What is not written there is looked up each time, as Django does."""
    node = StaticNode.handle_token(parser, token)
    if node.varname is None and not node.path.filters and isinstance(node.path.var, str):
        return TextNode(str(conditional_escape(StaticNode.handle_simple(node.path.var))))
    return node
