"""Is every question of the three source pages answered, once, in both languages? A table, in our own words."""

from __future__ import annotations

from foundation.help.wording import Origin
from tests.conftest import help_pack

ENGLISH_FIRST = (
    "modalites-accreditation-hds",  # rules of accreditation, list of bodies
    "activites-hds",  # the six activities
    "ouvrir-un-compte",  # registering on Convergence
    "evaluation-hds",  # assessment in two phases
    "financement-segur",  # where the funding is explained
    "dossier-label-mcs",  # what a label application holds
    "carte-insi",  # card for INSi
    "sans-contact-cps",  # contactless chip
    "decouper-en-produits",  # products and their names
    "usage-label-mcs",  # using the label
    "decouvrir-convergence",  # what the platform is
    "organiser-la-saisie",  # a lead, meetings
    "profils-utilisateurs",  # manager and contributor
    "cps-logiciel",  # middleware of the card
)
ENGLISH_SECOND = (
    "modalites-accreditation-hds",
    "activites-hds",
    "annuaire-reutilisation",  # open data of the directory
    "ouvrir-un-compte",
    "evaluation-hds",
    "mos-nos-interet",  # three reasons
    "annuaire-frequence",  # how often it is refreshed
    "mos-definition",  # what MOS is
    "mos-vocabulaire",  # a core vocabulary
    "decouper-en-produits",
    "decouvrir-convergence",
    "organiser-la-saisie",
    "profils-utilisateurs",
    "annuaire-professionnels",  # who is in the directory
)
FRENCH = (
    "modalites-accreditation-hds",
    "activites-hds",
    "exploitant-dmn",  # who applies, manufacturer or distributor
    "deux-demarches-dmn",  # one of two procedures
    "delai-certificat-dmn",  # sixty days
    "certificat-dmn-attribution",  # how it is granted, audits
    "telesurveillance-ventilation",  # who files for a ventilator
    "types-de-compte",  # three kinds of account
    "role-mandataire",  # whom the role is for
    "groupement-mandat",  # mandates of third parties
    "nouvelle-version-dmn",  # changes, fifteen days
    "sanctions-dmn",  # penalties
    "preparer-avant-depot",  # what to do beforehand
    "une-candidature-plusieurs-applications",  # one file for several applications
    "solution-tierce",  # a third party's solution
    "support-pro-sante-connect",  # help desk
    "exemptions-hds",  # who is exempt
    "perimetres-hds",  # two scopes
    "accreditation-hds-etapes",  # six steps
    "profil-apres-jalon-2",  # « no, it is not possible »: the page gives no question; ours is one the rules answer so
)
FROM_WAVE_TWO = {
    "trois-jalons-vague-2", "complement-24-heures", "test-intrusion", "elements-cnda", "journee-ins", "convention-avant-college",
}  # fmt: skip


def test_each_page_is_covered_question_by_question() -> None:
    assert [len(page) for page in (ENGLISH_FIRST, ENGLISH_SECOND, FRENCH)] == [14, 14, 20]
    for page in (ENGLISH_FIRST, ENGLISH_SECOND, FRENCH):
        assert len(set(page)) == len(page), "une question de la page est couverte deux fois"
    expected = {*ENGLISH_FIRST, *ENGLISH_SECOND, *FRENCH}
    assert len(expected) == 38
    assert {reply.code for reply in help_pack().replies} == expected | FROM_WAVE_TWO


def test_each_answer_is_whole_in_both_languages_and_names_its_source() -> None:
    for reply in help_pack().replies:
        assert reply.origin is Origin.SEED
        assert reply.source
        for wording in (reply.fr, reply.en):
            assert wording.question.endswith("?"), reply.code
            assert wording.short
        assert bool(reply.fr.details) == bool(reply.en.details), reply.code
        assert reply.fr.details.count("\n- ") == reply.en.details.count("\n- "), reply.code


def test_the_five_questions_are_those_of_the_source_and_every_choice_serves() -> None:
    pack = help_pack()
    assert [facet.code for facet in pack.facets.facets] == ["offre", "couloir", "dispositif", "produit", "theme"]
    used = {facet for reply in pack.replies for facet in reply.flat_facets}
    assert {f"{facet.code}:{choice.code}" for facet in pack.facets.facets for choice in facet.choices} == used
    assert all(reply.facets.get("offre") and reply.facets.get("theme") for reply in pack.replies)
    assert all(("couloir" in reply.facets) == ("segur" in reply.facets["offre"]) for reply in pack.replies if reply.facets["offre"] == ("segur",))  # fmt: skip


def test_every_answer_has_its_own_question() -> None:
    for language in ("fr", "en"):
        questions = [reply.wording(language).question for reply in help_pack().replies]
        assert len(set(questions)) == len(questions)
