"""How is an answer typed? One form, both languages; what an answer must be is `foundation/help/wording.py`'s business."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from convergence.content.schema import Procedure
from foundation.help.wording import LANGUAGES, LONGEST_ANSWER, LONGEST_QUESTION, Facets, Origin

LANGUAGE_WORDS = {"fr": "en français", "en": "en anglais"}


class NewEntryForm(forms.Form):
    """The address of a new answer."""

    code = forms.RegexField(
        label="Adresse de la réponse",
        regex=r"^[a-z0-9][a-z0-9-]{2,60}$",
        help_text="Trois à soixante lettres minuscules sans accent, chiffres et tirets : « delai-du-certificat ». Elle ne change plus ensuite.",
        max_length=61,
        error_messages={
            "required": "Donnez une adresse à la réponse.",
            "invalid": "N'employez que des minuscules sans accent, des chiffres et des tirets.",
            "max_length": "L'adresse compte au plus 61 caractères.",
        },
    )


class ReplyForm(forms.Form):
    """An answer whole: what it says in each language, and what it is about."""

    def __init__(self, typed: Any, *, facets: Facets, procedures: Iterable[Procedure], entries: Iterable[Any], reply: dict[str, Any]) -> None:  # fmt: skip
        super().__init__(typed, initial=_typed(reply))
        for language in LANGUAGES:
            word = LANGUAGE_WORDS[language]
            self.fields[f"question_{language}"] = _text(f"Question {word}", LONGEST_QUESTION)
            self.fields[f"short_{language}"] = _text(f"Réponse en un paragraphe, {word}", 800, "Markdown : **gras**, liens.")
            self.fields[f"details_{language}"] = _text(f"Ce qu'il faut savoir de plus, {word}", LONGEST_ANSWER, "Markdown.", required=False)
            self.fields[f"words_{language}"] = _text(f"Autres mots qui y mènent, {word}", 300, "Séparés par des virgules.", required=False)
        for facet in facets.facets:
            self.fields[f"facet_{facet.code}"] = forms.MultipleChoiceField(
                label=facet.question["fr"],  # type: ignore[index]
                choices=[(choice.code, choice.fr) for choice in facet.choices],
                required=False,
                error_messages={"invalid_choice": "Ce choix n'existe pas."},
            )
        self.fields["procedures"] = forms.MultipleChoiceField(
            label="Démarches concernées",
            choices=[(procedure.code, str(procedure.title)) for procedure in procedures],
            required=False,
            error_messages={"invalid_choice": "Cette démarche n'existe pas."},
        )
        self.fields["related"] = forms.MultipleChoiceField(
            label="Réponses voisines",
            choices=[(entry.code, entry.question) for entry in entries],
            required=False,
            error_messages={"invalid_choice": "Cette réponse n'existe pas."},
        )
        message = "Donnez un nombre de 0 à 9999 : les plus petits viennent d'abord."
        self.fields["order"] = forms.RegexField(
            label="Place dans la liste",
            regex=r"^[0-9]{1,4}$",
            max_length=4,
            help_text="Un nombre : les plus petits viennent d'abord.",
            error_messages=dict.fromkeys(("required", "invalid", "max_length"), message),
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not any(typed.get(name) for name in self.fields if name.startswith("facet_")):
            self.add_error(next(name for name in self.fields if name.startswith("facet_")), "Cochez au moins un choix.")
        return typed

    def as_draft(self, before: dict[str, Any]) -> dict[str, Any]:
        """What `save_help_draft` expects. Once the agency writes, the words are the agency's; the source of the facts stays said."""
        typed = self.cleaned_data
        wordings = {
            language: {
                "question": typed[f"question_{language}"],
                "short": " ".join(typed[f"short_{language}"].split()),
                "details": typed[f"details_{language}"].replace("\r\n", "\n"),
                "words": [word.strip() for word in typed[f"words_{language}"].split(",") if word.strip()],
            }
            for language in LANGUAGES
        }
        facets = {name.removeprefix("facet_"): chosen for name, chosen in typed.items() if name.startswith("facet_") and chosen}
        shared = {"order": int(typed["order"]), "procedures": typed["procedures"], "related": typed["related"]}
        return {**wordings, **shared, "facets": facets, "origin": Origin.AGENCY, "source": before.get("source", "")}

    @property
    def by_language(self) -> list[tuple[str, list[Any]]]:
        return [
            (LANGUAGE_WORDS[language], [self[f"{name}_{language}"] for name in ("question", "short", "details", "words")])
            for language in LANGUAGES
        ]

    @property
    def boxes(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("facet_") or name in ("procedures", "related")]


def _text(label: str, longest: int, hint: str = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=hint,
        error_messages={"required": "Écrivez ce texte.", "max_length": f"Ce texte compte au plus {longest} caractères. Raccourcissez-le."},
    )


def _typed(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply as the fields hold it."""
    typed: dict[str, Any] = {
        "order": reply.get("order", 100),
        "procedures": reply.get("procedures", []),
        "related": reply.get("related", []),
    }
    for language in LANGUAGES:
        wording = reply.get(language, {})
        typed |= {f"{name}_{language}": wording.get(name, "") for name in ("question", "short", "details")}
        typed[f"words_{language}"] = ", ".join(wording.get("words", []))
    return typed | {f"facet_{code}": chosen for code, chosen in reply.get("facets", {}).items()}
