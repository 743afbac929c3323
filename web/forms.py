"""What was typed? Forms parse and phrase; actions decide. Errors say what to do, in the words of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from datetime import time as clock_time
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from convergence.assessments.actions import Change
from convergence.candidatures.actions import Typed
from convergence.content.schema import Question
from convergence.projections.actions import Plan
from foundation.core.clock import PARIS
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy, pgettext_lazy
from foundation.core.verdict import Refused

if TYPE_CHECKING:
    from foundation.accounts.models import Person


class IdentificationForm(forms.Form):
    """First step of the wizard. Fields and marks (*) are those of the guide, page 26."""

    name = forms.CharField(
        label=gettext_lazy("Nom du produit"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Saisissez le nom du produit."),
            "max_length": gettext_lazy("Le nom compte au plus 200 caractères. Raccourcissez-le."),
        },
    )
    version = forms.CharField(
        label=gettext_lazy("Version"),
        max_length=40,
        error_messages={
            "required": gettext_lazy("Saisissez la version du produit."),
            "max_length": gettext_lazy("La version compte au plus 40 caractères."),
        },
    )
    type = forms.ChoiceField(
        label=gettext_lazy("Type de produit"),
        choices=[("core", gettext_lazy("Socle")), ("option", pgettext_lazy("produit", "Option"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez Socle ou Option."),
            "invalid_choice": gettext_lazy("Choisissez Socle ou Option."),
        },
    )
    nil = forms.CharField(
        label=gettext_lazy("N° d'identification (NIL délivré par le CNDA)"),
        max_length=40,
        required=False,
        error_messages={"max_length": gettext_lazy("Le numéro d'identification compte au plus 40 caractères.")},
    )
    responsible = forms.TypedChoiceField(
        label=gettext_lazy("Responsable"),
        coerce=int,
        error_messages={
            "required": gettext_lazy("Choisissez le responsable."),
            "invalid_choice": gettext_lazy("Choisissez le responsable dans la liste."),
        },
    )
    description = forms.CharField(
        label=gettext_lazy("Description du produit"),
        max_length=4000,
        widget=forms.Textarea,
        error_messages={
            "required": gettext_lazy("Décrivez le produit en quelques mots."),
            "max_length": gettext_lazy("La description compte au plus 4000 caractères. Raccourcissez-la."),
        },
    )
    certifications = forms.CharField(
        label=gettext_lazy("Certifications"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("Une par ligne."),
        error_messages={"max_length": gettext_lazy("Les certifications comptent au plus 2000 caractères.")},
    )

    def __init__(self, *args: Any, responsibles: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].choices = [(person.pk, person.name) for person in responsibles]  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """« Nouvelle version »: the one thing that is not taken from the present version."""

    version = forms.CharField(
        label=gettext_lazy("Nouvelle version"),
        max_length=40,
        error_messages={
            "required": gettext_lazy("Saisissez la nouvelle version du produit."),
            "max_length": gettext_lazy("La version compte au plus 40 caractères."),
        },
    )

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if present:
            self.fields["version"].help_text = _("La version présente est la {version}.").format(version=present)


class StrategyIdentificationForm(IdentificationForm):
    """The same for the global strategy, which has neither version, type, number nor description (guide, page 13)."""

    name = forms.CharField(
        label=gettext_lazy("Nom de la stratégie globale"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Saisissez le nom de la stratégie globale."),
            "max_length": gettext_lazy("Le nom compte au plus 200 caractères. Raccourcissez-le."),
        },
    )
    version = type = nil = description = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["certifications"].label = _("Certification(s)")


class QualificationForm(forms.Form):
    """Second step: one choice per question of the content. A draft may leave some unanswered; the recap asks again."""

    def __init__(self, *args: Any, questions: Iterable[Question], complete: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.code] = forms.ChoiceField(
                label=str(question.title),
                choices=[(choice.code, str(choice.title)) for choice in question.choices],
                widget=forms.RadioSelect,
                required=complete and question.required,
                error_messages={
                    "required": _("Choisissez une réponse."),
                    "invalid_choice": _("Choisissez l'une des réponses proposées."),
                },
            )

    def answers(self) -> dict[str, str]:
        return {code: choice for code, choice in self.cleaned_data.items() if choice}


def typed_answers(posted: QueryDict, criteria: Iterable[str]) -> dict[str, Change]:
    """The answers of a questionnaire as they were typed: `level-`, `comment-` and `version-` followed by the criterion.

    Criteria whose fields were not sent are left alone. Line ends are those of the database, as browsers send others.
    """
    found = {}
    for code in criteria:
        if f"version-{code}" not in posted:
            continue
        found[code] = Change(
            level=posted.get(f"level-{code}", ""),
            comment=posted.get(f"comment-{code}", "").replace("\r\n", "\n").strip(),
            version=typed_version(posted[f"version-{code}"]),
        )
    return found


def typed_plans(posted: QueryDict, criteria: Mapping[str, Iterable[str]]) -> dict[str, Plan]:
    """The dates of a projection as they were chosen: `date-<criterion>-<level>`, `aside-` and `version-` and the criterion.

    `criteria` gives the levels that may be dated for each. Criteria whose fields were not sent are left alone.
    """
    found = {}
    for code, levels in criteria.items():
        if f"version-{code}" not in posted:
            continue
        dates = {level: str(posted.get(f"date-{code}-{level}", "")).strip()[:20] for level in levels}
        found[code] = Plan(
            quarters={level: quarter for level, quarter in dates.items() if quarter},
            not_applicable=f"aside-{code}" in posted,
            version=typed_version(posted[f"version-{code}"]),
        )
    return found


def typed_fields(posted: QueryDict) -> dict[str, Typed]:
    """The fields of a form as they were typed: `field-` and `version-` followed by the key. Those not sent are left alone."""
    keys = [name.removeprefix("version-") for name in posted if name.startswith("version-")]
    return {key: Typed(tuple(str(one) for one in posted.getlist(f"field-{key}")), typed_version(posted[f"version-{key}"])) for key in keys}


def typed_number(typed: object, digits: int) -> int | None:
    """A whole number as a form, an address or a header sends it, of so many digits at most; None where it is no such number."""
    text = str(typed)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def typed_version(typed: object) -> int:
    """A version as a form sends it; 0, that of nothing stored yet, where it is not a number."""
    return typed_number(typed, 8) or 0


def typed_rights(posted: QueryDict, line: str) -> tuple[frozenset[str], bool]:
    """The boxes ticked on one line of rights, and whether they differ from those the person had before their eyes.

    A line that was not sent did not change; one left as it was shown is not written, whoever changed it meanwhile.
    """
    ticked = frozenset(str(right) for right in posted.getlist(f"right-{line}"))
    shown = frozenset(posted.get(f"shown-{line}", "").split())
    return ticked, f"shown-{line}" in posted and ticked != shown


def typed_day(typed: str) -> date | None:
    """A day as a browser sends it (« 2027-03-31 »); nothing typed is no day, and what is no day is refused."""
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as error:
        raise Refused(_("Cette date n'existe pas. Saisissez-la sous la forme jour, mois, année."), status=400) from error


def typed_moment(day: str, time: str) -> datetime:
    """A day and a time as a browser sends them (« 2027-03-31 », « 14:00 »), in Paris. Both are needed."""
    chosen = typed_day(day)
    if chosen is None or not time.strip():
        raise Refused(_("Donnez un jour et une heure."), code="no_day", status=400)
    try:
        return datetime.combine(chosen, clock_time.fromisoformat(time.strip()).replace(tzinfo=None), PARIS)
    except ValueError as error:
        raise Refused(_("Cette heure n'existe pas. Saisissez-la sous la forme heures, minutes."), status=400) from error
