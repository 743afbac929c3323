"""What must a real installation have to receive files? Said by `check --deploy`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Tags, Warning, register  # noqa: A004 - Django's word


@register(Tags.security, deploy=True)
def antivirus_chosen(app_configs: Any, **options: Any) -> list[Warning]:
    """Without clamd, deposits are only looked at by their structure: that is for a demonstration."""
    if settings.CLAMD:
        return []
    return [
        Warning("Les fichiers déposés ne sont analysés par aucun antivirus.", hint="Donnez CLAMD, l'adresse de clamd.", id="files.W001")
    ]
