"""May this person read, write, annotate? Whoever sees what a conversation is about reads it; at the agency, rights say who answers."""

from __future__ import annotations

from foundation.accounts.models import Person
from foundation.accounts.permissions import is_recused
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.rows import rows_of
from foundation.core.verdict import YES, Verdict, no
from foundation.journal.actor import SYSTEM, Actor
from foundation.messaging.models import Conversation, SavedAnswer
from foundation.messaging.topics import seen_by_company, topics

_NOT_SEEN = no(gettext_lazy("Cette conversation n'est pas la vôtre."))
_PLATFORM_ONLY = no(gettext_lazy("La plateforme seule annonce ce qui s'est passé."))


def can_see_conversation(by: Person, conversation: Conversation) -> Verdict:
    """Of the company: who sees what it is about. Of the agency: who reads such conversations."""
    topic = topics.get(conversation.topic)
    if topic is None:
        return _NOT_SEEN
    if by.agency_has(topic.reads):
        return YES
    if not by.company_has(conversation.company_id, Right.USE_COMPANY_SPACE):
        return _NOT_SEEN
    condition, parameters = seen_by_company(by)
    sql = f"SELECT EXISTS (SELECT FROM messaging_conversation conversation WHERE conversation.id = %(conversation)s AND {condition})"  # noqa: S608 - conditions of our own rooms
    ((seen,),) = rows_of(sql, parameters | {"conversation": conversation.pk})
    return YES if seen else _NOT_SEEN


def can_open_conversation(by: Actor, conversation: Conversation) -> Verdict:
    """By the platform, when what it is about begins; the company's people begin those with the support."""
    return YES if by is SYSTEM else _PLATFORM_ONLY


def can_ask_support(by: Person, conversation: Conversation) -> Verdict:
    """Anyone of a company, for their company."""
    if by.company_has(conversation.company_id, Right.USE_COMPANY_SPACE):
        return YES
    return no(_("Vous ne pouvez écrire à l'assistance que pour votre entreprise."))


def can_post_message(by: Person, conversation: Conversation) -> Verdict:
    """The company's people who see it; at the agency, who answers, and has no declared link with the company."""
    seen = can_see_conversation(by, conversation)
    if not seen:
        return seen
    if by.company_has(conversation.company_id, Right.USE_COMPANY_SPACE):
        return YES
    return _can_answer(by, conversation)


def can_write_note(by: Person, conversation: Conversation) -> Verdict:
    """Those of the agency who answer."""
    if not can_see_conversation(by, conversation) or by.company_has(conversation.company_id, Right.USE_COMPANY_SPACE):
        return _NOT_SEEN
    return _can_answer(by, conversation)


def _can_answer(by: Person, conversation: Conversation) -> Verdict:
    topic = topics[conversation.topic]
    if not by.agency_has(topic.writes):
        return no(_("Votre rôle permet de lire cette conversation, pas d'y répondre."))
    if topic.impartial and is_recused(by, conversation.company_id):
        return no(_("Un lien avec cette entreprise est déclaré à votre nom : un collègue lui répond."))
    return YES


def can_post_notice(by: Actor, conversation: Conversation) -> Verdict:
    return YES if by is SYSTEM else _PLATFORM_ONLY


def can_mark_read(by: Person, conversation: Conversation) -> Verdict:
    """For oneself, what one sees."""
    return can_see_conversation(by, conversation)


def can_choose_copies(by: Person, person: Person) -> Verdict:
    return YES if by == person else no(_("Chacun choisit pour soi les copies qu'il reçoit."))


def can_stop_copies(by: Person, person: Person) -> Verdict:
    """Whoever holds the link of a mail is taken for its addressee: it can only stop mails."""
    return can_choose_copies(by, person)


def can_keep_answer(by: Person, answer: SavedAnswer) -> Verdict:
    """For oneself, at the agency."""
    if by.pk == answer.person_id and by.agency_has(Right.USE_MESSAGING):
        return YES
    return no(_("Une réponse type se garde pour soi, à l'agence."))


def can_drop_answer(by: Person, answer: SavedAnswer) -> Verdict:
    return YES if by.pk == answer.person_id else no(_("Cette réponse type est celle d'un collègue."))
