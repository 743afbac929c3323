"""What does the help say, what is found by these words, and what do readers think?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q
from django.db.models.functions import TruncMonth

from foundation.core.language import language as page_language
from foundation.help.indexing import DICTIONARIES
from foundation.help.models import HelpEdition, HelpEntry, HelpFacets, HelpText, Opinion, SearchReport, Value
from foundation.help.rules import asked_words, is_kept, nearest_words, related_first, remaining, share_of_yes, trigrams_of
from foundation.help.wording import Facets, Language, Reply

FEW = 6


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is listed, in one language."""

    code: str
    question: str
    short: str
    facets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the codes in order, the words meant, whether some had to be guessed or left out."""

    codes: tuple[str, ...]
    words: frozenset[str]
    guessed: tuple[tuple[str, str], ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The entries that remain, and how many each further choice would leave."""

    codes: tuple[str, ...]
    counts: Mapping[str, int]
    total: int


def facets_in_force() -> Facets | None:
    """The five questions; None before the help is first taken in."""
    latest = HelpFacets.objects.first()
    return None if latest is None else Facets.model_validate(latest.body)


def narrowed_entries(language: str, chosen: Mapping[str, str], among: Sequence[str] | None = None) -> Narrowed:
    """The entries that answer every choice; among those found, in their order, where words were searched for."""
    rows = list(HelpText.objects.filter(language=language).values_list("entry__code", "facets"))
    facets = dict(rows)
    order = [code for code in among if code in facets] if among is not None else [code for code, _ in rows]
    codes = tuple(code for code in order if is_kept(facets[code], chosen))
    return Narrowed(codes, remaining((facets[code] for code in order), chosen), len(rows))


def lines_of(codes: Iterable[str], language: str) -> list[Line]:
    """These entries, in this order."""
    wanted = list(codes)
    rows = HelpText.objects.filter(language=language, entry__code__in=wanted).values_list("entry__code", "question", "short", "facets")
    found = {code: Line(code, question, short, tuple(facets)) for code, question, short, facets in rows}
    return [found[code] for code in wanted if code in found]


def entries_of_procedure(procedure: str, language: str = Language.FRENCH, limit: int = FEW) -> list[Line]:
    """What is often asked about a procedure, for its own page."""
    rows = HelpText.objects.filter(language=language, procedures__contains=[procedure])[:limit]
    return [Line(code, question, short, tuple(facets)) for code, question, short, facets in rows.values_list("entry__code", "question", "short", "facets")]  # fmt: skip


def first_entries(language: str = Language.FRENCH, limit: int = FEW) -> list[Line]:
    """The entries that come first, for the home page."""
    rows = HelpText.objects.filter(language=language)[:limit]
    return [Line(code, question, short, tuple(facets)) for code, question, short, facets in rows.values_list("entry__code", "question", "short", "facets")]  # fmt: skip


def count_of_entries() -> int:
    return HelpEntry.objects.published().count()


def addresses() -> list[tuple[str, datetime]]:
    """Every published entry with the moment of its edition in force, for the site map."""
    rows = HelpEdition.objects.filter(entry__state="published").values("entry__code").annotate(latest=Max("published_at"))
    return [(row["entry__code"], row["latest"]) for row in rows.order_by("entry__code")]


def entry_of(code: str) -> HelpEntry:
    return HelpEntry.objects.get(code=code)


def new_entry(code: str) -> HelpEntry:
    """An entry not stored yet, for `save_help_draft`."""
    return HelpEntry(code=code)


def edition_in_force(entry: HelpEntry) -> HelpEdition | None:
    return HelpEdition.objects.filter(entry=entry, number=entry.edition).first()


def related_lines(reply: Reply, language: str, limit: int = 4) -> list[Line]:
    """The entries it names, then those that share most of its choices."""
    rows = HelpText.objects.filter(language=language).exclude(entry__code=reply.code).values_list("entry__code", "facets")
    near = related_first(reply.flat_facets, rows, limit)
    return lines_of(list(dict.fromkeys([*reply.related, *near]))[:limit], language)


# — Search ————————————————————————————————————————————————————————————————————————————————

_MEANT = """WITH asked AS MATERIALIZED (
        SELECT one.word, (ts_lexize(%(stemmer)s::regdictionary, one.word))[1] AS stem FROM unnest(%(words)s::text[]) AS one(word)
    )
    SELECT asked.word, asked.stem, known.word, known.stem
    FROM asked LEFT JOIN help_helpword known ON known.language = %(language)s AND known.stem = asked.stem
    UNION
    SELECT asked.word, asked.stem, known.word, known.stem
    FROM asked JOIN help_helpword known ON known.language = %(language)s AND known.word LIKE %(start)s
    WHERE asked.word = %(last)s AND asked.stem IS NOT NULL"""
_NEAR = """SELECT word, stem FROM help_helpword
    WHERE language = %s AND trigrams && %s::varchar[] AND length(word) BETWEEN %s AND %s"""
_FOUND = """SELECT entry.code FROM help_helptext text JOIN help_helpentry entry ON entry.id = text.entry_id,
    (SELECT %s::tsquery AS asked) query
    WHERE text.language = %s AND text.vector @@ query.asked
    ORDER BY ts_rank('{0.02, 0.1, 0.4, 1.0}', text.vector, query.asked) DESC, text.rank, text.id"""
SHORTEST_START = 3


def found_entries(typed: str, language: str) -> Found:
    """The entries that hold these words, whatever their accents and endings, one typing error forgiven in each.

    All the words first; where no entry holds them all, the entries that hold some. The last word may be unfinished.
    """
    words = asked_words(typed)
    if not words:
        return Found((), frozenset())
    last = words[-1] if len(words[-1]) >= SHORTEST_START else ""
    meant: dict[str, set[str]] = {}  # word → stems
    said: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            _MEANT, {"stemmer": DICTIONARIES[language][1], "words": words, "language": language, "last": last, "start": f"{last}%"}
        )
        for word, stem, known, known_stem in cursor.fetchall():
            if stem is None:  # « de », « the »: they say nothing
                continue
            meant.setdefault(word, set())
            if known is not None:
                meant[word].add(known_stem)
                said.add(known)
        guessed = []
        for word in [word for word, stems in meant.items() if not stems]:
            cursor.execute(_NEAR, [language, trigrams_of(word), len(word) - 1, len(word) + 1])
            candidates = dict(cursor.fetchall())
            near = nearest_words(word, candidates)
            meant[word] = {candidates[one] for one in near}
            said |= set(near)
            guessed += [(word, one) for one in sorted(near)[:1]]
        groups = [_any(stems) for stems in meant.values()]
        whole = " & ".join(groups) if groups and all(groups) else ""
        codes = _codes(cursor, whole, language)
        is_partial = not codes and any(groups) and len(groups) > 1
        if is_partial:
            codes = _codes(cursor, " | ".join(filter(None, groups)), language)
    return Found(tuple(codes), frozenset(said), tuple(guessed), is_partial and bool(codes))


def _any(stems: Iterable[str]) -> str:
    """One of these stems, as a tsquery writes it; they are letters and figures only."""
    return "(" + " | ".join(f"'{stem}'" for stem in sorted(stems)) + ")" if stems else ""


def _codes(cursor: Any, query: str, language: str) -> list[str]:
    if not query:
        return []
    cursor.execute(_FOUND, [query, language])
    return [code for (code,) in cursor.fetchall()]


# — What readers think ————————————————————————————————————————————————————————————————————


def new_opinion(*, page: str = "", entry: HelpEntry | None = None, value: str, comment: str) -> Opinion:
    """An opinion not stored yet, for `give_opinion`."""
    return Opinion(page=page, entry=entry, value=value, comment=comment)


def new_report(words: str, language: str) -> SearchReport:
    """A search not stored yet, for `report_search`."""
    return SearchReport(words=words, language=language)


def shares_of(codes: Iterable[str]) -> dict[str, int]:
    """How many readers in a hundred each answer helped, where enough of them said."""
    rows = Opinion.objects.filter(entry__code__in=list(codes)).values("entry__code").annotate(yes=Count("pk", filter=Q(value=Value.YES)), total=Count("pk"))  # fmt: skip
    shares = {row["entry__code"]: share_of_yes(row["yes"], row["total"]) for row in rows}
    return {code: share for code, share in shares.items() if share is not None}


@dataclass(frozen=True, slots=True)
class Score:
    """What was said of one page, or of one answer."""

    page: str
    code: str
    yes: int
    partly: int
    no: int
    commented: int

    @property
    def total(self) -> int:
        return self.yes + self.partly + self.no

    @property
    def share(self) -> int | None:
        return share_of_yes(self.yes, self.total)


_COUNTS: dict[str, Any] = {
    "yes": Count("pk", filter=Q(value=Value.YES)),
    "partly": Count("pk", filter=Q(value=Value.PARTLY)),
    "no": Count("pk", filter=Q(value=Value.NO)),
    "commented": Count("pk", filter=~Q(comment="")),
}


def scores() -> tuple[list[Score], list[Score]]:
    """Answers, then pages: those that helped least first."""
    rows: Iterable[Any] = Opinion.objects.order_by().values("page", "entry__code").annotate(**_COUNTS)
    found = [Score(row["page"], row["entry__code"] or "", row["yes"], row["partly"], row["no"], row["commented"]) for row in rows]
    found.sort(key=lambda one: (-one.no - one.partly / 2, -one.total, one.code, one.page))
    return [one for one in found if one.code], [one for one in found if not one.code]


def trend(months: int = 6) -> list[tuple[datetime, int, int, int]]:
    """Yes, partly and no of each of the last months in which something was said, the oldest first."""
    rows: Iterable[Any] = (
        Opinion.objects.order_by().annotate(month=TruncMonth("given_at")).values("month").annotate(**_COUNTS).order_by("-month")[:months]
    )
    return [(row["month"], row["yes"], row["partly"], row["no"]) for row in reversed(list(rows))]


def comments(limit: int, offset: int = 0, code: str = "") -> tuple[list[Opinion], int]:
    """What readers wrote, the latest first; of one answer where a code is given."""
    rows = Opinion.objects.commented().select_related("entry")
    if code:
        rows = rows.filter(entry__code=code)
    return list(rows[offset : offset + limit]), rows.count()


def opinion_of(key: int) -> Opinion:
    return Opinion.objects.get(pk=key)


def unanswered_searches(limit: int = 30) -> list[dict[str, Any]]:
    """The words that found nothing, the most often reported first."""
    rows: Any = SearchReport.objects.order_by().values("words", "language").annotate(times=Count("pk"), latest=Max("reported_at"))
    return list(rows.order_by("-times", "-latest", "words")[:limit])


# — For those who write —————————————————————————————————————————————————————————————————


def every_entry() -> list[HelpEntry]:
    """Every entry with its question in the language of the page, the published ones in the order of the help."""
    texts = {text.entry_id: text for text in HelpText.objects.filter(language=page_language())}
    entries = list(HelpEntry.objects.all())
    for entry in entries:
        text = texts.get(entry.pk)
        entry.question = text.question if text else (entry.draft or {}).get(page_language(), {}).get("question", entry.code)  # type: ignore[attr-defined]
        entry.rank = text.rank if text else 10_000  # type: ignore[attr-defined]
    return sorted(entries, key=lambda entry: (entry.rank, entry.code))  # type: ignore[attr-defined]


def history_of(entry: HelpEntry) -> list[HelpEdition]:
    """Every edition, the latest first."""
    return list(HelpEdition.objects.filter(entry=entry))


def edition_of(entry: HelpEntry, number: int) -> HelpEdition:
    return HelpEdition.objects.get(entry=entry, number=number)
