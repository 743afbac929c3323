"""What must a real installation have to receive files, and to have them sealed? Said by `check --deploy`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register  # noqa: A004 - Django's word

from foundation.core.language import gettext as _
from foundation.files.recipients import keys


@register(Tags.security, deploy=True)
def antivirus_chosen(app_configs: Any, **options: Any) -> list[Warning]:
    """Without clamd, deposits are only looked at by their structure: that is for a demonstration."""
    if settings.CLAMD:
        return []
    return [
        Warning(
            _("Les fichiers déposés ne sont analysés par aucun antivirus."), hint=_("Donnez CLAMD, l'adresse de clamd."), id="files.W001"
        )
    ]


@register(Tags.security, deploy=True)
def keys_well_written(app_configs: Any, **options: Any) -> list[Error]:
    """A key mistyped would keep every sealed deposit from leaving its author's browser; one named twice would be taken for another."""
    found = [
        Error(
            _("« {key} » n'est pas une clé publique age.").format(key=key.public),
            hint=_(
                "Recopiez la ligne « # public key » que age-keygen a écrite, sous la forme nom=age1…, dans SEALED_FOR ou SEALED_FORMERLY."
            ),
            id="files.E001",
        )
        for key in keys()
        if not _is_key(key.public)
    ]
    publics = [key.public for key in keys()]
    twice = sorted({one for one in publics if publics.count(one) > 1})
    hint = _("Une clé est en vigueur (SEALED_FOR) ou remplacée (SEALED_FORMERLY), une seule fois.")
    return found + [Error(_("La clé « {key} » est nommée deux fois.").format(key=one), hint=hint, id="files.E002") for one in twice]


def _is_key(public: str) -> bool:
    import pyrage  # noqa: PLC0415 - slow, wanted by this check alone

    try:
        pyrage.x25519.Recipient.from_str(public)
    except pyrage.RecipientError:
        return False
    return True
