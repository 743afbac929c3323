"""What is to be proved, once the profiles are chosen? The numbers of the guide, then rules on made-up sets."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.content.conditions import Facts
from convergence.content.requirements import asked_sections, chosen_profiles, excluded_pairs
from convergence.content.schema import Origin, Profile, RequirementSet

NOTHING = Facts()


@pytest.fixture(scope="module")
def dmn(packs):
    (found,) = [read.piece for read in packs if read.kind == "requirements" and read.piece.key == "dmn-1.2.2"]
    return found


def counted(dmn, *profiles):
    return {str(section.section.short): len(section.proofs) for section in asked_sections(dmn, profiles, NOTHING)}


def test_general_and_user_access_ask_what_the_guide_shows(dmn):
    """Guide, page 83: the sections of a candidature with the profiles « Général » and « Accès Usager »."""
    assert counted(dmn, "user_access") == {"INS": 29, "PGSSI-S IEU": 13, "PORT": 1, "ADM": 1, "RGPD": 1}


def test_professional_access_adds_three_sections(dmn):
    before, after = counted(dmn, "user_access"), counted(dmn, "user_access", "professional_access")
    assert {name: number for name, number in after.items() if name not in before} == {"PSC": 7, "ANN": 8, "PGSSI-S IEPS": 10}
    assert {name: after[name] for name in before} == before


def test_every_profile_together_asks_the_whole_set(dmn):
    asked = asked_sections(dmn, [profile.code for profile in dmn.profiles], NOTHING)
    assert sum(len(section.proofs) for section in asked) == 116
    assert sum(len(requirement.scenarios) for section in asked for requirement in section.requirements) == 103
    assert sum(len(section.requirements) for section in asked) == 81


@pytest.mark.parametrize(
    ("profile", "added"),
    [
        ("identity_store", {"INS": 42}),
        ("identity_store_hospital", {"INS": 43}),
        ("identity_store_practice", {"INS": 43}),
        ("identity_documents", {"INS": 1}),
        ("professional_access", {"PSC": 7, "ANN": 8, "PGSSI-S IEPS": 10}),
        ("user_access", {"PGSSI-S IEU": 13}),
        ("user_access_apcv", {"PGSSI-S IEU": 13, "ApCV": 1}),
    ],
)
def test_what_each_profile_adds(dmn, profile, added):
    base, found = counted(dmn), counted(dmn, profile)
    assert {name: number - base.get(name, 0) for name, number in found.items() if number != base.get(name, 0)} == added


def test_a_requirement_is_asked_as_soon_as_one_of_its_scenarios_is(dmn):
    """INS 39 is shown by one scenario in a hospital, by another elsewhere."""
    (ins, *_) = asked_sections(dmn, ["identity_store_practice"], NOTHING)
    (found,) = [one for one in ins.requirements if one.requirement.code == "INS 39"]
    assert [scenario.code for scenario in found.scenarios] == ["INS 39.2"]


def profile(code, **options):
    return Profile(code=code, title=code, **options)


def test_a_profile_brings_what_it_implies_however_far_and_circles_end():
    known = [profile("a", implies=("b",)), profile("b", implies=("c", "a")), profile("c"), profile("d", mandatory=True), profile("e")]
    assert chosen_profiles(known, ["a"]) == {"a", "b", "c", "d"}
    assert chosen_profiles(known, ["unknown"]) == {"d"}


def test_profiles_that_exclude_each_other_are_named_once_whoever_says_it():
    known = [profile("a", excludes=("b",)), profile("b"), profile("c", excludes=("a",)), profile("d", implies=("b",))]
    assert excluded_pairs(known, ["a"]) == []
    assert [(one.code, other.code) for one, other in excluded_pairs(known, ["a", "d", "c"])] == [("a", "b"), ("a", "c")]


def test_a_condition_on_the_requirement_or_on_the_scenario_takes_it_away():
    proof = {"code": "X 1.1.1", "title": "Preuve"}
    made = RequirementSet.model_validate(
        {
            "code": "made-up",
            "edition": "1",
            "title": "Jeu",
            "origin": "illustrative",
            "profiles": [{"code": "general", "title": "Général", "mandatory": True}, {"code": "more", "title": "Plus"}],
            "sections": [
                {
                    "code": "x",
                    "short": "X",
                    "title": "Section",
                    "requirements": [
                        {
                            "code": "X 1",
                            "block": "B",
                            "function": "F",
                            "text": "T",
                            "profile": "general",
                            "when": {"question": "delivery", "in": ["saas"]},
                            "scenarios": [
                                {"code": "X 1.1", "text": "T", "proofs": [proof]},
                                {"code": "X 1.2", "text": "T", "proofs": [proof], "when": {"profile": "more"}},
                            ],
                        }
                    ],
                }
            ],
        }
    )
    hosted = Facts(qualification={"delivery": "saas"})

    def scenarios(chosen, facts):
        return [one.code for section in asked_sections(made, chosen, facts) for asked in section.requirements for one in asked.scenarios]

    assert scenarios([], NOTHING) == []
    assert scenarios([], hosted) == ["X 1.1"]
    assert scenarios(["more"], hosted) == ["X 1.1", "X 1.2"]


@given(st.data())
def test_a_profile_more_never_takes_away_what_was_asked(packs, data):
    (dmn,) = [read.piece for read in packs if read.kind == "requirements" and read.piece.key == "dmn-1.2.2"]
    codes = [one.code for one in dmn.profiles]
    fewer = data.draw(st.sets(st.sampled_from(codes)))
    more = fewer | data.draw(st.sets(st.sampled_from(codes)))

    def proofs(chosen):
        return {proof.code for section in asked_sections(dmn, chosen, NOTHING) for proof in section.proofs}

    assert proofs(fewer) <= proofs(more)


@pytest.fixture(scope="module")
def practices(packs):
    (found,) = [read.piece for read in packs if read.kind == "requirements" and read.piece.code == "segur-va2-lgc"]
    return found


def of_the_index(practices):
    return [one for section in practices.sections for one in section.requirements if not one.code.startswith("ILL-")]


def test_wave_two_carries_the_whole_public_index_of_practice_management_software(practices):
    """Counted in the public draft: 123 requirements of 20 chapters, 144 proofs; what it leaves without a proof has one of ours."""
    found = of_the_index(practices)
    proofs = [proof for one in found for scenario in one.scenarios for proof in scenario.proofs]
    ours = [proof for proof in proofs if proof.code.startswith("ILL-")]
    assert (len(practices.sections), len(found), len(proofs) - len(ours), len(ours)) == (20, 123, 144, 19)
    assert {proof.origin for proof in ours} == {Origin.ILLUSTRATIVE}
    assert Counter(one.nature for one in found) == {"requirement": 114, "recommendation": 9}


def test_what_each_profile_of_wave_two_asks(practices):
    def number(*profiles):
        return sum(len(section.proofs) for section in asked_sections(practices, profiles, NOTHING))

    assert number() == 127
    assert {one.code: number(one.code) - 127 for one in practices.profiles[1:]} == {
        "hosting": 4,
        "mobile": 1,
        "mailbox": 19,
        "legal_entities": 4,
        "child_care": 9,
    }


def test_a_recommendation_may_be_declared_not_applicable_and_an_official_code_is_never_illustrative(practices):
    for section in practices.sections:
        for one in section.requirements:
            assert one.nature == "requirement" or one.applies_if is not None, one.code
            assert (one.origin is Origin.ILLUSTRATIVE) == one.code.startswith("ILL-"), one.code
            for scenario in one.scenarios:
                assert (Origin.ILLUSTRATIVE in (one.origin, scenario.origin)) == scenario.code.startswith("ILL-"), scenario.code


def test_level_two_of_the_label_asks_what_level_one_does_and_more(packs):
    (label,) = [read.piece for read in packs if read.kind == "requirements" and read.piece.code == "label-mcs"]
    assert [sum(len(section.proofs) for section in asked_sections(label, chosen, NOTHING)) for chosen in ((), ("level_2",))] == [9, 14]
