"""What do the real packs ask? The numbers of the guide, every procedure of the product, and no invented official code."""

from __future__ import annotations

import re

import pytest

from convergence.content.checking import check_pieces
from convergence.content.schema import FOLDERS, Carries, Origin, Relation
from ops.demo import EXCHANGING, LISTED, NOT_LISTED
from tests.factories.packs import DAY
from tests.factories.pages import plain

OFFICIAL = re.compile(r"^[A-Z]\d{2}(\.\d+)*$")
"""What a code of the agency looks like in the guide: « A08.1.1 »."""

PROCEDURES = {
    "doctrine": {"evaluation-socles", "teleconsultation", "teleexpertise", "telesoin"},
    "mes": {"mes-sans-echange", "mes-avec-echange"},
    "dmn": {"dmn-ligne-generique", "dmn-nom-de-marque", "dmn-pecan", "dmn-pect"},
    "segur": {"segur-sas", "segur-vague-1", "segur-vague-2", "segur-vague-2-lgc"},
    "labels": {"label-logiciel-mcs"},
}
"""The table of product.md, section 2."""

REMOTE_CARE = {"teleconsultation": "TLC", "teleexpertise": "TLE", "telesoin": "TLS"}
"""The three procedures of remote care, each with the letters of our own codes."""


def of(packs, kind):
    return {read.piece.key: read.piece for read in packs if read.kind == kind}


def asked(shelf, procedure, questionnaire, qualification):
    piece = shelf.procedure_in_force(procedure, DAY)
    (use,) = [use for use in shelf.uses_of(piece, "product") if use.questionnaire == questionnaire]
    return shelf.asked(use, frozenset(qualification.items()), "product")


def test_every_file_reads_and_holds_together(packs):
    assert [str(problem) for problem in check_pieces(packs)] == []


def test_there_are_five_tracks(packs):
    assert {track.code for track in of(packs, "tracks").values()} == set(PROCEDURES)


def test_every_procedure_of_the_product_is_there_on_its_track(packs):
    found = {}
    for procedure in of(packs, "procedures").values():
        found.setdefault(procedure.track, set()).add(procedure.code)
    assert {track: codes & PROCEDURES.get(track, set()) for track, codes in found.items()} == PROCEDURES


def test_one_edition_of_each_thing_is_in_force(packs):
    """Two editions of one procedure in the same folder have each their days; the check above holds them apart."""
    codes = [piece.code for piece in of(packs, "tracks").values()]
    assert sorted(codes) == sorted(set(codes))
    undated = [piece.code for piece in of(packs, "procedures").values() if piece.effective_from is None]
    assert sorted(undated) == sorted(set(undated))
    subjects = [piece.subject for piece in of(packs, "qualification").values()]
    assert sorted(subjects) == ["global_strategy", "product"]


CHANGING = ("evaluation-socles", "mes-sans-echange", "mes-avec-echange")
"""The procedures that ask another edition of « Interopérabilité » from 2027 on."""


def test_the_edition_of_2027_is_an_example_and_says_so(packs):
    pieces = [of(packs, "questionnaires")["interoperabilite-2027"], *(of(packs, "procedures")[f"{code}-2027"] for code in CHANGING)]
    assert {piece.origin for piece in pieces} == {Origin.ILLUSTRATIVE}
    assert all(
        "Édition d’exemple" in plain(piece.introduction if hasattr(piece, "introduction") else piece.presentation) for piece in pieces
    )
    assert {str(of(packs, "procedures")[f"{code}-2027"].effective_from) for code in CHANGING} == {"2027-01-01"}


@pytest.mark.parametrize(("qualification", "count"), [(NOT_LISTED, 8), (LISTED, 12), (EXCHANGING, 13)])
def test_interoperability_2027_asks_eight_twelve_or_thirteen_criteria(shelf, qualification, count):
    for code in CHANGING:
        piece = shelf.procedure(f"{code}-2027")
        assert len(shelf.asked(shelf.uses_of(piece, "product")[0], frozenset(qualification.items()), "product")) == count


def test_the_map_to_2027_shows_every_kind_of_line(packs):
    lines = of(packs, "maps")["interoperabilite-2021-2027"].lines
    assert {line.relation for line in lines} == set(Relation)
    assert {line.carries for line in lines} == set(Carries)


def test_what_a_map_calls_the_same_has_the_same_words(packs):
    """From the packs themselves: a « same » that asks something else would carry answers to another question."""
    for one in of(packs, "maps").values():
        old, new = ({c.code: c for s in of(packs, "questionnaires")[key].sections for c in s.criteria} for key in (one.old, one.new))
        for line in one.lines:
            if line.relation is Relation.SAME:
                (before,), (after,) = line.old, line.new
                assert (old[before].title, old[before].aim, old[before].levels) == (new[after].title, new[after].aim, new[after].levels)


def test_what_is_closed_to_enrolment_says_why(shelf):
    open_today = {
        procedure.code for procedure in shelf.procedures(DAY) if procedure.closed_because is None and (procedure.uses or procedure.steps)
    }
    assert {"evaluation-socles", "mes-sans-echange", "mes-avec-echange", *REMOTE_CARE} <= open_today
    for procedure in shelf.procedures(DAY):
        assert procedure.code in open_today or procedure.closed_because or procedure.outcome.kind == "door", procedure.code


DMN = ("dmn-nom-de-marque", "dmn-pecan", "dmn-pect")
PROFILES = {**dict.fromkeys(DMN, "dmn-1.2.2"), "segur-vague-2-lgc": "segur-va2-lgc-2023.02", "label-logiciel-mcs": "label-mcs-2026"}
"""Where the profiles to choose come from."""


@pytest.mark.parametrize("code", [*PROFILES, "segur-sas"])
def test_what_ends_with_a_certificate_is_open_and_names_what_is_to_be_proved(shelf, code):
    procedure = shelf.procedure_in_force(code, DAY)
    assert (procedure.edition[:4], procedure.closed_because) == ("2026", None)
    steps = {step.kind: step for step in procedure.steps}
    assert steps["form"].form is not None
    assert shelf.piece("requirements", steps["evidence"].requirements) is not None
    assert steps["evidence"].reasons
    assert procedure.profiles_from == PROFILES.get(code)


@pytest.mark.parametrize("key", [*(f"{code}-2023" for code in DMN), "segur-sas-2023", "segur-vague-2-2026", "label-logiciel-mcs-2026"])
def test_the_edition_before_stays_as_it_was_published(packs, key):
    assert of(packs, "procedures")[key].closed_because is not None


def test_wave_two_leads_to_the_software_it_is_open_for(shelf):
    assert plain(shelf.procedure_in_force("segur-vague-2-lgc", DAY).title) in plain(
        shelf.procedure_in_force("segur-vague-2", DAY).closed_because
    )


def test_the_requirements_of_the_label_are_examples_and_say_so(packs):
    asked = of(packs, "requirements")["label-mcs-2026"]
    assert asked.origin is Origin.ILLUSTRATIVE
    assert all(one.code.startswith("ILL-") for section in asked.sections for one in section.requirements)


@pytest.mark.parametrize(
    ("qualification", "count"),
    [
        pytest.param(NOT_LISTED, 7, id="not listed"),
        pytest.param(LISTED, 11, id="listed, without exchange"),
        pytest.param({**LISTED, "mes_exchange": "consumes"}, 12, id="listed, consumes"),
        pytest.param({**LISTED, "mes_exchange": "feeds"}, 12, id="listed, feeds"),
        pytest.param(EXCHANGING, 12, id="listed, both"),
        pytest.param({**NOT_LISTED, "mes_exchange": "both"}, 7, id="exchange without listing"),
        pytest.param({}, 7, id="not qualified"),
    ],
)
def test_interoperability_asks_seven_eleven_or_twelve_criteria_by_qualification(shelf, qualification, count):
    for procedure in ("evaluation-socles", "mes-sans-echange"):
        assert len(asked(shelf, procedure, "interoperabilite-2021", qualification)) == count


def test_architecture_asks_six_criteria_in_the_doctrine_and_five_for_mon_espace_sante(shelf):
    assert len(asked(shelf, "evaluation-socles", "urbanisation-2021", LISTED)) == 6
    for procedure in ("mes-sans-echange", "mes-avec-echange"):
        assert len(asked(shelf, procedure, "urbanisation-2021", LISTED)) == 5


def test_security_asks_thirty_six_criteria_whatever_the_qualification(shelf):
    for qualification in (LISTED, NOT_LISTED, EXCHANGING, {}):
        for procedure in ("evaluation-socles", "mes-sans-echange", "mes-avec-echange", "segur-sas"):
            assert len(asked(shelf, procedure, "securite-2021", qualification)) == 36


MES = ("mes-sans-echange", "mes-avec-echange")


def test_mon_espace_sante_asks_thirty_four_ethical_criteria_each_with_a_proof(shelf):
    """Guide, page 48: « Critères renseignés 0/34 »."""
    for procedure in MES:
        assert len(asked(shelf, procedure, "ethique-mes-2023", LISTED)) == 34
    criteria = [criterion for _, criterion in shelf.criteria("ethique-mes-2023")]
    assert all(criterion.proofs and criterion.code.startswith("ILL-") for criterion in criteria)
    assert [len(section.criteria) for section in shelf.questionnaire("ethique-mes-2023").sections] == [9, 8, 8, 5, 4]


def test_mon_espace_sante_asks_three_zones_of_documents_the_last_one_sealed(shelf):
    """Guide, page 55."""
    for procedure in MES:
        assert asked(shelf, procedure, "rgpd-mes-2023", LISTED) == ("RGPD-Q", "RGPD-CGU", "RGPD-AIPD")
    zones = [criterion.proofs[0] for _, criterion in shelf.criteria("rgpd-mes-2023")]
    assert [(zone.sealed, zone.to_fill is not None) for zone in zones] == [(False, True), (False, False), (True, False)]


def test_only_the_exchange_of_data_asks_for_the_security_of_exchanges_fifteen_sealed_zones(shelf):
    assert len(asked(shelf, "mes-avec-echange", "securite-mes-2023", EXCHANGING)) == 15
    assert all(criterion.proofs[0].sealed for _, criterion in shelf.criteria("securite-mes-2023"))
    without = shelf.procedure_in_force("mes-sans-echange", DAY)
    assert "securite-mes-2023" not in {use.questionnaire for use in without.uses}


def test_the_partner_may_read_every_questionnaire_of_mon_espace_sante(shelf):
    for procedure in MES:
        assert {use.read_by for use in shelf.procedure_in_force(procedure, DAY).uses} == {("gie-sesam-vitale",)}


def test_the_overall_policy_asks_four_criteria_of_the_global_strategy(shelf):
    procedure = shelf.procedure_in_force("evaluation-socles", DAY)
    (use,) = shelf.uses_of(procedure, "global_strategy")
    assert use.questionnaire == "politique-globale-2021"
    assert len(shelf.asked(use, frozenset(), "global_strategy")) == 4


STANDALONE = {**NOT_LISTED, "delivery": "standalone"}


@pytest.mark.parametrize(
    ("code", "qualification", "count"),
    [
        pytest.param("teleconsultation", EXCHANGING, 14, id="teleconsultation, everything"),
        pytest.param("teleconsultation", NOT_LISTED, 13, id="teleconsultation, nothing read in Mon espace santé"),
        pytest.param("teleconsultation", {**NOT_LISTED, "mes_exchange": "feeds"}, 13, id="teleconsultation, only feeds"),
        pytest.param("teleconsultation", STANDALONE, 12, id="teleconsultation, run by the customer"),
        pytest.param("teleexpertise", EXCHANGING, 13, id="tele-expertise, everything"),
        pytest.param("teleexpertise", STANDALONE, 12, id="tele-expertise, run by the customer"),
        pytest.param("telesoin", EXCHANGING, 13, id="telecare, everything"),
        pytest.param("telesoin", {**NOT_LISTED, "mes_exchange": "consumes"}, 13, id="telecare, reads Mon espace santé"),
        pytest.param("telesoin", STANDALONE, 12, id="telecare, nothing read in Mon espace santé"),
    ],
)
def test_remote_care_asks_twelve_to_fourteen_criteria_by_qualification(shelf, code, qualification, count):
    assert len(asked(shelf, code, f"{code}-2023", qualification)) == count


@pytest.mark.parametrize("code", REMOTE_CARE)
def test_remote_care_ends_with_results_and_has_no_projection(shelf, code):
    procedure = shelf.procedure_in_force(code, DAY)
    (use,) = procedure.uses
    assert (procedure.edition, procedure.outcome.kind, use.questionnaire, use.projection) == ("2026", "results", f"{code}-2023", False)
    assert use.required == "medium"
    required = {exception.required for exception in use.exceptions}
    assert {"high", "low"} <= required
    assert 1 <= sum(exception.obligation is False for exception in use.exceptions) <= 2


@pytest.mark.parametrize(("code", "letters"), REMOTE_CARE.items())
def test_remote_care_is_all_ours_and_numbered_by_us(packs, code, letters):
    """No official code of these questionnaires is public: facts.md, section 3."""
    questionnaire = of(packs, "questionnaires")[f"{code}-2023"]
    assert questionnaire.origin is Origin.ILLUSTRATIVE
    assert {section.origin for section in questionnaire.sections} == {Origin.ILLUSTRATIVE}
    criteria = [criterion for section in questionnaire.sections for criterion in section.criteria]
    assert {criterion.origin for criterion in criteria} == {Origin.ILLUSTRATIVE}
    assert [criterion.code for criterion in criteria] == [f"ILL-{letters}-{rank:02}" for rank in range(1, len(criteria) + 1)]
    sections = [section.code for section in questionnaire.sections]
    assert sections == [f"ILL-{letters}-{letter}" for letter in "ABCDE"[: len(sections)]]


def test_a_product_answers_three_common_questionnaires(shelf):
    common = ["interoperabilite-2021", "urbanisation-2021", "securite-2021"]
    for code in ("evaluation-socles", "mes-sans-echange", "mes-avec-echange"):
        assert [use.questionnaire for use in shelf.uses_of(shelf.procedure_in_force(code, DAY), "product")][:3] == common


def test_the_guides_criterion_is_expected_high_by_the_doctrine_and_medium_by_mon_espace_sante(shelf):
    """Guide, pages 32 and 46: the one level the guide shows for each."""
    expected = {}
    for code in ("evaluation-socles", "mes-sans-echange"):
        use = shelf.uses_of(shelf.procedure_in_force(code, DAY), "product")[0]
        expected[code] = {exception.criterion: exception.required for exception in use.exceptions}["A08.1.1"]
    assert expected == {"evaluation-socles": "high", "mes-sans-echange": "medium"}


def test_wave_one_is_a_door_into_the_doctrine(shelf):
    door = shelf.procedure_in_force("segur-vague-1", DAY)
    assert door.outcome.kind == "door"
    assert shelf.procedure(door.opens_into).code == "evaluation-socles"


def criteria_with_origin(packs):
    """Every criterion with where its text comes from: its own word, else its section's, else its questionnaire's."""
    for questionnaire in of(packs, "questionnaires").values():
        for section in questionnaire.sections:
            for criterion in section.criteria:
                yield questionnaire.key, criterion.code, criterion.origin or section.origin or questionnaire.origin


def test_an_illustrative_criterion_says_so_in_its_code_and_no_other_does(packs):
    wrong = [
        (key, code, origin.value)
        for key, code, origin in criteria_with_origin(packs)
        if (origin is Origin.ILLUSTRATIVE) is not code.startswith("ILL-")
    ]
    assert wrong == []


def test_every_criterion_is_illustrative_or_names_its_source(packs):
    for questionnaire in of(packs, "questionnaires").values():
        for section in questionnaire.sections:
            for criterion in section.criteria:
                origin = criterion.origin or section.origin or questionnaire.origin
                source = criterion.source or section.source or questionnaire.source
                assert origin is Origin.ILLUSTRATIVE or source, (questionnaire.key, criterion.code)


def test_no_code_that_looks_official_is_illustrative(packs):
    assert [code for _, code, origin in criteria_with_origin(packs) if OFFICIAL.match(code) and origin is Origin.ILLUSTRATIVE] == []
    assert any(OFFICIAL.match(code) for _, code, _ in criteria_with_origin(packs))  # the pattern does match the guide's own


def test_no_section_that_looks_official_is_illustrative(packs):
    for questionnaire in of(packs, "questionnaires").values():
        for section in questionnaire.sections:
            origin = section.origin or questionnaire.origin
            assert not (OFFICIAL.match(section.code) and origin is Origin.ILLUSTRATIVE), (questionnaire.key, section.code)


def test_every_criterion_below_the_top_has_a_recommendation(packs):
    """Results say what to do next: a level from which nothing is recommended would leave a blank line."""
    for questionnaire in of(packs, "questionnaires").values():
        for section in questionnaire.sections if questionnaire.is_maturity else ():
            for criterion in section.criteria:
                assert set(criterion.recommendations) >= {"very_low", "low", "medium"}, (questionnaire.key, criterion.code)


def test_every_folder_of_the_packs_is_one_of_the_schema(packs):
    assert {read.kind for read in packs} <= set(FOLDERS)
