"""What may a conversation be about? Each room above says it here, under a word of its own; only the support is known below.

    topics["candidature"] = Topic(…)        # in convergence/wiring.py

A topic says who of the company sees its conversations, as a condition on `conversation` (one query for a whole list, whatever
it is about), and which rights of the agency read and answer them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foundation.accounts.models import Person
from foundation.accounts.rights import Right
from foundation.core.language import gettext_lazy

if TYPE_CHECKING:
    from foundation.messaging.models import Conversation


@dataclass(frozen=True, slots=True)
class Model:
    """An answer ready to be sent, and corrected before."""

    code: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Topic:
    """`impartial`: whoever is linked to the company is kept from writing. `models` are the answers its content proposes.

    `concerns_sql` says to whom of the agency (`%(me)s`) what a company writes is new; others read it, and are not called to it.
    """

    word: str
    seen_sql: str
    seen_parameters: Callable[[Person], dict[str, Any]]
    reads: Right
    writes: Right
    impartial: bool = False
    concerns_sql: str = "true"
    models: Callable[[Conversation], list[Model]] = lambda conversation: []


SUPPORT = "support"


def _support_parameters(person: Person) -> dict[str, Any]:
    represented = [seat.company_id for seat in person.seats if seat.company_id is not None and seat.has(Right.SEE_EVERY_PRODUCT)]
    return {"reader": person.pk, "represents": represented}


topics: dict[str, Topic] = {
    SUPPORT: Topic(
        word=gettext_lazy("Assistance"),
        seen_sql="(conversation.begun_by_id = %(reader)s OR conversation.company_id = ANY(%(represents)s))",
        seen_parameters=_support_parameters,
        reads=Right.ANSWER_SUPPORT,
        writes=Right.ANSWER_SUPPORT,
    )
}
"""Filled once, by `convergence/wiring.py`. A conversation whose topic is not here is seen by nobody."""


def seen_by_company(person: Person) -> tuple[str, dict[str, Any]]:
    """The conversations of a company that one of its people sees: a condition on `conversation`, and what it asks."""
    parameters: dict[str, Any] = {}
    conditions = []
    for name, topic in sorted(topics.items()):
        parameters |= topic.seen_parameters(person) | {f"topic_{name}": name}
        conditions.append(f"conversation.topic = %(topic_{name})s AND {topic.seen_sql}")
    return f"({' OR '.join(conditions)})", parameters


def seen_by_agency(person: Person) -> tuple[str, dict[str, Any]]:
    """The conversations someone of the agency reads: those of the topics their rights open."""
    return "conversation.topic = ANY(%(topics)s)", {"topics": sorted(topics_read_by(person))}


def concerning_agency() -> str:
    """The conversations that call someone of the agency, as a condition on `conversation`."""
    return " AND ".join(f"(conversation.topic <> '{name}' OR {topic.concerns_sql})" for name, topic in sorted(topics.items()))


def topics_read_by(person: Person) -> frozenset[str]:
    return frozenset(name for name, topic in topics.items() if person.agency_has(topic.reads))
