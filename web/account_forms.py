"""What was typed about oneself, a company, a password? Addresses are put in one form before anything compares them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import format_lazy

from foundation.accounts.rights import AGENCY_ROLES, COMPANY_ROLES, ROLE_WORDS, Role, roles_of
from foundation.accounts.rules import is_siren, tidy_email, tidy_siren
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy

FRANCE = "FR"
COUNTRIES = [
    (FRANCE, gettext_lazy("France")),
    ("DE", gettext_lazy("Allemagne")),
    ("AT", gettext_lazy("Autriche")),
    ("BE", gettext_lazy("Belgique")),
    ("CA", gettext_lazy("Canada")),
    ("DK", gettext_lazy("Danemark")),
    ("ES", gettext_lazy("Espagne")),
    ("US", gettext_lazy("États-Unis")),
    ("FI", gettext_lazy("Finlande")),
    ("IE", gettext_lazy("Irlande")),
    ("IL", gettext_lazy("Israël")),
    ("IT", gettext_lazy("Italie")),
    ("LU", gettext_lazy("Luxembourg")),
    ("NO", gettext_lazy("Norvège")),
    ("NL", gettext_lazy("Pays-Bas")),
    ("PL", gettext_lazy("Pologne")),
    ("PT", gettext_lazy("Portugal")),
    ("GB", gettext_lazy("Royaume-Uni")),
    ("SE", gettext_lazy("Suède")),
    ("CH", gettext_lazy("Suisse")),
    ("ZZ", gettext_lazy("Autre pays")),
]
FOREIGN = gettext_lazy(
    "Un fabricant étranger sans entité en France ne demande pas de compte : c'est l'exploitant ou le distributeur français du produit qui fait la démarche. Si vous avez une entité en France, choisissez « France » et donnez son SIREN."
)


def _words(required: str, *, most: int = 0, long: str = "", invalid: str = "") -> dict[str, str]:
    found = {"required": required, "invalid_choice": required}
    if most:
        told = format_lazy(gettext_lazy("{field} : {most} caractères au plus. Raccourcissez."), field=long, most=most)
        found["max_length"] = cast("str", told)
    if invalid:
        found["invalid"] = invalid
    return found


class AddressField(forms.EmailField):
    """An e-mail address in its one form (`tidy_email`): capitals and full-width letters are the same address."""

    def __init__(self, label: str = gettext_lazy("Adresse électronique professionnelle")) -> None:
        super().__init__(
            label=label,
            max_length=254,
            help_text=gettext_lazy("Format attendu : nom@domaine.fr"),
            error_messages={
                "required": gettext_lazy("Saisissez une adresse électronique."),
                "invalid": gettext_lazy("Cette adresse n'est pas complète. Format attendu : nom@domaine.fr"),
                "max_length": gettext_lazy("Une adresse compte au plus 254 caractères."),
            },
        )

    def to_python(self, value: Any) -> str:
        return tidy_email(super().to_python(value) or "")


class RequesterForm(forms.Form):
    """What whoever asks for an account may also correct afterwards."""

    company_name = forms.CharField(
        label=gettext_lazy("Raison sociale"),
        max_length=200,
        error_messages=_words(gettext_lazy("Saisissez la raison sociale."), most=200, long=gettext_lazy("Raison sociale")),
    )
    address = forms.CharField(
        label=gettext_lazy("Adresse du siège"),
        max_length=500,
        widget=forms.Textarea,
        error_messages=_words(gettext_lazy("Saisissez l'adresse du siège."), most=500, long=gettext_lazy("Adresse")),
    )
    name = forms.CharField(
        label=gettext_lazy("Votre nom"),
        max_length=120,
        error_messages=_words(gettext_lazy("Saisissez votre nom."), most=120, long=gettext_lazy("Nom")),
    )
    function = forms.CharField(
        label=gettext_lazy("Votre fonction"),
        max_length=120,
        error_messages=_words(gettext_lazy("Saisissez votre fonction."), most=120, long=gettext_lazy("Fonction")),
    )
    phone = forms.CharField(
        label=gettext_lazy("Votre téléphone"),
        max_length=30,
        help_text=gettext_lazy("Exemple : +33 1 23 45 67 89"),
        validators=[
            RegexValidator(
                r"\A[+(]?[0-9][0-9 ().\-/]{5,28}\Z",
                gettext_lazy("Ce numéro n'est pas valable : chiffres et espaces, avec « + » pour l'indicatif."),
            )
        ],
        error_messages=_words(gettext_lazy("Saisissez un numéro de téléphone."), most=30, long=gettext_lazy("Téléphone")),
    )


class AccountRequestForm(RequesterForm):
    """« Demander un compte pour votre entreprise »: the number is checked, and a manufacturer from abroad told who applies."""

    siren = forms.CharField(
        label="SIREN",
        max_length=20,
        help_text=gettext_lazy("9 chiffres. Exemple : 732 829 320"),
        error_messages=_words(gettext_lazy("Saisissez le SIREN."), most=20, long="SIREN"),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Pays de l'entreprise"),
        choices=COUNTRIES,
        initial=FRANCE,
        error_messages=_words(gettext_lazy("Choisissez un pays dans la liste.")),
    )
    email = AddressField()
    certified = forms.BooleanField(
        label=gettext_lazy("J'atteste pouvoir engager cette entreprise"),
        error_messages=_words(gettext_lazy("Cochez cette case, ou demandez à votre représentant légal de faire la demande.")),
    )
    field_order = ["country", "siren", "company_name", "address", "name", "function", "email", "phone", "certified"]

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"]
        if country != FRANCE:
            raise forms.ValidationError(FOREIGN)
        return country

    def clean_siren(self) -> str:
        siren = tidy_siren(self.cleaned_data["siren"])
        if not is_siren(siren):
            raise forms.ValidationError(_("La clé de contrôle ne correspond pas : vérifiez les neuf chiffres."))
        return siren

    def clean(self) -> dict[str, Any]:
        if "country" in self.errors and self.data.get("country") not in (None, "", FRANCE):
            self.errors.pop("siren", None)  # there is none to give
        return self.cleaned_data


class ComplementForm(RequesterForm):
    answer = forms.CharField(
        label=gettext_lazy("Votre réponse"),
        max_length=2000,
        widget=forms.Textarea,
        error_messages=_words(gettext_lazy("Répondez à ce qui vous est demandé."), most=2000, long=gettext_lazy("Réponse")),
    )
    field_order = ["answer", "company_name", "address", "name", "function", "phone"]


class RemarkForm(forms.Form):
    """A reason, or a question: it is read by who it is about."""

    remark = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=2000,
        widget=forms.Textarea,
        error_messages=_words(gettext_lazy("Écrivez un message : la personne le lira."), most=2000, long=gettext_lazy("Message")),
    )

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remark"].label = label


class ForgottenPasswordForm(forms.Form):
    email = AddressField(gettext_lazy("Adresse électronique"))


class NewPasswordForm(forms.Form):
    """Typed twice. Whether it is strong enough is for the action to say."""

    password = forms.CharField(
        label=gettext_lazy("Nouveau mot de passe"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy("12 caractères au moins ; une phrase convient."),
        error_messages=_words(gettext_lazy("Saisissez le nouveau mot de passe."), most=200, long=gettext_lazy("Mot de passe")),
    )
    password_again = forms.CharField(
        label=gettext_lazy("Le même, une seconde fois"),
        max_length=200,
        strip=False,
        error_messages=_words(gettext_lazy("Saisissez le mot de passe une seconde fois."), most=200, long=gettext_lazy("Mot de passe")),
    )

    def clean_password_again(self) -> str:
        again: str = self.cleaned_data["password_again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("Les deux saisies diffèrent. Retapez-les."))
        return again


class ChangePasswordForm(NewPasswordForm):
    present_password = forms.CharField(
        label=gettext_lazy("Mot de passe actuel"),
        max_length=200,
        strip=False,
        error_messages=_words(gettext_lazy("Saisissez le mot de passe actuel."), most=200, long=gettext_lazy("Mot de passe")),
    )
    field_order = ["present_password", "password", "password_again"]


class AcceptingForm(NewPasswordForm):
    """Someone invited who has no account yet."""

    name = forms.CharField(
        label=gettext_lazy("Votre nom"),
        max_length=120,
        error_messages=_words(gettext_lazy("Saisissez votre nom."), most=120, long=gettext_lazy("Nom")),
    )
    field_order = ["name", "password", "password_again"]


class InvitationForm(forms.Form):
    email = AddressField()
    role = forms.ChoiceField(
        label=gettext_lazy("Rôle"), widget=forms.RadioSelect, error_messages=_words(gettext_lazy("Choisissez un rôle."))
    )
    transfers = forms.BooleanField(label=gettext_lazy("Cette personne me remplace comme mandataire"), required=False)

    def __init__(self, *args: Any, agency: bool, may_transfer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _choices(roles_of(AGENCY_ROLES if agency else COMPANY_ROLES))  # type: ignore[attr-defined]
        if not may_transfer:
            del self.fields["transfers"]


def _choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(role.value, ROLE_WORDS[role]) for role in roles]


class ConflictForm(forms.Form):
    person = forms.TypedChoiceField(
        label=gettext_lazy("Personne"), coerce=int, error_messages=_words(gettext_lazy("Choisissez une personne dans la liste."))
    )
    company = forms.TypedChoiceField(
        label=gettext_lazy("Entreprise"), coerce=int, error_messages=_words(gettext_lazy("Choisissez une entreprise dans la liste."))
    )
    reason = forms.CharField(
        label=gettext_lazy("Nature du lien"),
        max_length=1000,
        widget=forms.Textarea,
        error_messages=_words(gettext_lazy("Dites en quoi consiste le lien."), most=1000, long=gettext_lazy("Nature du lien")),
    )

    def __init__(self, *args: Any, people: Iterable[Any], companies: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(one.pk, one.name) for one in people]  # type: ignore[attr-defined]
        self.fields["company"].choices = [("", _("Choisir une entreprise")), *((one.pk, one.name) for one in companies)]  # type: ignore[attr-defined]
