"""Do the pieces of a pack hold together? Names that lead nowhere, circles, levels without words: each with its line."""

from __future__ import annotations

import pytest

from tests.factories.packs import FORM, PROCEDURE, QUALIFICATION, QUESTIONNAIRE, REQUIREMENTS, check_problems, line_with, with_change

QUALIFICATION_FILE, QUESTIONNAIRE_FILE, PROCEDURE_FILE = (
    "qualification/product.yaml",
    "questionnaires/garden.yaml",
    "procedures/gardening.yaml",
)
FORM_FILE, REQUIREMENTS_FILE = "forms/request.yaml", "requirements/rules.yaml"

SECOND_EDITION = with_change(with_change(QUESTIONNAIRE, 'code: garden\nedition: "1"', 'code: garden\nedition: "2"'), "ILL-02", "ILL-03")
MAP = """\
code: garden
edition: "2"
title: De la première à la deuxième
origin: illustrative
old: garden-1
new: garden-2
lines:
  - {old: [ILL-01], new: [ILL-01], relation: same, carries: level_and_comment}
  - {old: [ILL-02], relation: gone}
  - {new: [ILL-03], relation: new}
"""


def test_a_pack_that_holds_together_has_no_problem(tmp_path):
    assert check_problems(tmp_path, {}) == []


def broken(file, text, old, new, words, at):
    """One thing changed in one file; `at` is a word of the line the problem must name, once changed."""
    changed = with_change(text, old, new)
    return pytest.param(file, changed, words, line_with(changed, at), id=words)


@pytest.mark.parametrize(
    ("file", "text", "words", "line"),
    [
        broken(QUESTIONNAIRE_FILE, QUESTIONNAIRE, "{question: hosting,", "{question: hostin,", "la question « hostin » n'existe pas ; vouliez-vous dire « hosting » ?", "when:"),
        broken(QUESTIONNAIRE_FILE, QUESTIONNAIRE, "{question: hosting,", "{question: zzz,", "la question « zzz » n'existe pas", "when:"),
        broken(QUESTIONNAIRE_FILE, QUESTIONNAIRE, "in: [outside]", "in: [outsde]", "le choix de « hosting » « outsde » n'existe pas ; vouliez-vous dire « outside » ?", "when:"),
        broken(QUALIFICATION_FILE, QUALIFICATION, "question: hosting,", "question: hostings,", "la question « hostings » n'existe pas ; vouliez-vous dire « hosting » ?", "when:"),
        broken(QUALIFICATION_FILE, QUALIFICATION, "question: hosting,", "question: country,", "« country » dépend de lui-même : le cercle ne s'ouvrirait jamais", "questions:"),
        broken(QUALIFICATION_FILE, QUALIFICATION, "code: country", "code: hosting  # twice", "question « hosting » en double", "# twice"),
        broken(QUESTIONNAIRE_FILE, QUESTIONNAIRE, "scale: steps-1", "scale: step-1", "l'échelle « step-1 » n'existe pas ; vouliez-vous dire « steps-1 » ?", "scale:"),
        broken(QUESTIONNAIRE_FILE, QUESTIONNAIRE, "code: ILL-02", "code: ILL-01  # twice", "le critère « ILL-01 » est défini deux fois", "# twice"),
        broken(QUESTIONNAIRE_FILE, QUESTIONNAIRE, "levels: {aside: Sans objet., low: Un peu., high: Beaucoup.}\n        rec", "levels: {aside: Sans objet., high: Beaucoup.}\n        rec", "le niveau « low » n'est pas rédigé", "levels: {aside: Sans objet., high"),
        broken(QUESTIONNAIRE_FILE, QUESTIONNAIRE, "high: Beaucoup.}\n        rec", "high: Beaucoup., top: Trop.}\n        rec", "le niveau « top » n'est pas sur l'échelle", "top: Trop."),
        broken(QUESTIONNAIRE_FILE, QUESTIONNAIRE, "{low: Arrosez.}", "{hihg: Arrosez.}", "le niveau « hihg » n'est pas sur l'échelle", "recommendations:"),
        broken(PROCEDURE_FILE, PROCEDURE, "track: outdoors", "track: outdors", "le parcours « outdors » n'existe pas ; vouliez-vous dire « outdoors » ?", "track:"),
        broken(PROCEDURE_FILE, PROCEDURE, "questionnaire: garden-1", "questionnaire: garden-2", "le questionnaire « garden-2 » n'existe pas ; vouliez-vous dire « garden-1 » ?", "questionnaire:"),
        broken(PROCEDURE_FILE, PROCEDURE, "required: high\n", "required: hihg\n", "le niveau « hihg » n'existe pas ; vouliez-vous dire « high » ?", "required: hihg"),
        broken(PROCEDURE_FILE, PROCEDURE, "required: high\n", "required: aside\n", "le niveau « aside » n'existe pas", "required: aside"),
        broken(PROCEDURE_FILE, PROCEDURE, "    required: high\n", "", "le niveau attendu (« required ») manque", "questionnaire:"),
        broken(PROCEDURE_FILE, PROCEDURE, "{criterion: ILL-02, required: low}", "{criterion: ILL-20, required: low}", "le critère « ILL-20 » n'existe pas ; vouliez-vous dire « ILL-02 » ?", "criterion:"),
        broken(PROCEDURE_FILE, PROCEDURE, "{criterion: ILL-02, required: low}", "{criterion: ILL-02, required: aside}", "le niveau « aside » n'existe pas", "criterion:"),
        broken(PROCEDURE_FILE, PROCEDURE, "    exceptions:", "    left_out: [XYZ]\n    exceptions:", "le critère « XYZ » n'existe pas", "left_out:"),
        broken(PROCEDURE_FILE, PROCEDURE, "    exceptions:", "    left_out: [ILL-01, ILL-02]\n    exceptions:", "cette démarche ne demanderait plus rien", "left_out:"),
        broken(PROCEDURE_FILE, PROCEDURE, "steps:\n", "  - {questionnaire: garden-1, required: low}\nsteps:\n", "questionnaire « garden-1 » en double", ["required: low}", "steps"][0].replace("required", "garden-1, required")),
        broken(PROCEDURE_FILE, PROCEDURE, "after: [first]", "after: [frist]", "l'étape « frist » n'existe pas ; vouliez-vous dire « first » ?", "code: second"),
        broken(PROCEDURE_FILE, PROCEDURE, "{code: second,", "{code: first,", "étape « first » en double", "Seconde"),
        broken(PROCEDURE_FILE, PROCEDURE, "title: Première}", "title: Première, form: requests-1}", "le contenu « requests-1 » n'existe pas ; vouliez-vous dire « request-1 » ?", "code: first"),
        broken(PROCEDURE_FILE, PROCEDURE, "title: Première}", "title: Première, clocks: [tea]}", "le délai « tea » n'existe pas", "code: first"),
        broken(PROCEDURE_FILE, PROCEDURE, "title: Première}", "title: Première, closes: noon}", "le jalon « noon » n'existe pas", "code: first"),
        broken(PROCEDURE_FILE, PROCEDURE, "outcome:\n", "opens_into: gardenning-1\noutcome:\n", "la démarche « gardenning-1 » n'existe pas ; vouliez-vous dire « gardening-1 » ?", "opens_into:"),
        broken(PROCEDURE_FILE, PROCEDURE, "outcome:\n", "profiles_from: rule-1\noutcome:\n", "le jeu d'exigences « rule-1 » n'existe pas ; vouliez-vous dire « rules-1 » ?", "profiles_from:"),
        broken(FORM_FILE, FORM, "{field: kind,", "{field: knd,", "le champ « knd » n'existe pas ; vouliez-vous dire « kind » ?", "code: siren"),
        broken(FORM_FILE, FORM, "{field: kind, in: [company]}", "{field: kind, in: [companies]}", "le choix de « kind » « companies » n'existe pas ; vouliez-vous dire « company » ?", "code: siren"),
        broken(FORM_FILE, FORM, "{code: siren, kind: siren,", "{code: kind, kind: siren,", "champ « kind » en double", "title: SIREN"),
        broken(FORM_FILE, FORM, "{code: subject, kind: text,", "{code: siren, kind: text,", "champ « siren » en double", "title: Objet"),
        broken(REQUIREMENTS_FILE, REQUIREMENTS, "implies: [everyone]", "implies: [evryone]", "le profil « evryone » n'existe pas ; vouliez-vous dire « everyone » ?", "code: some"),
        broken(REQUIREMENTS_FILE, REQUIREMENTS, "        profile: some", "        profile: somme", "le profil « somme » n'existe pas ; vouliez-vous dire « some » ?", "code: ILL-R1"),
        broken(REQUIREMENTS_FILE, REQUIREMENTS, "            text: Montrer.", "            text: Montrer.\n            profile: nobodi", "le profil « nobodi » n'existe pas", "code: ILL-S1"),
        broken(REQUIREMENTS_FILE, REQUIREMENTS, "title: Preuve}", "title: Preuve}, {code: ILL-P1, title: Twice}", "preuve « ILL-P1 » en double", "Twice"),
        broken(REQUIREMENTS_FILE, REQUIREMENTS, "            text: Montrer.", "            text: Montrer.\n            when: {profile: nobody}", "le profil « nobody » n'existe pas", "when:"),
        broken(REQUIREMENTS_FILE, REQUIREMENTS, "            text: Montrer.", "            text: Montrer.\n            when: {subject: garden}", "le sujet « garden » n'existe pas", "when:"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_told_with_its_line_and_the_nearest_name(tmp_path, file, text, words, line):
    problems = [problem for problem in check_problems(tmp_path, {file: text}) if problem.message.startswith(words)]
    assert [(problem.file, problem.line, problem.message) for problem in problems] == [(file, line, words)]


def test_a_name_deep_inside_a_condition_is_found(tmp_path):
    condition = "when: {not: {any: [{question: country, in: [france]}, {all: [{question: contry, in: [france]}]}]}}"
    text = with_change(QUESTIONNAIRE, "when: {question: hosting, in: [outside]}", condition)
    (problem,) = check_problems(tmp_path, {QUESTIONNAIRE_FILE: text})
    assert problem.message == "la question « contry » n'existe pas ; vouliez-vous dire « country » ?"
    assert problem.line == line_with(text, "when:")


def test_a_questionnaire_asks_only_of_the_qualification_of_its_own_subject(tmp_path):
    other = (
        QUALIFICATION.replace("code: product", "code: strategy")
        .replace("subject: product", "subject: global_strategy")
        .replace("hosting", "size")
    )
    text = with_change(QUESTIONNAIRE, "question: hosting", "question: size")
    (problem,) = check_problems(tmp_path, {"qualification/strategy.yaml": other, QUESTIONNAIRE_FILE: text})
    assert problem.message.startswith("la question « size » n'existe pas")


def test_fields_that_wait_for_each_other_in_a_form_are_a_circle(tmp_path):
    text = with_change(FORM, "choices: [{code: person", "when: {not: {field: subject, in: [x]}}, choices: [{code: person")
    text = with_change(text, "{code: subject, kind: text, title: Objet}", "{code: subject, kind: choice, title: Objet, choices: [{code: x, title: X}, {code: y, title: Y}], when: {field: siren, in: [z]}}")  # fmt: skip
    text = with_change(text, "{code: siren, kind: siren, title: SIREN,", "{code: siren, kind: choice, title: SIREN, choices: [{code: z, title: Z}, {code: t, title: T}],")  # fmt: skip
    problems = check_problems(tmp_path, {FORM_FILE: text})
    assert {problem.message.split(" dépend")[0] for problem in problems} == {"« kind »", "« siren »", "« subject »"}
    assert {problem.line for problem in problems} == {line_with(text, "blocks:")}


def test_steps_that_wait_for_each_other_are_a_circle(tmp_path):
    text = with_change(PROCEDURE, "kind: form, title: Première}", "kind: form, title: Première, after: [second]}")
    problems = check_problems(tmp_path, {PROCEDURE_FILE: text})
    assert [(problem.line, problem.message.split(" dépend")[0]) for problem in problems] == [
        (line_with(text, "steps:"), "« first »"),
        (line_with(text, "steps:"), "« second »"),
    ]


def test_a_step_that_waits_for_itself_is_a_circle(tmp_path):
    text = with_change(PROCEDURE, "after: [first]", "after: [second]")
    (problem,) = check_problems(tmp_path, {PROCEDURE_FILE: text})
    assert problem.message.startswith("« second » dépend de lui-même")


def conformity_pack(closed):
    """The questionnaire made one of conformity, without proofs, and the procedure that uses it."""
    text = QUESTIONNAIRE.replace("kind: maturity", "kind: conformity").replace("scale: steps-1\n", "")
    text = "\n".join(line for line in text.splitlines() if "levels:" not in line and "recommendations:" not in line) + "\n"
    procedure = with_change(PROCEDURE, "    required: high\n    exceptions:\n      - {criterion: ILL-02, required: low}\n", "")
    return {QUESTIONNAIRE_FILE: text, PROCEDURE_FILE: procedure + ("closed_because: Pas encore ouverte.\n" if closed else "")}


def test_a_conformity_criterion_expects_a_proof(tmp_path):
    files = conformity_pack(closed=True)
    problems = check_problems(tmp_path, files)
    assert [problem.line for problem in problems] == [
        line_with(files[QUESTIONNAIRE_FILE], f"code: {code}") for code in ("ILL-01", "ILL-02")
    ]
    assert {problem.message for problem in problems} == {"un critère de conformité attend au moins une preuve (« proofs »)"}


def test_a_procedure_that_asks_what_has_no_page_yet_says_why_it_is_closed(tmp_path):
    files = conformity_pack(closed=False)
    (problem,) = [one for one in check_problems(tmp_path, files) if one.file == PROCEDURE_FILE]
    assert problem.line == line_with(files[PROCEDURE_FILE], "questionnaire: garden-1")
    assert "closed_because" in problem.message


def test_only_a_deposit_has_zones(tmp_path):
    text = with_change(QUESTIONNAIRE, "    title: Terre\n", "    title: Terre\n    zones: [{code: ILL-Z, title: Zone}]\n")
    (problem,) = check_problems(tmp_path, {QUESTIONNAIRE_FILE: text})
    assert (problem.line, problem.message) == (
        line_with(text, "code: ILL-A"),
        "seul un questionnaire de dépôt a des zones, et il n'a qu'elles",
    )


# — From one edition to the next —


def test_a_map_that_names_every_criterion_of_both_editions_holds(tmp_path):
    assert check_problems(tmp_path, {"questionnaires/garden-2.yaml": SECOND_EDITION, "maps/garden.yaml": MAP}) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  - {old: [ILL-02], relation: gone}\n", "", ["le critère « ILL-02 » de « garden-1 » n'est nommé nulle part"]),
        ("  - {new: [ILL-03], relation: new}\n", "", ["le critère « ILL-03 » de « garden-2 » n'est nommé nulle part"]),
        (
            "new: [ILL-03]",
            "new: [ILL-30]",
            ["le critère « ILL-03 » de « garden-2 » n'est nommé nulle part", "le critère « ILL-30 » n'existe pas ; vouliez-vous dire « ILL-03 » ?"],
        ),
    ],
)  # fmt: skip
def test_a_map_that_does_not_cover_both_editions_is_refused(tmp_path, old, new, words):
    text = with_change(MAP, old, new)
    problems = check_problems(tmp_path, {"questionnaires/garden-2.yaml": SECOND_EDITION, "maps/garden.yaml": text})
    assert [(problem.file, problem.line) for problem in problems] == [("maps/garden.yaml", line_with(text, "lines:"))] * len(words)
    assert [problem.message for problem in problems] == words


def test_a_map_between_editions_that_do_not_exist_is_refused(tmp_path):
    (problem,) = check_problems(tmp_path, {"maps/garden.yaml": with_change(MAP, "  - {new: [ILL-03], relation: new}\n", "")})
    assert (problem.line, problem.message) == (6, "le questionnaire « garden-2 » n'existe pas ; vouliez-vous dire « garden-1 » ?")


def test_problems_come_in_the_order_of_files_and_lines(tmp_path):
    problems = check_problems(
        tmp_path,
        {
            QUESTIONNAIRE_FILE: with_change(QUESTIONNAIRE, "question: hosting", "question: nope"),
            PROCEDURE_FILE: with_change(with_change(PROCEDURE, "track: outdoors", "track: nope"), "after: [first]", "after: [nope]"),
        },
    )
    assert [problem.file for problem in problems] == [PROCEDURE_FILE, PROCEDURE_FILE, QUESTIONNAIRE_FILE]
    assert problems == sorted(problems)
