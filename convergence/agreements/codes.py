"""How does a code prove who types it? It goes to their address alone, serves once, for one agreement, for ten minutes.

It is made of a row and of the installation's secret: a copy of the table gives none. It is compared in constant time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.crypto import constant_time_compare, salted_hmac

from convergence.agreements.rules import digits_from, tidy_code

if TYPE_CHECKING:
    from convergence.agreements.models import SigningCode


def code_of(row: SigningCode) -> str:
    """The six digits, for the mail that carries them and for nothing else."""
    value = f"{row.pk}:{row.agreement_id}:{row.round}:{row.person_id}:{row.secret}"
    return digits_from(salted_hmac("convergence.agreements.code", value, algorithm="sha256").digest())


def is_code(row: SigningCode, typed: str) -> bool:
    return constant_time_compare(tidy_code(typed), code_of(row))
