"""Which quarter is it, and which come next? Calendar quarters in Paris, written « 2027-T1 »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from foundation.core.clock import PARIS

WRITTEN = re.compile(r"(20[0-9]{2})-T([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a calendar year. Ordered in time; its text sorts in the same order."""

    year: int
    number: int

    @classmethod
    def of(cls, at: datetime) -> Quarter:
        """The quarter a moment falls in, in Paris: one minute past midnight there may still be the day before in UTC."""
        day = at.astimezone(PARIS)
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, text: str) -> Quarter | None:
        """The quarter written, or None where the text is not one."""
        found = WRITTEN.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None

    def after(self, count: int) -> Quarter:
        """The quarter that comes `count` quarters later (earlier, below zero)."""
        months = self.year * 4 + self.number - 1 + count
        return Quarter(months // 4, months % 4 + 1)

    def until(self, last: Quarter) -> list[Quarter]:
        """Every quarter from this one to the last, both included; none where the last is before."""
        count = (last.year - self.year) * 4 + last.number - self.number
        return [self.after(rank) for rank in range(count + 1)]

    @property
    def last_day(self) -> date:
        """The day by which what is promised for the quarter is due."""
        following = self.after(1)
        return date(following.year, following.number * 3 - 2, 1) - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year}-T{self.number}"
