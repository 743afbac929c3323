"""Every write to products, enrolments and grants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from convergence.catalogue.events import (
    EditionChanged,
    GlobalStrategyAdded,
    ProductAdded,
    ProductArchived,
    ProductConfirmed,
    ProductDuplicated,
    ProductEnrolled,
    ProductIdentified,
    ProductQualified,
    ProductRequalified,
    ProductRestored,
    ProductVersionStarted,
    ResultsShared,
    RightsGranted,
    SharedResultsRead,
    SharingStopped,
)
from convergence.catalogue.models import Enrolment, Grant, Share, Subject, SubjectQuerySet
from convergence.catalogue.permissions import (
    can_add_global_strategy,
    can_add_product,
    can_archive_product,
    can_change_edition,
    can_confirm_product,
    can_duplicate_product,
    can_enrol_product,
    can_grant_rights,
    can_identify_product,
    can_qualify_product,
    can_read_shared_results,
    can_requalify_product,
    can_restore_product,
    can_share_results,
    can_start_product_version,
    can_stop_sharing,
)
from convergence.catalogue.queries import (
    answers_still_offered,
    asked_for_rules,
    edition_moves,
    questionnaires_replaced,
    questions_asked,
)
from convergence.catalogue.rules import (
    LONGEST_VERSION,
    is_product_type,
    is_same_version,
    name_of_copy,
    unanswered_questions,
    unknown_answers,
)
from convergence.catalogue.workflow import PRODUCT_LIFE
from convergence.content.library import library
from convergence.content.partners import questionnaires_read_by
from convergence.content.schema import Procedure, Question
from foundation.accounts.models import Company, Person
from foundation.core.clock import day_of, told_day
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.core.words import fold
from foundation.journal.action import action


@dataclass(frozen=True, slots=True)
class Identification:
    """What the first step of the wizard asks. Names are those of the guide, page 26.

    Of a global strategy, only the name, the responsible and the certifications count (page 13).
    """

    name: str
    responsible: int
    version: str = ""
    type: str = ""
    description: str = ""
    nil: str = ""
    certifications: str = ""


@action(ProductAdded)
def add_product(company: Company, identification: Identification, *, by: Person, at: datetime) -> ProductAdded:
    """The first step is kept: the product exists as a draft, and the wizard can be left and taken up again."""
    can_add_product(by, company).or_refuse()
    product = Subject(
        company=company,
        kind=Subject.PRODUCT,
        reference=_next_reference(),
        created_at=at,
        state=PRODUCT_LIFE.initial,
    )
    _write_identification(product, identification)
    product.save()
    return ProductAdded(
        about=f"product:{product.pk}",
        company=company.pk,
        subject=product.pk,
        reference=product.reference,
        name=product.name,
    )


@action(GlobalStrategyAdded)
def add_global_strategy(company: Company, identification: Identification, *, by: Person, at: datetime) -> GlobalStrategyAdded:
    """The first step is kept, as for a product. One a company, whose row is held: of two people at once, one begins it."""
    can_add_global_strategy(by, company).or_refuse()
    if Subject.objects.filter(company=company, kind=Subject.GLOBAL_STRATEGY).exists():
        raise Refused(
            _("Votre entreprise a déjà commencé sa stratégie globale : reprenez-la depuis la page de la démarche."),
            code="duplicate",
            status=409,
        )
    strategy = Subject(
        company=company,
        kind=Subject.GLOBAL_STRATEGY,
        reference=_next_reference(),
        created_at=at,
        state=PRODUCT_LIFE.initial,
    )
    _write_identification(strategy, identification)
    strategy.save()
    return GlobalStrategyAdded(
        about=f"product:{strategy.pk}",
        company=company.pk,
        subject=strategy.pk,
        reference=strategy.reference,
        name=strategy.name,
    )


@action(ProductIdentified)
def identify_product(product: Subject, identification: Identification, *, by: Person, at: datetime) -> ProductIdentified:
    """Change the identification, while the product is added or later. The reference never changes."""
    can_identify_product(by, product).or_refuse()
    product.state = PRODUCT_LIFE.after("identify_product", product.state)
    changed = _write_identification(product, identification)
    product.save()
    Enrolment.objects.filter(subject=product).update(searched=product.searched)
    return ProductIdentified(about=f"product:{product.pk}", company=product.company_id, changed=tuple(changed))


@action(ProductQualified)
def qualify_product(product: Subject, answers: dict[str, str], *, by: Person, at: datetime) -> ProductQualified:
    """Keep the qualification of a draft, complete or not: what is missing is asked again before the product is added."""
    can_qualify_product(by, product).or_refuse()
    product.state = PRODUCT_LIFE.after("qualify_product", product.state)
    product.qualification = _known_answers(product, answers)
    product.save(update_fields=["state", "qualification"])
    return ProductQualified(
        about=f"product:{product.pk}",
        company=product.company_id,
        subject=product.pk,
        answers=product.qualification,
    )


@action(ProductRequalified)
def requalify_product(product: Subject, answers: dict[str, str], *, by: Person, at: datetime) -> ProductRequalified:
    """Change the qualification of a product in use. Criteria appear and disappear; answers to hidden ones are kept."""
    can_requalify_product(by, product).or_refuse()
    product.state = PRODUCT_LIFE.after("requalify_product", product.state)
    before, product.qualification = product.qualification, _known_answers(product, answers)
    _refuse_unanswered(product)
    product.save(update_fields=["state", "qualification"])
    return ProductRequalified(
        about=f"product:{product.pk}",
        company=product.company_id,
        subject=product.pk,
        before=before,
        after=product.qualification,
    )


@action(ProductConfirmed)
def confirm_product(product: Subject, *, by: Person, at: datetime) -> ProductConfirmed:
    """The recap is accepted: the product joins the catalogue, and may be enrolled in procedures."""
    can_confirm_product(by, product).or_refuse()
    product.state = PRODUCT_LIFE.after("confirm_product", product.state)
    _refuse_unanswered(product)
    product.confirmed_at = at
    product.save(update_fields=["state", "confirmed_at"])
    return ProductConfirmed(about=f"product:{product.pk}", company=product.company_id, reference=product.reference)


@action(ProductArchived)
def archive_product(product: Subject, *, by: Person, at: datetime) -> ProductArchived:
    """Out of the lists, never lost: answers, validations and journal stay, and it can be restored."""
    can_archive_product(by, product).or_refuse()
    product.state = PRODUCT_LIFE.after("archive_product", product.state)
    product.save(update_fields=["state"])
    return ProductArchived(about=f"product:{product.pk}", company=product.company_id)


@action(ProductRestored)
def restore_product(product: Subject, *, by: Person, at: datetime) -> ProductRestored:
    """Back in the lists, as it was. One archived before its recap was accepted still has it to accept."""
    can_restore_product(by, product).or_refuse()
    restored = PRODUCT_LIFE.after("restore_product", product.state)
    product.state = restored if product.confirmed_at else PRODUCT_LIFE.initial
    product.save(update_fields=["state"])
    return ProductRestored(about=f"product:{product.pk}", company=product.company_id)


@action(ProductEnrolled)
def enrol_product(product: Subject, procedure: Procedure, *, by: Person, at: datetime) -> ProductEnrolled:
    """The product follows a procedure, in the edition in force today. Once per procedure."""
    can_enrol_product(by, product).or_refuse()
    PRODUCT_LIFE.after("enrol_product", product.state)
    if procedure.closed_because is not None:
        raise Refused(str(procedure.closed_because), code="closed", status=409)
    in_force = library().procedure_in_force(procedure.code, day_of(at))
    if in_force is None or in_force.key != procedure.key:
        raise Refused(_("L'édition {edition} de cette démarche n'est pas en vigueur. Rechargez la page.").format(edition=procedure.edition), code="not_in_force", status=409)  # fmt: skip
    if product.kind not in procedure.subjects or not (procedure.steps or library().uses_of(procedure, product.kind)):
        raise Refused(
            _("Cette démarche ne concerne pas ce type de produit. Choisissez-en une autre.")
            if product.is_product
            else _("Cette démarche ne concerne pas la stratégie globale. Choisissez-en une autre."),
            status=409,
        )
    enrolment, created = Enrolment.objects.get_or_create(
        subject=product,
        code=procedure.code,
        defaults={
            "track": procedure.track,
            "procedure": procedure.key,
            "searched": product.searched,
            "enrolled_at": at,
        },
    )
    if not created:
        raise Refused(
            _("Ce produit suit déjà cette démarche : reprenez-la depuis le tableau de bord.")
            if product.is_product
            else _("Votre stratégie globale suit déjà cette démarche : reprenez-la depuis le tableau de bord."),
            code="duplicate",
            status=409,
        )
    return ProductEnrolled(
        about=f"product:{product.pk}",
        company=product.company_id,
        subject=product.pk,
        enrolment=enrolment.pk,
        procedure=procedure.key,
    )


@action(EditionChanged)
def change_edition(subject: Subject, *, by: Person, at: datetime) -> EditionChanged | None:
    """« Passer à l'édition … »: every procedure followed in an older edition goes to the one in force, all at once, so that a
    questionnaire they share keeps one set of answers.

    Nothing old is rewritten: the edition left is kept with the enrolment, and those who react carry drafts over.
    """
    can_change_edition(by, subject).or_refuse()
    PRODUCT_LIFE.after("change_edition", subject.state)
    followed = {enrolment.procedure: enrolment for enrolment in subject.enrolments.select_for_update(no_key=True).order_by("pk")}
    moves, announced = edition_moves(followed, subject.kind, day_of(at))
    if not moves:
        if announced:
            first = min(announced, key=lambda move: move.begins)
            raise Refused(
                _("L'édition {edition} entre en vigueur le {day} : vous pourrez y passer à partir de ce jour.").format(
                    edition=first.later.edition, day=told_day(first.begins)
                ),
                code="not_yet",
                status=409,
            )
        return None  # a button pressed twice, or by two people: one move
    replaced: dict[str, str] = {}
    for move in moves:
        replaced |= questionnaires_replaced(move, subject.kind)
        enrolment = followed[move.held.key]
        enrolment.past_editions = [*enrolment.past_editions, enrolment.procedure]
        enrolment.procedure, enrolment.track, enrolment.moved_at = move.later.key, move.later.track, at
        enrolment.save(update_fields=["past_editions", "procedure", "track", "moved_at"])
    return EditionChanged(
        about=f"product:{subject.pk}",
        company=subject.company_id,
        subject=subject.pk,
        person=by.pk,
        procedures={move.held.key: move.later.key for move in moves},
        questionnaires=replaced,
    )


@action(ProductDuplicated)
def duplicate_product(product: Subject, *, by: Person, at: datetime) -> ProductDuplicated:
    """« Dupliquer »: a new draft identified and qualified alike. No enrolment, no answer, and no NIL: it is one product's own."""
    can_duplicate_product(by, product).or_refuse()
    PRODUCT_LIFE.after("duplicate_product", product.state)
    copies = _products_held(product.company).filter(name__contains=" (copie")
    name = name_of_copy(product.name, set(copies.values_list("name", flat=True)))
    copied = _made_from(product, name=name, version=product.version, by=by, at=at)
    copied.save()
    return ProductDuplicated(
        about=f"product:{copied.pk}",
        company=copied.company_id,
        subject=copied.pk,
        reference=copied.reference,
        source=product.pk,
        name=copied.name,
    )


@action(ProductVersionStarted)
def start_product_version(product: Subject, version: str, *, by: Person, at: datetime) -> ProductVersionStarted:
    """« Nouvelle version »: a product alike, at once in use and in the same procedures, in the same editions. The source is unchanged.

    Where today's content asks more than the qualification says, it is a draft until its recap is accepted. Answers, and
    whatever else the source has, are carried over by those who react to the event.
    """
    can_start_product_version(by, product).or_refuse()
    PRODUCT_LIFE.after("start_product_version", product.state)
    version = version.strip()
    if not 0 < len(version) <= LONGEST_VERSION:
        raise Refused(
            _("Saisissez la nouvelle version du produit, en {most} caractères au plus.").format(most=LONGEST_VERSION),
            status=400,
        )
    _refuse_known_version(product, version)
    started = _made_from(product, name=product.name, version=version, by=by, at=at)
    if not _unanswered(started):
        started.state, started.confirmed_at = PRODUCT_LIFE.after("confirm_product", started.state), at
    started.save()
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(
            subject=started,
            track=enrolment.track,
            code=enrolment.code,
            procedure=enrolment.procedure,
            searched=started.searched,
            enrolled_at=at,
        )
        for enrolment in product.enrolments.order_by("pk")
    )
    return ProductVersionStarted(
        about=f"product:{started.pk}",
        company=started.company_id,
        subject=started.pk,
        reference=started.reference,
        source=product.pk,
        version=started.version,
        person=by.pk,
        procedures=tuple(enrolment.procedure for enrolment in enrolments),
    )


@action(RightsGranted)
def grant_rights(subject: Subject, person: Person, rights: tuple[str, ...], *, questionnaire: str = "", by: Person, at: datetime) -> RightsGranted | None:  # fmt: skip
    """Give a colleague the right to see, edit or validate. An empty set takes every right back.

    A questionnaire is known by its code: what is granted for one edition is granted for the next.
    """
    can_grant_rights(by, subject).or_refuse()
    if person.seat_in(subject.company_id) is None:
        raise Refused(_("Cette personne n'a pas de compte dans votre entreprise. Invitez-la d'abord."))
    unknown = set(rights) - {Grant.VIEW, Grant.EDIT, Grant.VALIDATE}
    if unknown:
        raise Refused(_("Les droits possibles sont : voir, modifier, valider."))
    questionnaire = _code_of(questionnaire)
    held = Grant.objects.filter(person=person, subject=subject, questionnaire=questionnaire).first()
    if (held.rights if held else []) == sorted(rights):
        return None
    if rights:
        Grant.objects.update_or_create(person=person, subject=subject, questionnaire=questionnaire, defaults={"rights": sorted(rights)})
    elif held is not None:
        held.delete()
    return RightsGranted(
        about=f"product:{subject.pk}",
        company=subject.company_id,
        person=person.pk,
        questionnaire=questionnaire,
        rights=tuple(sorted(rights)),
    )


@action(ResultsShared)
def share_results(enrolment: Enrolment, partner: str, *, by: Person, at: datetime) -> ResultsShared | None:
    """« Partager les résultats »: a partner the content names may read them from now on, until the company takes it back."""
    can_share_results(by, enrolment).or_refuse()
    procedure = library().procedure(enrolment.procedure)
    if procedure is None or not questionnaires_read_by(procedure, partner):
        raise Refused(_("Cette démarche ne prévoit pas de partage avec ce partenaire."), status=400)
    if Share.objects.standing().filter(enrolment=enrolment, partner=partner).exists():
        return None
    Share.objects.create(enrolment=enrolment, partner=partner, begun_at=at, begun_by=by)
    return ResultsShared(
        about=f"product:{enrolment.subject_id}", company=enrolment.subject.company_id, procedure=enrolment.procedure, partner=partner
    )


@action(SharingStopped)
def stop_sharing(share: Share, *, by: Person, at: datetime) -> SharingStopped | None:
    """From here on the partner reads nothing more; what it took away is its own."""
    can_stop_sharing(by, share).or_refuse()
    if share.ended_at is not None:
        return None
    share.ended_at, share.ended_by = at, by
    share.save(update_fields=["ended_at", "ended_by"])
    enrolment = share.enrolment
    return SharingStopped(
        about=f"product:{enrolment.subject_id}", company=enrolment.subject.company_id, procedure=enrolment.procedure, partner=share.partner
    )


@action(SharedResultsRead)
def read_shared_results(share: Share, *, by: Person, at: datetime) -> SharedResultsRead:
    """Each reading is remembered, and the company finds it in its journal."""
    can_read_shared_results(by, share).or_refuse()
    enrolment = share.enrolment
    return SharedResultsRead(
        about=f"product:{enrolment.subject_id}", company=enrolment.subject.company_id, procedure=enrolment.procedure, partner=share.partner
    )


def _code_of(questionnaire: str) -> str:
    """The code of a questionnaire, given by its code or by the key of one of its editions; empty means all of them."""
    edition = library().questionnaire(questionnaire)
    code = edition.code if edition else questionnaire
    if code and library().questionnaire_of_code(code) is None:
        raise Refused(_("Ce questionnaire n'existe pas. Rechargez la page, puis choisissez parmi ceux qu'elle propose."), status=400)
    return code


def _write_identification(product: Subject, identification: Identification) -> list[str]:
    """Put the identification on the product, or the part of it a strategy has; the names of the fields that changed."""
    if product.is_product and not is_product_type(identification.type):
        raise Refused(_("Choisissez le type de produit : Socle ou Option."), status=400)
    values: dict[str, object] = {
        "name": identification.name,
        "responsible_id": _responsible(product.company, identification.responsible),
        "certifications": identification.certifications,
    }
    if product.is_product:
        values |= {
            "version": identification.version,
            "type": identification.type,
            "description": identification.description,
            "nil": identification.nil,
        }
    changed = [name for name, value in values.items() if getattr(product, name) != value]
    for name, value in values.items():
        setattr(product, name, value)
    product.searched = _searched(product)
    return changed


def _searched(product: Subject) -> str:
    kind = "" if product.is_product else "stratégie globale"  # recorded as it is
    return fold(" ".join(filter(None, (str(product.reference), kind, product.name, product.version))))


def _products_held(company: Company) -> SubjectQuerySet:
    """The company's products, archived ones included. Its row is locked: names and versions compared here stay what they are
    for whoever else duplicates or starts a version, until this is done."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    return Subject.objects.filter(company=company)


def _made_from(product: Subject, *, name: str, version: str, by: Person, at: datetime) -> Subject:
    """A draft, not saved yet, identified and qualified as this product is: without its NIL, under a reference of its own."""
    held = product.responsible.is_active and product.responsible.seat_in(product.company_id) is not None
    made = Subject(
        company=product.company,
        kind=product.kind,
        reference=_next_reference(),
        state=PRODUCT_LIFE.initial,
        name=name,
        version=version,
        type=product.type,
        responsible=product.responsible if held else by,
        description=product.description,
        certifications=product.certifications,
        qualification=answers_still_offered(library(), product.kind, product.qualification),
        created_at=at,
    )
    made.searched = _searched(made)
    return made


def _refuse_known_version(product: Subject, version: str) -> None:
    """A version is started once, whoever presses twice and from whichever product of that name."""
    named = _products_held(product.company).filter(name=product.name).order_by("reference")
    for other, reference in named.values_list("version", "reference"):
        if is_same_version(other, version):
            raise Refused(
                _("La version {version} de ce produit existe déjà, sous la référence {reference}. Saisissez une autre version.").format(
                    version=other, reference=reference
                ),
                code="same_version",
                status=409,
            )


def _responsible(company: Company, person: int) -> int:
    """The person named, who must hold a seat in the company."""
    known = Person.objects.filter(pk=person).first()
    if known is None or known.seat_in(company.pk) is None:
        raise Refused(_("Le responsable doit être une personne de votre entreprise. Choisissez-le dans la liste."), status=400)
    return int(known.pk)


def _known_answers(product: Subject, answers: dict[str, str]) -> dict[str, str]:
    """The answers given, all to questions that exist, in the order of the questions."""
    given = {code: choice for code, choice in answers.items() if choice}
    questions = questions_asked(library(), product.kind, given)
    if unknown_answers(asked_for_rules(questions), given):
        raise Refused(_("Une réponse ne fait pas partie des choix proposés. Rechargez la page et répondez de nouveau."), status=400)
    return {question.code: given[question.code] for question in questions if question.code in given}


def _refuse_unanswered(product: Subject) -> None:
    missing = _unanswered(product)
    if missing:
        titles = " ; ".join(str(question.short) for question in missing)
        raise Refused(
            _("Il reste des questions sans réponse : {questions}. Complétez l'étape « Qualification ».").format(questions=titles),
            code="incomplete",
            status=409,
        )


def _unanswered(product: Subject) -> list[Question]:
    """The questions asked today that the qualification must still answer."""
    questions = questions_asked(library(), product.kind, product.qualification)
    missing = unanswered_questions(asked_for_rules(questions), product.qualification)
    return [question for question in questions if question.code in missing]


def _next_reference() -> int:
    """The next public reference, from a sequence of its own (migration 0002): never given twice, even after a refusal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('catalogue_reference')")
        return int(cursor.fetchone()[0])
