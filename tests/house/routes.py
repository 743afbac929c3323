"""Which addresses does the house answer, and to whom? The walk of the resolver, and the table it must agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from convergence.advice.actions import archive_advice, send_opinion
from convergence.advice.models import AdviceDeposit, Opinion
from convergence.assessments.queries import sheet_of
from convergence.boards.actions import close_board_session
from convergence.boards.models import BoardSession, Case
from convergence.candidatures.actions import submit_step
from convergence.candidatures.models import Candidature, Submission
from convergence.catalogue.actions import share_results
from convergence.catalogue.models import Enrolment
from convergence.catalogue.queries import share_of
from convergence.certificates.actions import declare_change
from convergence.certificates.models import Certificate
from convergence.content.partners import THE_PARTNER
from convergence.evidence.actions import archive_evidence, propose_erasure, request_erasure
from convergence.evidence.models import Deposit
from convergence.evidence.queries import erasure_numbered
from convergence.openings.models import Accreditation
from convergence.reviews.actions import take_candidature
from convergence.schedules.actions import ask_extension
from convergence.schedules.models import Extension
from convergence.schedules.queries import new_extension
from foundation.accounts.actions import close_account, propose_personal_erasure
from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right, Role, has_right
from foundation.accounts.terms import terms_in_force
from foundation.messaging.models import Attachment, Conversation
from foundation.messaging.notices import stop_token
from ops.demo import BOREE, EXCHANGING
from tests.factories import advice as advising
from tests.factories import agreements
from tests.factories import boards as boarding
from tests.factories import candidatures as trials
from tests.factories import decisions as judged
from tests.factories import sections as proofs
from tests.factories.catalogue import ETHICS, GDPR, INTEROPERABILITY, SOCLES, WITH_EXCHANGE, WITHOUT_EXCHANGE, enrolled, product_at
from tests.factories.evidence import CHARTER, REVIEW, deposited
from tests.factories.evidence import judged as judged_file
from tests.factories.files import OPEN, metadata
from tests.factories.help import typed_reply
from tests.factories.messaging import sent_with_file
from tests.factories.openings import accredited, sealed_in_candidature
from tests.factories.pages import CANARY, Furnished, typed_answers, typed_identification
from tests.factories.people import STRONG, Accounts, someone, typed_request
from web.guard import Side

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    view: Callable[..., Any]

    @property
    def guard(self) -> Any:
        return getattr(self.view, "guard", None)


def routes(patterns: Iterable[URLPattern | URLResolver] | None = None, within: str = "") -> Iterator[Route]:
    """Every route of the resolver, however deep, with the names of the spaces it is in."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            space = f"{within}{pattern.namespace}:" if pattern.namespace else within
            yield from routes(pattern.url_patterns, space)
        else:
            yield Route(f"{within}{pattern.name}", pattern.callback)


def faults(found: Iterable[Route]) -> list[str]:
    """What is wrong with these routes, before anyone asks for one of them."""
    wrong, seen = [], set()
    for route in found:
        if route.guard is None:
            wrong.append(f"{route.name} : aucune garde")
        if route.name.rpartition(":")[2] != route.view.__name__:
            wrong.append(f"{route.name} : la fonction se nomme {route.view.__name__}")
        if route.name in seen:
            wrong.append(f"{route.name} : deux fois")
        seen.add(route.name)
    return wrong


COMPANY_PEOPLE = ("claire", "representative", "karim")
"""Of Aubépine: its legal representative, a representative to whom nothing is delegated, an employee."""

ROLES = {
    "claire": Role.LEGAL_REPRESENTATIVE,
    "representative": Role.REPRESENTATIVE,
    "karim": Role.EMPLOYEE,
    "ines": Role.REVIEWER,
    "coordinator": Role.COORDINATOR,
    "hugo": Role.BOARD_MEMBER,
    "signatory": Role.SIGNATORY,
    "content_editor": Role.CONTENT_EDITOR,
    "support": Role.SUPPORT,
    "auditor": Role.AUDITOR,
    "partner": Role.PARTNER,
}
PEOPLE = ("anonymous", "disabled", "zoe", *ROLES)
"""Nobody, someone whose account was closed, someone of another company, and one person of each role."""


@dataclass(frozen=True, slots=True)
class Access:
    """One row of the table: who may open the route and how, with what, and what the ordinary answers are.

    `of` names the product of the address, `keys` what else it holds; both belong to Aubépine, and do not exist for its
    neighbours. `but` gives, by person and by method, the answers that are not the ordinary ones.
    What speaks a protocol of its own sends `headers` and answers its author as `said`, method by method; `tail` furnishes what only one
    page needs, and gives the end of its address. What the agency's staff are answered to a POST on a page of everyone's is `staff`.
    `theirs` marks what belongs to Aubépine without a product in its address.
    """

    side: Side
    methods: tuple[str, ...] = ("GET",)
    right: Right | None = None
    of: str = ""
    path: tuple[str, ...] = ()
    keys: Callable[[Accounts], tuple[object, ...]] | None = None
    body: Callable[[Person, Furnished], Mapping[str, str]] = field(default=lambda sender, stage: {})
    got: int = 200
    posted: int = 302
    employee: int | None = None
    tail: Callable[[Furnished], tuple[str, ...]] = field(default=lambda stage: ())
    headers: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, int] = field(default_factory=dict)
    but: Mapping[str, int] = field(default_factory=dict)
    staff: int | None = None
    recent: bool = False
    signed: bool = False
    theirs: bool = False

    def address(self, name: str, stage: Furnished) -> str:
        return self.address_of(name, getattr(stage, self.of).reference if self.of else None, stage)

    def address_of(self, name: str, reference: object, stage: Furnished) -> str:
        """The same page, of any product."""
        end = self.tail(stage)
        return reverse(name, args=[*([] if reference is None else [reference]), *self._keys(stage), *self.path, *end])

    def _keys(self, stage: Furnished) -> tuple[object, ...]:
        if self.keys is None:
            return ()
        assert stage.accounts is not None
        return self.keys(stage.accounts)

    def is_on_that_side(self, person: str) -> bool:
        """Whether the door opens at all."""
        if self.side is Side.COMPANY:
            return person in (*COMPANY_PEOPLE, "zoe")
        if self.side is Side.AGENCY:
            return person in ROLES and has_right(ROLES[person], self.right)  # type: ignore[arg-type]
        return True

    def expected(self, person: str, method: str, *, typed: bool = False) -> int:
        """The status of one cell, from the table alone; a form in which something was `typed` is kept through signing in."""
        asked = "GET" if method == "HEAD" else method
        if asked not in self.methods:
            return 405
        if self.side is not Side.PUBLIC and person in ("anonymous", "disabled"):
            return 401 if typed and asked == "POST" and "GET" in self.methods else 302
        if not self.is_on_that_side(person):
            return 404
        if self.said:
            return self.said[method] if person == "claire" or not self.of or method == "OPTIONS" else 404
        if self.side is Side.COMPANY and person == "zoe" and (self.of or self.keys or self.theirs):
            return 404
        group = "visitor" if person in ("anonymous", "disabled") else "agency" if person in AGENCY_PEOPLE else "person"
        for who in (person, group):
            if (who_and_method := f"{who} {asked}") in self.but:
                return self.but[who_and_method]
        if asked == "GET":
            return self.got
        if person in AGENCY_PEOPLE and self.staff:
            return self.staff
        return self.employee if person == "karim" and self.employee else self.posted


AGENCY_PEOPLE = frozenset(ROLES) - set(COMPANY_PEOPLE)


def _identified(sender: Person, stage: Furnished) -> dict[str, str]:
    return typed_identification(sender)


def _identified_strategy(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"name": "Stratégie", "responsible": str(sender.pk), "certifications": ""}


def _whole_sheet(sender: Person, stage: Furnished) -> dict[str, str]:
    sheet = sheet_of(stage.enrolment, INTEROPERABILITY)
    assert sheet is not None
    return typed_answers(dict.fromkeys(sheet.asked, "high"), version=1)


def _one_answer(sender: Person, stage: Furnished) -> dict[str, str]:
    return typed_answers({"A08.1.1": "low"}, version=1)


def _dated(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"date-ILL-INT-01-medium": "2035-T2", "version-ILL-INT-01": "1"}


def _proved(stage: Furnished) -> tuple[str, ...]:
    """The active product follows a procedure that takes evidence, and has some: one file in place."""
    if not Deposit.objects.filter(folder__subject=stage.active).exists():
        owner, at = stage.active.responsible, stage.enrolment.enrolled_at
        deposited(enrolled(stage.active, WITH_EXCHANGE, owner, at), CHARTER, owner, at)
    return ()


def _in_place(stage: Furnished) -> tuple[str, ...]:
    _proved(stage)
    return (str(Deposit.objects.get(folder__subject=stage.active, slot=CHARTER).pk),)


def _archived(stage: Furnished) -> tuple[str, ...]:
    (key,) = _in_place(stage)
    deposit = Deposit.objects.get(pk=key)
    if deposit.is_in_place:
        archive_evidence(deposit, by=stage.active.responsible, at=stage.enrolment.enrolled_at)
    return (key,)


def _closed(stage: Furnished) -> tuple[str, ...]:
    """Someone whose account is closed; the support has proposed to erase their details."""
    person, at = someone("partie", None, None, stage.enrolment.enrolled_at), stage.enrolment.enrolled_at
    close_account(person, by=person, at=at)
    propose_personal_erasure(person, "À sa demande.", by=_proposing(at), at=at)
    return (str(person.pk),)


def _proposing(at: datetime) -> Person:
    """Who proposes an erasure: not in every stage."""
    (proposing, *_) = people_with_right(Right.PROPOSE_ERASURES) or [someone("accueil", Role.SUPPORT, None, at)]
    return proposing


def _proposed_erasure(stage: Furnished) -> tuple[str, ...]:
    (key,) = _archived(stage)
    deposit = Deposit.objects.select_related("folder__subject").get(pk=key)
    owner, at = stage.active.responsible, stage.enrolment.enrolled_at
    judged_file(deposit.file, "clean", at)
    event = request_erasure(deposit, "Un nom y figure.", by=owner, at=at)
    request = erasure_numbered(event.request)
    propose_erasure(request, "Vérifié.", by=_proposing(at), at=at)
    return (str(request.pk),)


def _shared(stage: Furnished) -> tuple[str, ...]:
    """The active product follows a procedure whose results its company shares; nothing of it is validated yet."""
    _proved(stage)
    enrolment = Enrolment.objects.select_related("subject").get(subject=stage.active, code=WITH_EXCHANGE)
    share_results(enrolment, THE_PARTNER, by=stage.active.responsible, at=stage.enrolment.enrolled_at)
    share = share_of(enrolment, THE_PARTNER)
    assert share is not None
    return (str(share.pk),)


def _sharing(stage: Furnished) -> tuple[str, ...]:
    _shared(stage)
    return ()


def _trial(stage: Furnished) -> Enrolment:
    """The active product of the stage, in the made-up procedure with steps."""
    return trials.trial_of(stage.active, stage.active.responsible, stage.enrolment.enrolled_at)


def _followed_trial(stage: Furnished) -> tuple[str, ...]:
    _trial(stage)
    return ()


def _applied(stage: Furnished) -> Candidature:
    """The active product of the stage, whose first form was handed over with two documents, the second still examined."""
    found = Candidature.objects.filter(enrolment__subject=stage.active).first()
    if found is None:
        owner, at = stage.active.responsible, stage.enrolment.enrolled_at
        found = trials.drafted(_trial(stage), owner, at)
        trials.give_document(trials.step_of(found), "CARTE", owner, at, state="quarantined", content=b"carte")
        submit_step(trials.step_of(found), by=owner, at=at)
    return found


def _drafted(stage: Furnished) -> Candidature:
    return Candidature.objects.filter(enrolment__subject=stage.active).first() or trials.drafted(
        _trial(stage), stage.active.responsible, stage.enrolment.enrolled_at
    )


def _number(stage: Furnished) -> tuple[str, ...]:
    return (_applied(stage).number,)


def _draft_number(stage: Furnished) -> tuple[str, ...]:
    return (_drafted(stage).number,)


def _step(stage: Furnished) -> tuple[str, ...]:
    return (*_number(stage), "dossier")


def _draft_step(stage: Furnished) -> tuple[str, ...]:
    return (*_draft_number(stage), "dossier")


def _draft_slot(stage: Furnished) -> tuple[str, ...]:
    return (*_draft_step(stage), "CARTE")


def _draft_document(stage: Furnished) -> tuple[str, ...]:
    return (*_draft_step(stage), str(Deposit.objects.get(folder__name=f"candidature:{_drafted(stage).number}:dossier").pk))


def _draft_archived(stage: Furnished) -> tuple[str, ...]:
    found = _draft_document(stage)
    deposit = Deposit.objects.get(pk=found[-1])
    if deposit.is_in_place:
        archive_evidence(deposit, by=stage.active.responsible, at=stage.enrolment.enrolled_at)
    return found


def _receipt(stage: Furnished) -> tuple[str, ...]:
    return (*_number(stage), Submission.objects.get(step__candidature=_applied(stage)).receipt)


def _handed(stage: Furnished) -> tuple[str, ...]:
    return (*_number(stage), str(Submission.objects.get(step__candidature=_applied(stage)).documents[1]["deposit"]))


def _message(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"text": f"Bonjour {CANARY}.", "read_to": "99"}


def _attached(stage: Furnished) -> tuple[str, ...]:
    """A file sent with a message, still examined."""
    (key,) = _number(stage)
    held = Attachment.objects.filter(message__conversation__key=key).first()
    if held is None:
        conversation = Conversation.objects.get(key=key)
        held = Attachment.objects.get(pk=sent_with_file(conversation, stage.active.responsible, stage.enrolment.enrolled_at))
    return key, str(held.pk)


def _extension(stage: Furnished) -> tuple[str, ...]:
    """A request to put off the closing of a draft, not answered yet."""
    held = Extension.objects.filter(step__candidature__enrolment__subject=stage.active).first()
    if held is None:
        step = trials.step_of(_drafted(stage))
        at = stage.enrolment.enrolled_at
        ask_extension(new_extension(step, date(2035, 1, 31), f"{CANARY} en panne."), by=stage.active.responsible, at=at)
        held = Extension.objects.get(step=step)
    return (str(held.pk),)


def _proving(stage: Furnished, *, handed: bool) -> Candidature:
    """The active product of the stage, in the made-up procedure that asks for evidence: one section filled, handed over or not."""
    found = Candidature.objects.filter(enrolment__subject=stage.active).first()
    if found is None:
        owner, at = stage.active.responsible, stage.enrolment.enrolled_at
        reviewer = Person.objects.get(email="ines@demo.invalid")
        found = proofs.opened(proofs.proving_of(stage.active, owner, at), owner, reviewer, at)
        proofs.fill_section(found, owner, at)
        if handed:
            proofs.hand_over(found, owner, at)
    return found


def _evidence_step(stage: Furnished) -> tuple[str, ...]:
    return (_proving(stage, handed=False).number, "preuves")


def _evidence_section(stage: Furnished) -> tuple[str, ...]:
    return (*_evidence_step(stage), "lights")


def _accreditation(stage: Furnished) -> tuple[str, ...]:
    """Inès is accredited."""
    ines = Person.objects.get(email="ines@demo.invalid")
    found = Accreditation.objects.standing().filter(seat__person=ines).first() or accredited(ines, stage.enrolment.enrolled_at)
    return (str(found.pk),)


def _reader_seat(stage: Furnished) -> tuple[str, ...]:
    return (str(Seat.objects.held().get(person__email="ines@demo.invalid").pk),)


def _sealed(stage: Furnished) -> tuple[str, ...]:
    """A sealed file handed over with a candidature that Inès, accredited, examines."""
    _accreditation(stage)
    found = Deposit.objects.filter(folder__subject=stage.active, file__sealed=True).first()
    if found is None:
        owner, reviewer = stage.active.responsible, Person.objects.get(email="ines@demo.invalid")
        _, found = sealed_in_candidature(owner, reviewer, stage.enrolment.enrolled_at, product=stage.active)
    return (str(found.pk),)


def _exempt(stage: Furnished) -> tuple[str, ...]:
    return (*_evidence_section(stage), "ILL-L 2")


def _returned(stage: Furnished) -> tuple[str, ...]:
    """A section sent back for one requirement."""
    found = _proving(stage, handed=True)
    if proofs.row(found).state == "submitted":
        reviewer, at = Person.objects.get(email="ines@demo.invalid"), stage.enrolment.enrolled_at
        proofs.say(found, "ILL-L 1", reviewer, at)
        proofs.say(found, "ILL-L 2", reviewer, at, outcome="changes_asked", reason="unreadable", text="Floue.")
        proofs.give_back(found, reviewer, at)
    return (found.number, "preuves", "lights", "ILL-L 2")


def _handed_step(stage: Furnished) -> tuple[str, ...]:
    return (_proving(stage, handed=True).number, "preuves")


def _handed_section(stage: Furnished) -> tuple[str, ...]:
    return (*_handed_step(stage), "lights")


def _seen(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"requirement": "ILL-L 1", "submission": "1"}


def _verdict(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"requirement": "ILL-L 1", "outcome": "accepted", "version": "0"}


def _taken(stage: Furnished) -> tuple[str, ...]:
    """The candidature of the stage, that Inès has taken."""
    found = _applied(stage)
    take_candidature(found, by=people_with_right(Right.EXAMINE_CANDIDATURES)[0], at=stage.enrolment.enrolled_at)
    return (found.number,)


def _to_judge(stage: Furnished) -> tuple[str, ...]:
    """The active product of the stage, of which only the decision is missing; Inès has proposed to grant it."""
    found = Candidature.objects.filter(enrolment__subject=stage.active, enrolment__code=judged.JUDGED).first()
    if found is None:
        owner, at = stage.active.responsible, stage.enrolment.enrolled_at
        reviewer = people_with_right(Right.EXAMINE_CANDIDATURES)[0]
        found = judged.to_judge(judged.judged_of(stage.active, owner, at), owner, reviewer, at)
        judged.proposed(found, reviewer, at, "granted")
    return (found.number, "jugement")


def _boarded(stage: Furnished) -> Candidature:
    """The active product of the stage, whose file is complete: it awaits the board."""
    found = Candidature.objects.filter(enrolment__subject=stage.active, enrolment__code=boarding.BOARDED).first()
    if found is None:
        owner, at = stage.active.responsible, stage.enrolment.enrolled_at
        (reviewer, *_) = people_with_right(Right.EXAMINE_CANDIDATURES)
        found = boarding.complete(boarding.boarded_of(stage.active, owner, at), owner, reviewer, at)
    return found


def _board_step(stage: Furnished) -> tuple[str, ...]:
    return (_boarded(stage).number, "college")


def _session(stage: Furnished) -> tuple[str, ...]:
    """A session already begun, with nothing on its agenda."""
    found = BoardSession.objects.filter(state="scheduled").first()
    if found is None:
        coordinator = next(iter(people_with_right(Right.PREPARE_BOARD)))
        found = boarding.scheduled(coordinator, stage.enrolment.enrolled_at)
    return (str(found.pk),)


def _session_awaited(stage: Furnished) -> tuple[str, ...]:
    """The same, that the file of the stage awaits."""
    _boarded(stage)
    return _session(stage)


def _session_of_file(stage: Furnished) -> tuple[str, ...]:
    return _listed(stage)[:1]


def _listed(stage: Furnished) -> tuple[str, ...]:
    """The file of the stage on the agenda of that session."""
    candidature = _boarded(stage)
    found = Case.objects.filter(step__candidature=candidature).first()
    if found is None:
        session = BoardSession.objects.get(pk=int(_session(stage)[0]))
        coordinator = next(iter(people_with_right(Right.PREPARE_BOARD)))
        found = boarding.listed(candidature, session, coordinator, stage.enrolment.enrolled_at)
    return (str(found.session_id), str(found.pk))


def _closed_session(stage: Furnished) -> tuple[str, ...]:
    """The same once the file was put off, and the session closed."""
    session, key = _listed(stage)
    case = Case.objects.get(pk=int(key))
    if case.state == "listed":
        at = stage.enrolment.enrolled_at + timedelta(hours=2)
        coordinator = next(iter(people_with_right(Right.RECORD_BOARD)))
        boarding.record(case, coordinator, at, "postponed", text=f"{CANARY}.")
        close_board_session(BoardSession.objects.get(pk=int(session)), "", by=coordinator, at=at)
    return (session,)


def _meeting(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"day": "2035-01-31", "time": "14:00", "place": "Salle du phare"}


def _put_off(sender: Person, stage: Furnished) -> dict[str, str]:
    _, key = _listed(stage)
    over = boarding.opinions_told(boarding.file_of(Case.objects.get(pk=int(key))))
    return {"chosen": "postponed", "text": f"{CANARY}.", "over": over, "record": "1"}


def _to_sign(stage: Furnished) -> Candidature:
    """The active product of the stage, in the made-up procedure where something is signed: ready to be."""
    found = Candidature.objects.filter(enrolment__subject=stage.active, enrolment__code=agreements.SIGNED).first()
    if found is None:
        owner, at = stage.active.responsible, stage.enrolment.enrolled_at
        (reviewer, *_) = people_with_right(Right.EXAMINE_CANDIDATURES)
        found = agreements.to_sign(agreements.signed_trial(owner, at, stage.active), owner, reviewer, at)
    return found


def _ready(stage: Furnished) -> tuple[str, ...]:
    return (_to_sign(stage).number, "convention")


def _ready_paper(stage: Furnished) -> tuple[str, ...]:
    return (*_ready(stage), str(agreements.agreement_of(_to_sign(stage)).papers.get(seals=0).pk))


def _half_signed(stage: Furnished) -> tuple[str, ...]:
    found = _to_sign(stage)
    if agreements.agreement_of(found).turn == "company":
        agreements.signs(found, stage.active.responsible, stage.enrolment.enrolled_at)
    return _ready(stage)


def _half_signed_paper(stage: Furnished) -> tuple[str, ...]:
    return (*_half_signed(stage), str(agreements.agreement_of(_to_sign(stage)).papers.get(seals=1).pk))


def _certified(stage: Furnished) -> tuple[str, ...]:
    """Another product of Aubépine, whose name is no secret: what is certified is public."""
    found = Certificate.objects.first()
    if found is None:
        owner, at = stage.active.responsible, stage.enrolment.enrolled_at
        (reviewer, *_) = people_with_right(Right.EXAMINE_CANDIDATURES)
        signing = next(iter(people_with_right(Right.SIGN_AGREEMENTS)), None) or agreements.signatory(at)
        known = product_at("active", owner, at, name="Produit connu")
        agreements.concluded(agreements.signed_trial(owner, at, known), owner, reviewer, signing, at)
        found = Certificate.objects.get()
    return (found.number,)


def _certified_candidature(stage: Furnished) -> tuple[str, ...]:
    _certified(stage)
    return (Certificate.objects.get().candidature.number,)


def _changed(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"kind": "wings", "occurred_on": f"{stage.enrolment.enrolled_at:%Y-%m-%d}", "version": "4.0", "text": "Deux ailes de plus."}


def _declared(stage: Furnished) -> tuple[str, ...]:
    (number,) = _certified(stage)
    found = Certificate.objects.get()
    if not found.changes.exists():
        at = stage.enrolment.enrolled_at
        declare_change(found, "wings", at.date(), "4.0", "Deux ailes de plus.", by=stage.active.responsible, at=at)
    return (number, str(found.changes.get().pk))


def _reasoned(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"reason": "L'adresse a changé.", "reasons": "unfit"}


def _advised(stage: Furnished) -> tuple[str, ...]:
    """The active product of the stage, of which an archive was deposited for advice, and an opinion sent."""
    found = Candidature.objects.filter(enrolment__subject=stage.active, enrolment__code=advising.ADVISED).first()
    if found is None:
        owner, at = stage.active.responsible, stage.enrolment.enrolled_at
        found = advising.awaiting_advice(stage.active, owner, at)
        advising.deposited(found, owner, at, clean=False, name=f"{CANARY}.zip")
        reviewer = people_with_right(Right.EXAMINE_CANDIDATURES)[0]
        step = trials.step_of(found, "avis")
        send_opinion(step, f"{CANARY} est muet.", advising.joined(step, reviewer, at), by=reviewer, at=at)
    return (found.number, "avis")


def _advice_deposit(stage: Furnished) -> tuple[str, ...]:
    number, step = _advised(stage)
    return (number, step, str(AdviceDeposit.objects.get(step__candidature__number=number).pk))


def _advice_archived(stage: Furnished) -> tuple[str, ...]:
    found = _advice_deposit(stage)
    deposit = AdviceDeposit.objects.get(pk=found[-1])
    if deposit.is_in_place:
        archive_advice(deposit, by=stage.active.responsible, at=stage.enrolment.enrolled_at)
    return found


def _opinion(stage: Furnished) -> tuple[str, ...]:
    number, step = _advised(stage)
    return (number, step, str(Opinion.objects.get(step__candidature__number=number).pk))


TUS = {"Tus-Resumable": "1.0.0"}


def _written(sender: Person, stage: Furnished) -> dict[str, str]:
    return typed_reply()


ANSWER = "delai-certificat-dmn"
PAGE, FORM, ACT = ("GET",), ("GET", "POST"), ("POST",)
SHEET = (SOCLES, INTEROPERABILITY)
PROVED = (WITH_EXCHANGE, ETHICS)
COMPANY, PUBLIC, AGENCY, PERSON = Side.COMPANY, Side.PUBLIC, Side.AGENCY, Side.PERSON


def _asked(sender: Person, stage: Furnished) -> dict[str, str]:
    return typed_request()


def _completed(sender: Person, stage: Furnished) -> dict[str, str]:
    return {**typed_request(), "answer": "La présidente."}


def _password(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"name": "Nouveau", "password": STRONG, "password_again": STRONG, "present_password": settings.DEMO_PASSWORD}


def _own_seat(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"seat": str(next((seat.pk for seat in sender.company_seats), 0))}


def _invited(role: str) -> Callable[[Person, Furnished], dict[str, str]]:
    return lambda sender, stage: {"email": "encore@x.example", "role": role}


def _remark(prefix: str = "") -> Callable[[Person, Furnished], dict[str, str]]:
    return lambda sender, stage: {f"{prefix}remark": "Motif."}


def _conflict(sender: Person, stage: Furnished) -> dict[str, str]:
    """Of oneself, or of Inès for the coordination."""
    assert stage.accounts is not None
    own = any(seat.has(Right.BE_IMPARTIAL) for seat in sender.seats)
    return {
        "person": str(sender.pk if own else stage.accounts.staff_seat.person_id),
        "company": str(Company.objects.get(siren=BOREE).pk),
        "reason": "Parent du gérant.",
    }


NOT_MANAGING = {"representative POST": 403, "zoe POST": 403, "karim POST": 403}
"""Accounts are managed by the legal representative, and by a representative to whom it is delegated."""

NOT_EXAMINING = {"coordinator POST": 403, "signatory POST": 403, "hugo POST": 403, "auditor POST": 403}
"""Those who see candidatures and examine none."""

NOT_WRITING = {"hugo POST": 403, "auditor POST": 403, "signatory POST": 403}
"""Those who read what is said with companies and write nothing in it."""

UNSEEN_BY_SUPPORT = {"support GET": 404, "support POST": 404}
"""The support has its own conversations."""
NOT_DECIDING = {"ines POST": 403, "coordinator POST": 403, "hugo POST": 403, "auditor POST": 403}
"""Those who see candidatures and decide nothing."""

NOT_SIGNING = {"representative POST": 403, "karim POST": 403}
"""An agreement binds the company: its legal representative signs, or a representative to whom it is delegated."""

NOT_COUNTERSIGNING = {"ines POST": 403, "coordinator POST": 403, "hugo POST": 403, "auditor POST": 403}
"""Those who see candidatures and do not sign for the agency."""

OUT_OF_SIGHT = {"karim GET": 404, "karim POST": 404}
"""An employee sees their own seat alone."""
COMPANY, PUBLIC, AGENCY, PERSON = Side.COMPANY, Side.PUBLIC, Side.AGENCY, Side.PERSON

ACCESS: dict[str, Access] = {
    "public:home": Access(PUBLIC, but={"person GET": 302, "agency GET": 302}),
    "public:request_account": Access(PUBLIC, FORM, body=_asked),
    "public:account_requested": Access(PUBLIC),
    "public:complete_account_request": Access(PUBLIC, FORM, keys=lambda held: (held.incomplete.token,), body=_completed),
    "public:invitation": Access(
        PUBLIC, FORM, keys=lambda held: (held.invitation.token,), body=_password, but={"person POST": 403, "agency POST": 403}
    ),
    "public:forgotten_password": Access(PUBLIC, FORM, body=lambda sender, stage: {"email": "zoe@demo.invalid"}),
    "public:set_password": Access(PUBLIC, FORM, keys=lambda held: (held.link.token,), body=_password),
    "public:terms": Access(PUBLIC),
    "public:accept_terms": Access(PERSON, ACT, body=lambda sender, stage: {"accepted": "1", "version": terms_in_force().version}),
    "public:account": Access(PERSON),
    "public:change_password": Access(PERSON, FORM, body=_password),
    "public:change_name": Access(PERSON, FORM, body=lambda sender, stage: {"name": "Autre nom"}),
    "public:choose_language": Access(PERSON, ACT, body=lambda sender, stage: {"language": "en"}),
    "public:own_record": Access(PERSON, recent=True),
    "public:close_account": Access(PERSON, FORM, posted=409, recent=True),
    "public:choose_seat": Access(PERSON, FORM, body=_own_seat, but={"agency POST": 404}),
    "public:share_view": Access(PERSON, ACT, but={"agency POST": 404, "representative POST": 409}),
    "public:close_view": Access(PERSON, ACT),
    "public:accessibility": Access(PUBLIC),
    "public:health": Access(PUBLIC),
    "public:signing_key": Access(PUBLIC),
    "public:seal_authority": Access(PUBLIC),
    "public:sign_in": Access(PUBLIC, FORM, got=302, but={"visitor GET": 200, "visitor POST": 400}),
    "public:enter_demo": Access(PUBLIC, ACT, body=lambda sender, stage: {"email": sender.email}, but={"representative POST": 404}),
    "public:help_list": Access(PUBLIC),
    "public:help_entry": Access(PUBLIC, path=(ANSWER,)),
    "public:report_search": Access(PUBLIC, FORM, body=lambda sender, stage: {"q": "zèbre"}),
    "public:opinion": Access(PUBLIC, FORM, body=lambda sender, stage: {"page": "public:home", "utile": "oui"}),
    "public:opinion_given": Access(PUBLIC),
    "public:presented_procedures": Access(PUBLIC),
    "public:presented_procedure": Access(PUBLIC, path=(SOCLES,)),
    "public:yousign_event": Access(PUBLIC, ACT, posted=401, signed=True),
    "public:certificate_list": Access(PUBLIC),
    "public:certificates_csv": Access(PUBLIC),
    "public:certificates_json": Access(PUBLIC),
    "public:certificate": Access(PUBLIC, FORM, tail=_certified, posted=400),
    "public:certificate_json": Access(PUBLIC, tail=_certified),
    "public:certificate_paper": Access(PUBLIC, tail=_certified),
    "public:certificate_report": Access(PUBLIC, tail=_certified, got=404),
    "public:legal_notices": Access(PUBLIC),
    "public:privacy": Access(PUBLIC),
    "public:site_map": Access(PUBLIC),
    "public:platform_state": Access(PUBLIC),
    "public:robots": Access(PUBLIC),
    "public:sitemap": Access(PUBLIC),
    "public:sign_out": Access(PUBLIC, ACT),
    "public:second_factor": Access(PUBLIC, FORM, got=302),
    "public:begin_provider": Access(PUBLIC, ACT, path=("inconnu",), posted=404),
    "public:provider_callback": Access(PUBLIC, path=("inconnu",), got=404),
    "public:provider_logout": Access(PUBLIC, ACT, path=("inconnu",), posted=404, signed=True),
    "public:confirm_identity": Access(PERSON, FORM),
    "public:security": Access(PERSON),
    "public:enable_second_factor": Access(PERSON, FORM, body=lambda sender, stage: {"code": "000000"}, posted=400, recent=True),
    "public:disable_second_factor": Access(PERSON, ACT, staff=403, recent=True),
    "public:renew_recovery_codes": Access(PERSON, ACT, posted=409, recent=True),
    "public:close_session": Access(PERSON, ACT, path=("0" * 32,), posted=404),
    "public:close_other_sessions": Access(PERSON, ACT),
    "company:dashboard": Access(COMPANY),
    "company:your_company": Access(COMPANY),
    "company:invite_person": Access(COMPANY, FORM, body=_invited("employee"), but=NOT_MANAGING),
    "company:resend_invitation": Access(COMPANY, ACT, keys=lambda held: (held.invitation.pk,), but=NOT_MANAGING),
    "company:revoke_invitation": Access(COMPANY, ACT, keys=lambda held: (held.invitation.pk,), but=NOT_MANAGING),
    "company:company_journal": Access(COMPANY, but={"karim GET": 403}),
    "company:company_journal_export": Access(COMPANY, but={"karim GET": 403}),
    "company:colleague": Access(COMPANY, keys=lambda held: (held.seat.pk,), but=OUT_OF_SIGHT),
    "company:end_seat": Access(COMPANY, ACT, keys=lambda held: (held.delegated.pk,), but={**OUT_OF_SIGHT, "representative POST": 403}),
    "company:delegate_accounts": Access(COMPANY, ACT, keys=lambda held: (held.seat.pk,), but={**OUT_OF_SIGHT, "representative POST": 403}),
    "company:withdraw_delegation": Access(
        COMPANY, ACT, keys=lambda held: (held.delegated.pk,), but={**OUT_OF_SIGHT, "representative POST": 403}
    ),
    "company:product_list": Access(COMPANY),
    "company:add_product": Access(COMPANY, FORM, body=_identified, employee=403),
    "company:add_global_strategy": Access(COMPANY, FORM, path=(SOCLES,), body=_identified_strategy, employee=403),
    "company:product": Access(COMPANY, of="active"),
    "company:identify_product": Access(COMPANY, FORM, of="active", body=_identified),
    "company:qualify_product": Access(COMPANY, FORM, of="active", body=lambda sender, stage: {**EXCHANGING, "confirmed": "1"}),
    "company:confirm_product": Access(COMPANY, FORM, of="draft"),
    "company:product_added": Access(COMPANY, of="active"),
    "company:duplicate_product": Access(COMPANY, ACT, of="active", employee=403),
    "company:start_product_version": Access(COMPANY, FORM, of="active", body=lambda sender, stage: {"version": "4.0"}, employee=403),
    "company:archive_product": Access(COMPANY, ACT, of="active", employee=403),
    "company:restore_product": Access(COMPANY, ACT, of="archived", employee=403),
    "company:change_edition": Access(COMPANY, FORM, of="active", posted=409, employee=403),
    "company:grant_rights": Access(COMPANY, FORM, of="active", employee=403),
    "company:new_procedure": Access(COMPANY, of="active"),
    "company:new_procedure_in_track": Access(COMPANY, of="active", path=("doctrine",)),
    "company:enrol_product": Access(COMPANY, ACT, of="active", path=(WITHOUT_EXCHANGE,), employee=403),
    "company:followed_procedure": Access(COMPANY, of="active", path=(SOCLES,)),
    "company:share_results": Access(COMPANY, ACT, of="active", path=(WITH_EXCHANGE,), tail=_proved, employee=403),
    "company:stop_sharing": Access(COMPANY, ACT, of="active", path=(WITH_EXCHANGE,), tail=_sharing, employee=403),
    "company:questionnaire": Access(COMPANY, FORM, of="active", path=SHEET, body=_whole_sheet),
    "company:save_answer": Access(COMPANY, ACT, of="active", path=SHEET, body=_one_answer, posted=200),
    "company:send_back_validation": Access(
        COMPANY, ACT, of="active", path=SHEET, body=lambda sender, stage: {"reason": "À reprendre."}, employee=403
    ),
    "company:withdraw_validation_request": Access(COMPANY, ACT, of="active", path=SHEET, posted=403, employee=302),
    "company:results": Access(COMPANY, of="active", path=SHEET),
    "company:results_pdf": Access(COMPANY, of="active", path=SHEET),
    "company:results_workbook": Access(COMPANY, of="active", path=SHEET),
    "company:validation": Access(COMPANY, of="active", path=(*SHEET, "1")),
    "company:projection": Access(COMPANY, FORM, of="active", path=SHEET, body=_dated),
    "company:save_target": Access(COMPANY, ACT, of="active", path=SHEET, body=_dated, posted=200),
    "company:roadmap": Access(COMPANY, of="active", path=SHEET),
    "company:roadmap_pdf": Access(COMPANY, of="active", path=SHEET),
    "company:roadmap_workbook": Access(COMPANY, of="active", path=SHEET),
    "company:roadmap_calendar": Access(COMPANY, of="active", path=SHEET),
    "company:projection_validation": Access(COMPANY, of="active", path=(*SHEET, "1")),
    "company:compare_projection_validations": Access(COMPANY, of="active", path=SHEET),
    "company:product_roadmap_calendar": Access(COMPANY, of="active"),
    "company:company_roadmap_calendar": Access(COMPANY),
    "company:product_roadmap": Access(COMPANY, of="active"),
    "company:product_roadmap_pdf": Access(COMPANY, of="active"),
    "company:product_roadmap_workbook": Access(COMPANY, of="active"),
    "company:company_roadmap": Access(COMPANY),
    "company:company_roadmap_pdf": Access(COMPANY),
    "company:company_roadmap_workbook": Access(COMPANY),
    "company:compare_validations": Access(COMPANY, of="active", path=SHEET),
    "company:procedure_results": Access(COMPANY, of="active", path=(SOCLES,)),
    "company:deposit_evidence": Access(COMPANY, ACT, of="active", path=PROVED, tail=_proved, body=lambda sender, stage: {"slot": CHARTER}),
    "company:reuse_evidence": Access(COMPANY, FORM, of="active", path=(*PROVED, REVIEW), tail=_proved, posted=400),
    "company:archived_evidence": Access(COMPANY, of="active", path=PROVED, tail=_proved),
    "company:proof_form": Access(COMPANY, of="active", path=(WITH_EXCHANGE, GDPR, "RGPD-Q"), tail=_proved),
    "company:request_erasure": Access(
        COMPANY, FORM, of="active", tail=_archived, body=lambda sender, stage: {"reason": "Un nom y figure."}, employee=403
    ),
    "company:archive_evidence": Access(COMPANY, ACT, of="active", path=PROVED, tail=_in_place),
    "company:restore_evidence": Access(COMPANY, ACT, of="active", path=PROVED, tail=_archived),
    "company:set_expiry": Access(COMPANY, ACT, of="active", path=PROVED, tail=_in_place),
    "company:candidature_list": Access(COMPANY),
    "company:begin_candidature": Access(COMPANY, ACT, of="active", path=(trials.TRIAL,), tail=_followed_trial),
    "company:candidature": Access(COMPANY, tail=_number, theirs=True),
    "company:deposit_for_advice": Access(COMPANY, FORM, tail=_advised, theirs=True),
    "company:archive_advice": Access(COMPANY, ACT, tail=_advice_deposit, theirs=True),
    "company:restore_advice": Access(COMPANY, ACT, tail=_advice_archived, theirs=True),
    "company:ask_deletion": Access(
        COMPANY,
        FORM,
        tail=_advice_deposit,
        body=lambda sender, stage: {"reference": _advised(stage)[0], "name": f"{CANARY}.zip"},
        employee=403,
        theirs=True,
    ),
    "company:advice_file": Access(COMPANY, tail=_advice_deposit, got=409, theirs=True),
    "company:opinion_file": Access(COMPANY, tail=_opinion, got=409, theirs=True),
    "company:ask_extension": Access(
        COMPANY,
        FORM,
        tail=_draft_step,
        body=lambda sender, stage: {"until": "2035-01-31", "reason": f"{CANARY} en panne."},
        employee=403,
        theirs=True,
    ),
    "company:decision": Access(COMPANY, tail=_to_judge, theirs=True),
    "company:board_passages": Access(COMPANY, tail=_board_step, theirs=True),
    "company:discard_draft": Access(COMPANY, FORM, tail=_draft_number, theirs=True),
    "company:withdraw_candidature": Access(
        COMPANY, FORM, tail=_number, body=lambda sender, stage: {"reason": "Trop tôt."}, employee=403, theirs=True
    ),
    "company:declare_change": Access(
        COMPANY, FORM, tail=_certified_candidature, body=_changed, but={"karim GET": 404, "karim POST": 404}, theirs=True
    ),
    "company:sign_agreement": Access(
        COMPANY, FORM, tail=_ready, body=lambda sender, stage: {"code": "000000"}, posted=400, but=NOT_SIGNING, theirs=True
    ),
    "company:send_signing_code": Access(COMPANY, ACT, tail=_ready, but=NOT_SIGNING, theirs=True),
    "company:request_signatures": Access(COMPANY, ACT, tail=_ready, posted=409, but=NOT_SIGNING, theirs=True),
    "company:agreement_paper": Access(COMPANY, tail=_ready_paper, theirs=True),
    "company:receipt": Access(COMPANY, tail=_receipt, theirs=True),
    "company:save_form": Access(
        COMPANY, FORM, tail=_draft_step, body=lambda sender, stage: {"field-pilot": "Zoé", "version-pilot": "1"}, theirs=True
    ),
    "company:submit_step": Access(COMPANY, FORM, tail=_draft_step, employee=403, theirs=True),
    "company:deposit_document": Access(COMPANY, ACT, tail=_draft_step, body=lambda sender, stage: {"slot": "CARTE"}, theirs=True),
    "company:archived_documents": Access(COMPANY, tail=_draft_step, theirs=True),
    "company:reuse_document": Access(COMPANY, FORM, tail=_draft_slot, posted=400, theirs=True),
    "company:archive_document": Access(COMPANY, ACT, tail=_draft_document, theirs=True),
    "company:restore_document": Access(COMPANY, ACT, tail=_draft_archived, theirs=True),
    "company:date_document": Access(COMPANY, ACT, tail=_draft_document, theirs=True),
    "company:conversation_list": Access(COMPANY),
    "company:ask_support": Access(COMPANY, FORM, body=lambda sender, stage: {"title": "Compte", "text": "Bonjour."}),
    "company:conversation": Access(COMPANY, FORM, tail=_number, body=_message, theirs=True),
    "company:mark_read": Access(COMPANY, ACT, tail=_number, body=_message, theirs=True),
    "company:attachment": Access(COMPANY, tail=_attached, got=409, theirs=True),
    "public:choose_copies": Access(PERSON, FORM, body=lambda sender, stage: {"wants": "all"}),
    "public:stop_copies": Access(PUBLIC, FORM, tail=lambda stage: (stop_token(stage.active.responsible),), posted=200, signed=True),
    "company:evidence_sections": Access(COMPANY, tail=_evidence_step, theirs=True),
    "company:evidence_section": Access(COMPANY, tail=_evidence_section, theirs=True),
    "company:submit_section": Access(COMPANY, FORM, tail=_evidence_section, employee=403, theirs=True),
    "company:declare_exemption": Access(COMPANY, FORM, tail=_exempt, body=lambda sender, stage: {"text": "Sans feux."}, theirs=True),
    "company:reply_to_request": Access(
        COMPANY, FORM, tail=_returned, body=lambda sender, stage: {"text": "La voici.", "version": "0"}, theirs=True
    ),
    "company:withdraw_exemption": Access(COMPANY, ACT, tail=_exempt, theirs=True),
    "company:evidence_list": Access(COMPANY),
    "company:evidence_file": Access(COMPANY, of="active", tail=_in_place, got=409),
    "company:uploads": Access(
        COMPANY,
        ("POST", "OPTIONS"),
        headers={**TUS, "Upload-Length": "3", "Upload-Metadata": metadata({"about": OPEN, "filename": "a.txt"})},
        said={"POST": 201, "OPTIONS": 204},
    ),
    "company:upload": Access(
        COMPANY,
        ("GET", "HEAD", "PATCH", "DELETE", "OPTIONS"),
        of="upload",
        headers=TUS,
        said={"GET": 200, "HEAD": 200, "PATCH": 415, "DELETE": 204, "OPTIONS": 204},
    ),
    "company:deposit_file": Access(COMPANY, ACT),
    "company:track": Access(COMPANY, path=("doctrine",)),
    "company:procedure": Access(COMPANY, path=("doctrine", SOCLES)),
    "company:choose_product": Access(COMPANY, path=("doctrine", SOCLES)),
    "agency:welcome": Access(
        AGENCY,
        right=Right.USE_AGENCY_SPACE,
        but=dict.fromkeys(
            ("ines GET", "coordinator GET", "hugo GET", "signatory GET", "content_editor GET", "auditor GET", "partner GET"), 302
        ),
    ),
    "agency:account_requests": Access(AGENCY, right=Right.READ_ACCOUNTS),
    "agency:account_request": Access(AGENCY, right=Right.READ_ACCOUNTS, keys=lambda held: (held.submitted.reference,)),
    "agency:accept_account_request": Access(AGENCY, ACT, right=Right.EXAMINE_ACCOUNTS, keys=lambda held: (held.submitted.reference,)),
    "agency:refuse_account_request": Access(
        AGENCY, ACT, right=Right.EXAMINE_ACCOUNTS, keys=lambda held: (held.submitted.reference,), body=_remark("refuse-")
    ),
    "agency:ask_account_complement": Access(
        AGENCY, ACT, right=Right.EXAMINE_ACCOUNTS, keys=lambda held: (held.submitted.reference,), body=_remark("complement-")
    ),
    "agency:send_password_link": Access(AGENCY, ACT, right=Right.EXAMINE_ACCOUNTS, keys=lambda held: (held.granted.reference,)),
    "agency:verify_representative": Access(AGENCY, FORM, right=Right.EXAMINE_ACCOUNTS, keys=lambda held: (held.to_verify.pk,)),
    "agency:decline_representative": Access(
        AGENCY, ACT, right=Right.EXAMINE_ACCOUNTS, keys=lambda held: (held.to_verify.pk,), body=_remark()
    ),
    "agency:shared_views": Access(AGENCY, right=Right.LOOK_WITH_CONSENT),
    "agency:look_over_shoulder": Access(AGENCY, ACT, right=Right.LOOK_WITH_CONSENT, keys=lambda held: (held.view.pk,)),
    "agency:stop_looking": Access(AGENCY, ACT, right=Right.LOOK_WITH_CONSENT),
    "agency:staff": Access(AGENCY, right=Right.READ_ACCOUNTS),
    "agency:invite_person": Access(AGENCY, FORM, right=Right.MANAGE_STAFF, body=_invited("auditor")),
    "agency:resend_invitation": Access(AGENCY, ACT, right=Right.MANAGE_STAFF, keys=lambda held: (held.staff_invitation.pk,)),
    "agency:revoke_invitation": Access(AGENCY, ACT, right=Right.MANAGE_STAFF, keys=lambda held: (held.staff_invitation.pk,)),
    "agency:end_seat": Access(AGENCY, ACT, right=Right.MANAGE_STAFF, keys=lambda held: (held.staff_seat.pk,)),
    "agency:declare_conflict": Access(
        AGENCY,
        FORM,
        right=Right.USE_AGENCY_SPACE,
        body=_conflict,
        but=dict.fromkeys((f"{who} POST" for who in ("content_editor", "support", "auditor", "partner")), 403),
    ),
    "agency:lift_conflict": Access(AGENCY, ACT, right=Right.MANAGE_STAFF, keys=lambda held: (held.conflict.pk,)),
    "agency:candidature_list": Access(AGENCY, right=Right.SEE_CANDIDATURES),
    "agency:candidature": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_number, theirs=True),
    "agency:examine_step": Access(
        AGENCY, FORM, right=Right.SEE_CANDIDATURES, tail=_step, body=lambda sender, stage: {"accept": "1"}, theirs=True, but=NOT_EXAMINING
    ),
    "agency:examine_sections": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_handed_step, theirs=True),
    "agency:examine_section": Access(
        AGENCY, FORM, right=Right.SEE_CANDIDATURES, tail=_handed_section, body=_verdict, theirs=True, but=NOT_EXAMINING
    ),
    "agency:see_requirement": Access(
        AGENCY, ACT, right=Right.SEE_CANDIDATURES, tail=_handed_section, body=_seen, theirs=True, but=NOT_EXAMINING
    ),
    "agency:give_back_section": Access(
        AGENCY, FORM, right=Right.SEE_CANDIDATURES, tail=_handed_section, posted=409, theirs=True, but=NOT_EXAMINING
    ),
    "agency:compare_section": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_handed_section, theirs=True),
    "agency:take_candidature": Access(AGENCY, ACT, right=Right.SEE_CANDIDATURES, tail=_number, theirs=True, but={**NOT_EXAMINING}),
    "agency:give_back_candidature": Access(
        AGENCY,
        ACT,
        right=Right.SEE_CANDIDATURES,
        tail=_taken,
        theirs=True,
        but={"hugo POST": 403, "signatory POST": 403, "auditor POST": 403},
    ),
    "agency:assign_candidature": Access(
        AGENCY,
        ACT,
        right=Right.SEE_CANDIDATURES,
        tail=_number,
        body=lambda sender, stage: {"person": str(people_with_right(Right.EXAMINE_CANDIDATURES)[0].pk)},
        theirs=True,
        but={"ines POST": 403, "hugo POST": 403, "signatory POST": 403, "auditor POST": 403},
    ),
    "agency:decision": Access(
        AGENCY,
        FORM,
        right=Right.SEE_CANDIDATURES,
        tail=_to_judge,
        body=lambda sender, stage: {"over": "1", "decide": "1"},
        theirs=True,
        but=NOT_DECIDING,
    ),
    "agency:board_passages": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_board_step, theirs=True),
    "agency:board_sessions": Access(AGENCY, right=Right.SEE_CANDIDATURES),
    "agency:schedule_session": Access(AGENCY, FORM, right=Right.PREPARE_BOARD, body=_meeting),
    "agency:board_session": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_session_of_file, theirs=True),
    "agency:reschedule_session": Access(AGENCY, FORM, right=Right.PREPARE_BOARD, tail=_session, body=_meeting),
    "agency:cancel_session": Access(AGENCY, ACT, right=Right.PREPARE_BOARD, tail=_session),
    "agency:close_board_session": Access(AGENCY, FORM, right=Right.RECORD_BOARD, tail=_session),
    "agency:session_minutes": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_closed_session, theirs=True),
    "agency:put_on_agenda": Access(
        AGENCY,
        ACT,
        right=Right.PREPARE_BOARD,
        tail=_session_awaited,
        body=lambda sender, stage: {"step": str(boarding.board_step_of(_boarded(stage)).pk)},
        theirs=True,
    ),
    "agency:take_off_agenda": Access(AGENCY, ACT, right=Right.PREPARE_BOARD, tail=_listed, theirs=True),
    "agency:board_case": Access(
        AGENCY,
        FORM,
        right=Right.SEE_CANDIDATURES,
        tail=_listed,
        body=_put_off,
        theirs=True,
        but={"ines POST": 403, "hugo POST": 403, "auditor POST": 403},
    ),
    "agency:answer_change": Access(
        AGENCY,
        ACT,
        right=Right.SEE_CANDIDATURES,
        tail=_declared,
        body=lambda sender, stage: {"harmless": "1"},
        theirs=True,
        but={"ines POST": 403, "hugo POST": 403, "auditor POST": 403},
    ),
    "agency:countersign_agreement": Access(
        AGENCY,
        FORM,
        right=Right.SEE_CANDIDATURES,
        tail=_half_signed,
        body=lambda sender, stage: {"code": "000000"},
        posted=400,
        theirs=True,
        but=NOT_COUNTERSIGNING,
    ),
    "agency:send_signing_code": Access(AGENCY, ACT, right=Right.SEE_CANDIDATURES, tail=_half_signed, theirs=True, but=NOT_COUNTERSIGNING),
    "agency:send_back_agreement": Access(
        AGENCY, ACT, right=Right.SEE_CANDIDATURES, tail=_half_signed, body=_reasoned, theirs=True, but=NOT_COUNTERSIGNING
    ),
    "agency:refuse_agreement": Access(
        AGENCY, ACT, right=Right.SEE_CANDIDATURES, tail=_half_signed, body=_reasoned, theirs=True, but=NOT_COUNTERSIGNING
    ),
    "agency:agreement_paper": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_half_signed_paper, theirs=True),
    "agency:certificate": Access(
        AGENCY,
        FORM,
        right=Right.SEE_CANDIDATURES,
        tail=_certified,
        body=lambda sender, stage: {"suspend": "1", "reason": "Contrôle en cours."},
        theirs=True,
        but={"ines POST": 403, "hugo POST": 403, "auditor POST": 403},
    ),
    "agency:document": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_handed, got=409, theirs=True),
    "agency:receipt": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_receipt, theirs=True),
    "agency:send_opinion": Access(
        AGENCY,
        FORM,
        right=Right.SEE_CANDIDATURES,
        tail=_advised,
        body=lambda sender, stage: {"text": "Bien.", "give": "1"},
        theirs=True,
        but=NOT_EXAMINING | {"signatory POST": 403},
    ),
    "agency:advice_file": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_advice_deposit, got=409, theirs=True),
    "agency:opinion_file": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_opinion, got=409, theirs=True),
    "agency:extension_list": Access(AGENCY, right=Right.SEE_CANDIDATURES, theirs=True),
    "agency:extension": Access(
        AGENCY,
        FORM,
        right=Right.SEE_CANDIDATURES,
        tail=_extension,
        body=lambda sender, stage: {"until": "2035-01-31", "propose": "1"},
        theirs=True,
        but=NOT_EXAMINING,
    ),
    "agency:move_clock": Access(AGENCY, FORM, right=Right.MOVE_DEMO_CLOCK, body=lambda sender, stage: {"step": "2"}),
    "agency:conversation_list": Access(AGENCY, right=Right.USE_MESSAGING, theirs=True, but={"support GET": 200}),
    "agency:conversation": Access(
        AGENCY, FORM, right=Right.USE_MESSAGING, tail=_number, body=_message, theirs=True, but=NOT_WRITING | UNSEEN_BY_SUPPORT
    ),
    "agency:mark_read": Access(AGENCY, ACT, right=Right.USE_MESSAGING, tail=_number, body=_message, theirs=True, but=UNSEEN_BY_SUPPORT),
    "agency:attachment": Access(AGENCY, right=Right.USE_MESSAGING, tail=_attached, got=409, theirs=True, but=UNSEEN_BY_SUPPORT),
    "agency:steering": Access(AGENCY, right=Right.FOLLOW_LOAD),
    "agency:steering_table": Access(AGENCY, right=Right.FOLLOW_LOAD),
    "agency:shared_results": Access(AGENCY, right=Right.READ_SHARED_RESULTS),
    "agency:take_shared_results": Access(AGENCY, ACT, right=Right.READ_SHARED_RESULTS, tail=_shared, posted=200, theirs=True),
    "agency:sealed_evidence": Access(AGENCY, right=Right.OPEN_SEALED_EVIDENCE),
    "agency:open_sealed_evidence": Access(
        AGENCY, FORM, right=Right.OPEN_SEALED_EVIDENCE, tail=_sealed, posted=200, recent=True, theirs=True
    ),
    "agency:opening_list": Access(AGENCY, right=Right.READ_OPENINGS, theirs=True),
    "agency:opening_table": Access(AGENCY, right=Right.READ_OPENINGS, theirs=True),
    "agency:accreditation_list": Access(AGENCY, right=Right.READ_OPENINGS),
    "agency:accredit_reader": Access(AGENCY, ACT, right=Right.GIVE_ACCREDITATIONS, tail=_reader_seat, recent=True),
    "agency:withdraw_accreditation": Access(AGENCY, ACT, right=Right.GIVE_ACCREDITATIONS, tail=_accreditation, recent=True),
    "agency:closed_accounts": Access(AGENCY, right=Right.SEE_ERASURES),
    "agency:closed_account": Access(
        AGENCY,
        FORM,
        right=Right.SEE_ERASURES,
        tail=_closed,
        body=lambda sender, stage: {"decide": "1"},
        but={"support POST": 403, "auditor POST": 403},
    ),
    "agency:erasure_list": Access(AGENCY, right=Right.SEE_ERASURES),
    "agency:erasure": Access(
        AGENCY,
        FORM,
        right=Right.SEE_ERASURES,
        tail=_proposed_erasure,
        body=lambda sender, stage: {"decide": "1"},
        theirs=True,
        but={"support POST": 403, "auditor POST": 403},
    ),
    "agency:content_list": Access(AGENCY, right=Right.READ_CONTENT),
    "agency:journal": Access(AGENCY, right=Right.READ_JOURNAL, theirs=True),
    "agency:journal_export": Access(AGENCY, right=Right.READ_JOURNAL, path=("csv",), theirs=True),
    "agency:verify_journal": Access(AGENCY, FORM, right=Right.VERIFY_JOURNAL, posted=200),
    "agency:piece": Access(AGENCY, right=Right.READ_CONTENT, path=("questionnaires", INTEROPERABILITY)),
    "agency:help_readings": Access(AGENCY, right=Right.READ_HELP),
    "agency:begin_help_entry": Access(AGENCY, FORM, right=Right.WRITE_HELP, body=lambda sender, stage: {"code": "une-nouvelle"}),
    "agency:save_help_draft": Access(AGENCY, FORM, right=Right.WRITE_HELP, path=(ANSWER,), body=_written),
    "agency:preview_help_draft": Access(AGENCY, right=Right.WRITE_HELP, path=(ANSWER,), got=302),
    "agency:publish_help_draft": Access(AGENCY, ACT, right=Right.WRITE_HELP, path=(ANSWER,), posted=409),
    "agency:discard_help_draft": Access(AGENCY, ACT, right=Right.WRITE_HELP, path=(ANSWER,), posted=409),
    "agency:withdraw_help_entry": Access(
        AGENCY, ACT, right=Right.WRITE_HELP, path=(ANSWER,), body=lambda sender, stage: {"reason": "Remplacée."}
    ),
    "agency:help_edition": Access(AGENCY, right=Right.READ_HELP, path=(ANSWER, "1")),
    "agency:erase_opinion_comment": Access(AGENCY, ACT, right=Right.WRITE_HELP, path=("999999",), posted=404),
}
