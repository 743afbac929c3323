"""When does a piece of content apply? Conditions are data: `all` / `any` / `not` over named facts, never code.

A condition is written in a pack as one of

    {question: mes_exchange, in: [consumes, both]}    an answer of the qualification
    {field: hosting, in: [external]}                  an answer of the same form
    {profile: professional_access}                    a profile chosen for the candidature
    {subject: product}                                the kind of thing measured
    {all: [...]}   {any: [...]}   {not: {...}}

Pure Python: no database, no clock. What a condition may name is checked when the pack is read (`checking.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a subject when its content is chosen. Absent answers are simply not there."""

    qualification: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    profiles: frozenset[str] = frozenset()
    subject: str = ""


class Condition(BaseModel):
    """Exactly one operator per node. A question not answered yet satisfies no `in`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    all_of: tuple[Condition, ...] | None = Field(None, alias="all")
    any_of: tuple[Condition, ...] | None = Field(None, alias="any")
    negated: Condition | None = Field(None, alias="not")
    question: str | None = None
    field: str | None = None
    values: tuple[str, ...] | None = Field(None, alias="in")
    profile: str | None = None
    subject: str | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> Condition:
        named = [
            name for name in ("all_of", "any_of", "negated", "question", "field", "profile", "subject") if getattr(self, name) is not None
        ]
        if len(named) != 1:
            raise ValueError("une condition porte exactement un opérateur parmi all, any, not, question, field, profile, subject")
        if (self.values is not None) != (named[0] in ("question", "field")):
            raise ValueError("« in » accompagne « question » ou « field », et seulement eux")
        if self.values is not None and not self.values:
            raise ValueError("« in » doit contenir au moins une valeur")
        return self

    def holds(self, facts: Facts) -> bool:
        """Whether the condition is met. `all` of nothing is true, `any` of nothing is false."""
        if self.all_of is not None:
            return all(part.holds(facts) for part in self.all_of)
        if self.any_of is not None:
            return any(part.holds(facts) for part in self.any_of)
        if self.negated is not None:
            return not self.negated.holds(facts)
        if self.question is not None:
            return facts.qualification.get(self.question) in (self.values or ())
        if self.field is not None:
            return facts.form.get(self.field) in (self.values or ())
        if self.profile is not None:
            return self.profile in facts.profiles
        return self.subject == facts.subject

    def leaves(self) -> Iterator[Condition]:
        """Every node that names a fact, in reading order."""
        if self.all_of is not None or self.any_of is not None:
            for part in self.all_of or self.any_of or ():
                yield from part.leaves()
        elif self.negated is not None:
            yield from self.negated.leaves()
        else:
            yield self


When = Annotated[Condition | None, Field(default=None)]


def applies(condition: Condition | None, facts: Facts) -> bool:
    """No condition means always."""
    return condition is None or condition.holds(facts)
