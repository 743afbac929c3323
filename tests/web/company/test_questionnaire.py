"""One questionnaire, for one product, seen from one procedure: answered, saved by itself, validated, never lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from convergence.assessments.actions import request_validation, send_back_validation
from convergence.assessments.models import Answer, Assessment, Validation, ValidationRequest
from convergence.catalogue.actions import archive_product, grant_rights, requalify_product
from convergence.catalogue.models import Enrolment
from foundation.accounts.models import Person
from ops.demo import LISTED, NOT_LISTED
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import INTEROPERABILITY, SECURITY, SOCLES, WITHOUT_EXCHANGE, answered, asked_by, enrolled, product_at
from tests.factories.pages import plain, sheet_address, text_of, typed_answers, whole_sheet
from tests.refusals import remembered

Browse = Callable[[Person | None], StrictClient]
FIRST = "A08.1.1"


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    """Seven criteria of « Interopérabilité » to answer."""
    return enrolled(product_at("active", cast.claire, at, qualification=NOT_LISTED), SOCLES, cast.claire, at)


def block_of(page: str, criterion: str = FIRST) -> str:
    """The markup of one criterion."""
    return page.split(f'data-criterion="{criterion}"')[1].split('data-criterion="')[0]


# — Seen ——————————————————————————————————————————————————————————————————————————————————


def test_a_sheet_never_answered(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    page = text_of(browse(cast.claire).get(sheet_address(enrolment)))
    assert "Questionnaire d’évaluation : Interopérabilité 2021</h1>" in page
    assert page.count("data-criterion=") == 7
    assert "Rien n’est encore enregistré" in page
    assert "<span data-percent>0</span> %" in page
    assert "<span data-answered>0</span>/7" in page
    assert "Ce questionnaire situe votre produit par rapport aux règles" in page
    assert f'href="#c-{FIRST}" data-next' in page
    block = block_of(page)
    assert " open>" in block.split("\n")[0]
    assert "Obligation</span>" in block
    assert "recommandé : <b>forte</b>" in block
    assert "Recommandé · " in block
    assert f'name="version-{FIRST}" value="0"' in block
    assert " checked" not in block


def test_each_level_is_described_in_the_order_of_the_scale(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    """Guide, page 32: « Non concerné » beside the scale, then four levels of maturity."""
    block = block_of(text_of(browse(cast.claire).get(sheet_address(enrolment))))
    names = [part.split("<")[0] for part in block.split('class="cv-pick__name">')[1:]]
    assert names == ["Non concerné", "Maturité très faible", "Maturité faible", "Maturité moyenne", "Maturité forte"]
    assert "hors échelle" in block
    assert "Tous les échanges que couvre le CI-SIS en suivent les normes" in block


def test_the_other_procedures_that_share_it_say_what_they_expect(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    block = block_of(text_of(browse(cast.claire).get(sheet_address(enrolment))))
    assert "Référencement sans échange de données (non inscrit)" in block
    enrolled(enrolment.subject, WITHOUT_EXCHANGE, cast.claire, at)
    page = text_of(browse(cast.claire).get(sheet_address(enrolment)))
    assert "Commun à Référencement sans échange de données" in page
    assert "Référencement sans échange de données (non inscrit)" not in block_of(page)
    assert "minimum : <b>moyenne</b>" in block_of(page)


@pytest.mark.parametrize("key", ["politique-globale-2021", "nulle-part", "interoperabilite-1999"])
def test_a_questionnaire_the_procedure_does_not_ask(browse: Browse, cast: Cast, enrolment: Enrolment, key: str) -> None:
    assert browse(cast.claire).get(sheet_address(enrolment, key)).status_code == 404


# — The draft —————————————————————————————————————————————————————————————————————————————


def test_a_draft_is_saved_and_found_again(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    typed = typed_answers({FIRST: "medium"}, comment="Première ligne\r\nDeuxième") | typed_answers({"ILL-INT-03": ""})
    with remembered("assessments.AssessmentBegun", "assessments.AnswersSaved"):
        response = client.post(sheet_address(enrolment), typed | {"draft": "1"})
    assert response["Location"] == sheet_address(enrolment)
    page = text_of(client.get(response["Location"]))
    assert "Votre brouillon est enregistré." in page
    assert "<span data-answered>1</span>/7" in page
    assert "<span data-percent>14</span> %" in page
    block = block_of(page)
    assert f'name="level-{FIRST}" value="medium" checked' in block
    assert "Première ligne\nDeuxième</textarea>" in block
    assert "Enregistré par Claire le " in block
    assert "non atteint pour Évaluation et projection socles (il manque 1 niveau)" in block
    assert f'name="version-{FIRST}" value="1"' in block


def test_saving_the_same_again_writes_nothing(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    client.post(sheet_address(enrolment), whole_sheet(enrolment))
    with remembered():
        client.post(sheet_address(enrolment), whole_sheet(enrolment, version=1))
        client.post(sheet_address(enrolment), whole_sheet(enrolment))  # an old version that says the same disagrees with nobody
    assert set(Answer.objects.values_list("version", flat=True)) == {1}


def test_an_empty_sheet_begins_nothing(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    with remembered():
        response = browse(cast.claire).post(sheet_address(enrolment), whole_sheet(enrolment, level=""))
    assert response.status_code == 302


def test_fields_nobody_asked_for_are_ignored(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    extra = {"state": "done", "company_id": str(cast.boree.pk), "saved_by": str(cast.zoe.pk), "assessment": "1", f"level-{FIRST}x": "high"}
    browse(cast.claire).post(sheet_address(enrolment), typed_answers({FIRST: "low"}) | extra)
    answer = Answer.objects.get()
    assert (answer.criterion, answer.level, answer.saved_by) == (FIRST, "low", cast.claire)


STRANGE = ["<script>alert(1)</script>", "{{7*7}}", "</textarea><img src=x onerror=alert(1)>", "'; DROP TABLE assessments_answer; --", "\ue001\ue002\ue003"]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE)
def test_a_comment_is_shown_as_it_was_typed(browse: Browse, cast: Cast, enrolment: Enrolment, text: str) -> None:
    """Also the private characters that mark, in a block kept in memory, where a comment goes."""
    client = browse(cast.claire)
    client.allow_markup = ("{{7*7}}",)
    client.post(sheet_address(enrolment), typed_answers({FIRST: "low"}, comment=text))
    response = client.get(sheet_address(enrolment))
    assert f"\n{text}</textarea>" in block_of(text_of(response))
    assert "<script>alert" not in response.content.decode()
    assert "<img src=x" not in response.content.decode()
    assert f'name="version-{FIRST}" value="1"' in response.content.decode()
    assert text in text_of(client.get(sheet_address(enrolment, route="company:results")))


def test_a_comment_too_long_is_refused_and_kept_on_the_page(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    long = "mot " * 1000 + "fin"
    typed = typed_answers({FIRST: "low"}, comment=long) | typed_answers({"ILL-INT-03": "high"}, comment="court")
    with remembered("assessments.AssessmentBegun"):
        response = browse(cast.claire).post(sheet_address(enrolment), typed)
    page = text_of(response)
    assert response.status_code == 400
    assert "Un commentaire compte au plus 4000 caractères ; celui-ci en a 4003. Raccourcissez-le." in page
    assert f"\n{long}</textarea>" in block_of(page)
    assert "\ncourt</textarea>" in block_of(page, "ILL-INT-03")
    assert 'value="high" checked' in block_of(page, "ILL-INT-03")
    assert Answer.objects.count() == 0


def test_the_longest_comment_is_counted_as_the_browser_does(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    """4000 characters with line ends: sent as two characters each, counted and stored as one."""
    text = ("x" * 9 + "\r\n") * 399 + "x" * 10
    assert browse(cast.claire).post(sheet_address(enrolment), typed_answers({FIRST: "low"}, comment=text)).status_code == 302
    assert len(Answer.objects.get().comment) == 4000


def test_a_megabyte_of_comment_is_refused(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    response = browse(cast.claire).post(sheet_address(enrolment), typed_answers({FIRST: "low"}, comment="x" * 1_000_000))
    assert response.status_code == 400
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("level", ["huge", "MEDIUM", "<script>", "1"])
def test_a_level_that_does_not_exist_is_refused(browse: Browse, cast: Cast, enrolment: Enrolment, level: str) -> None:
    response = browse(cast.claire).post(sheet_address(enrolment), typed_answers({FIRST: level}))
    assert response.status_code == 400
    assert "Ce niveau n'existe pas." in text_of(response)
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("version", ["-1", "1.5", "zéro", "9" * 40, "", "²"])
def test_a_version_that_is_no_number_is_an_old_one(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, version: str) -> None:
    answered(enrolment, INTEROPERABILITY, cast.claire, at)
    response = browse(cast.claire).post(sheet_address(enrolment), {f"level-{FIRST}": "high", f"version-{FIRST}": version})
    assert response.status_code == 409
    assert Answer.objects.get(criterion=FIRST).level == "medium"


def test_a_hidden_criterion_is_not_asked_nor_written(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    """The qualification hides four criteria: their fields, sent all the same, change nothing."""
    shown = set(asked_by(enrolment, INTEROPERABILITY))
    requalify_product(enrolment.subject, LISTED, by=cast.claire, at=at)
    hidden = set(asked_by(enrolment, INTEROPERABILITY)) - shown
    requalify_product(enrolment.subject, NOT_LISTED, by=cast.claire, at=at)
    assert len(hidden) == 4
    client = browse(cast.claire)
    page = text_of(client.get(sheet_address(enrolment)))
    assert not any(f'data-criterion="{code}"' in page for code in hidden)
    with remembered():
        client.post(sheet_address(enrolment), typed_answers(dict.fromkeys(hidden, "high")))
        one = client.post(sheet_address(enrolment, route="company:save_answer"), typed_answers({min(hidden): "high"}))
    assert one.status_code == 400
    assert Answer.objects.count() == 0


# — Saved by itself ———————————————————————————————————————————————————————————————————————


def save(client: StrictClient, enrolment: Enrolment, level: str, *, comment: str = "", version: int = 0, criterion: str = FIRST):
    where = sheet_address(enrolment, route="company:save_answer")
    return client.post(where, typed_answers({criterion: level}, comment=comment, version=version), HTTP_ACCEPT="application/json")


def test_one_answer_is_saved_and_says_what_it_amounts_to(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    with remembered("assessments.AssessmentBegun", "assessments.AnswersSaved"):
        response = save(client, enrolment, "low")
    told = response.json()
    assert response.status_code == 200
    assert told.pop("saved").startswith("Brouillon enregistré à ")
    assert told == {
        "criterion": FIRST,
        "version": 1,
        "answered": 1,
        "asked": 7,
        "outcome": "Avec «\u00a0faible\u00a0»\u00a0: non atteint pour Évaluation et projection socles (il manque 2 niveaux).",
    }
    assert save(client, enrolment, "high", version=1).json()["version"] == 2
    assert save(client, enrolment, "high", version=2).json()["version"] == 2  # nothing changed
    emptied = save(client, enrolment, "", version=2).json()
    assert (emptied["answered"], emptied["outcome"], emptied["version"]) == (0, "", 3)


def test_a_comment_alone_is_saved_too(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    told = save(browse(cast.claire), enrolment, "", comment="à voir avec l'équipe").json()
    assert (told["version"], told["answered"]) == (1, 0)
    assert Answer.objects.get().comment == "à voir avec l'équipe"


def test_the_second_of_two_is_shown_both_texts_and_nothing_is_lost(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    assert save(browse(cast.claire), enrolment, "low", comment="Claire dit").status_code == 200
    with remembered():
        response = save(browse(cast.karim), enrolment, "high", comment="Karim dit")
    told = response.json()
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert told["code"] == "diverged"
    assert told["version"] == 1
    assert told["theirs"]["fields"] == {"level": "low", "comment": "Claire dit"}
    assert re.fullmatch(r"Claire a répondu à .*, pendant que vous répondiez : faible\.", plain(told["theirs"]["told"]))
    assert (told["theirs"]["keep"], told["theirs"]["take"]) == ("Garder ma réponse", "Prendre celle de Claire")
    assert Answer.objects.get().comment == "Claire dit"
    assert save(browse(cast.karim), enrolment, "high", comment="Karim dit", version=told["version"]).status_code == 200


def test_the_whole_sheet_too_shows_both_texts(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    """Without scripts: the page comes back with one's own words in the field, theirs beside, and the current version."""
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    save(browse(cast.claire), enrolment, "low", comment="Claire dit")
    karim = browse(cast.karim)
    typed = typed_answers({FIRST: "high"}, comment="Karim dit") | typed_answers({"ILL-INT-03": "medium"}, comment="autre")
    with remembered():
        response = karim.post(sheet_address(enrolment), typed)
    page = text_of(response)
    block = block_of(page)
    assert response.status_code == 409
    assert "1 critère à départager" in page
    assert "Claire a modifié une réponse pendant que vous répondiez." in page
    assert "À départager" in block
    assert "Sa réponse : <b>faible</b>" in block
    assert "<blockquote>Claire dit</blockquote>" in block
    assert "\nKarim dit</textarea>" in block
    assert 'value="high" checked' in block
    assert f'name="version-{FIRST}" value="1"' in block
    assert "\nautre</textarea>" in block_of(page, "ILL-INT-03")
    chosen = typed_answers({FIRST: "high"}, comment="Karim dit", version=1) | typed_answers({"ILL-INT-03": "medium"}, comment="autre")
    assert karim.post(sheet_address(enrolment), chosen).status_code == 302
    assert sorted(Answer.objects.values_list("comment", flat=True)) == ["Karim dit", "autre"]


@pytest.mark.parametrize("typed", [{}, {"level-A08.1.1": "low"}, {**typed_answers({"A08.1.1": "low"}), **typed_answers({"ILL-INT-03": "low"})}, typed_answers({"nulle-part": "low"})])  # fmt: skip
def test_one_criterion_is_saved_at_a_time(browse: Browse, cast: Cast, enrolment: Enrolment, typed: dict[str, str]) -> None:
    with remembered():
        response = browse(cast.claire).post(sheet_address(enrolment, route="company:save_answer"), typed, HTTP_ACCEPT="application/json")
    assert response.status_code == 400
    assert response.json()["title"] == "Un seul critère s'enregistre à la fois."


# — Validated —————————————————————————————————————————————————————————————————————————————


def test_what_is_missing_is_listed_with_links_and_what_was_typed_is_kept(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    typed = whole_sheet(enrolment)
    typed["level-ILL-INT-03"] = ""
    typed["comment-ILL-INT-03"] = "sans niveau"
    response = client.post(sheet_address(enrolment), typed | {"validate": "1"})
    page = text_of(response)
    assert response.status_code == 409
    assert "Avant de valider : 1 critère sans réponse" in page
    assert "Vos réponses sont enregistrées." in page
    link = page.split("Il manque :")[1].split("</ul>")[0]
    assert 'href="#c-ILL-INT-03"' in link
    block = block_of(page, "ILL-INT-03")
    assert 'id="c-ILL-INT-03"' in page
    assert "Réponse attendue" in block
    assert 'aria-describedby="e-ILL-INT-03"' in block
    assert "\nsans niveau</textarea>" in block
    assert "<title>Erreur : " in page
    assert Answer.objects.exclude(level="").count() == 6
    assert Validation.objects.count() == 0


def test_nothing_typed_misses_everything(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    with remembered():
        response = browse(cast.claire).post(sheet_address(enrolment), whole_sheet(enrolment, level="") | {"validate": "1"})
    assert response.status_code == 409
    assert "Avant de valider : 7 critères sans réponse" in text_of(response)


def test_a_complete_sheet_is_saved_and_validated_at_once(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    with remembered("assessments.AssessmentBegun", "assessments.AnswersSaved", "assessments.AssessmentValidated"):
        response = client.post(sheet_address(enrolment), whole_sheet(enrolment) | {"validate": "1"}, follow=True)
    assert response.redirect_chain[0][0] == sheet_address(enrolment, route="company:results")
    assert "Le questionnaire est validé (validation n° 1)." in text_of(response)


def test_an_employee_may_not_validate_and_is_offered_to_ask_for_it(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    client = browse(cast.karim)
    page = text_of(client.get(sheet_address(enrolment)))
    assert "Enregistrer et demander validation</button>" in page
    assert 'name="validate"' not in page
    assert 'name="draft"' in page
    response = client.post(sheet_address(enrolment), whole_sheet(enrolment) | {"validate": "1"})
    assert response.status_code == 403
    assert "Votre rôle ne permet pas de valider" in text_of(response)
    assert Validation.objects.count() == 0
    assert Answer.objects.count() == 7  # the draft was his to save


def test_an_employee_granted_to_validate_may(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    grant_rights(enrolment.subject, cast.karim, ("view",), by=cast.claire, at=at)
    grant_rights(enrolment.subject, cast.karim, ("edit", "validate"), questionnaire="interoperabilite", by=cast.claire, at=at)
    client = browse(cast.karim)
    assert client.post(sheet_address(enrolment), whole_sheet(enrolment) | {"validate": "1"}).status_code == 302
    assert "Vous pouvez lire ce questionnaire, pas y répondre." in text_of(client.get(sheet_address(enrolment, SECURITY)))


def test_a_colleague_who_may_only_read_reads(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    answered(enrolment, INTEROPERABILITY, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("view",), by=cast.claire, at=at)
    client = browse(cast.karim)
    page = text_of(client.get(sheet_address(enrolment)))
    assert "Vous pouvez lire ce questionnaire, pas y répondre." in page
    assert page.count('<fieldset class="cv-levels" disabled>') == 7
    assert page.count('maxlength="4000" disabled>') == 7
    assert 'name="draft"' not in page
    assert 'name="validate"' not in page
    with remembered():
        assert client.post(sheet_address(enrolment), whole_sheet(enrolment, level="high", version=1)).status_code == 403
        assert save(client, enrolment, "high", version=1).status_code == 403


def test_the_answers_of_an_archived_product_are_read_only(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    answered(enrolment, INTEROPERABILITY, cast.claire, at)
    archive_product(enrolment.subject, by=cast.claire, at=at)
    client = browse(cast.claire)
    assert "ses réponses ne peuvent plus changer." in text_of(client.get(sheet_address(enrolment)))
    with remembered():
        assert client.post(sheet_address(enrolment), whole_sheet(enrolment, level="high", version=1)).status_code == 403


# — Shared ————————————————————————————————————————————————————————————————————————————————


def test_what_is_answered_in_one_procedure_shows_in_the_other(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    other = enrolled(enrolment.subject, WITHOUT_EXCHANGE, cast.claire, at)
    client = browse(cast.claire)
    client.post(sheet_address(enrolment), typed_answers({FIRST: "medium"}, comment="Une seule fois"))
    block = block_of(text_of(client.get(sheet_address(other))))
    assert f'name="level-{FIRST}" value="medium" checked' in block
    assert "Une seule fois</textarea>" in block
    assert "atteint pour Référencement sans échange de données, non atteint pour Évaluation et projection socles" in block
    client.post(sheet_address(other), whole_sheet(other, version=0) | typed_answers({FIRST: "medium"}, comment="Une seule fois", version=1) | {"validate": "1"})  # fmt: skip
    results = text_of(client.get(sheet_address(enrolment, route="company:results")))
    assert "Validation n° 1" in results


def test_sections_count_what_they_hold(browse: Browse, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    answered(enrolment, SECURITY, cast.claire, at)
    page = text_of(browse(cast.claire).get(sheet_address(enrolment, SECURITY)))
    sections = page.count("data-section=")
    assert sections > 5
    assert page.count("section terminée, ") == sections
    assert "Aller au premier critère sans réponse" not in page
    assert "<span data-percent>100</span> %" in page


def test_saving_what_a_colleague_already_saved_learns_their_version(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    """The same words typed twice are no conflict, now or at the next change."""
    address = sheet_address(enrolment, route="company:save_answer")
    for version, level in ((0, "low"), (1, "medium")):
        browse(cast.claire).post(address, typed_answers({FIRST: level}, version=version), headers={"accept": "application/json"})
    client = browse(cast.claire)
    same = client.post(address, typed_answers({FIRST: "medium"}, version=1), headers={"accept": "application/json"})
    assert (same.status_code, same.json()["version"]) == (200, 2)
    later = client.post(address, typed_answers({FIRST: "high"}, version=same.json()["version"]), headers={"accept": "application/json"})
    assert (later.status_code, later.json()["version"]) == (200, 3)


# — Asked of those who may validate ———————————————————————————————————————————————————————


@pytest.fixture
def entrusted(cast: Cast, at: datetime, enrolment: Enrolment) -> Enrolment:
    """Karim may see and answer, not validate."""
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    return enrolment


@pytest.fixture
def asked(cast: Cast, at: datetime, entrusted: Enrolment) -> Assessment:
    """Everything is answered and Karim has asked for a validation."""
    assessment = answered(entrusted, INTEROPERABILITY, cast.karim, at)
    request_validation(assessment, entrusted, by=cast.karim, at=at)
    return assessment


def test_the_sheet_is_saved_then_its_validation_is_asked_for(browse: Browse, cast: Cast, entrusted: Enrolment) -> None:
    client = browse(cast.karim)
    with remembered("assessments.AssessmentBegun", "assessments.AnswersSaved", "assessments.ValidationRequested"):
        response = client.post(sheet_address(entrusted), whole_sheet(entrusted) | {"request_validation": "1"}, follow=True)
    page = text_of(response)
    assert response.redirect_chain == [(sheet_address(entrusted), 302)]
    assert "leur validation est demandée à vos collègues" in page
    assert "Vous avez demandé la validation le " in page
    assert "Retirer ma demande" in page
    assert 'name="request_validation"' not in page
    assert "La validation est déjà demandée" in page
    assert "Réponses modifiées depuis la demande" not in page


def test_what_is_missing_before_asking_is_listed_and_the_answers_are_kept(browse: Browse, cast: Cast, entrusted: Enrolment) -> None:
    typed = whole_sheet(entrusted) | {"level-ILL-INT-03": "", "request_validation": "1"}
    response = browse(cast.karim).post(sheet_address(entrusted), typed)
    assert response.status_code == 409
    assert "Avant de demander validation : 1 critère sans réponse" in text_of(response)
    assert 'href="#c-ILL-INT-03"' in text_of(response)
    assert (Answer.objects.exclude(level="").count(), ValidationRequest.objects.count()) == (6, 0)
    empty = browse(cast.karim).post(sheet_address(entrusted, SECURITY), {"request_validation": "1"})
    assert "36 critères sans réponse" in text_of(empty)


def test_a_second_request_is_refused_with_the_first_and_nothing_typed_is_lost(
    browse: Browse, cast: Cast, entrusted: Enrolment, asked: Assessment
) -> None:
    typed = whole_sheet(entrusted, level="high", version=1) | {"request_validation": "1"}
    response = browse(cast.karim).post(sheet_address(entrusted), typed)
    assert response.status_code == 409
    assert "Vous avez déjà demandé la validation le 16 novembre 2026 à 10" in text_of(response)
    assert set(Answer.objects.values_list("level", flat=True)) == {"high"}
    assert "Réponses modifiées depuis la demande." in text_of(browse(cast.claire).get(sheet_address(entrusted)))


def test_who_may_validate_has_no_request_to_make(browse: Browse, cast: Cast, entrusted: Enrolment) -> None:
    assert 'name="request_validation"' not in text_of(browse(cast.claire).get(sheet_address(entrusted)))
    response = browse(cast.claire).post(sheet_address(entrusted), whole_sheet(entrusted) | {"request_validation": "1"})
    assert response.status_code == 403
    assert "choisissez « Valider »" in text_of(response)


def test_who_may_validate_is_told_and_validates(browse: Browse, cast: Cast, entrusted: Enrolment, asked: Assessment) -> None:
    client = browse(cast.claire)
    page = text_of(client.get(sheet_address(entrusted)))
    assert "Validation demandée par Karim le 16 novembre 2026 à 10" in page
    assert "Renvoyer avec un motif" in page
    assert "Retirer ma demande" not in page
    client.post(sheet_address(entrusted), whole_sheet(entrusted, version=1) | {"validate": "1"})
    assert ValidationRequest.objects.get().state == "validated"
    assert "Validation demandée par" not in text_of(client.get(sheet_address(entrusted)))


def test_a_request_is_sent_back_with_a_reason_that_its_author_reads(
    browse: Browse, cast: Cast, entrusted: Enrolment, asked: Assessment
) -> None:
    back = sheet_address(entrusted, route="company:send_back_validation")
    with remembered("assessments.ValidationSentBack"):
        response = browse(cast.claire).post(back, {"reason": "Précisez A08.1.1.\r\n<b>Merci</b>"})
    assert response["Location"] == sheet_address(entrusted)
    client = browse(cast.karim)
    page = client.get(sheet_address(entrusted)).content.decode()
    assert "Renvoyé par Claire le " in page
    assert "Précisez A08.1.1.<br>&lt;b&gt;Merci&lt;/b&gt;" in page
    assert 'name="request_validation"' in page
    client.post(sheet_address(entrusted), whole_sheet(entrusted, level="high", version=1) | {"request_validation": "1"})
    assert "Renvoyé par" not in text_of(client.get(sheet_address(entrusted)))


@pytest.mark.parametrize(
    ("reason", "said"), [(" ", "Écrivez le motif du renvoi"), ("é" * 1001, "Ce texte compte 1001 caractères, pour 1000 au plus")]
)
def test_a_reason_refused_comes_back_to_be_corrected(
    browse: Browse, cast: Cast, entrusted: Enrolment, asked: Assessment, reason: str, said: str
) -> None:
    with remembered():
        response = browse(cast.claire).post(sheet_address(entrusted, route="company:send_back_validation"), {"reason": reason})
    page = text_of(response)
    assert response.status_code == 400
    assert said in page
    assert f"\n{reason}</textarea>" in page
    assert "<title>Erreur : " in page
    assert '<details class="cv-fold" open>' in page


def test_who_asked_takes_the_request_back(browse: Browse, cast: Cast, entrusted: Enrolment, asked: Assessment) -> None:
    back = sheet_address(entrusted, route="company:withdraw_validation_request")
    assert browse(cast.claire).post(back).status_code == 403
    page = text_of(browse(cast.karim).post(back, follow=True))
    assert "Votre demande de validation est retirée." in page
    assert 'name="request_validation"' in page
    assert browse(cast.karim).post(back).status_code == 409


def test_nothing_answered_nothing_to_settle(browse: Browse, cast: Cast, entrusted: Enrolment) -> None:
    for route in ("company:send_back_validation", "company:withdraw_validation_request"):
        assert browse(cast.claire).post(sheet_address(entrusted, route=route), {"reason": "Non."}).status_code == 404


def test_a_colleague_who_may_validate_and_not_answer_validates_what_is_there(
    browse: Browse, cast: Cast, at: datetime, entrusted: Enrolment, asked: Assessment
) -> None:
    """His page sends no level and no comment: nothing is taken for an answer."""
    grant_rights(entrusted.subject, cast.karim, ("view", "validate"), by=cast.claire, at=at)
    client = browse(cast.karim)
    page = text_of(client.get(sheet_address(entrusted)))
    assert 'name="validate"' in page
    assert 'name="draft"' not in page
    versions = {name: value for name, value in whole_sheet(entrusted, version=1).items() if name.startswith("version-")}
    with remembered("assessments.AssessmentValidated"):
        assert client.post(sheet_address(entrusted), versions | {"validate": "1"}).status_code == 302
    assert set(Answer.objects.values_list("level", flat=True)) == {"medium"}


def test_another_colleague_reads_that_it_was_sent_back(browse: Browse, cast: Cast, at: datetime, entrusted: Enrolment, asked: Assessment) -> None:  # fmt: skip
    send_back_validation(asked, "À revoir.", by=cast.claire, at=at)
    assert "À revoir." in text_of(browse(cast.claire).get(sheet_address(entrusted)))
    assert browse(cast.zoe).get(sheet_address(entrusted)).status_code == 404
