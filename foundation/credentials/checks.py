"""Are the identity providers of this installation well described? Said by `manage.py check`, and at start."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from foundation.credentials.providers import Misdescribed, providers


@register()
def providers_are_well_described(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        providers()
    except Misdescribed as fault:
        return [Error(f"OIDC_PROVIDERS : {fault}", id="credentials.E001")]
    return []
