"""Is a product identified and qualified well enough? Pure answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count

from foundation.core.words import fold

LONGEST_NAME, LONGEST_VERSION = 200, 40  # characters

NAMING_HINT = "{NomDuProduit} [OS] [Appareil]"
"""Guide, page 26: « Appareil » is Mobile or Site Web, « OS » is IOS or Android. Suggested, never required."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a qualification, as the rules see it."""

    code: str
    choices: frozenset[str]
    required: bool


def is_product_type(text: str) -> bool:
    """« Socle » or « Option » (guide, page 26)."""
    return text in ("core", "option")


def unanswered_questions(asked: Iterable[Asked], answers: Mapping[str, str]) -> list[str]:
    """The required questions without an answer, in order."""
    return [question.code for question in asked if question.required and not answers.get(question.code)]


def unknown_answers(asked: Iterable[Asked], answers: Mapping[str, str]) -> list[str]:
    """Answers to questions not asked, or choices that do not exist, in alphabetical order."""
    choices = {question.code: question.choices for question in asked}
    return sorted(code for code, choice in answers.items() if choice not in choices.get(code, frozenset()))


def follows_naming_hint(name: str) -> bool:
    """Whether the name ends with [OS] and [Appareil], or one of them."""
    return re.search(r"\[(Mobile|Site Web|IOS|Android)\]\s*$", name, re.IGNORECASE) is not None


def name_of_copy(name: str, taken: Collection[str]) -> str:
    """« Nom (copie) », then « Nom (copie 2) »…: the first that is free, the name cut where the whole would be too long."""
    endings = chain([" (copie)"], (f" (copie {number})" for number in count(2)))
    copies = (name[: LONGEST_NAME - len(ending)].rstrip() + ending for ending in endings)
    return next(copied for copied in copies if copied not in taken)


def is_same_version(one: str, other: str) -> bool:
    """« v3.2 », « V3.2 » and « 3.2 » are one version: pages show them all as « v3.2 »."""
    return fold(one).removeprefix("v").strip() == fold(other).removeprefix("v").strip()
