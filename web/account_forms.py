"""What was typed about oneself, a company, a password? Addresses are put in one form before anything compares them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from foundation.accounts.rights import AGENCY_ROLES, COMPANY_ROLES, ROLE_WORDS, Role, roles_of
from foundation.accounts.rules import is_siren, tidy_email, tidy_siren

FRANCE = "FR"
COUNTRIES = [
    (FRANCE, "France"),
    ("DE", "Allemagne"),
    ("AT", "Autriche"),
    ("BE", "Belgique"),
    ("CA", "Canada"),
    ("DK", "Danemark"),
    ("ES", "Espagne"),
    ("US", "États-Unis"),
    ("FI", "Finlande"),
    ("IE", "Irlande"),
    ("IL", "Israël"),
    ("IT", "Italie"),
    ("LU", "Luxembourg"),
    ("NO", "Norvège"),
    ("NL", "Pays-Bas"),
    ("PL", "Pologne"),
    ("PT", "Portugal"),
    ("GB", "Royaume-Uni"),
    ("SE", "Suède"),
    ("CH", "Suisse"),
    ("ZZ", "Autre pays"),
]
FOREIGN = (
    "Un fabricant étranger sans entité en France ne demande pas de compte : c'est l'exploitant ou le distributeur français du produit "
    "qui fait la démarche. Si vous avez une entité en France, choisissez « France » et donnez son SIREN."
)


def _words(required: str, *, most: int = 0, long: str = "", invalid: str = "") -> dict[str, str]:
    found = {"required": required, "invalid_choice": required}
    if most:
        found["max_length"] = f"{long} : {most} caractères au plus. Raccourcissez."
    if invalid:
        found["invalid"] = invalid
    return found


class AddressField(forms.EmailField):
    """An e-mail address in its one form (`tidy_email`): capitals and full-width letters are the same address."""

    def __init__(self, label: str = "Adresse électronique professionnelle") -> None:
        super().__init__(
            label=label,
            max_length=254,
            help_text="Format attendu : nom@domaine.fr",
            error_messages={
                "required": "Saisissez une adresse électronique.",
                "invalid": "Cette adresse n'est pas complète. Format attendu : nom@domaine.fr",
                "max_length": "Une adresse compte au plus 254 caractères.",
            },
        )

    def to_python(self, value: Any) -> str:
        return tidy_email(super().to_python(value) or "")


class RequesterForm(forms.Form):
    """What whoever asks for an account may also correct afterwards."""

    company_name = forms.CharField(
        label="Raison sociale", max_length=200, error_messages=_words("Saisissez la raison sociale.", most=200, long="Raison sociale")
    )
    address = forms.CharField(
        label="Adresse du siège",
        max_length=500,
        widget=forms.Textarea,
        error_messages=_words("Saisissez l'adresse du siège.", most=500, long="Adresse"),
    )
    name = forms.CharField(label="Votre nom", max_length=120, error_messages=_words("Saisissez votre nom.", most=120, long="Nom"))
    function = forms.CharField(
        label="Votre fonction", max_length=120, error_messages=_words("Saisissez votre fonction.", most=120, long="Fonction")
    )
    phone = forms.CharField(
        label="Votre téléphone",
        max_length=30,
        help_text="Exemple : +33 1 23 45 67 89",
        validators=[
            RegexValidator(
                r"\A[+(]?[0-9][0-9 ().\-/]{5,28}\Z", "Ce numéro n'est pas valable : chiffres et espaces, avec « + » pour l'indicatif."
            )
        ],
        error_messages=_words("Saisissez un numéro de téléphone.", most=30, long="Téléphone"),
    )


class AccountRequestForm(RequesterForm):
    """« Demander un compte pour votre entreprise »: the number is checked, and a manufacturer from abroad told who applies."""

    siren = forms.CharField(
        label="SIREN",
        max_length=20,
        help_text="9 chiffres. Exemple : 732 829 320",
        error_messages=_words("Saisissez le SIREN.", most=20, long="SIREN"),
    )
    country = forms.ChoiceField(
        label="Pays de l'entreprise", choices=COUNTRIES, initial=FRANCE, error_messages=_words("Choisissez un pays dans la liste.")
    )
    email = AddressField()
    certified = forms.BooleanField(
        label="J'atteste pouvoir engager cette entreprise",
        error_messages=_words("Cochez cette case, ou demandez à votre représentant légal de faire la demande."),
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
            raise forms.ValidationError("La clé de contrôle ne correspond pas : vérifiez les neuf chiffres.")
        return siren

    def clean(self) -> dict[str, Any]:
        if "country" in self.errors and self.data.get("country") not in (None, "", FRANCE):
            self.errors.pop("siren", None)  # there is none to give
        return self.cleaned_data


class ComplementForm(RequesterForm):
    answer = forms.CharField(
        label="Votre réponse",
        max_length=2000,
        widget=forms.Textarea,
        error_messages=_words("Répondez à ce qui vous est demandé.", most=2000, long="Réponse"),
    )
    field_order = ["answer", "company_name", "address", "name", "function", "phone"]


class RemarkForm(forms.Form):
    """A reason, or a question: it is read by who it is about."""

    remark = forms.CharField(
        label="Message",
        max_length=2000,
        widget=forms.Textarea,
        error_messages=_words("Écrivez un message : la personne le lira.", most=2000, long="Message"),
    )

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remark"].label = label


class ForgottenPasswordForm(forms.Form):
    email = AddressField("Adresse électronique")


class NewPasswordForm(forms.Form):
    """Typed twice. Whether it is strong enough is for the action to say."""

    password = forms.CharField(
        label="Nouveau mot de passe",
        max_length=200,
        strip=False,
        help_text="12 caractères au moins ; une phrase convient.",
        error_messages=_words("Saisissez le nouveau mot de passe.", most=200, long="Mot de passe"),
    )
    password_again = forms.CharField(
        label="Le même, une seconde fois",
        max_length=200,
        strip=False,
        error_messages=_words("Saisissez le mot de passe une seconde fois.", most=200, long="Mot de passe"),
    )

    def clean_password_again(self) -> str:
        again: str = self.cleaned_data["password_again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError("Les deux saisies diffèrent. Retapez-les.")
        return again


class ChangePasswordForm(NewPasswordForm):
    present_password = forms.CharField(
        label="Mot de passe actuel",
        max_length=200,
        strip=False,
        error_messages=_words("Saisissez le mot de passe actuel.", most=200, long="Mot de passe"),
    )
    field_order = ["present_password", "password", "password_again"]


class AcceptingForm(NewPasswordForm):
    """Someone invited who has no account yet."""

    name = forms.CharField(label="Votre nom", max_length=120, error_messages=_words("Saisissez votre nom.", most=120, long="Nom"))
    field_order = ["name", "password", "password_again"]


class InvitationForm(forms.Form):
    email = AddressField()
    role = forms.ChoiceField(label="Rôle", widget=forms.RadioSelect, error_messages=_words("Choisissez un rôle."))
    transfers = forms.BooleanField(label="Cette personne me remplace comme mandataire", required=False)

    def __init__(self, *args: Any, agency: bool, may_transfer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _choices(roles_of(AGENCY_ROLES if agency else COMPANY_ROLES))  # type: ignore[attr-defined]
        if not may_transfer:
            del self.fields["transfers"]


def _choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(role.value, ROLE_WORDS[role]) for role in roles]


class ConflictForm(forms.Form):
    person = forms.TypedChoiceField(label="Personne", coerce=int, error_messages=_words("Choisissez une personne dans la liste."))
    company = forms.TypedChoiceField(label="Entreprise", coerce=int, error_messages=_words("Choisissez une entreprise dans la liste."))
    reason = forms.CharField(
        label="Nature du lien",
        max_length=1000,
        widget=forms.Textarea,
        error_messages=_words("Dites en quoi consiste le lien.", most=1000, long="Nature du lien"),
    )

    def __init__(self, *args: Any, people: Iterable[Any], companies: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(one.pk, one.name) for one in people]  # type: ignore[attr-defined]
        self.fields["company"].choices = [("", "Choisir une entreprise"), *((one.pk, one.name) for one in companies)]  # type: ignore[attr-defined]
