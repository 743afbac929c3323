"""What do readers say, and what is kept of it? A word and a comment; never who, never from where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from foundation.help.actions import LONGEST_COMMENT, erase_opinion_comment, give_opinion, report_search, withdraw_help_entry
from foundation.help.models import Opinion, SearchReport
from foundation.help.permissions import VISITOR
from foundation.help.queries import comments, entry_of, new_opinion, new_report, scores, shares_of, trend, unanswered_searches
from foundation.journal.actor import SYSTEM
from foundation.journal.origin import unsaid
from tests.cast import Cast
from tests.factories.help import said
from tests.refusals import refused, remembered

DELAY, ACCOUNT = "delai-certificat-dmn", "ouvrir-un-compte"


def test_an_opinion_keeps_nobody(cast: Cast, at: datetime) -> None:
    with remembered("help.OpinionGiven") as entries, unsaid():
        opinion = said("no", at, code=DELAY, comment="  Je suis Claire, 06 00 00 00 00.  ")
    assert (opinion.value_word, opinion.comment, opinion.given_at) == ("Non", "Je suis Claire, 06 00 00 00 00.", at)
    assert entries[0].by == "visitor"
    assert entries[0].details == {"by_name": "une personne de passage", "from": "web"}
    assert "Claire" not in entries[0].body


@pytest.mark.parametrize("who", ["claire", "karim", "zoe", "ines", "hugo"])
def test_an_opinion_is_never_anyone_s(cast: Cast, at: datetime, who: str) -> None:
    with refused("Un avis est donné sans nom."):
        give_opinion(new_opinion(page="public:home", value="yes", comment=""), by=getattr(cast, who), at=at)
    with refused("Une recherche est signalée sans nom."):
        report_search(new_report("mot", "fr"), by=getattr(cast, who), at=at)
    with refused("Un avis est donné sans nom."):
        give_opinion(new_opinion(page="public:home", value="yes", comment=""), by=SYSTEM, at=at)


@pytest.mark.parametrize(
    ("value", "code", "comment", "words"),
    [
        ("maybe", "", "", "Choisissez une des réponses proposées."),
        ("", "", "", "Choisissez une des réponses proposées."),
        ("partly", DELAY, "", "Cette réponse n'attend pas cet avis."),
        ("yes", "", "x" * (LONGEST_COMMENT + 1), "Le commentaire compte au plus 1000 caractères."),
    ],
)
def test_an_opinion_ill_formed_is_refused(cast: Cast, at: datetime, value: str, code: str, comment: str, words: str) -> None:
    with refused(words, code="malformed", status=400):
        said(value, at, page="" if code else "public:home", code=code, comment=comment)
    assert not Opinion.objects.exists()


def test_an_answer_withdrawn_meanwhile_is_judged_no_more(cast: Cast, at: datetime) -> None:
    withdraw_help_entry(entry_of(DELAY), "Fausse.", by=cast.ines, at=at)
    with refused("Cette réponse n'attend pas cet avis.", code="malformed", status=400):
        said("yes", at, code=DELAY)


def test_a_comment_is_erased_and_the_opinion_stays(cast: Cast, at: datetime) -> None:
    opinion = said("no", at, page="public:home", comment="Mon numéro est…")
    with refused("Les réponses de l'aide sont écrites par l'agence."):
        erase_opinion_comment(opinion, by=cast.claire, at=at)
    with remembered("help.OpinionCommentErased"):
        erase_opinion_comment(opinion, by=cast.ines, at=at)
    assert Opinion.objects.get().comment == ""
    with remembered():
        assert erase_opinion_comment(Opinion.objects.get(), by=cast.ines, at=at) is None


def test_the_scores_put_first_what_helped_least(cast: Cast, at: datetime) -> None:
    for value, code, times in (("yes", DELAY, 4), ("no", DELAY, 1), ("no", ACCOUNT, 3), ("yes", ACCOUNT, 1)):
        for _ in range(times):
            said(value, at, code=code, comment="mot" if value == "no" else "")
    said("partly", at, page="public:home")
    answers, pages = scores()
    assert [(one.code, one.yes, one.partly, one.no, one.commented, one.total, one.share) for one in answers] == [
        (ACCOUNT, 1, 0, 3, 3, 4, None),
        (DELAY, 4, 0, 1, 1, 5, 80),
    ]
    assert [(one.page, one.partly) for one in pages] == [("public:home", 1)]
    assert shares_of([DELAY, ACCOUNT]) == {DELAY: 80}
    found, count = comments(2)
    assert (len(found), count) == (2, 4)
    assert comments(10, 0, DELAY)[1] == 1


def test_the_trend_counts_paris_months(cast: Cast) -> None:
    for when, value in (
        (datetime(2026, 10, 31, 22, 30, tzinfo=UTC), "yes"),
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), "no"),  # already November in Paris
        (datetime(2026, 11, 2, tzinfo=UTC), "partly"),
    ):
        said(value, when, page="public:home")
    assert [(month.month, yes, partly, no) for month, yes, partly, no in trend()] == [(10, 1, 0, 0), (11, 0, 1, 1)]


def test_searches_that_found_nothing_are_told_in_order(cast: Cast, at: datetime) -> None:
    for rank, words in enumerate(["zèbre", " zèbre ", "autruche"]):
        with unsaid():
            report_search(new_report(words, "fr"), by=VISITOR, at=at + timedelta(minutes=rank))
    report_search(new_report("x" * 300, "en"), by=VISITOR, at=at)
    found = unanswered_searches()
    assert [(one["words"], one["times"]) for one in found] == [("zèbre", 2), ("autruche", 1), ("x" * 100, 1)]
    for words, language in (("  ", "fr"), ("mot", "de")):
        with refused("Écrivez d'abord ce que vous cherchez.", code="malformed", status=400):
            report_search(new_report(words, language), by=VISITOR, at=at)
    assert SearchReport.objects.count() == 4
