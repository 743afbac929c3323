"""« Droits »: what each employee may do with a product, given by those who represent the company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Grant, Subject
from foundation.accounts.actions import give_seat, welcome_person
from foundation.accounts.models import Person, Seat
from foundation.accounts.queries import new_person
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import SOCLES, WITHOUT_EXCHANGE, enrolled, product_at
from tests.factories.pages import address, text_of
from tests.refusals import remembered
from tests.web.company.test_cost import queries_of

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def product(cast: Cast, at: datetime) -> Subject:
    product = product_at("active", cast.claire, at)
    enrolled(product, SOCLES, cast.claire, at)
    return product


def page_of(product: Subject) -> str:
    return address("company:grant_rights", product.reference)


def is_ticked(page: str, person: Person, code: str, right: str) -> bool:
    box = page.split(f'id="r-{person.pk}-{code}-{right}"')[1].split(">")[0]
    return " checked" in box


def test_each_employee_has_a_line_for_the_product_and_for_each_questionnaire(browse: Browse, cast: Cast, at: datetime, product: Subject) -> None:  # fmt: skip
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    grant_rights(product, cast.karim, ("validate",), questionnaire="securite", by=cast.claire, at=at)
    page = text_of(browse(cast.claire).get(page_of(product)))
    assert '<caption class="fr-sr-only">Droits de Karim</caption>' in page
    assert page.count('data-label="Droits sur"') == 4
    assert "Claire</h2>" not in page
    assert "Zoé" not in page
    assert [is_ticked(page, cast.karim, "", right) for right in ("view", "edit", "validate")] == [True, True, False]
    assert [is_ticked(page, cast.karim, "securite", right) for right in ("view", "edit", "validate")] == [True, False, True]
    assert [is_ticked(page, cast.karim, "urbanisation", right) for right in ("view", "edit", "validate")] == [False] * 3
    assert f'href="{page_of(product)}"' in text_of(browse(cast.claire).get(address("company:product", product.reference)))


def test_only_the_lines_changed_are_written_and_edit_or_validate_implies_view(browse: Browse, cast: Cast, at: datetime, product: Subject) -> None:  # fmt: skip
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    pk = cast.karim.pk
    typed = {
        f"shown-{pk}-": "view",
        f"right-{pk}-": ["view"],
        f"shown-{pk}-securite": "",
        f"right-{pk}-securite": ["edit", "validate"],
        f"shown-{pk}-urbanisation": "",
    }
    with remembered("catalogue.RightsGranted"):
        response = browse(cast.claire).post(page_of(product), typed, follow=True)
    assert "Les droits sont enregistrés." in text_of(response)
    assert Grant.objects.get(questionnaire="securite").rights == ["edit", "validate", "view"]
    assert Grant.objects.count() == 2
    with remembered():
        again = browse(cast.claire).post(page_of(product), {f"shown-{pk}-": "view", f"right-{pk}-": ["view"]}, follow=True)
    assert "Aucune case n'a changé" in text_of(again)


def test_every_box_emptied_takes_the_rights_back(browse: Browse, cast: Cast, at: datetime, product: Subject) -> None:
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    with remembered("catalogue.RightsGranted"):
        browse(cast.claire).post(page_of(product), {f"shown-{cast.karim.pk}-": "edit view"})
    assert not Grant.objects.exists()


def test_a_line_left_as_it_was_shown_undoes_nothing_done_meanwhile(browse: Browse, cast: Cast, at: datetime, product: Subject) -> None:
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)  # by someone else, after the page was opened
    with remembered():
        browse(cast.claire).post(page_of(product), {f"shown-{cast.karim.pk}-": ""})
    assert Grant.objects.get().rights == ["edit", "view"]


def test_what_does_not_exist_is_refused_or_ignored(browse: Browse, cast: Cast, product: Subject) -> None:
    pk = cast.karim.pk
    with remembered():
        response = browse(cast.claire).post(page_of(product), {f"shown-{pk}-": "", f"right-{pk}-": ["own", "edit"]})
        others = {f"shown-{cast.zoe.pk}-": "", f"right-{cast.zoe.pk}-": ["view"], f"shown-{pk}-nulle-part": "", f"right-{pk}-nulle-part": ["view"]}  # fmt: skip
        browse(cast.claire).post(page_of(product), others)
    assert response.status_code == 403
    assert "Les droits possibles sont : voir, modifier, valider." in text_of(response)
    assert is_ticked(text_of(response), cast.karim, "", "edit")


def test_who_may_not_give_rights_reads_why_and_nothing_else(browse: Browse, cast: Cast, at: datetime, product: Subject) -> None:
    assert browse(cast.karim).get(page_of(product)).status_code == 404
    assert browse(cast.zoe).get(page_of(product)).status_code == 404
    grant_rights(product, cast.karim, ("view", "edit", "validate"), by=cast.claire, at=at)
    page = text_of(browse(cast.karim).get(page_of(product)))
    assert "Seuls le mandataire et les représentants donnent des droits à leurs collègues." in page
    assert "<table" not in page
    with remembered():
        assert browse(cast.karim).post(page_of(product), {f"shown-{cast.karim.pk}-": "edit validate view"}).status_code == 403
    assert Grant.objects.count() == 1
    assert "Droits des salariés" not in text_of(browse(cast.karim).get(address("company:product", product.reference)))


def test_without_any_employee_the_page_says_whom_to_invite(browse: Browse, cast: Cast, at: datetime, product: Subject) -> None:
    Seat.objects.filter(person=cast.karim).update(ended_at=at)
    page = text_of(browse(cast.claire).get(page_of(product)))
    assert "aucun salarié" in page
    assert "invitez-le comme salarié depuis" in page
    assert "Enregistrer</button>" not in page


def test_the_page_costs_the_same_for_one_or_three_employees(browse: Browse, cast: Cast, at: datetime, product: Subject) -> None:
    client = browse(cast.claire)
    before = queries_of(client, page_of(product))
    for rank in range(2):
        person = new_person(email=f"salarie-{rank}@demo.invalid", name=f"Salarié {rank}")
        welcome_person(person, by=SYSTEM, at=at)
        give_seat(person, Role.EMPLOYEE, cast.aubepine, by=SYSTEM, at=at)
        grant_rights(product, person, ("view",), questionnaire="securite", by=cast.claire, at=at)
    enrolled(product, WITHOUT_EXCHANGE, cast.claire, at)
    assert queries_of(client, page_of(product)) == before
