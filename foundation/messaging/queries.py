"""Which conversations does a person see, what is unread, what was said? Reads, always as seen by someone.

What a company is shown is asked of conversations, messages and attachments alone: `notes_of` is the one query of notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.accounts.models import Company, Person
from foundation.core.rows import Read, Reading, columns, row_as, rows_of, width
from foundation.files.models import StoredFile
from foundation.messaging.models import Attachment, Conversation, CopyChoice, Mark, Message, Note, SavedAnswer
from foundation.messaging.rules import NONE, PLATFORM, SIDES
from foundation.messaging.topics import Model, concerning_agency, seen_by_agency, seen_by_company, topics

SHOWN = 100
"""Messages a page shows; those before are one link away."""

_COMPANY_UNREAD = "message.id > coalesce(mark.read_to, 0) AND message.author_id IS DISTINCT FROM %(me)s"
_AGENCY_UNREAD = "message.id > coalesce(mark.read_to, conversation.agency_read) AND message.side = 'company'"
"""To the agency, only what a company wrote is new; what a colleague has already read is not new to who never opened it."""

MOST_COUNTED = 100
"""Beyond, how many are unread is no longer counted: « 99+ »."""

MOST_LISTED = 1_000
"""Beyond, how many conversations there are is no longer counted, and those that come after are found by searching."""

_CALLS_AGENCY = """FROM (SELECT id FROM messaging_conversation WHERE latest_from_company > agency_read
        UNION ALL SELECT mark.conversation_id FROM messaging_mark mark JOIN messaging_conversation read ON read.id = mark.conversation_id
            WHERE mark.person_id = %(me)s AND read.latest_from_company > mark.read_to AND read.latest_from_company <= read.agency_read) calling
    JOIN messaging_conversation conversation ON conversation.id = calling.id
    LEFT JOIN messaging_mark mark ON mark.conversation_id = conversation.id AND mark.person_id = %(me)s"""
"""What nobody of the agency has read, and what one had begun to: few, however many conversations there are."""

_FROM = """FROM messaging_conversation conversation
    LEFT JOIN messaging_mark mark ON mark.conversation_id = conversation.id AND mark.person_id = %(me)s"""


@Read
def unread_of(person: Person, company: Company | None) -> Reading[int]:
    """How many messages are new to a person, in their company or, without one, at the agency; `MOST_COUNTED` at most. On every page."""
    if company is not None:
        condition, parameters = seen_by_company(person)
        conditions = f"conversation.company_id = %(company)s AND conversation.latest > coalesce(mark.read_to, 0) AND {condition}"
        parameters = parameters | {"company": company.pk}
        source, unread = _FROM, _COMPANY_UNREAD
    else:
        condition, parameters = seen_by_agency(person)
        conditions = (
            f"conversation.latest_from_company > coalesce(mark.read_to, conversation.agency_read) AND {condition} AND {concerning_agency()}"
        )
        source, unread = _CALLS_AGENCY, _AGENCY_UNREAD
    sql = f"""SELECT count(*) FROM (SELECT {source} JOIN messaging_message message ON message.conversation_id = conversation.id AND {unread}
        WHERE {conditions} LIMIT {MOST_COUNTED}) new"""  # noqa: S608 - made of our own constants
    return Reading(sql, parameters | {"me": person.pk}, lambda rows: int(rows[0][0]))


def calls(conversation: Conversation, person: Person) -> bool:
    """Whether what a company writes there is for this person of the agency: another who reads it leaves it new to them."""
    sql = f"SELECT FROM messaging_conversation conversation WHERE conversation.id = %(it)s AND {concerning_agency()}"
    return bool(rows_of(sql, {"it": conversation.pk, "me": person.pk}))


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """One conversation of a list: what it is about, its last message, what is unread."""

    key: str
    topic: str
    title: str
    caption: str
    company: str
    text: str
    side: str
    author: str
    is_own: bool
    at: datetime
    unread: int

    @property
    def topic_word(self) -> str:
        return topics[self.topic].word

    @property
    def says(self) -> str:
        """Who said the last thing."""
        if self.side == PLATFORM:
            return "Convergence"
        return "Vous" if self.is_own else self.author


def conversations_of_company(person: Person, company: Company, *, words: str = "", limit: int, offset: int = 0) -> tuple[list[ConversationLine], int]:  # fmt: skip
    """Those of a company that the person sees, the unread first, then the latest; and how many, `MOST_LISTED` and one at most. One query."""
    condition, parameters = seen_by_company(person)
    new = f"""SELECT conversation.id, conversation.latest {_FROM} WHERE conversation.latest > coalesce(mark.read_to, 0) AND {{kept}}
        AND EXISTS (SELECT FROM messaging_message message WHERE message.conversation_id = conversation.id AND {_COMPANY_UNREAD}) {_first(limit + offset)}"""  # noqa: S608 - made of our own constants
    asked = parameters | {"company": company.pk}
    return _listed([condition, "conversation.company_id = %(company)s"], asked, new, _COMPANY_UNREAD, person, words, limit, offset)


def conversations_of_agency(person: Person, *, words: str = "", limit: int, offset: int = 0) -> tuple[list[ConversationLine], int]:
    """Those someone of the agency reads, the unread first, then the latest; and how many, `MOST_LISTED` and one at most. One query."""
    condition, parameters = seen_by_agency(person)
    calling = f"{concerning_agency()} AND {{kept}}"
    new = f"""(SELECT conversation.id, conversation.latest {_FROM} WHERE conversation.latest_from_company > conversation.agency_read
            AND conversation.latest_from_company > coalesce(mark.read_to, conversation.agency_read) AND {calling} {_first(limit + offset)})
        UNION ALL SELECT conversation.id, conversation.latest FROM messaging_mark mark
            JOIN messaging_conversation conversation ON conversation.id = mark.conversation_id
            WHERE mark.person_id = %(me)s AND conversation.latest_from_company > mark.read_to
                AND conversation.latest_from_company <= conversation.agency_read AND {calling}"""  # noqa: S608 - made of our own constants
    return _listed([condition], parameters, new, f"{_AGENCY_UNREAD} AND {concerning_agency()}", person, words, limit, offset)


def _first(most: int) -> str:
    """As many as could be on the page: where there are as many new ones, the rest is not shown. In the text: the plan depends on it."""
    return f"ORDER BY conversation.latest DESC, conversation.id DESC LIMIT {most:d}"


def _listed(conditions: list[str], parameters: Mapping[str, Any], new: str, unread: str, person: Person, words: str, limit: int, offset: int) -> tuple[list[ConversationLine], int]:  # fmt: skip
    """What is new, then the rest, each read in the order of an index and no further than the page asks: it costs the same however many there are.

    A search reads them all. `new` is a query with a hole, `{kept}`, for the conditions that are also those of the rest.
    """
    asked = dict(parameters) | {"me": person.pk}
    for rank, word in enumerate(words.split()[:8]):
        asked[f"word_{rank}"] = word.lower()
        wanted = f"%(word_{rank})s"
        conditions.append(
            f"(position({wanted} in lower(conversation.title || ' ' || conversation.caption || ' ' || conversation.key || ' '"  # noqa: S608 - a rank
            f" || (SELECT name FROM accounts_company company WHERE company.id = conversation.company_id))) > 0"
            f" OR EXISTS (SELECT FROM messaging_message said WHERE said.conversation_id = conversation.id"
            f" AND position({wanted} in lower(said.text)) > 0))"
        )
    kept = " AND ".join(conditions)
    sql = f"""WITH new AS MATERIALIZED ({new.replace("{kept}", kept)}),
        shown AS (
            SELECT id, latest, true AS is_new FROM new
            UNION ALL (SELECT conversation.id, conversation.latest, false FROM messaging_conversation conversation
                WHERE {kept} AND NOT EXISTS (SELECT FROM new WHERE new.id = conversation.id) {_first(limit + offset)})
            ORDER BY is_new DESC, latest DESC, id DESC LIMIT {limit:d} OFFSET {offset:d})
        SELECT conversation.key, conversation.topic, conversation.title, conversation.caption, company.name,
            coalesce(last.text, ''), coalesce(last.side, ''), coalesce(last.author_name, ''), last.author_id IS NOT DISTINCT FROM %(me)s,
            coalesce(last.at, conversation.begun_at),
            (SELECT count(*) FROM messaging_message message WHERE message.conversation_id = conversation.id AND {unread}),
            (SELECT count(*) FROM (SELECT FROM messaging_conversation conversation WHERE {kept} LIMIT {MOST_LISTED + 1}) few)
        FROM shown JOIN messaging_conversation conversation ON conversation.id = shown.id
        LEFT JOIN messaging_mark mark ON mark.conversation_id = conversation.id AND mark.person_id = %(me)s
        JOIN accounts_company company ON company.id = conversation.company_id
        LEFT JOIN messaging_message last ON last.id = conversation.latest
        ORDER BY shown.is_new DESC, shown.latest DESC, shown.id DESC"""  # noqa: S608 - made of our own constants
    rows = rows_of(sql, asked)
    return [ConversationLine(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


# — One conversation ——————————————————————————————————————————————————————————————————————


def conversation_of_company(key: str, person: Person, company: Company) -> Conversation:
    """A conversation of the person's company that they see. Raises `Conversation.DoesNotExist`."""
    condition, parameters = seen_by_company(person)
    return _found(key, f"{condition} AND conversation.company_id = %(company)s", parameters | {"company": company.pk})


def conversation_of_agency(key: str, person: Person) -> Conversation:
    """A conversation that someone of the agency reads. Raises `Conversation.DoesNotExist`."""
    return _found(key, *seen_by_agency(person))


def _found(key: str, condition: str, parameters: Mapping[str, Any]) -> Conversation:
    sql = f"""SELECT {columns(Conversation, "conversation")}, {columns(Company, "company")}
        FROM messaging_conversation conversation JOIN accounts_company company ON company.id = conversation.company_id
        WHERE conversation.key = %(key)s AND {condition}"""  # noqa: S608 - made of our own columns
    rows = rows_of(sql, {**parameters, "key": key})
    if not rows:
        raise Conversation.DoesNotExist
    conversation = row_as(Conversation, rows[0])
    conversation.company = row_as(Company, rows[0], width(Conversation))
    return conversation


def conversation_about(topic: str, key: str) -> Conversation | None:
    """The conversation of something, whoever asks: for rooms and jobs, never for a page."""
    return Conversation.objects.filter(topic=topic, key=key).first()


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it reads, with its files."""

    message: Message
    files: list[Attachment]
    is_own: bool
    is_new: bool

    @property
    def side_word(self) -> str:
        return SIDES[self.message.side]


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said, the oldest first; `before` leads to what was said earlier than what is shown."""

    conversation: Conversation
    said: list[Said]
    before: int | None

    @property
    def unread(self) -> int:
        return sum(one.is_new for one in self.said)

    @property
    def last(self) -> int:
        return self.said[-1].message.pk if self.said else 0


def thread_of(conversation: Conversation, person: Person, *, before: int | None = None, at_agency: bool = False) -> Thread:
    """Three queries, whatever was said: the mark, the messages, their files."""
    mark = Mark.objects.filter(conversation=conversation, person=person).values_list("read_to", flat=True).first()
    read_to = mark if mark is not None else conversation.agency_read if at_agency else 0
    asked = Message.objects.filter(conversation=conversation).order_by("-pk")
    found = list(asked.filter(pk__lt=before)[: SHOWN + 1] if before is not None else asked[: SHOWN + 1])
    shown = found[:SHOWN][::-1]
    files: dict[int, list[Attachment]] = {}
    for one in Attachment.objects.filter(message__in=[message.pk for message in shown]).select_related("file"):
        files.setdefault(one.message_id, []).append(one)

    def is_new(message: Message) -> bool:
        counts = message.side == "company" if at_agency else message.author_id != person.pk
        return counts and message.pk > read_to

    said = [Said(message, files.get(message.pk, []), message.author_id == person.pk, is_new(message)) for message in shown]
    return Thread(conversation, said, shown[0].pk if len(found) > SHOWN else None)


def file_said(conversation: Conversation, attachment: int) -> StoredFile:
    """A file of this conversation. Any other does not exist: `Attachment.DoesNotExist`."""
    return Attachment.objects.select_related("file").get(pk=attachment, message__conversation=conversation).file


# — The agency's own ——————————————————————————————————————————————————————————————————————


def notes_of(conversation: Conversation, person: Person) -> list[Note]:
    """What the agency notes aside, for its people alone: nothing at all for anyone of a company."""
    topic = topics.get(conversation.topic)
    if topic is None or not person.agency_has(topic.reads):
        return []
    return list(Note.objects.filter(conversation=conversation))


def models_for(conversation: Conversation, person: Person) -> list[Model]:
    """The answers ready to be sent: those of the content, then one's own. One query."""
    own = [Model(f"mine-{one.pk}", one.title, one.text) for one in SavedAnswer.objects.filter(person=person)]
    return [*topics[conversation.topic].models(conversation), *own]


def new_answer(person: Person, text: str) -> SavedAnswer:
    """An answer not kept yet, for `keep_answer`."""
    return SavedAnswer(person=person, text=text)


def answer_of(person: Person, key: int) -> SavedAnswer:
    """One's own. Raises `SavedAnswer.DoesNotExist`."""
    return SavedAnswer.objects.get(pk=key, person=person)


# — Copies ————————————————————————————————————————————————————————————————————————————————


def copies_of(person: Person) -> str:
    """What a person chose; who chose nothing wants none."""
    return CopyChoice.objects.filter(person=person).values_list("wants", flat=True).first() or NONE


def copies_wanted() -> list[CopyChoice]:
    """Those who want copies of something, still active."""
    return list(CopyChoice.objects.exclude(wants=NONE).filter(person__is_active=True).select_related("person").order_by("pk"))


def follows(person: Person, conversation: Conversation) -> bool:
    """Whether someone of the agency has opened it: copies of every conversation of the platform would be a flood."""
    return Mark.objects.filter(conversation=conversation, person=person).exists()
