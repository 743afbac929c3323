"""How is one criterion drawn? What depends only on content is rendered once per process, the answer put in afterwards.

A questionnaire of 36 criteria with five levels each is some 150 kB of markup, of which a page changes a comment and a
date here and there. A block is rendered for each (criterion, procedures compared, level chosen, open or not) and kept;
markers stand where the comment, the version and the last author go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString

from convergence.assessments.queries import outcomes_of_answer
from convergence.content.schema import QuestionnaireKind
from foundation.core.language import agreed, kept_by_language, language
from foundation.core.language import gettext as _
from web.kept import AUTHOR, COMMENT, DONE, PROOFS, SLOTS, VERSION, cut, filled, kept
from web.ui import moment

if TYPE_CHECKING:
    from datetime import datetime

    from convergence.assessments.actions import Change, Divergence
    from convergence.assessments.queries import SavedAnswer, Sheet
    from convergence.content.schema import Criterion, Section

TEMPLATES = {
    QuestionnaireKind.MATURITY: "company/questionnaires/criterion.html",
    QuestionnaireKind.CONFORMITY: "company/questionnaires/statement.html",
    QuestionnaireKind.DEPOSIT: "company/questionnaires/zone.html",
}


@dataclass(frozen=True, slots=True)
class CriterionState:
    """What is particular to a page: the answer shown, and what is wrong with it."""

    level: str
    comment: str
    version: int
    saved_by: str
    saved_at: datetime | None
    missing: bool
    divergence: Divergence | None
    slots: SafeString
    proofs: int
    carried_from: str = ""

    @classmethod
    def of(
        cls,
        answer: SavedAnswer | None,
        typed: Change | None,
        missing: bool,
        divergence: Divergence | None,
        slots: SafeString,
        proofs: int,
    ) -> CriterionState:
        """What was just typed wins over what is stored: a refusal loses nothing."""
        level = typed.level if typed else answer.level if answer else ""
        comment = typed.comment if typed else answer.comment if answer else ""
        return cls(
            level=level,
            comment=comment,
            version=answer.version if answer else 0,
            saved_by=answer.saved_by if answer else "",
            saved_at=answer.saved_at if answer else None,
            missing=missing,
            divergence=divergence,
            slots=slots,
            proofs=proofs,
            carried_from=answer.carried_from if answer and typed is None else "",
        )


def criterion_block(
    sheet: Sheet, section: Section, criterion: Criterion, state: CriterionState, *, opened: bool, readonly: bool
) -> SafeString:
    """The markup of one criterion, ready for the page."""
    if state.missing or state.divergence is not None:
        block = cut(_render(sheet, section, criterion, state, opened=True, readonly=readonly))
    else:
        key = ("criterion", language(), sheet.shape, criterion.code, state.level, opened, readonly)
        block = kept(key, lambda: _render(sheet, section, criterion, state, opened=opened, readonly=readonly))
    put_in = {
        VERSION: str(state.version),
        AUTHOR: author_told(state.saved_by, state.saved_at, _edition_carried(sheet, state)),
        COMMENT: escape(state.comment) if state.comment else "",
        SLOTS: state.slots,
        PROOFS: agreed(state.proofs, "preuve,preuves") if state.proofs else "",
    }
    return filled(block, put_in)


def _edition_carried(sheet: Sheet, state: CriterionState) -> str:
    edition = sheet.library.questionnaire(state.carried_from) if state.carried_from else None
    return edition.edition if edition else ""


@kept_by_language(4_000)
def author_told(name: str, at: datetime | None, carried_from: str = "") -> str:
    """Who saved an answer or a date, or from which edition it was taken: a draft that nobody has read again yet. Escaped.

    A whole sheet is often saved at once: the same sentence stands under every criterion.
    """
    if not name:
        return ""
    if carried_from:
        return _("Repris de l’édition {edition}, à relire.").format(edition=escape(carried_from))
    return _("Enregistré par {name} le {at}.").format(name=escape(name), at=moment(at))


def section_head(sheet: Sheet, section: Section, rank: int, done: str) -> SafeString:
    """The title, introduction and links of a section, with how far one is."""
    key = ("section", language(), sheet.library.number, sheet.questionnaire.key, section.code, rank)
    context = {"section": section, "rank": rank, "done_marker": DONE}
    head = kept(key, lambda: str(get_template("company/questionnaires/section_head.html").render(context)))
    return filled(head, {DONE: done})


def _render(sheet: Sheet, section: Section, criterion: Criterion, state: CriterionState, *, opened: bool, readonly: bool) -> str:
    context = {
        "criterion": criterion,
        "section": section,
        "id": identifier(criterion.code),
        "number": sheet.library.number_of(sheet.questionnaire.key, criterion.code),
        "levels": _levels(sheet, criterion),
        "chosen": sheet.scale.level(state.level) if state.level else None,
        "expectation": sheet.bars[0].expectations[criterion.code],
        "requirements": _requirements(sheet, criterion),
        "gap": _is_gap(sheet, criterion, state.level),
        "outcome": outcome_sentence(sheet, criterion.code, state.level),
        "missing": state.missing,
        "divergence": state.divergence,
        "their_level": _their_level(sheet, state),
        "opened": opened,
        "readonly": readonly,
        "is_product": sheet.enrolment.subject.is_product,
        "comment_marker": COMMENT,
        "version_marker": VERSION,
        "author_marker": AUTHOR,
        "slots_marker": SLOTS,
        "proofs_marker": PROOFS,
    }
    return str(get_template(TEMPLATES[sheet.questionnaire.kind]).render(context))


def _levels(sheet: Sheet, criterion: Criterion) -> list[dict[str, Any]]:
    """Each level of the scale, with the procedures for which it is the one expected."""
    lines = []
    for level in sheet.scale.levels:
        tags = []
        for bar in sheet.bars:
            expectation = bar.expectations[criterion.code]
            if not bar.enrolled or criterion.code in bar.left_out:
                continue
            word = _("Recommandé") if bar.procedure.level_word == "recommended" else _("Minimum")
            if level.rank == expectation.rank:
                tags.append((f"{word} · {bar.track.short}", expectation.obligation))
            elif level.rank is None and expectation.accepts_not_concerned and bar.here:
                tags.append((_("Accepté"), False))
        lines.append({"level": level, "text": criterion.levels.get(level.code, ""), "tags": tags})
    return lines


def _requirements(sheet: Sheet, criterion: Criterion) -> list[dict[str, Any]]:
    """What each procedure expects, in the order of the bars: the one at hand, then those followed, then the others."""
    by_rank = {level.rank: level for level in sheet.scale.levels if level.rank is not None}
    beside = next((level for level in sheet.scale.levels if level.rank is None), None)
    lines = []
    for bar in sheet.bars:
        if criterion.code in bar.left_out:
            continue
        expectation = bar.expectations[criterion.code]
        lines.append(
            {
                "bar": bar,
                "word": _("Recommandé") if bar.procedure.level_word == "recommended" else _("Minimum"),
                "level": by_rank[expectation.rank],
                "beside": beside if expectation.accepts_not_concerned else None,
                "obligation": expectation.obligation,
            }
        )
    return lines


def _is_gap(sheet: Sheet, criterion: Criterion, level: str) -> bool:
    return any(missing for bar, _expected, missing in outcomes_of_answer(sheet, criterion.code, level) if bar.here)


def _their_level(sheet: Sheet, state: CriterionState) -> str:
    if state.divergence is None:
        return ""
    level = state.divergence.theirs.level
    return str(sheet.scale.level(level).short) if level else _("sans réponse")


def outcome_sentence(sheet: Sheet, code: str, level: str) -> str:
    """« Avec « faible » : Non atteint pour … (il manque 1 niveau), Atteint pour … ». Nothing without a level."""
    outcomes = outcomes_of_answer(sheet, code, level)
    if not outcomes:
        return ""
    parts = []
    for bar, expectation, missing in outcomes:
        name = bar.procedure.title
        if not missing:
            parts.append(_("atteint pour {name}").format(name=name))
        else:
            why = [_("il manque {levels}").format(levels=agreed(missing, "niveau,niveaux"))] if sheet.questionnaire.is_maturity else []
            why += [] if expectation.obligation else [_("en option")]
            said = _("non atteint pour {name} ({why})") if why else _("non atteint pour {name}")
            parts.append(said.format(name=name, why=", ".join(why)))
    return _("Avec «\u00a0{level}\u00a0»\u00a0: {outcomes}.").format(level=sheet.scale.level(level).short, outcomes=", ".join(parts))


def identifier(code: str) -> str:
    """A criterion's code as an HTML identifier: no space, no slash."""
    return code.replace(" ", "_").replace("/", "_")
