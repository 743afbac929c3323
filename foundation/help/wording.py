"""What must an answer say to be published? One shape for the packs' files and for what the agency writes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.typography import french

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
LANGUAGES = ("fr", "en")
LONGEST_QUESTION, LONGEST_ANSWER = 160, 8000


class Language(StrEnum):
    FRENCH = "fr"
    ENGLISH = "en"


class Origin(StrEnum):
    """Where the facts of an answer come from. The sentences are always ours."""

    SEED = "seed"
    PUBLIC = "public"
    ILLUSTRATIVE = "illustrative"
    AGENCY = "agency"


ORIGIN_WORDS = {
    Origin.SEED: gettext_lazy("Officiel (page source)"),
    Origin.PUBLIC: gettext_lazy("Public"),
    Origin.ILLUSTRATIVE: gettext_lazy("Illustratif"),
    Origin.AGENCY: gettext_lazy("Agence"),
}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wording(Strict):
    """An entry in one language: the question, the answer in one paragraph, then what else there is to know (Markdown)."""

    question: Annotated[str, StringConstraints(min_length=8, max_length=LONGEST_QUESTION, strip_whitespace=True)]
    short: Annotated[str, StringConstraints(min_length=2, max_length=800, strip_whitespace=True)]
    details: Annotated[str, StringConstraints(max_length=LONGEST_ANSWER, strip_whitespace=True)] = ""
    words: tuple[Annotated[str, StringConstraints(min_length=2, max_length=40)], ...] = ()

    @field_validator("question", "short", "details")
    @classmethod
    def _no_private_character(cls, text: str) -> str:
        if any("\ue000" <= letter <= "\uf8ff" or letter == "\0" for letter in text):
            raise ValueError("le texte contient un caractère à usage privé")
        return text


class Reply(Strict):
    """An entry whole. `facets` holds what it is about; the codes of procedures are checked by whoever knows them."""

    code: Slug
    order: int = Field(100, ge=0, le=9999)
    origin: Origin
    source: Annotated[str, StringConstraints(max_length=400)] = ""
    facets: dict[Slug, tuple[Slug, ...]] = Field(min_length=1)
    procedures: tuple[Slug, ...] = ()
    related: tuple[Slug, ...] = ()
    fr: Wording
    en: Wording

    @model_validator(mode="before")
    @classmethod
    def _french_spaces(cls, value: Any) -> Any:
        """The spaces French asks for are put in once, wherever the text comes from."""
        if isinstance(value, dict) and isinstance(value.get("fr"), dict):
            words = {name: french(text) if isinstance(text, str) else text for name, text in value["fr"].items()}
            return {**value, "fr": words}
        return value

    @model_validator(mode="after")
    def _named_source(self) -> Reply:
        if self.origin in (Origin.SEED, Origin.PUBLIC) and not self.source:
            raise ValueError("une origine « seed » ou « public » nomme sa « source »")
        return self

    def wording(self, language: str) -> Wording:
        return self.en if language == Language.ENGLISH else self.fr

    @property
    def flat_facets(self) -> list[str]:
        """« theme:delais », in the order given: how they are stored and counted."""
        return [f"{facet}:{choice}" for facet, choices in self.facets.items() for choice in choices]


class Choice(Strict):
    code: Slug
    fr: str
    en: str

    def word(self, language: str) -> str:
        return self.en if language == Language.ENGLISH else french(self.fr)


class Facet(Strict):
    """One of the five questions that narrow the list. `short` stands where there is no room for the question."""

    code: Slug
    question: dict[Language, str]
    short: dict[Language, str]
    choices: tuple[Choice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _both_languages(self) -> Facet:
        if any(set(words) != set(Language) for words in (self.question, self.short)):
            raise ValueError("la question et son titre court sont à donner en français et en anglais")
        return self

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


class Facets(Strict):
    facets: tuple[Facet, ...] = Field(min_length=1)

    def facet(self, code: str) -> Facet | None:
        return next((facet for facet in self.facets if facet.code == code), None)


def dangling(reply: Reply, facets: Facets, entries: set[str], procedures: set[str]) -> list[tuple[tuple[Any, ...], str]]:
    """What a reply names that does not exist, each with its place: a question, a choice, another entry, a procedure."""
    found: list[tuple[tuple[Any, ...], str]] = []
    for code, choices in reply.facets.items():
        facet = facets.facet(code)
        if facet is None:
            known = ", ".join(one.code for one in facets.facets)
            found.append((("facets", code), _("la question « {code} » n'existe pas ; attendu : {known}").format(code=code, known=known)))
            continue
        found += [
            (("facets", code, rank), _("« {choice} » n'est pas un choix de « {code} »").format(choice=choice, code=code))
            for rank, choice in enumerate(choices)
            if facet.choice(choice) is None
        ]
    found += [
        (("procedures", rank), _("la démarche « {code} » n'existe pas").format(code=code))
        for rank, code in enumerate(reply.procedures)
        if code not in procedures
    ]
    found += [
        (("related", rank), _("la réponse « {code} » n'existe pas").format(code=code))
        for rank, code in enumerate(reply.related)
        if code not in entries or code == reply.code
    ]
    return found
