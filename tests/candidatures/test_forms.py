"""Is a form filled in, and well? Truth tables over a made-up form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from convergence.candidatures.calls import Call
from convergence.candidatures.forms import (
    LONGEST,
    LONGEST_LINE,
    asked_fields,
    choices_of,
    date_of,
    malformed,
    problems_of,
    tidied,
)
from convergence.content.conditions import Facts
from convergence.content.schema import Form, FormField, Procedure, Profile, RequirementSet, Step
from tests.factories.candidatures import FORM, GOOD, REQUIREMENTS

FORM_PIECE = Form.model_validate(YAML(typ="safe").load(FORM))
PROFILES = RequirementSet.model_validate(YAML(typ="safe").load(REQUIREMENTS)).profiles


def keys(values, spare=0):
    return [one.key for one in asked_fields(FORM_PIECE, values, Facts(), spare)]


def sentences(values, filled=("BREVET",)):
    return {one.key: one.sentence for one in problems_of(asked_fields(FORM_PIECE, values, Facts()), values, frozenset(filled), PROFILES)}


def called(form):
    """A step that asks this form."""
    piece = Step(code="s", kind="form", title="Étape")
    outcome = {"kind": "results", "title": "R"}
    procedure = Procedure.model_validate({"code": "p", "edition": "1", "title": "P", "origin": "illustrative", "track": "t", "summary": "S", "presentation": "P", "outcome": outcome})  # fmt: skip
    return Call(procedure, piece, Form.model_validate(YAML(typ="safe").load(form)), PROFILES, {}, "product", frozenset())


def field(kind, **options):
    return FormField.model_validate({"code": "f", "kind": kind, "title": "Champ"} | options)


def test_a_field_is_asked_when_another_answer_calls_for_it():
    assert "copilot" not in keys({})
    assert "copilot" not in keys({"alone": "yes"})
    assert "copilot" in keys({"alone": "no"})


def test_a_repeated_block_shows_what_was_begun_and_what_is_spare():
    assert [key for key in keys({}) if "." in key] == ["part.1", "maker.1"]
    assert [key for key in keys({"maker.2": "Borée"}) if "." in key] == ["part.1", "maker.1", "part.2", "maker.2"]
    assert [key for key in keys({"maker.2": "Borée"}, spare=1) if key.startswith("part")] == ["part.1", "part.2", "part.3"]
    assert [key for key in keys({"maker.3": "Borée"}, spare=2) if key.startswith("part")] == ["part.1", "part.2", "part.3"]


def test_a_block_that_does_not_apply_asks_nothing():
    form = Form.model_validate(
        YAML(typ="safe").load(FORM.replace("    title: Quoi\n", '    title: Quoi\n    when: {field: alone, in: ["no"]}\n'))
    )
    assert "story" not in [one.key for one in asked_fields(form, {"alone": "yes"}, Facts())]
    assert "story" in [one.key for one in asked_fields(form, {"alone": "no"}, Facts())]


def test_a_well_filled_form_has_no_problem():
    assert sentences(GOOD) == {}
    assert sentences(GOOD | {"part.1": "Aile", "maker.1": "Borée", "day": "29/02/2028", "wings": ["fixed"], "story": "Il était."}) == {}


@pytest.mark.parametrize(
    ("values", "filled", "expected"),
    [
        ({"pilot": ""}, ["BREVET"], {"pilot": "Remplissez « Pilote »."}),
        ({"alone": ""}, ["BREVET"], {"alone": "Choisissez une réponse pour « Seul à bord »."}),
        ({"profiles": []}, ["BREVET"], {"profiles": "Choisissez une réponse pour « Profils »."}),
        ({"alone": "no"}, ["BREVET"], {"copilot": "Remplissez « Copilote »."}),
        ({}, [], {"licence": "Déposez la pièce « Brevet »."}),
        ({"part.2": "Aile"}, ["BREVET"], {"maker.2": "Remplissez « Fabricant »."}),
        ({"email": "claire@demo"}, ["BREVET"], {"email": "« E-mail » : écrivez une adresse électronique complète, par exemple prenom.nom@entreprise.fr."}),
        ({"profiles": ["night", "stealth"]}, ["BREVET"], {"profiles": "Les profils « Feux » et « Furtif » ne vont pas ensemble : gardez l'un des deux."}),
    ],
)  # fmt: skip
def test_each_problem_is_told_beside_its_field(values, filled, expected):
    assert sentences(GOOD | values, filled) == expected


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("email", ["claire@demo.invalid", " c.d+e@demo.example "], ["claire", "claire@", "@demo.fr", "a b@demo.fr", "a@b@demo.fr"]),
        ("phone", ["06 12 34 56 78", "+33 6 12 34 56 78", "06.12.34.56.78", "0612345678"], ["06", "06 12 34 56 7x", "+ 33", "06--12345678"]),
        ("siren", ["834 217 697", "834217697"], ["834217698", "83421769", "abcdefghi"]),
        ("date", ["25/11/2026", "2026-11-25", "29/02/2028"], ["30/02/2027", "2027-02-29", "25-11-2026", "demain", "25/11"]),
        ("number", ["12", "-3,5", "1 000", "2.5"], ["12a", "1,2,3", "douze"]),
        ("product_reference", ["1926", " 1926 "], ["19 26", "réf"]),
        ("text", ["quoi que ce soit"], []),
    ],
)  # fmt: skip
def test_what_is_malformed_is_told_how_to_write_it(kind, good, bad):
    assert [text for text in good if malformed(field(kind), text)] == []
    for text in bad:
        told = malformed(field(kind), text)
        assert told is not None
        assert told.startswith("« Champ » :")


def test_several_choices_are_never_malformed():
    assert malformed(field("profiles"), ["a"]) is None


@given(st.text(max_size=30))
def test_nothing_typed_as_a_date_is_a_fault_of_ours(text):
    date_of(text)


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("text", ["  deux \n mots "], "deux mots"),
        ("long_text", ["une\r\nligne "], "une\nligne"),
        ("address", ["1 rue\r\nParis"], "1 rue\nParis"),
        ("text", [], ""),
        ("text", ["a" * LONGEST_LINE], "a" * LONGEST_LINE),
        ("text", ["a" * (LONGEST_LINE + 1)], None),
        ("long_text", ["a" * (LONGEST["long_text"] + 1)], None),
        ("yes_no", ["yes"], "yes"),
        ("yes_no", [""], ""),
        ("yes_no", ["maybe"], None),
        ("profiles", ["stealth", "night"], ["night", "stealth"]),
        ("profiles", ["", "night"], ["night"]),
        ("profiles", [], []),
        ("profiles", ["day"], None),
    ],
)
def test_what_was_sent_is_kept_tidy_or_refused(kind, raw, kept):
    assert tidied(field(kind), raw, PROFILES) == kept


def test_the_choices_of_a_field_are_its_own():
    known = field("choice", choices=[{"code": "a", "title": "A"}, {"code": "b", "title": "B"}])
    assert choices_of(known, PROFILES) == ("a", "b")
    assert (tidied(known, ["b"], ()), tidied(known, ["c"], ())) == ("b", None)
    assert choices_of(field("profiles"), [Profile(code="x", title="X")]) == ("x",)
    assert choices_of(field("text"), PROFILES) == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (", proof: {code: BREVET, title: Brevet, many: false}", "", "une pièce (« file ») dit ce qu'elle attend"),
        ("kind: text, title: Pilote", "kind: choice, title: Pilote", "un choix donne ses réponses"),
        ("kind: text, title: Fabricant", "kind: profiles, title: Fabricant", "ni pièce ni profil dans un bloc répété"),
        (
            "kind: text, title: Fabricant",
            "kind: choice, title: Fabricant, choices: [{code: x, title: X, brings: [night]}]",
            "ni pièce ni profil dans un bloc répété",
        ),
    ],
)
def test_a_form_that_could_not_be_drawn_is_refused(old, new, told):
    with pytest.raises(ValidationError, match=told.replace("(", r"\(").replace(")", r"\)")):
        Form.model_validate(YAML(typ="safe").load(FORM.replace(old, new)))


@pytest.mark.parametrize(
    ("wings", "profiles", "found"),
    [
        (["fixed"], ["night"], ["general", "lights", "night"]),
        (["fixed", "turning"], [], ["general", "stealth"]),
        ([], [], ["general"]),
    ],
)
def test_an_answer_brings_its_profiles_with_those_that_were_chosen(wings, profiles, found):
    form = FORM.replace("{code: turning, title: Tournantes}", "{code: turning, title: Tournantes, brings: [stealth]}")
    assert called(form).chosen({"wings": wings, "profiles": profiles}) == found
    assert called(form.replace("      - {code: profiles, kind: profiles, title: Profils, required: true}\n", "")).chosen(
        {"wings": wings}
    ) == (["general", "stealth"] if "turning" in wings else ["general"])


def test_a_form_that_decides_of_no_profile_leaves_them_as_they_were():
    assert called(FORM.replace("      - {code: profiles, kind: profiles, title: Profils, required: true}\n", "")).chosen({}) is None
