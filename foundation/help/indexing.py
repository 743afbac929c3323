"""What is searched in an entry? Its folded words, weighed, in both languages; written again whenever an edition comes into force."""

from __future__ import annotations

from django.db import connection

from foundation.help.models import HelpEntry, HelpText, HelpWord
from foundation.help.rules import trigrams_of, words_of
from foundation.help.wording import LANGUAGES, Reply

DICTIONARIES = {"fr": ("french", "french_stem"), "en": ("english", "english_stem")}
"""The text search configuration of each language, and its stemmer."""

_INSERT = """INSERT INTO help_helptext (entry_id, language, rank, question, short, facets, procedures, vector)
    VALUES (%s, %s, %s, %s, %s, %s, %s,
            setweight(to_tsvector(%s::regconfig, %s), 'A') || setweight(to_tsvector(%s::regconfig, %s), 'B')
            || setweight(to_tsvector(%s::regconfig, %s), 'C'))"""
_WORDS = """INSERT INTO help_helpword (language, word, stem, trigrams)
    SELECT %s, found.word, (ts_lexize(%s::regdictionary, found.word))[1], string_to_array(found.trigrams, '|')
    FROM unnest(%s::text[], %s::text[]) AS found(word, trigrams)
    WHERE cardinality(ts_lexize(%s::regdictionary, found.word)) > 0
    ON CONFLICT (language, word) DO NOTHING"""


def index_reply(entry: HelpEntry, reply: Reply) -> None:
    """The entry is found by the words of its edition in force, and no longer by those of the one before."""
    forget_reply(entry)
    for language in LANGUAGES:
        wording = reply.wording(language)
        configuration, stemmer = DICTIONARIES[language]
        title = " ".join(words_of(wording.question))
        lead = " ".join([*words_of(wording.short), *words_of(" ".join(wording.words))])
        rest = " ".join(words_of(wording.details))
        words = sorted(set(f"{title} {lead} {rest}".split()))
        with connection.cursor() as cursor:
            cursor.execute(
                _INSERT,
                [
                    *(entry.pk, language, reply.order, wording.question, wording.short, reply.flat_facets, list(reply.procedures)),
                    *(configuration, title, configuration, lead, configuration, rest),
                ],
            )
            cursor.execute(_WORDS, [language, stemmer, words, ["|".join(trigrams_of(word)) for word in words], stemmer])


def forget_reply(entry: HelpEntry) -> None:
    """The entry is no longer found. Its words stay known: one that leads nowhere any more does no harm."""
    HelpText.objects.filter(entry=entry).delete()


def known_words() -> int:
    return HelpWord.objects.count()
