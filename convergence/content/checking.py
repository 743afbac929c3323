"""Do the pieces of a pack hold together? Names that lead nowhere, circles, levels without words: each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from pydantic import BaseModel

from convergence.content.conditions import Condition
from convergence.content.editions import are_in_force_together, begins, path_between, period_of
from convergence.content.formats import FORMATS
from convergence.content.partners import PARTNERS
from convergence.content.reading import Problem, ReadPiece, line_of
from convergence.content.schema import (
    CLOCK_EVENTS,
    Agreement,
    Carries,
    EditionMap,
    Form,
    FormField,
    Piece,
    Presentation,
    Procedure,
    Qualification,
    Questionnaire,
    QuestionnaireKind,
    RequirementSet,
    Scale,
    Step,
    Track,
    Use,
    steps_before,
)

Place = tuple[Any, ...]
Finding = tuple[Place, str]


def check_pieces(pieces: Iterable[ReadPiece]) -> list[Problem]:
    """Every problem between pieces that are well formed one by one."""
    pieces = list(pieces)
    pack = _Pack(pieces)
    problems = []
    for read in pieces:
        for place, message in pack.findings(read):
            problems.append(Problem(read.file, line_of(read.document, place), message))
    return sorted(problems)


class _Pack:
    """The pieces by kind and key, and what each kind must agree with."""

    def __init__(self, pieces: list[ReadPiece]) -> None:
        self.by_kind: dict[str, dict[str, Any]] = {}
        for read in pieces:
            self.by_kind.setdefault(read.kind, {})[read.piece.key] = read.piece

    def of(self, kind: str) -> dict[str, Any]:
        return self.by_kind.get(kind, {})

    def findings(self, read: ReadPiece) -> Iterator[Finding]:
        piece = read.piece
        yield from self._dates(piece)
        if isinstance(piece, (Track, Qualification)):
            yield from self._alone(piece)
        if isinstance(piece, Qualification):
            yield from self._qualification(piece)
        elif isinstance(piece, Questionnaire):
            yield from self._questionnaire(piece)
        elif isinstance(piece, Procedure):
            yield from self._procedure(piece)
            yield from self._editions(piece)
            yield from self._shared(piece)
        elif isinstance(piece, RequirementSet):
            yield from self._requirements(piece)
        elif isinstance(piece, Form):
            yield from self._form(piece)
        elif isinstance(piece, EditionMap):
            yield from self._map(piece)
        elif isinstance(piece, Presentation):
            yield from self._presentation(piece)
        elif isinstance(piece, Agreement):
            sheets = [sheet.stem for sheet in (Path(settings.BASE_DIR) / "templates" / "paper" / "agreements").glob("*.typ")]
            yield from self._known(piece.template, sheets, ("template",), "la feuille")

    def _known(self, name: str, known: Iterable[str], place: Place, what: str) -> Iterator[Finding]:
        known = list(known)
        if name not in known:
            near = get_close_matches(name, known, 1)
            yield place, f"{what} « {name} » n'existe pas" + (f" ; vouliez-vous dire « {near[0]} » ?" if near else "")

    # — conditions —

    def _conditions(self, node: Any, place: Place, questions: dict[str, set[str]], profiles: set[str], fields: dict[str, set[str]]) -> Iterator[Finding]:  # fmt: skip
        """Walk a piece; every condition met names only what exists."""
        if isinstance(node, Condition):
            for leaf in node.leaves():
                yield from self._leaf(leaf, place, questions, profiles, fields)
        elif isinstance(node, BaseModel):
            for name in type(node).model_fields:
                yield from self._conditions(getattr(node, name), (*place, name), questions, profiles, fields)
        elif isinstance(node, tuple):
            for index, child in enumerate(node):
                yield from self._conditions(child, (*place, index), questions, profiles, fields)

    def _leaf(self, leaf: Condition, place: Place, questions: dict[str, set[str]], profiles: set[str], fields: dict[str, set[str]]) -> Iterator[Finding]:  # fmt: skip
        for name, known, what in ((leaf.question, questions, "la question"), (leaf.field, fields, "le champ")):
            if name is None:
                continue
            yield from self._known(name, known, place, what)
            for value in leaf.values or ():
                if name in known:
                    yield from self._known(value, known[name], place, f"le choix de « {name} »")
        if leaf.profile is not None:
            yield from self._known(leaf.profile, profiles, place, "le profil")
        if leaf.subject is not None:
            yield from self._known(leaf.subject, ("product", "global_strategy"), place, "le sujet")

    def _questions(self, subject: str | None = None) -> dict[str, set[str]]:
        return {
            question.code: {choice.code for choice in question.choices}
            for qualification in self.of("qualification").values()
            if subject is None or qualification.subject == subject
            for question in qualification.questions
        }

    # — kinds —

    def _qualification(self, piece: Qualification) -> Iterator[Finding]:
        own = {question.code: {choice.code for choice in question.choices} for question in piece.questions}
        yield from _duplicates([q.code for q in piece.questions], _rows("questions", piece.questions), "question")
        yield from self._conditions(piece.questions, ("questions",), own, set(), {})
        depends = {q.code: {leaf.question for leaf in (q.when.leaves() if q.when else ())} for q in piece.questions}
        yield from _circles(depends, ("questions",))

    def _questionnaire(self, piece: Questionnaire) -> Iterator[Finding]:
        questions = self._questions(piece.subject)
        yield from self._conditions(piece.sections, ("sections",), questions, set(), {})
        codes: list[str] = []
        proofs: list[str] = []
        scale: Scale | None = None
        if piece.scale is not None:
            yield from self._known(piece.scale, self.of("scales"), ("scale",), "l'échelle")
            scale = self.of("scales").get(piece.scale)
        for s, section in enumerate(piece.sections):
            if bool(section.zones) != (piece.kind is QuestionnaireKind.DEPOSIT):
                yield ("sections", s), "seul un questionnaire de dépôt a des zones, et il n'a qu'elles"
            within = "zones" if piece.is_deposit else "criteria"
            for c, criterion in enumerate(section.asked if piece.is_deposit else section.criteria):
                place: Place = ("sections", s, within, c)
                for proof in criterion.proofs:
                    if proof.code in proofs:
                        yield place, f"la preuve « {proof.code} » est attendue deux fois"
                    proofs.append(proof.code)
                    for name in proof.formats:
                        yield from self._known(name, FORMATS, (*place, "formats"), "le format")
                if criterion.code in codes:
                    yield place, f"le critère « {criterion.code} » est défini deux fois"
                codes.append(criterion.code)
                if scale is not None:
                    yield from _worded_levels(criterion.levels, criterion.recommendations, scale, place)
                if piece.kind is QuestionnaireKind.CONFORMITY and not criterion.proofs:
                    yield place, "un critère de conformité attend au moins une preuve (« proofs »)"

    def _procedure(self, piece: Procedure) -> Iterator[Finding]:
        yield from self._known(piece.track, {track.code for track in self.of("tracks").values()}, ("track",), "le parcours")
        for u, use in enumerate(piece.uses):
            place: Place = ("uses", u)
            yield from self._known(use.questionnaire, self.of("questionnaires"), (*place, "questionnaire"), "le questionnaire")
            questionnaire = self.of("questionnaires").get(use.questionnaire)
            for partner in use.read_by:
                yield from self._known(partner, PARTNERS, (*place, "read_by"), "le partenaire")
            if questionnaire is not None:
                yield from self._use(use, questionnaire, place)
        yield from _duplicates([use.questionnaire for use in piece.uses], _rows("uses", piece.uses), "questionnaire")
        milestones = {milestone.code for milestone in piece.milestones}
        clocks = {clock.code for clock in piece.clocks}
        for c, one in enumerate(piece.clocks):
            for event in (one.starts, *one.pauses, *one.resumes):
                yield from self._known(event, CLOCK_EVENTS, ("clocks", c), "l'événement")
        steps = [step.code for step in piece.steps]
        yield from _duplicates(steps, _rows("steps", steps), "étape")
        for s, step in enumerate(piece.steps):
            for other in step.after:
                yield from self._known(other, steps, ("steps", s, "after"), "l'étape")
            for clock in step.clocks:
                yield from self._known(clock, clocks, ("steps", s, "clocks"), "le délai")
            if step.closes:
                yield from self._known(step.closes, milestones, ("steps", s, "closes"), "le jalon")
            if (step.agreement is not None) != (step.kind == "agreement") and not self._waits(piece, step):
                yield ("steps", s), "une étape de convention, et elle seule, nomme ce qui se signe (« agreement »)"
            for kind, key in (("forms", step.form), ("requirements", step.requirements), ("agreements", step.agreement)):
                if key is not None:
                    yield from self._known(key, self.of(kind), ("steps", s), "le contenu")
            yield from self._brought(piece, step, ("steps", s))
            if step.kind == "evidence" and not (step.requirements or piece.profiles_from or piece.closed_because):
                yield ("steps", s), "une étape de preuves nomme ses exigences (« requirements », ou « profiles_from » de la démarche)"
            if step.kind in ("decision", "board"):
                yield from _decided(piece, step, ("steps", s))
            if (step.board is not None) != (step.kind == "board") and not (step.board is None and _is_out_of_reach(piece, step)):
                yield ("steps", s), "une étape de collège, et elle seule, dit comment il juge (« board »)"
            if step.kind == "board":
                yield from self._board(piece, step, ("steps", s), milestones)
        yield from _circles({step.code: set(step.after) for step in piece.steps}, ("steps",))
        if piece.outcome.level_from is not None:
            forms = [form for step in piece.steps if step.form and (form := self.of("forms").get(step.form)) is not None]
            choices = [field.code for form in forms for block in form.blocks for field in block.fields if field.kind == "choice"]
            yield from self._known(piece.outcome.level_from, choices, ("outcome", "level_from"), "le choix")
        if piece.opens_into is not None:
            yield from self._known(piece.opens_into, self.of("procedures"), ("opens_into",), "la démarche")
        if piece.profiles_from is not None:
            yield from self._known(piece.profiles_from, self.of("requirements"), ("profiles_from",), "le jeu d'exigences")
            requirements = self.of("requirements").get(piece.profiles_from)
            for profile in (profile for profile in (requirements.profiles if requirements else ()) if profile.until):
                yield from self._known(profile.until, milestones, ("profiles_from",), f"le jalon du profil « {profile.code} »,")

    def _brought(self, piece: Procedure, step: Step, place: Place) -> Iterator[Finding]:
        """The profiles an answer brings are those of the requirements the procedure takes its profiles from."""
        form, requirements = self.of("forms").get(step.form or ""), self.of("requirements").get(piece.profiles_from or "")
        known = {profile.code for profile in requirements.profiles} if requirements else set()
        for field in (field for block in (form.blocks if form else ()) for field in block.fields):
            for code in (code for one in field.choices for code in one.brings):
                yield from self._known(code, known, place, f"le profil apporté par le champ « {field.code} »,")

    def _waits(self, piece: Procedure, step: Step) -> bool:
        return step.agreement is None and _is_out_of_reach(piece, step)

    def _board(self, piece: Procedure, step: Step, place: Place, milestones: set[str]) -> Iterator[Finding]:
        """A board judges a complete file, says why it has reservations, and sends back only evidence deposited before it."""
        if step.opens != "accepted":
            yield (*place, "opens"), "un collège juge un dossier complet : « opens: accepted »"
        if step.board is None:
            return
        if not step.reasons:
            yield place, "un collège donne les motifs de ses réserves : écrivez-les (« reasons »)"
        redeposit = step.board.redeposit
        if redeposit is None:
            return
        evidence = [one.code for one in piece.steps if one.kind == "evidence"]
        where: Place = (*place, "board", "redeposit")
        yield from self._known(redeposit.step, evidence, (*where, "step"), "l'étape de preuves")
        if redeposit.step in evidence and redeposit.step not in steps_before(piece, step.code):
            yield (*where, "step"), f"l'étape « {redeposit.step} » ne vient pas avant le collège (« after ») : il n'y renvoie rien"
        for between in piece.steps:
            if between.opens == "submitted" and redeposit.step in between.after and between.code in steps_before(piece, step.code):
                yield (
                    (*where, "step"),
                    f"l'étape « {between.code} » n'attend pas que « {redeposit.step} » soit acceptée (« opens ») : le collège n'attendrait pas ce qui se redépose",
                )
        if redeposit.until is not None:
            yield from self._known(redeposit.until, milestones, (*where, "until"), "le jalon")

    def _use(self, use: Use, questionnaire: Questionnaire, place: Place) -> Iterator[Finding]:
        codes = [criterion.code for section in questionnaire.sections for criterion in section.asked]
        scale = self.of("scales").get(questionnaire.scale or "")
        ranked = [level.code for level in scale.levels if level.rank is not None] if scale else []
        if scale is not None and use.required is None:
            yield place, "le niveau attendu (« required ») manque"
        for level in filter(None, [use.required]):
            yield from self._known(level, ranked, (*place, "required"), "le niveau")
        for e, exception in enumerate(use.exceptions):
            yield from self._known(exception.criterion, codes, (*place, "exceptions", e), "le critère")
            if exception.required is not None:
                yield from self._known(exception.required, ranked, (*place, "exceptions", e), "le niveau")
        for code in use.left_out:
            yield from self._known(code, codes, (*place, "left_out"), "le critère")
        if set(codes) and set(codes) <= set(use.left_out):
            yield (*place, "left_out"), "cette démarche ne demanderait plus rien"

    def _requirements(self, piece: RequirementSet) -> Iterator[Finding]:
        profiles = {profile.code for profile in piece.profiles}
        for p, profile in enumerate(piece.profiles):
            for other in (*profile.excludes, *profile.implies):
                yield from self._known(other, profiles, ("profiles", p), "le profil")
        yield from self._conditions(piece.sections, ("sections",), self._questions(), profiles, {})
        named: dict[str, list[tuple[str, Place]]] = {"exigence": [], "scénario": [], "preuve": []}
        for s, section in enumerate(piece.sections):
            for r, requirement in enumerate(section.requirements):
                place: Place = ("sections", s, "requirements", r)
                named["exigence"].append((requirement.code, place))
                yield from self._known(requirement.profile, profiles, place, "le profil")
                for c, scenario in enumerate(requirement.scenarios):
                    named["scénario"].append((scenario.code, (*place, "scenarios", c)))
                    named["preuve"] += [(proof.code, (*place, "scenarios", c, "proofs", p)) for p, proof in enumerate(scenario.proofs)]
                    if scenario.profile is not None:
                        yield from self._known(scenario.profile, profiles, (*place, "scenarios", c), "le profil")
        for what, found in named.items():
            yield from _duplicates([code for code, _ in found], [where for _, where in found], what)

    def _form(self, piece: Form) -> Iterator[Finding]:
        fields = {field.code: _values_of(field) for block in piece.blocks for field in block.fields}
        named = [(field.code, ("blocks", b, "fields", f)) for b, block in enumerate(piece.blocks) for f, field in enumerate(block.fields)]
        yield from _duplicates([code for code, _ in named], [place for _, place in named], "champ")
        yield from self._conditions(piece.blocks, ("blocks",), self._questions(), set(), fields)
        depends = {
            field.code: {leaf.field for leaf in (field.when.leaves() if field.when else ())}
            for block in piece.blocks
            for field in block.fields
        }
        yield from _circles(depends, ("blocks",))

    def _presentation(self, piece: Presentation) -> Iterator[Finding]:
        yield from self._known(piece.procedure, {one.code for one in self.of("procedures").values()}, ("procedure",), "la démarche")
        yield from _duplicates([block.code for block in piece.blocks], _rows("blocks", piece.blocks), "bloc")

    # — editions —

    def _dates(self, piece: Piece) -> Iterator[Finding]:
        """Only procedures are chosen by their day: a date that would change nothing is not left to be believed."""
        for name in ("effective_from", "effective_until"):
            if getattr(piece, name) is not None and not isinstance(piece, Procedure):
                yield (name,), f"« {name} » n'a d'effet que pour une démarche : datez celle qui emploie ce contenu"

    def _alone(self, piece: Track | Qualification) -> Iterator[Finding]:
        """One edition of a track, one qualification of a kind of subject: nothing would say which to show."""
        said = ("code",) if isinstance(piece, Track) else ("subject",)
        for other in self.of("tracks" if isinstance(piece, Track) else "qualification").values():
            if other.key < piece.key and getattr(other, said[0]) == getattr(piece, said[0]):
                yield said, f"« {piece.key} » et « {other.key} » seraient en vigueur en même temps : retirez l'ancienne édition du dossier"

    def _editions(self, piece: Procedure) -> Iterator[Finding]:
        """The editions of one procedure: one in force at a time, and a way from each to the next for what is answered."""
        editions = sorted((one for one in self.of("procedures").values() if one.code == piece.code), key=lambda one: (begins(one), one.key))
        for other in editions:
            if other.key < piece.key and are_in_force_together(piece, other):
                place: Place = ("effective_from",) if piece.effective_from else ("edition",)
                yield place, f"« {piece.key} » et « {other.key} » seraient en vigueur en même temps : donnez à chacune ses dates"
        for before, after in pairwise(editions):
            if after is piece:
                yield from self._ways(before, after)

    def _ways(self, before: Procedure, after: Procedure) -> Iterator[Finding]:
        used = {self._code(use.questionnaire): use.questionnaire for use in before.uses}
        for u, use in enumerate(after.uses):
            old = used.get(self._code(use.questionnaire))
            if old and old != use.questionnaire and not path_between(self.of("maps").values(), old, use.questionnaire):
                yield (
                    ("uses", u, "questionnaire"),
                    f"aucun passage (« maps/ ») ne mène de « {old} », demandé par « {before.key} », à « {use.questionnaire} »",
                )

    def _shared(self, piece: Procedure) -> Iterator[Finding]:
        """One set of answers for all: procedures open on the same day ask the same edition of a questionnaire they share."""
        for other in self.of("procedures").values():
            if other.key >= piece.key or other.code == piece.code or piece.closed_because or other.closed_because:
                continue
            if not _meet(self._period(piece), self._period(other)):
                continue
            asked = {self._code(use.questionnaire): use.questionnaire for use in other.uses}
            for u, use in enumerate(piece.uses):
                theirs = asked.get(self._code(use.questionnaire), use.questionnaire)
                if theirs != use.questionnaire:
                    yield (
                        ("uses", u, "questionnaire"),
                        f"« {use.questionnaire} » : « {other.key} », en vigueur le même jour, demande « {theirs} » ; "
                        "des démarches qui partagent un questionnaire changent d'édition ensemble",
                    )

    def _period(self, piece: Procedure) -> tuple[date, date]:
        return period_of(piece, (one for one in self.of("procedures").values() if one.code == piece.code))

    def _code(self, questionnaire: str) -> str:
        found = self.of("questionnaires").get(questionnaire)
        return found.code if found else questionnaire

    def _map(self, piece: EditionMap) -> Iterator[Finding]:
        for other in self.of("maps").values():
            if other.key < piece.key and (other.old, other.new) == (piece.old, piece.new):
                yield ("new",), f"le passage de « {piece.old} » à « {piece.new} » est déjà décrit par « {other.key} »"
        ends = [self.of("questionnaires").get(key) for key in (piece.old, piece.new)]
        for side, key, questionnaire in zip(("old", "new"), (piece.old, piece.new), ends, strict=True):
            yield from self._known(key, self.of("questionnaires"), (side,), "le questionnaire")
            if questionnaire is not None:
                yield from self._side(piece, side, questionnaire)
        old, new = ends
        if old is None or new is None:
            return
        if old.code != new.code or old.key == new.key:
            yield ("new",), f"un passage relie deux éditions d'un même questionnaire, pas « {old.key} » et « {new.key} »"
        if old.scale != new.scale:
            for place, line in enumerate(piece.lines):
                if line.carries is Carries.LEVEL_AND_COMMENT:
                    yield (
                        ("lines", place),
                        "les deux éditions n'ont pas la même échelle : seul le commentaire peut être repris (« carries: comment »)",
                    )

    def _side(self, piece: EditionMap, side: str, questionnaire: Questionnaire) -> Iterator[Finding]:
        """Every criterion of the edition is named, on one line only."""
        codes = [criterion.code for section in questionnaire.sections for criterion in section.asked]
        word = "split" if side == "old" else "merged"
        named: set[str] = set()
        for place, line in enumerate(piece.lines):
            for code in getattr(line, side):
                yield from self._known(code, codes, ("lines", place, side), "le critère")
                if code in named:
                    yield (
                        ("lines", place, side),
                        f"le critère « {code} » est nommé deux fois : réunissez ses lignes en une seule (« {word} »)",
                    )
                named.add(code)
        for code in codes:
            if code not in named:
                yield ("lines",), f"le critère « {code} » de « {questionnaire.key} » n'est nommé nulle part"


def _meet(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return max(one[0], other[0]) <= min(one[1], other[1])


def _values_of(field: FormField) -> set[str]:
    """What a condition may expect of a field."""
    return {"yes", "no"} if field.kind == "yes_no" else {choice.code for choice in field.choices}


def _worded_levels(levels: dict[str, Any], recommendations: dict[str, Any], scale: Scale, place: Place) -> Iterator[Finding]:
    named = {level.code for level in scale.levels}
    for code in sorted(named - set(levels)):
        yield (*place, "levels"), f"le niveau « {code} » n'est pas rédigé"
    for code in sorted(set(levels) - named):
        yield (*place, "levels", code), f"le niveau « {code} » n'est pas sur l'échelle"
    for code in sorted(set(recommendations) - named):
        yield (*place, "recommendations", code), f"le niveau « {code} » n'est pas sur l'échelle"


def _is_out_of_reach(piece: Procedure, step: Step) -> bool:
    """Whether nobody can reach a step yet: what it will ask may still be to write."""
    return piece.closed_because is not None or step.locked_because is not None


def _decided(piece: Procedure, step: Step, place: Place) -> Iterator[Finding]:
    """A decision is the agency's, and where it may really be taken, the company must be told how to contest it."""
    if step.acts != "agency":
        yield (*place, "acts"), "une décision revient à l'agence : « acts: agency »"
    if piece.closed_because is None and step.locked_because is None and piece.outcome.appeal is None:
        yield place, "une décision se conteste : dites comment dans « outcome », « appeal »"


def _rows(name: str, items: Sequence[Any]) -> list[Place]:
    """Where each item of a list stands."""
    return [(name, index) for index in range(len(items))]


def _duplicates(names: list[str], places: Sequence[Place], what: str) -> Iterator[Finding]:
    for index, (name, place) in enumerate(zip(names, places, strict=True)):
        if name in names[:index]:
            yield place, f"{what} « {name} » en double"


def _circles(depends: dict[str, Any], place: Place) -> Iterator[Finding]:
    """Names that wait for each other for ever."""
    for start in depends:
        seen: set[str] = set()
        waiting = {name for name in depends[start] if name}
        while waiting:
            name = waiting.pop()
            if name == start:
                yield place, f"« {start} » dépend de lui-même : le cercle ne s'ouvrirait jamais"
                break
            if name not in seen:
                seen.add(name)
                waiting |= {other for other in depends.get(name, ()) if other}
