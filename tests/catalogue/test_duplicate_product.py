"""Duplicating a product: a draft identified and qualified alike, and nothing else of it."""

from __future__ import annotations

import pytest

from convergence.assessments.models import Assessment, Standing
from convergence.catalogue.actions import archive_product, duplicate_product, grant_rights
from convergence.catalogue.models import Enrolment, Grant, Subject
from foundation.accounts.models import Person, Seat
from tests.factories.catalogue import ARCHITECTURE, SOCLES, again, answered, enrolled, product_at
from tests.race import race
from tests.refusals import refused, remembered


def duplicated(product, person, at):
    return Subject.objects.get(pk=duplicate_product(product, by=person, at=at).subject)


def test_the_copy_is_a_draft_identified_and_qualified_alike(cast, at):
    product = product_at("active", cast.claire, at, nil="123456789", certifications="ISO 27001", responsible=cast.karim.pk, type="option")
    with remembered("catalogue.ProductDuplicated") as entries:
        copied = duplicated(product, cast.claire, at)
    assert (copied.state, copied.confirmed_at, copied.created_at, copied.company) == ("draft", None, at, cast.aubepine)
    assert copied.name == "TéléSuivi Cardio [Site Web] (copie)"
    for field in ("kind", "version", "type", "description", "certifications", "qualification", "responsible"):
        assert getattr(copied, field) == getattr(product, field), field
    assert copied.nil == ""
    assert copied.reference > product.reference
    assert copied.searched == f"{copied.reference} telesuivi cardio [site web] (copie) 3.2"
    assert (entries[0].company, entries[0].by, entries[0].about) == (cast.aubepine.pk, cast.claire.key, f"product:{copied.pk}")


def test_it_follows_nothing_and_says_nothing(cast, at):
    product = product_at("active", cast.claire, at)
    answered(enrolled(product, SOCLES, cast.claire, at), ARCHITECTURE, cast.claire, at)
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    copied = duplicated(product, cast.claire, at)
    assert not Enrolment.objects.filter(subject=copied).exists()
    assert not Standing.objects.filter(enrolment__subject=copied).exists()
    assert not Assessment.objects.filter(subject=copied).exists()
    assert not Grant.objects.filter(subject=copied).exists()


def test_the_source_is_left_as_it_is(cast, at):
    product = product_at("active", cast.claire, at)
    before = Subject.objects.filter(pk=product.pk).values().get()
    duplicated(product, cast.claire, at)
    assert Subject.objects.filter(pk=product.pk).values().get() == before


def test_each_copy_has_a_name_of_its_own(cast, at):
    product = product_at("draft", cast.claire, at, name="Agenda")
    names = [duplicated(product, cast.claire, at).name for _ in range(3)]
    assert names == ["Agenda (copie)", "Agenda (copie 2)", "Agenda (copie 3)"]
    archive_product(Subject.objects.get(name="Agenda (copie 2)"), by=cast.claire, at=at)
    assert duplicated(product, cast.claire, at).name == "Agenda (copie 4)"


def test_the_names_of_another_company_are_free(cast, at):
    duplicated(product_at("draft", cast.zoe, at, name="Agenda"), cast.zoe, at)
    assert duplicated(product_at("draft", cast.claire, at, name="Agenda"), cast.claire, at).name == "Agenda (copie)"


def test_a_long_name_is_cut(cast, at):
    product = product_at("draft", cast.claire, at, name="é" * 200)
    assert [len(duplicated(product, cast.claire, at).name) for _ in range(2)] == [200, 200]


def test_whoever_left_the_company_is_not_responsible_of_the_copy(cast, at):
    product = product_at("active", cast.claire, at, responsible=cast.karim.pk)
    Seat.objects.filter(person=cast.karim).update(ended_at=at)
    assert duplicated(product, cast.claire, at).responsible == cast.claire


def test_nor_is_a_closed_account(cast, at):
    product = product_at("active", cast.claire, at, responsible=cast.karim.pk)
    Person.objects.get_queryset().filter(pk=cast.karim.pk).update(is_active=False)
    assert duplicated(product, cast.claire, at).responsible == cast.claire


def test_an_answer_todays_content_no_longer_offers_is_asked_again(cast, at):
    product = product_at("active", cast.claire, at)
    Subject.objects.filter(pk=product.pk).update(qualification={**product.qualification, "delivery": "minitel", "gone": "yes"})
    copied = duplicated(product, cast.claire, at)
    assert copied.qualification == {code: choice for code, choice in product.qualification.items() if code != "delivery"}


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
@pytest.mark.parametrize("state", ["draft", "active", "archived"])
def test_only_a_representative_of_the_company_duplicates(cast, at, who, state):
    product = product_at(state, cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit", "validate"), by=cast.claire, at=at)
    with refused("Votre rôle ne permet pas de dupliquer un produit."):
        duplicate_product(product, by=cast.everyone()[who], at=at)
    assert list(Subject.objects.all()) == [again(product)]


def test_copies_made_at_once_have_names_of_their_own(committed_db, cast, at):
    """From two products of one name: the company's row is what they wait for."""
    products = [product_at("draft", cast.claire, at, name="Agenda") for _ in range(2)]
    race(*[lambda one=one: duplicate_product(one, by=cast.claire, at=at) for one in products * 2])
    copies = Subject.objects.filter(name__contains="copie").values_list("name", flat=True)
    assert sorted(copies) == ["Agenda (copie 2)", "Agenda (copie 3)", "Agenda (copie 4)", "Agenda (copie)"]
