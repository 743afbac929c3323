"""What becomes of what someone was granted, once they hold no seat in the company? Nothing is kept for a return."""

from __future__ import annotations

from convergence.catalogue.models import Grant
from foundation.accounts.events import SeatEnded


def withdraw_grants(event: SeatEnded) -> None:
    """In the transaction that ends the seat: whoever comes back one day, or changes role, begins without any grant."""
    if event.company is not None:
        Grant.objects.filter(person=event.person, subject__company=event.company).delete()
