"""Do the pieces of a pack hold together? Names that lead nowhere, circles, levels without words: each with its line."""

from __future__ import annotations

import pytest

from tests.factories.packs import (
    FORM,
    PROCEDURE,
    QUALIFICATION,
    QUESTIONNAIRE,
    REQUIREMENTS,
    SCALE,
    TRACK,
    check_problems,
    line_with,
    read_problems,
    with_change,
)

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
        broken(PROCEDURE_FILE, PROCEDURE, "steps:\n", "clocks:\n  - {code: tea, title: Thé, length: 5, unit: working_days, starts: resubmited, at_end: warn}\nsteps:\n", "l'événement « resubmited » n'existe pas ; vouliez-vous dire « resubmitted » ?", "code: tea"),
        broken(PROCEDURE_FILE, PROCEDURE, "title: Première}", "title: Première, clocks: [tea]}", "le délai « tea » n'existe pas", "code: first"),
        broken(PROCEDURE_FILE, PROCEDURE, "title: Première}", "title: Première, closes: noon}", "le jalon « noon » n'existe pas", "code: first"),
        broken(PROCEDURE_FILE, PROCEDURE, "kind: form, title: Première}", "kind: evidence, title: Première}", "une étape de preuves nomme ses exigences (« requirements », ou « profiles_from » de la démarche)", "code: first"),
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


@pytest.mark.parametrize(
    ("until", "told"), [("noon", None), ("moon", "le jalon du profil « some », « moon » n'existe pas ; vouliez-vous dire « noon » ?")]
)
def test_a_profile_is_added_until_a_milestone_of_the_procedure(tmp_path, until, told):
    requirements = with_change(REQUIREMENTS, "implies: [everyone]", f"implies: [everyone], until: {until}")
    procedure = with_change(PROCEDURE, "outcome:\n", "profiles_from: rules-1\nmilestones: [{code: noon, title: Midi}]\noutcome:\n")
    found = check_problems(tmp_path, {REQUIREMENTS_FILE: requirements, PROCEDURE_FILE: procedure})
    assert [(one.file, one.message) for one in found] == ([] if told is None else [(PROCEDURE_FILE, told)])


@pytest.mark.parametrize(
    ("profiles_from", "brought", "told"),
    [
        ("profiles_from: rules-1\n", "some", None),
        (
            "profiles_from: rules-1\n",
            "sime",
            "le profil apporté par le champ « kind », « sime » n'existe pas ; vouliez-vous dire « some » ?",
        ),
        ("", "some", "le profil apporté par le champ « kind », « some » n'existe pas"),
    ],
)
def test_an_answer_brings_profiles_of_the_requirements_of_its_procedure(tmp_path, profiles_from, brought, told):
    form = with_change(FORM, "title: Société}", f"title: Société, brings: [{brought}]}}")
    procedure = with_change(
        with_change(PROCEDURE, "outcome:\n", f"{profiles_from}outcome:\n"), "title: Première}", "title: Première, form: request-1}"
    )
    found = check_problems(tmp_path, {FORM_FILE: form, PROCEDURE_FILE: procedure})
    assert [(one.file, one.message) for one in found] == ([] if told is None else [(PROCEDURE_FILE, told)])


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


@pytest.mark.parametrize(
    ("step", "outcome", "words"),
    [
        ("{code: judge, kind: decision, title: Juger, acts: agency}", "", "une décision se conteste"),
        (
            "{code: judge, kind: board, title: Juger, acts: agency, board: {quorum: 2}, reasons: [{code: a, title: A}]}",
            "",
            "une décision se conteste",
        ),
        ("{code: judge, kind: decision, title: Juger}", ", appeal: Écrivez-nous.", "une décision revient à l'agence"),
        ("{code: judge, kind: decision, title: Juger, acts: agency}", ", appeal: Écrivez-nous.", None),
        ("{code: judge, kind: decision, title: Juger, acts: agency, locked_because: Plus tard.}", "", None),
    ],
)
def test_a_decision_is_the_agencys_and_can_be_contested(tmp_path, step, outcome, words):
    procedure = f"""\
code: judging
edition: "1"
title: Juger
origin: illustrative
track: outdoors
summary: Juger.
presentation: Juger.
steps:
  - {step}
outcome: {{kind: opinion, title: Avis{outcome}}}
"""
    found = check_problems(tmp_path, {"procedures/judging.yaml": procedure})
    assert [words in problem.message for problem in found] == ([] if words is None else [True])


BOARD = "board: {quorum: 2, redeposit: {step: proofs, until: last}}"
REASONS = "reasons: [{code: blocking, title: Bloquant}]"


@pytest.mark.parametrize(
    ("written", "instead", "words", "line"),
    [
        ("", "", None, 0),
        ("    board:", "    # board:", "dit comment il juge (« board »)", 17),
        (f"    {REASONS}", "", "donne les motifs de ses réserves", 17),
        ("step: proofs", "step: prooofs", "l'étape de preuves « prooofs » n'existe pas ; vouliez-vous dire « proofs » ?", 22),
        ("step: proofs", "step: file", "l'étape de preuves « file » n'existe pas", 22),
        ("step: proofs", "step: late", "ne vient pas avant le collège", 22),
        (
            "acts: agency, after: [proofs]}",
            "acts: agency, after: [proofs], opens: submitted}",
            "n'attend pas que « proofs » soit acceptée",
            22,
        ),
        ("until: last", "until: lost", "le jalon « lost » n'existe pas ; vouliez-vous dire « last » ?", 22),
        ("    title: Juger\n", "    title: Juger\n    opens: submitted\n", "un collège juge un dossier complet", 22),
        ("kind: form, form: f-1", "kind: form, form: f-1, board: {quorum: 1}", "une étape de collège, et elle seule", 13),
    ],
)
def test_a_board_says_how_it_judges_and_what_may_be_deposited_again(tmp_path, written, instead, words, line):
    procedure = f"""\
code: judging
edition: "1"
title: Juger
origin: illustrative
track: outdoors
summary: Juger.
presentation: Juger.
profiles_from: r-1.0
milestones:
  - {{code: last, title: Fin}}
steps:
  # le dossier
  - {{code: file, kind: form, form: f-1, title: Dossier}}
  - {{code: proofs, kind: evidence, title: Preuves, after: [file]}}
  - {{code: other, kind: decision, title: Voir, acts: agency, after: [proofs]}}
  - {{code: late, kind: evidence, title: Plus tard, after: [judge]}}
  - code: judge
    kind: board
    acts: agency
    after: [other]
    title: Juger
    {BOARD}
    {REASONS}
outcome: {{kind: opinion, title: Avis, appeal: Écrivez-nous.}}
"""
    files = {
        "forms/f.yaml": 'code: f\nedition: "1"\ntitle: F\norigin: illustrative\nblocks: [{code: a, title: A, fields: [{code: x, kind: text, title: X}]}]\n',
        "requirements/r.yaml": """\
code: r
edition: "1.0"
title: R
origin: illustrative
profiles: [{code: general, title: G, mandatory: true}]
sections:
  - code: s
    short: S
    title: S
    requirements:
      - {code: ILL-S 1, block: B, function: F, text: T, profile: general, scenarios: [{code: ILL-S 1.1, text: T, proofs: [{code: ILL-S 1.1.1, title: P}]}]}
""",
    }
    assert written in procedure
    found = check_problems(tmp_path, {**files, "procedures/judging.yaml": procedure.replace(written, instead, 1) if written else procedure})
    assert [words in problem.message for problem in found] == ([] if words is None else [True]), found
    assert [problem.line for problem in found] == ([line] if words else [])


def test_a_conformity_criterion_expects_a_proof(tmp_path):
    files = conformity_pack(closed=True)
    problems = check_problems(tmp_path, files)
    assert [problem.line for problem in problems] == [
        line_with(files[QUESTIONNAIRE_FILE], f"code: {code}") for code in ("ILL-01", "ILL-02")
    ]
    assert {problem.message for problem in problems} == {"un critère de conformité attend au moins une preuve (« proofs »)"}


PROVED = with_change(
    with_change(QUESTIONNAIRE, "kind: maturity", "kind: conformity"),
    "scale: steps-1\n",
    "",
).replace("        levels: {aside: Sans objet., low: Un peu., high: Beaucoup.}\n", "        proofs: [{code: ILL-P, title: Preuve}]\n")
"""Two criteria whose proofs bear the same code."""


def test_a_procedure_may_ask_conformity_and_deposits(tmp_path):
    """They have their page: nothing needs to be closed any more."""
    files = conformity_pack(closed=False)
    assert [one for one in check_problems(tmp_path, files) if one.file == PROCEDURE_FILE] == []


def test_a_proof_is_expected_once_in_a_questionnaire(tmp_path):
    problems = check_problems(tmp_path, {QUESTIONNAIRE_FILE: PROVED, PROCEDURE_FILE: conformity_pack(closed=False)[PROCEDURE_FILE]})
    assert "la preuve « ILL-P » est attendue deux fois" in {problem.message for problem in problems}


def test_a_format_that_is_not_known_is_told_with_the_nearest(tmp_path):
    text = PROVED.replace("{code: ILL-P, title: Preuve}", "{code: ILL-P, title: Preuve, formats: [pfd]}")
    problems = check_problems(tmp_path, {QUESTIONNAIRE_FILE: text, PROCEDURE_FILE: conformity_pack(closed=False)[PROCEDURE_FILE]})
    assert "le format « pfd » n'existe pas ; vouliez-vous dire « pdf » ?" in {problem.message for problem in problems}


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
    assert [problem.message for problem in problems] == words
    lines = [line_with(text, "relation: new" if "ILL-30" in words_of else "lines:") for words_of in words]
    assert [(problem.file, problem.line) for problem in problems] == [("maps/garden.yaml", line) for line in lines]


def test_a_map_between_editions_that_do_not_exist_is_refused(tmp_path):
    (problem,) = check_problems(tmp_path, {"maps/garden.yaml": with_change(MAP, "  - {new: [ILL-03], relation: new}\n", "")})
    assert (problem.line, problem.message) == (6, "le questionnaire « garden-2 » n'existe pas ; vouliez-vous dire « garden-1 » ?")


def with_line(relation):
    """The map whose line about the second criterion is written otherwise."""
    return with_change(with_change(MAP, "  - {new: [ILL-03], relation: new}\n", ""), "{old: [ILL-02], relation: gone}", relation)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{old: [ILL-01, ILL-02], new: [ILL-03], relation: merged, carries: comment}", "le critère « ILL-01 » est nommé deux fois : réunissez ses lignes en une seule (« split »)"),
        ("{old: [ILL-02], new: [ILL-01, ILL-03], relation: split, carries: comment}", "le critère « ILL-01 » est nommé deux fois : réunissez ses lignes en une seule (« merged »)"),
    ],
)  # fmt: skip
def test_a_criterion_carried_twice_is_refused(tmp_path, line, words):
    text = with_line(line)
    (problem,) = check_problems(tmp_path, {"questionnaires/garden-2.yaml": SECOND_EDITION, "maps/garden.yaml": text})
    assert (problem.file, problem.line, problem.message) == ("maps/garden.yaml", line_with(text, "carries: comment"), words)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{old: [ILL-02], relation: same, carries: level_and_comment}", "« same » nomme un critère dans « new »"),
        ("{old: [ILL-02], new: [ILL-03], relation: same}", "« same » reprend tout : « carries: level_and_comment », ou dites « changed »"),
        ("{old: [ILL-02], new: [ILL-03], relation: gone}", "« gone » nomme aucun critère dans « new »"),
        ("{old: [ILL-02], new: [ILL-03], relation: new}", "« new » nomme aucun critère dans « old »"),
        ("{old: [ILL-02], new: [ILL-03], relation: split}", "« split » nomme plusieurs critères dans « new »"),
        ("{old: [ILL-02], new: [ILL-03], relation: merged}", "« merged » nomme plusieurs critères dans « old »"),
        ("{old: [ILL-02], relation: gone, carries: comment}", "« gone » ne reprend rien : retirez « carries »"),
        ("{old: [ILL-02], relation: lost}", "« lost » n'est pas admis ; attendu : 'same', 'changed', 'split', 'merged', 'gone' or 'new'"),
    ],
)  # fmt: skip
def test_a_line_has_the_shape_of_its_relation(tmp_path, line, words):
    text = with_line(line)
    (problem,) = read_problems(tmp_path, {"questionnaires/garden-2.yaml": SECOND_EDITION, "maps/garden.yaml": text})
    assert (problem.line, problem.message.split(" : ", 1)[1]) == (line_with(text, line), words)


@pytest.mark.parametrize(("new", "other"), [("garden-1", "garden-1"), ("orchard-1", "orchard-1")])
def test_a_map_links_two_editions_of_one_questionnaire(tmp_path, new, other):
    orchard = with_change(QUESTIONNAIRE, "code: garden", "code: orchard")
    text = MAP.replace("new: garden-2", f"new: {new}").replace("ILL-03", "ILL-02")
    problems = check_problems(tmp_path, {"questionnaires/orchard.yaml": orchard, "maps/garden.yaml": text})
    assert [(problem.line, problem.message) for problem in problems] == [
        (line_with(text, f"new: {new}"), f"un passage relie deux éditions d'un même questionnaire, pas « garden-1 » et « {other} »")
    ]


def test_a_way_is_described_once(tmp_path):
    again = with_change(MAP, 'edition: "2"', 'edition: "2b"')
    files = {"questionnaires/garden-2.yaml": SECOND_EDITION, "maps/garden.yaml": MAP, "maps/again.yaml": again}
    (problem,) = check_problems(tmp_path, files)
    assert (problem.file, problem.line) == ("maps/again.yaml", line_with(again, "new: garden-2"))
    assert problem.message == "le passage de « garden-1 » à « garden-2 » est déjà décrit par « garden-2 »"


def test_a_level_is_not_carried_from_one_scale_to_another(tmp_path):
    files = {
        "scales/other.yaml": with_change(SCALE, "code: steps", "code: stairs"),
        "questionnaires/garden-2.yaml": with_change(SECOND_EDITION, "scale: steps-1", "scale: stairs-1"),
        "maps/garden.yaml": MAP,
    }
    (problem,) = check_problems(tmp_path, files)
    assert (problem.file, problem.line) == ("maps/garden.yaml", line_with(MAP, "relation: same"))
    assert problem.message.startswith("les deux éditions n'ont pas la même échelle : seul le commentaire peut être repris")


# — Which edition, on which day —

SECOND_PROCEDURE = with_change(with_change(PROCEDURE, 'edition: "1"', 'edition: "2"\neffective_from: 2027-01-01'), "garden-1", "garden-2")
SECOND_PROCEDURE = SECOND_PROCEDURE.replace("ILL-02", "ILL-03")
NEXT = {"questionnaires/garden-2.yaml": SECOND_EDITION, "maps/garden.yaml": MAP, "procedures/gardening-2.yaml": SECOND_PROCEDURE}


def test_a_later_edition_with_its_date_and_its_map_holds(tmp_path):
    assert check_problems(tmp_path, NEXT) == []


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        (PROCEDURE, SECOND_PROCEDURE.replace("effective_from: 2027-01-01\n", ""), 'edition: "2"'),
        (PROCEDURE.replace("title:", "effective_from: 2027-01-01\ntitle:", 1), SECOND_PROCEDURE, "effective_from"),
        (PROCEDURE.replace("title:", "effective_until: 2027-01-01\ntitle:", 1), SECOND_PROCEDURE, "effective_from"),
    ],
)
def test_two_editions_in_force_at_once_are_refused(tmp_path, first, second, line):
    problems = check_problems(tmp_path, {**NEXT, PROCEDURE_FILE: first, "procedures/gardening-2.yaml": second})
    assert (
        "procedures/gardening-2.yaml",
        line_with(second, line),
        "« gardening-2 » et « gardening-1 » seraient en vigueur en même temps : donnez à chacune ses dates",
    ) in [(problem.file, problem.line, problem.message) for problem in problems]


def test_an_edition_may_end_the_day_before_the_next_begins(tmp_path):
    first = PROCEDURE.replace("title:", "effective_until: 2026-12-31\ntitle:", 1)
    assert check_problems(tmp_path, {**NEXT, PROCEDURE_FILE: first}) == []


def test_an_edition_that_ends_before_it_begins_is_refused(tmp_path):
    text = PROCEDURE.replace("title:", "effective_from: 2027-01-01\neffective_until: 2026-12-31\ntitle:", 1)
    (problem,) = read_problems(tmp_path, {PROCEDURE_FILE: text})
    assert problem.message == "fichier : « effective_until » précède « effective_from »"


def test_a_later_edition_without_a_way_from_the_one_before_is_refused(tmp_path):
    files = {name: text for name, text in NEXT.items() if name != "maps/garden.yaml"}
    (problem,) = check_problems(tmp_path, files)
    assert (problem.file, problem.line) == ("procedures/gardening-2.yaml", line_with(SECOND_PROCEDURE, "questionnaire: garden-2"))
    assert problem.message == "aucun passage (« maps/ ») ne mène de « garden-1 », demandé par « gardening-1 », à « garden-2 »"


def test_procedures_that_share_a_questionnaire_change_edition_together(tmp_path):
    other = with_change(PROCEDURE, "code: gardening", "code: planting")
    (problem,) = check_problems(tmp_path, {**NEXT, "procedures/planting.yaml": other})
    assert (problem.file, problem.line) == ("procedures/planting.yaml", line_with(other, "questionnaire: garden-1"))
    assert problem.message.startswith("« garden-1 » : « gardening-2 », en vigueur le même jour, demande « garden-2 » ;")


@pytest.mark.parametrize("until", ["effective_until: 2026-12-31\n", "closed_because: Fermée.\n"])
def test_a_procedure_closed_or_over_by_then_keeps_its_edition(tmp_path, until):
    other = with_change(PROCEDURE, "code: gardening\n", f"code: planting\n{until}")
    assert check_problems(tmp_path, {**NEXT, "procedures/planting.yaml": other}) == []


@pytest.mark.parametrize("name", ["effective_from", "effective_until"])
def test_a_date_that_would_change_nothing_is_refused(tmp_path, name):
    text = QUESTIONNAIRE.replace("title: Jardin", f"{name}: 2027-01-01\ntitle: Jardin", 1)
    (problem,) = check_problems(tmp_path, {QUESTIONNAIRE_FILE: text})
    assert (problem.line, problem.message) == (
        line_with(text, name),
        f"« {name} » n'a d'effet que pour une démarche : datez celle qui emploie ce contenu",
    )


@pytest.mark.parametrize(
    ("file", "text", "said", "keys"),
    [
        ("tracks/outdoors.yaml", TRACK, "code: outdoors", ("outdoors-2", "outdoors-1")),
        (QUALIFICATION_FILE, QUALIFICATION, "subject: product", ("product-2", "product-1")),
    ],
)
def test_a_track_and_a_qualification_have_one_edition(tmp_path, file, text, said, keys):
    second = with_change(text, 'edition: "1"', 'edition: "2"')
    (problem,) = check_problems(tmp_path, {file.replace(".yaml", "-2.yaml"): second})
    assert problem.line == line_with(second, said)
    assert problem.message == f"« {keys[0]} » et « {keys[1]} » seraient en vigueur en même temps : retirez l'ancienne édition du dossier"


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
