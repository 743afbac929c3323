"""Is a form filled in, and well? Pure answers about what was typed: which fields are asked, what is missing, what is malformed.

What was typed is kept as it was typed: a draft is never refused for its form, only the submission is. Values are texts, or lists of
texts where several choices are made; the n-th entry of a repeated block has the key « code.n », from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from convergence.content.conditions import Facts, applies
from convergence.content.requirements import excluded_pairs
from convergence.content.schema import Form, FormBlock, FormField, Profile
from foundation.accounts.rules import is_siren, tidy_siren
from foundation.core.language import gettext as _

Value = str | list[str]
Values = Mapping[str, Value]

LONGEST = {"long_text": 4000, "address": 500}
LONGEST_LINE = 300
"""How many characters a field takes, by its kind; a line by default."""

SEVERAL = frozenset({"choices", "profiles"})
YES_NO = ("yes", "no")

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
_PHONE = re.compile(r"\+?[0-9](?:[\s.\-]?[0-9]){7,14}")
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A field that is asked, under the key its value has. `number` is the rank of the entry in a repeated block, else 0."""

    key: str
    block: FormBlock
    field: FormField
    number: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form cannot be submitted yet, one field at a time, in a sentence for whoever fills it in."""

    key: str
    sentence: str


def asked_fields(form: Form, values: Values, facts: Facts, spare: int = 0) -> list[Asked]:
    """The fields that apply, in order; a repeated block shows the entries begun, at least one, and `spare` empty ones more."""
    facts = Facts(facts.qualification, _single(values), facts.profiles, facts.subject)
    found: list[Asked] = []
    for block in form.blocks:
        if not applies(block.when, facts):
            continue
        fields = [field for field in block.fields if applies(field.when, facts)]
        for number in _entries(block, values, spare):
            found += [Asked(f"{field.code}.{number}" if number else field.code, block, field, number) for field in fields]
    return found


def _entries(block: FormBlock, values: Values, spare: int) -> Sequence[int]:
    if block.repeats is None:
        return (0,)
    begun = [n for n in range(1, block.repeats + 1) if is_begun(block, n, values)]
    return range(1, min(max(max(begun, default=0) + spare, 1), block.repeats) + 1)


def is_begun(block: FormBlock, number: int, values: Values) -> bool:
    """Whether anything was typed in the n-th entry of a repeated block."""
    return any(values.get(f"{field.code}.{number}") for field in block.fields)


def _single(values: Values) -> dict[str, str]:
    """What conditions may name: the choices made one at a time."""
    return {key: value for key, value in values.items() if isinstance(value, str)}


def problems_of(asked: Iterable[Asked], values: Values, filled: frozenset[str], profiles: Sequence[Profile]) -> list[Problem]:
    """What keeps a form from being submitted, in the order of its fields. `filled` are the slots that hold enough files."""
    return [problem for one in asked for problem in _problems(one, values, filled, profiles)]


def _problems(asked: Asked, values: Values, filled: frozenset[str], profiles: Sequence[Profile]) -> Iterator[Problem]:
    field, value = asked.field, values.get(asked.key, "")
    if field.kind == "file":
        if field.required and field.proof is not None and field.proof.code not in filled:
            yield Problem(asked.key, _("Déposez la pièce « {title} ».").format(title=field.title))
        return
    if not value:
        begun = not asked.number or is_begun(asked.block, asked.number, values)
        if field.required and begun:
            yield Problem(asked.key, _missing(field))
        return
    if (sentence := malformed(field, value)) is not None:
        yield Problem(asked.key, sentence)
    if field.kind == "profiles":
        for one, other in excluded_pairs(profiles, value):
            yield Problem(
                asked.key,
                _("Les profils « {one} » et « {other} » ne vont pas ensemble : gardez l'un des deux.").format(
                    one=one.title, other=other.title
                ),
            )


def _missing(field: FormField) -> str:
    if field.kind in ("choice", "choices", "yes_no", "profiles"):
        return _("Choisissez une réponse pour « {title} ».").format(title=field.title)
    return _("Remplissez « {title} ».").format(title=field.title)


def malformed(field: FormField, value: Value) -> str | None:
    """What is wrong with what was typed, in a sentence that says how to write it; None where it is well formed."""
    if isinstance(value, list):
        return None
    match field.kind:
        case "email" if not _EMAIL.fullmatch(value.strip()):
            return _("« {title} » : écrivez une adresse électronique complète, par exemple prenom.nom@entreprise.fr.").format(
                title=field.title
            )
        case "phone" if not _PHONE.fullmatch(value.strip()):
            return _("« {title} » : écrivez un numéro de téléphone, par exemple 06 12 34 56 78 ou +33 6 12 34 56 78.").format(
                title=field.title
            )
        case "siren" if not is_siren(tidy_siren(value)):
            return _("« {title} » : un SIREN compte neuf chiffres, dont le dernier contrôle les autres. Vérifiez-le.").format(
                title=field.title
            )
        case "date" if date_of(value) is None:
            return _("« {title} » : écrivez une date qui existe, par exemple 25/11/2026.").format(title=field.title)
        case "number" if not _NUMBER.fullmatch(value.replace("\u00a0", "").replace(" ", "")):
            return _("« {title} » : écrivez un nombre en chiffres.").format(title=field.title)
        case "product_reference" if not (value.strip().isascii() and value.strip().isdigit()):
            return _("« {title} » : écrivez la référence du produit, en chiffres.").format(title=field.title)
        case _:
            return None


def date_of(text: str) -> date | None:
    """A date typed the French way or chosen by a browser (ISO 8601); None where there is no such day."""
    parts = text.strip().split("/")
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0])) if len(parts) == 3 else date.fromisoformat(text.strip())
    except ValueError:
        return None


def choices_of(field: FormField, profiles: Sequence[Profile]) -> tuple[str, ...]:
    """The codes that may be chosen; nothing for what is typed."""
    if field.kind == "profiles":
        return tuple(profile.code for profile in profiles)
    if field.kind == "yes_no":
        return YES_NO
    return tuple(choice.code for choice in field.choices)


def tidied(field: FormField, raw: Sequence[str], profiles: Sequence[Profile]) -> Value | None:
    """What was sent, as it is kept. None where it could not have been typed on the page: a choice that does not exist, too long a text."""
    known = choices_of(field, profiles)
    if field.kind in SEVERAL:
        chosen = [code for code in known if code in raw]
        return chosen if set(raw) - {""} <= set(known) else None
    text = raw[-1] if raw else ""
    if known:
        return text if text in ("", *known) else None
    text = text.replace("\r\n", "\n").strip() if field.kind in LONGEST else " ".join(text.split())
    return text if len(text) <= LONGEST.get(field.kind, LONGEST_LINE) else None


def told_value(field: FormField, value: Value, profiles: Sequence[Profile]) -> str:
    """What was answered, as people read it: the words of a choice, a date in figures; « » where nothing was."""
    if isinstance(value, list):
        return ", ".join(_word(field, code, profiles) for code in value)
    if field.kind in ("choice", "yes_no"):
        return _word(field, value, profiles) if value else ""
    if field.kind == "date" and (day := date_of(value)) is not None:
        return f"{day:%d/%m/%Y}"
    return value


def _word(field: FormField, code: str, profiles: Sequence[Profile]) -> str:
    words = (
        {"yes": _("Oui"), "no": _("Non")}
        if field.kind == "yes_no"
        else {
            **{one.code: str(one.title) for one in field.choices},
            **{one.code: str(one.title) for one in profiles},
        }
    )
    return words.get(code, code)


def is_open(one: Asked, before: frozenset[str], requested: frozenset[str]) -> bool:
    """Whether a field opens again, where changes were requested: those asked for, and those that a corrected answer makes appear.

    `before` are the fields of the form handed over. A repeated block takes another entry only where one of its own was to be corrected.
    """
    if one.key in requested:
        return True
    if one.key in before:
        return False
    if not one.number:
        return True
    codes = {field.code for field in one.block.fields}
    touched = any(key.partition(".")[0] in codes for key in requested)
    return touched or not any(key.partition(".")[0] in codes for key in before)


def changed_keys(values: Values, documents: Sequence[Mapping[str, object]], past: Values, past_documents: Sequence[Mapping[str, object]]) -> frozenset[str]:  # fmt: skip
    """What differs between two forms handed over: the keys of the fields, and the slots of the documents."""
    fields = {key for key in {*values, *past} if (values.get(key) or "") != (past.get(key) or "")}
    held, held_before = _hashes(documents), _hashes(past_documents)
    return frozenset(fields | {slot for slot in {*held, *held_before} if held.get(slot) != held_before.get(slot)})


def _hashes(documents: Sequence[Mapping[str, object]]) -> dict[str, list[str]]:
    """The files of each slot, known by their hashes."""
    found: dict[str, list[str]] = {}
    for one in documents:
        found.setdefault(str(one["slot"]), []).append(str(one["sha256"]))
    return {slot: sorted(hashes) for slot, hashes in found.items()}
