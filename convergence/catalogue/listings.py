"""Which products are listed? Read on every visit, hence in SQL: writing such a query takes the ORM longer than PostgreSQL
takes to answer it (decision 0005). Rights are those of `permissions.SEEN_SQL`.
"""

from __future__ import annotations

from dataclasses import dataclass

from convergence.catalogue.models import Subject
from convergence.catalogue.permissions import SEEN_SQL, seen_parameters
from convergence.catalogue.workflow import ARCHIVED, DRAFT
from foundation.accounts.models import Company, Person
from foundation.core.rows import Read, Reading
from foundation.core.words import fold

TYPE_WORDS = dict(Subject._meta.get_field("type").choices or ())


@dataclass(frozen=True, slots=True)
class ProductCard:
    """One product of a list, with the number of procedures it follows."""

    reference: int
    name: str
    version: str
    type: str
    state: str
    enrolment_count: int

    @property
    def type_word(self) -> str:
        return str(TYPE_WORDS.get(self.type, ""))

    @property
    def is_draft(self) -> bool:
        return self.state == DRAFT


@Read
def product_cards(person: Person, company: Company, *, words: str = "", archived: bool = False, to_enrol_in: str = "", limit: int, offset: int = 0) -> Reading[tuple[list[ProductCard], int]]:  # fmt: skip
    """The company's products the person sees, the latest first, and how many there are in all.

    `to_enrol_in` keeps the confirmed products that do not follow the procedure of that code yet.
    """
    conditions = [SEEN_SQL, "subject.company_id = %(company)s", "subject.kind = 'product'"]
    parameters = seen_parameters(person) | {"company": company.pk, "archived": ARCHIVED, "limit": limit, "offset": offset}
    conditions.append("subject.state = %(archived)s" if archived else "subject.state <> %(archived)s")
    for rank, word in enumerate(fold(words).split()):
        conditions.append(f"position(%(word_{rank})s in subject.searched) > 0")
        parameters[f"word_{rank}"] = word
    if to_enrol_in:
        conditions.append("subject.state = 'active'")
        conditions.append("NOT EXISTS (SELECT FROM catalogue_enrolment e WHERE e.subject_id = subject.id AND e.code = %(code)s)")
        parameters["code"] = to_enrol_in
    sql = f"""
        SELECT subject.reference, subject.name, subject.version, subject.type, subject.state,
               (SELECT count(*) FROM catalogue_enrolment e WHERE e.subject_id = subject.id),
               count(*) OVER ()
        FROM catalogue_subject subject
        WHERE {" AND ".join(conditions)}
        ORDER BY subject.reference DESC LIMIT %(limit)s OFFSET %(offset)s"""  # noqa: S608 - made of our own constants
    return Reading(sql, parameters, lambda rows: ([ProductCard(*row[:-1]) for row in rows], rows[0][-1] if rows else 0))
