"""Where does something speak French without a way to say it in English? Read from the templates and the code, not from the pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

from ops.words import AGREED

NAMES = {
    "Convergence", "République", "Française", "SIREN", "SHA-256", "SHA-", "SHA", "PDF", "CSV", "JSON", "XLSX", "RSS", "ZIP", "ZED", "age", "id", "pdfsig",
    "div", "INS", "PSC", "API", "FINESS", "RPPS", "OIDC", "PAdES", "v1", "png", "svg", "fr-h", "French", "English", "ProSanteConnect", "Yousign",
}  # fmt: skip
"""What is written alike in both languages: names, formats, codes."""

SPOKEN = {"title", "aria-label", "placeholder", "alt", "aria-description", "aria-roledescription", "label"}
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŒœ][A-Za-zÀ-ÖØ-öø-ÿŒœ’'-]+")
_CONSTANT = re.compile(r"""(?P<said>_\()?(?P<quote>["'])(?P<text>.*?)(?P=quote)""")
FRENCH = re.compile(
    r"[éèêàçùâîôûœÉÀÈÊ«»’]|\b(le|la|les|des|une|pas|est|vous|votre|vos|du|de|par|pour|sur|avec|sans|au|aux|cette|ce|ou|et|non|oui)\b", re.I
)

TELLS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy", "agreed", "Text"}
OURSELVES = {
    "ValueError",
    "TypeError",
    "AssertionError",
    "RuntimeError",
    "KeyError",
    "LookupError",
    "ImproperlyConfigured",
    "TemplateSyntaxError",
}
"""What only whoever writes the code reads."""

RECORDED = "# recorded as it is"
"""Beside what is written in the journal or kept in a table: French, whoever reads it."""

FOR_OPERATORS = ("content/checking.py", "content/reading.py", "content/publishing.py", "help/reading.py")
"""What the commands print to whoever publishes contents: French, as the commands are."""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "code")
        self.found += [
            value for name, value in attrs if value and (name in SPOKEN or (name == "content" and ("name", "description") in attrs))
        ]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def template_faults(file: Path) -> Iterator[str]:
    """Each text of a template that is not said through `translate`, each constant in its tags that is not `_("…")`."""
    text, inside = "", ""
    for token in Lexer(file.read_text("utf-8")).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            if name in ("blocktranslate", "comment"):
                inside = f"end{name}"
            elif name == inside:
                inside = ""
            elif not inside and name not in ("translate", "load", "url", "static", "extends"):
                yield from _constants(token.contents)
            text += " " if name in ("if", "else", "elif", "endif", "for", "endfor") else "\ue000"
        elif token.token_type == TokenType.VAR:
            text += "\ue000"
            if not inside:
                yield from _constants(token.contents)
        elif token.token_type == TokenType.TEXT and not inside:
            text += token.contents
    if file.suffix == ".html":
        page = _Page()
        page.feed(text)
        told = page.found
    else:
        told = text.splitlines()
    for piece in told:
        if any(word not in NAMES for word in _WORD.findall(piece)):
            yield " ".join(piece.replace("\ue000", "…").split())


def _constants(contents: str) -> Iterator[str]:
    for found in _CONSTANT.finditer(AGREED.sub("", contents)):
        if (not found["said"] and FRENCH.search(found["text"]) and " " in found["text"]) or (
            not found["said"] and re.match("[A-ZÉÈÀ][a-zéèà]", found["text"])
        ):
            yield f"{{% {contents} %}}"


def code_faults(file: Path) -> Iterator[str]:
    """Each French sentence of the code that a person reads and that is not said through `foundation.core.language`."""
    if str(file).endswith(FOR_OPERATORS) or "migrations" in file.parts:
        return
    text = file.read_text("utf-8")
    lines, tree = text.splitlines(), ast.parse(text)
    told: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr):
            told.add(id(node.value))  # docstrings
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if (
                name in TELLS
                or name in OURSELVES
                or name.endswith(("Field", "ForeignKey", "compile", "Constraint", "Index"))
                or name in ("getattr", "sub")
            ):
                told.update(id(one) for one in ast.walk(node))
            told.update(
                id(one)
                for keyword in node.keywords
                if keyword.arg in ("verbose_name", "help", "pattern", "description")
                for one in ast.walk(keyword)
            )
        elif isinstance(node, ast.Assert) or (
            (isinstance(node, ast.ClassDef) and node.name in ("Meta", "Command"))
            or (isinstance(node, ast.ClassDef) and node.name.endswith("Config"))
        ):
            told.update(id(one) for one in ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            told.update(id(one) for one in node.values)
    for node in ast.walk(tree):
        if id(node) in told or (
            isinstance(node, ast.expr) and any(RECORDED in lines[rank - 1] for rank in (node.lineno, node.end_lineno or 1))
        ):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and FRENCH.search(node.value) and _is_told(node.value):
            yield f"{node.lineno}: {node.value[:100]}"
        elif isinstance(node, ast.JoinedStr):
            words = "".join(one.value if isinstance(one, ast.Constant) else "…" for one in node.values)
            if FRENCH.search(words) and _is_told(words):
                yield f"{node.lineno}: f{words[:100]}"


def _is_told(text: str) -> bool:
    """A sentence or a word, not an identifier, an address, a query."""
    return (
        bool(re.search(r"[A-Za-zÀ-ÿ]{2}", text))
        and not re.fullmatch(r"[\w./:#<>?=&%{}…-]*", text, re.ASCII)
        and not re.search(r"\b(SELECT|FROM|JOIN|WHERE|AND)\b", text)
    )
