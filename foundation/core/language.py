"""In which language is it said? Sentences are written in French where they are used; `locale/` holds them in English.

`gettext` says a sentence now, in the language of the page; `gettext_lazy` is for what is said once for the life of the process
(a table of words) and read page by page. A sentence with something in it is said whole, then filled in: `_("… {day} …").format(day=…)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

from django.utils import translation
from django.utils.functional import lazy

P = ParamSpec("P")
R = TypeVar("R")

FRENCH = "fr"
"""What the code is written in: its sentences are looked up nowhere."""

_spoken: ContextVar[str] = ContextVar(
    "spoken", default=FRENCH
)  # a hundred times quicker to read than Django's own, two hundred times a page


def language() -> str:
    """« fr » or « en »: the language of the page under way, of the mail being written."""
    return _spoken.get()


@contextmanager
def spoken(wanted: str) -> Iterator[None]:
    """`with spoken("en"):` a page, a mail or a paper in a language that is not the one of the page under way."""
    if wanted == _spoken.get():
        yield
        return
    before = _spoken.set(wanted)
    try:
        with translation.override(wanted):  # for what Django says itself
            yield
    finally:
        _spoken.reset(before)


def gettext(sentence: str) -> str:
    return sentence if _spoken.get() == FRENCH else translation.gettext(sentence)


def pgettext(context: str, sentence: str) -> str:
    """A word told from another written alike, by what it is said of."""
    return sentence if _spoken.get() == FRENCH else translation.pgettext(context, sentence)


def ngettext(one: str, many: str, count: int) -> str:
    """In French, zero and one are singular; the catalogue says how the other language counts."""
    if _spoken.get() == FRENCH:
        return one if abs(count) < 2 else many
    return translation.ngettext(one, many, count)


gettext_lazy = cast("Callable[[str], str]", lazy(gettext, str))
pgettext_lazy = cast("Callable[[str, str], str]", lazy(pgettext, str))


def agreed(count: int, forms: str) -> str:
    """« critère,critères » agreed with a number, which comes first."""
    one, many = forms.split(",")
    return f"{count} {ngettext(one, many, count)}"


def kept_by_language(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """As `lru_cache`, where what is kept is said in a language: it is kept once for each."""

    def keep(answer: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=most)
        def kept(_spoken: str, *args: P.args, **kwargs: P.kwargs) -> R:
            return answer(*args, **kwargs)

        @wraps(answer)
        def in_language(*args: P.args, **kwargs: P.kwargs) -> R:
            return kept(language(), *args, **kwargs)  # type: ignore[arg-type]

        return in_language

    return keep
