"""What a content may say of agreements and of outcomes, and what is refused, with its line."""

from __future__ import annotations

import pytest

from convergence.content.schema import Agreement
from tests.factories.packs import PROCEDURE, check_problems, line_with, read_problems

AGREEMENT_FILE, PROCEDURE_FILE = "agreements/garden.yaml", "procedures/gardening.yaml"
AGREEMENT = """\
code: garden
edition: "1"
title: Convention de jardinage
origin: illustrative
agency: L'agence des jardins
articles:
  - {title: Objet, text: Jardiner.}
"""


def with_steps(steps: str, outcome: str = "") -> str:
    """The procedure of the small pack, with steps and an outcome of ours."""
    return (
        PROCEDURE[: PROCEDURE.index("steps:\n")]
        + steps
        + (outcome or "outcome: {kind: certificate, title: Certificat, appeal: Écrivez.}\n")
    )


GOOD = "steps:\n  - {code: sign, kind: agreement, title: Convention, agreement: garden-1}\n"


def test_an_agreement_named_by_its_step_holds(tmp_path):
    assert check_problems(tmp_path, {AGREEMENT_FILE: AGREEMENT, PROCEDURE_FILE: with_steps(GOOD)}) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("agreement: garden-1", "agreement: garden-2", "le contenu « garden-2 » n'existe pas ; vouliez-vous dire « garden-1 » ?"),
        (", agreement: garden-1", "", "une étape de convention, et elle seule, nomme ce qui se signe (« agreement »)"),
        ("kind: agreement", "kind: decision", "une étape de convention, et elle seule, nomme ce qui se signe (« agreement »)"),
    ],
)
def test_a_step_and_its_agreement_go_together(tmp_path, old, new, words):
    procedure = with_steps(GOOD.replace(old, new))
    problems = check_problems(tmp_path, {AGREEMENT_FILE: AGREEMENT, PROCEDURE_FILE: procedure})
    assert words in [problem.message for problem in problems]


@pytest.mark.parametrize("why", ["closed_because: Fermée.\n", ""])
def test_what_nobody_reaches_yet_may_still_be_to_write(tmp_path, why):
    steps = GOOD.replace(", agreement: garden-1", "" if why else ", locked_because: Plus tard.")
    assert check_problems(tmp_path, {PROCEDURE_FILE: why + with_steps(steps)}) == []


def test_its_sheet_is_one_that_exists(tmp_path):
    text = AGREEMENT + "template: agrement\n"
    (problem,) = check_problems(tmp_path, {AGREEMENT_FILE: text, PROCEDURE_FILE: with_steps(GOOD)})
    assert problem.message == "la feuille « agrement » n'existe pas ; vouliez-vous dire « agreement » ?"
    assert problem.line == line_with(text, "template:")


@pytest.mark.parametrize("signatories", ["[signatory, legal_representative]", "[legal_representative]", "[signatory]"])
def test_the_company_signs_first_and_the_agency_last(tmp_path, signatories):
    problems = read_problems(tmp_path, {AGREEMENT_FILE: AGREEMENT + f"signatories: {signatories}\n"})
    assert any("le mandataire de l'entreprise signe, puis le signataire de l'agence" in problem.message for problem in problems)


@pytest.mark.parametrize("missing", ["articles", "agency"])
def test_an_agreement_names_the_agency_and_says_something(tmp_path, missing):
    text = "".join(
        line for line in AGREEMENT.splitlines(keepends=True) if not line.startswith((missing, "  -" if missing == "articles" else missing))
    )
    assert read_problems(tmp_path, {AGREEMENT_FILE: text}) != []


def test_the_level_comes_from_a_choice_that_is_asked(tmp_path):
    outcome = "outcome: {kind: label, title: Label, level_from: size, appeal: Écrivez.}\n"
    (problem,) = check_problems(tmp_path, {AGREEMENT_FILE: AGREEMENT, PROCEDURE_FILE: with_steps(GOOD, outcome)})
    assert problem.message == "le choix « size » n'existe pas"


def test_the_real_agreements_say_that_they_are_ours(packs):
    ours = [read.piece for read in packs if isinstance(read.piece, Agreement)]
    assert {piece.key for piece in ours} >= {"dmn-2026", "sas-2026", "label-mcs-2026"}
    assert {piece.origin.value for piece in ours} == {"illustrative"}
    assert all(len(piece.articles) >= 4 for piece in ours)
