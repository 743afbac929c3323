"""Who is on stage in every test? The standing cast: Zoé, from the other company, so that something could leak."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.accounts.models import Company, Person


@dataclass(frozen=True, slots=True)
class Cast:
    """Claire, legal representative; Karim, employee who may not validate; Inès, reviewer; Hugo, board; Zoé, elsewhere."""

    claire: Person
    karim: Person
    zoe: Person
    ines: Person
    hugo: Person
    aubepine: Company
    boree: Company

    def everyone(self) -> dict[str, Person]:
        return {"claire": self.claire, "karim": self.karim, "zoe": self.zoe, "ines": self.ines, "hugo": self.hugo}
