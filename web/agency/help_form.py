"""How is an answer typed? One form, both languages; what an answer must be is `foundation/help/wording.py`'s business."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from convergence.content.schema import Procedure
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.language import language as page_language
from foundation.help.wording import LANGUAGES, LONGEST_ANSWER, LONGEST_QUESTION, Facets, Language, Origin

WORDS = {
    "fr": {
        "reply": gettext_lazy("La réponse en français"),
        "question": gettext_lazy("Question en français"),
        "short": gettext_lazy("Réponse en un paragraphe, en français"),
        "details": gettext_lazy("Ce qu'il faut savoir de plus, en français"),
        "words": gettext_lazy("Autres mots qui y mènent, en français"),
    },
    "en": {
        "reply": gettext_lazy("La réponse en anglais"),
        "question": gettext_lazy("Question en anglais"),
        "short": gettext_lazy("Réponse en un paragraphe, en anglais"),
        "details": gettext_lazy("Ce qu'il faut savoir de plus, en anglais"),
        "words": gettext_lazy("Autres mots qui y mènent, en anglais"),
    },
}
"""By language of the answer: the title of its half of the form, then of each field."""


class NewEntryForm(forms.Form):
    """The address of a new answer."""

    code = forms.RegexField(
        label=gettext_lazy("Adresse de la réponse"),
        regex=r"^[a-z0-9][a-z0-9-]{2,60}$",
        help_text=gettext_lazy(
            "Trois à soixante lettres minuscules sans accent, chiffres et tirets : « delai-du-certificat ». Elle ne change plus ensuite."
        ),
        max_length=61,
        error_messages={
            "required": gettext_lazy("Donnez une adresse à la réponse."),
            "invalid": gettext_lazy("N'employez que des minuscules sans accent, des chiffres et des tirets."),
            "max_length": gettext_lazy("L'adresse compte au plus 61 caractères."),
        },
    )


class ReplyForm(forms.Form):
    """An answer whole: what it says in each language, and what it is about."""

    def __init__(self, typed: Any, *, facets: Facets, procedures: Iterable[Procedure], entries: Iterable[Any], reply: dict[str, Any]) -> None:  # fmt: skip
        super().__init__(typed, initial=_typed(reply))
        page = page_language()
        for language in LANGUAGES:
            words = WORDS[language]
            self.fields[f"question_{language}"] = _text(words["question"], LONGEST_QUESTION)
            self.fields[f"short_{language}"] = _text(words["short"], 800, _("Markdown : **gras**, liens."))
            self.fields[f"details_{language}"] = _text(words["details"], LONGEST_ANSWER, _("Markdown."), required=False)
            self.fields[f"words_{language}"] = _text(words["words"], 300, _("Séparés par des virgules."), required=False)
        for facet in facets.facets:
            self.fields[f"facet_{facet.code}"] = forms.MultipleChoiceField(
                label=facet.question[Language(page)],
                choices=[(choice.code, choice.en if page == Language.ENGLISH else choice.fr) for choice in facet.choices],
                required=False,
                error_messages={"invalid_choice": _("Ce choix n'existe pas.")},
            )
        self.fields["procedures"] = forms.MultipleChoiceField(
            label=_("Démarches concernées"),
            choices=[(procedure.code, str(procedure.title)) for procedure in procedures],
            required=False,
            error_messages={"invalid_choice": _("Cette démarche n'existe pas.")},
        )
        self.fields["related"] = forms.MultipleChoiceField(
            label=_("Réponses voisines"),
            choices=[(entry.code, entry.question) for entry in entries],
            required=False,
            error_messages={"invalid_choice": _("Cette réponse n'existe pas.")},
        )
        message = _("Donnez un nombre de 0 à 9999 : les plus petits viennent d'abord.")
        self.fields["order"] = forms.RegexField(
            label=_("Place dans la liste"),
            regex=r"^[0-9]{1,4}$",
            max_length=4,
            help_text=_("Un nombre : les plus petits viennent d'abord."),
            error_messages=dict.fromkeys(("required", "invalid", "max_length"), message),
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not any(typed.get(name) for name in self.fields if name.startswith("facet_")):
            self.add_error(next(name for name in self.fields if name.startswith("facet_")), _("Cochez au moins un choix."))
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
            (WORDS[language]["reply"], [self[f"{name}_{language}"] for name in ("question", "short", "details", "words")])
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
        error_messages={
            "required": _("Écrivez ce texte."),
            "max_length": _("Ce texte compte au plus {longest} caractères. Raccourcissez-le.").format(longest=longest),
        },
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
