"""Every write to an examination: a verdict on a requirement, a section given back."""

from __future__ import annotations

from datetime import datetime

from convergence.candidatures.actions import LONGEST_TEXT
from convergence.candidatures.models import Candidature, ChangeRequest, Step, StepSection
from convergence.candidatures.turns import refuse_ended
from convergence.candidatures.workflow import CANDIDATURE, SECTION, STEP
from convergence.reviews.events import (
    CandidatureAssigned,
    CandidatureGivenBack,
    CandidatureTaken,
    RequirementSeen,
    SectionGivenBack,
    VerdictSaved,
)
from convergence.reviews.examination import Examination, examination_at
from convergence.reviews.models import Assignment, Report, RequirementVerdict, Sight
from convergence.reviews.permissions import (
    can_assign_candidature,
    can_be_assigned,
    can_confirm,
    can_give_back_candidature,
    can_give_back_section,
    can_save_verdict,
    can_see_requirement,
    can_take_candidature,
)
from convergence.reviews.rules import (
    ACCEPTED,
    CHANGES_ASKED,
    CONFIRMATION,
    FIRST,
    OUTCOMES,
    SECTION_ACCEPTED,
    SECTION_RETURNED,
)
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, fitting
from foundation.journal.action import action


class VerdictCrossed(Refused):
    """Nothing was written: someone else said something of this requirement meanwhile. `theirs` is what they said."""

    def __init__(self, theirs: RequirementVerdict) -> None:
        super().__init__(
            _(
                "{name} a enregistré un avis sur {requirement} pendant que vous rédigiez le vôtre. Rien n'est perdu : les deux sont ci-dessous, enregistrez celui qu'il faut retenir."
            ).format(name=theirs.saved_by.name, requirement=theirs.requirement),
            code="diverged",
            status=409,
        )
        self.theirs = theirs


class Undecided(Refused):
    """The section cannot be given back yet: `requirements` await a verdict."""

    def __init__(self, requirements: tuple[str, ...]) -> None:
        number = len(requirements)
        if number == 1:
            sentence = _("Une exigence attend encore votre avis : {requirements}. Rendez-les avant de rendre la section.")
        else:
            sentence = _("{number} exigences attendent encore votre avis : {requirements}. Rendez-les avant de rendre la section.")
        super().__init__(sentence.format(number=number, requirements=", ".join(requirements)), code="incomplete", status=409)
        self.requirements = requirements


@action(VerdictSaved)
def save_verdict(step: Step, code: str, requirement: str, outcome: str, reason: str, text: str, note: str, version: int, *, by: Person, at: datetime) -> VerdictSaved | None:  # fmt: skip
    """What a reviewer says of one requirement, over the version they had before their eyes (0: none yet). The company sees nothing yet.

    What an earlier examination accepted stays accepted. Asking for a change takes a reason of the content and a text; « sans objet », a text.
    """
    can_save_verdict(by, step).or_refuse()
    examination = _under_examination(step, code)
    section = examination.section
    look = _look_of(by, examination)
    found = examination.line(requirement)
    if found is None:
        raise StepSection.DoesNotExist
    if found.is_closed(look):
        raise Refused(_("Cette exigence est déjà acceptée : ce qui est accepté le reste."), code="closed", status=409)
    reason, text, note = _worded(examination, outcome, reason, text, note)
    held = found.own(look)
    told = (outcome, reason, text, note)
    if held is not None and (held.outcome, held.reason, held.text, held.note) == told:
        return None
    if (held.version if held else 0) != version:
        if held is None:
            raise Refused(_("Cet avis n'existe plus. Rechargez la page."), code="stale", status=409)
        raise VerdictCrossed(held)
    verdict = held or RequirementVerdict(submission=examination.submission, requirement=requirement, look=look)
    verdict.outcome, verdict.reason, verdict.text, verdict.note = told
    verdict.version, verdict.saved_at, verdict.saved_by = version + 1, at, by
    verdict.save()
    return VerdictSaved(
        **section.step.heading,
        section=section.code,
        submission=examination.submission.pk,
        requirement=requirement,
        look=look,
        outcome=outcome,
        version=verdict.version,
    )


@action(RequirementSeen)
def see_requirement(step: Step, code: str, requirement: str, number: int, *, by: Person, at: datetime) -> RequirementSeen | None:
    """A requirement was before the reviewer's eyes, in the submission of this number; said once. What changes afterwards is new to them."""
    can_see_requirement(by, step).or_refuse()
    examination = examination_at(step, code, number)
    if examination.line(requirement) is None:
        raise StepSection.DoesNotExist
    _sight, is_new = Sight.objects.get_or_create(
        submission=examination.submission, requirement=requirement, person=by, defaults={"seen_at": at}
    )
    if not is_new:
        return None
    return RequirementSeen(**step.heading, section=code, submission=examination.submission.pk, requirement=requirement)


@action(SectionGivenBack)
def give_back_section(step: Step, code: str, *, by: Person, at: datetime) -> SectionGivenBack:
    """« Rendre la section »: accepted where every requirement is, else sent back with what was asked, and only that opens again.

    Where the content asks for a second look, another reviewer confirms before it is accepted.
    """
    can_give_back_section(by, step).or_refuse()
    examination = _under_examination(step, code)
    section = examination.section
    look = _look_of(by, examination)
    settled = examination.settlement(look)
    if settled.undecided:
        raise Undecided(settled.undecided)
    CANDIDATURE.after("accept_step", section.step.candidature.state)
    Report.objects.create(submission=examination.submission, look=look, result=settled.result, given_at=at, given_by=by)
    if settled.result == SECTION_RETURNED:
        _send_back(section, examination, settled.sent_back, look, by, at)
    elif settled.result == SECTION_ACCEPTED:
        section.state, section.since = SECTION.after("accept_section", section.state), at
        section.save(update_fields=["state", "since"])
    return SectionGivenBack(
        **section.step.heading,
        step_key=section.step_id,
        section=section.code,
        submission=examination.submission.pk,
        look=look,
        result=settled.result,
        fields=settled.sent_back,
    )


def _send_back(section: StepSection, examination: Examination, sent_back: tuple[str, ...], look: int, by: Person, at: datetime) -> None:
    step = section.step
    state = STEP.after("return_section", step.state)
    section.state, section.since = SECTION.after("return_section", section.state), at
    section.save(update_fields=["state", "since"])
    if step.state != state:
        step.state, step.since = state, at
        step.save(update_fields=["state", "since"])
    verdicts = {line.code: line.own(look) for line in examination.lines}
    ChangeRequest.objects.bulk_create(
        ChangeRequest(
            submission=examination.submission,
            field=code,
            reason=verdict.reason,
            text=verdict.text,
            requested_at=at,
            requested_by=by,
        )
        for code in sent_back
        if (verdict := verdicts[code]) is not None
    )


def _under_examination(step: Step, code: str) -> Examination:
    """What was handed over of a section, while the agency has it. Whoever writes to a section holds its step: the two sides take rows in one order."""
    examination = examination_at(step, code)
    SECTION.after("accept_section", examination.section.state)
    refuse_ended(step.candidature, _("Cette candidature est {state} : elle ne s'examine plus."))
    return examination


def _look_of(by: Person, examination: Examination) -> int:
    """The first look, or that of another person once the first is over."""
    if examination.look == CONFIRMATION:
        can_confirm(by, examination).or_refuse()
        return CONFIRMATION
    return FIRST


def _worded(examination: Examination, outcome: str, reason: str, text: str, note: str) -> tuple[str, str, str]:
    """A verdict says why, unless it accepts."""
    text, note = fitting(text, LONGEST_TEXT), fitting(note, LONGEST_TEXT)
    known = {one.code for one in examination.piece.reasons}
    if outcome not in OUTCOMES:
        raise Refused(_("Choisissez un avis : acceptée, à modifier ou sans objet."), code="no_outcome", status=400)
    if outcome == ACCEPTED:
        return "", text, note
    if outcome == CHANGES_ASKED and known and reason not in known:
        raise Refused(_("Choisissez dans la liste le motif de la modification demandée."), code="no_reason", status=400)
    if not text:
        if outcome == CHANGES_ASKED:
            sentence = _("Écrivez ce que l'entreprise doit modifier.")
        else:
            sentence = _("Écrivez pourquoi cette exigence est sans objet.")
        raise Refused(sentence, code="no_text", status=400)
    return reason if outcome == CHANGES_ASKED else "", text, note


# — Who examines what —————————————————————————————————————————————————————————————————————


@action(CandidatureTaken)
def take_candidature(candidature: Candidature, *, by: Person, at: datetime) -> CandidatureTaken | None:
    """« Prendre »: what nobody has. Whoever comes second is told who has it; taking again what one has changes nothing."""
    can_take_candidature(by, candidature).or_refuse()
    refuse_ended(candidature, _("Cette candidature est {state} : il n'y a plus rien à examiner."))
    held = _held(candidature)
    if held is not None and held.person_id == by.pk:
        return None
    if held is not None:
        raise Refused(_("{name} a déjà pris cette candidature : demandez à la coordination de vous l'attribuer.").format(name=held.person.name), code="taken", status=409)  # fmt: skip
    Assignment.objects.create(candidature=candidature, person=by, begun_at=at, begun_by=by)
    return CandidatureTaken(
        **candidature.heading,
    )


@action(CandidatureAssigned)
def assign_candidature(candidature: Candidature, person: Person, *, by: Person, at: datetime) -> CandidatureAssigned | None:
    """The coordination says who examines it from now on, in place of whoever did. Never someone linked to the company."""
    can_assign_candidature(by, candidature).or_refuse()
    can_be_assigned(person, candidature).or_refuse()
    refuse_ended(candidature, _("Cette candidature est {state} : il n'y a plus rien à examiner."))
    held = _held(candidature)
    if held is not None and held.person_id == person.pk:
        return None
    if held is not None:
        _end_assignment(held, by, at)
    Assignment.objects.create(candidature=candidature, person=person, begun_at=at, begun_by=by)
    return CandidatureAssigned(
        **candidature.heading,
        person=person.pk,
        before=held.person_id if held else None,
    )


@action(CandidatureGivenBack)
def give_back_candidature(candidature: Candidature, *, by: Person, at: datetime) -> CandidatureGivenBack | None:
    """« Rendre »: it is free again, at the place its arrival gives it. Nothing written of it is lost."""
    can_give_back_candidature(by, candidature).or_refuse()
    held = _held(candidature)
    if held is None:
        return None
    _end_assignment(held, by, at)
    return CandidatureGivenBack(
        **candidature.heading,
        person=held.person_id,
    )


def _held(candidature: Candidature) -> Assignment | None:
    return Assignment.objects.held().filter(candidature=candidature).select_related("person").first()


def _end_assignment(held: Assignment, by: Person, at: datetime) -> None:
    held.ended_at, held.ended_by = at, by
    held.save(update_fields=["ended_at", "ended_by"])
