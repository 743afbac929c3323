"""Who is on stage in every test? The standing cast: Zoé, from the other company, so that something could leak."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.accounts.models import Company, Person
from ops import demo


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


def cast_on_stage() -> Cast:
    """Read anew: what a test remembers of someone is not the next one's."""
    people = {person.email.split("@")[0]: person for person in Person.objects.get_queryset()}
    return Cast(
        claire=people["claire"],
        karim=people["karim"],
        zoe=people["zoe"],
        ines=people["ines"],
        hugo=people["hugo"],
        aubepine=Company.objects.get(siren=demo.AUBEPINE),
        boree=Company.objects.get(siren=demo.BOREE),
    )
