"""In which language is it said? Sentences are written in French where they are used; `locale/` holds them in English.

`gettext` says a sentence now, in the language of the page; `gettext_lazy` is for what is said once for the life of the process
(a table of words) and read page by page. A sentence with something in it is said whole, then filled in: `_("… {day} …").format(day=…)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

from django.conf import settings
from django.utils import translation

P = ParamSpec("P")
R = TypeVar("R")

gettext = translation.gettext
ngettext = translation.ngettext
pgettext = translation.pgettext
gettext_lazy = cast("Callable[[str], str]", translation.gettext_lazy)
pgettext_lazy = cast("Callable[[str, str], str]", translation.pgettext_lazy)


@contextmanager
def spoken(wanted: str) -> Iterator[None]:
    """`with spoken("en"):` a page, a mail or a paper in a language that is not the one of the page under way."""
    with translation.override(wanted):
        yield


def language() -> str:
    """« fr » or « en »: the language of the page under way, of the mail being written."""
    return translation.get_language() or settings.LANGUAGE_CODE


def agreed(count: int, forms: str) -> str:
    """« critère,critères » agreed with a number, which comes first. In French, zero and one are singular."""
    singular, plural = forms.split(",")
    if language() == "fr":
        return f"{count} {singular if abs(count) < 2 else plural}"
    return f"{count} {ngettext(singular, plural, count)}"


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
