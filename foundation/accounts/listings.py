"""How is a company called, of which only the key is known?"""

from __future__ import annotations

from collections.abc import Iterable

from foundation.accounts.models import Company


def names_of_companies(keys: Iterable[int]) -> dict[int, str]:
    """By key, in one query; a key that is no company's is left out."""
    return dict(Company.objects.filter(pk__in=set(keys)).values_list("pk", "name"))
