"""Adding a product: who may, what is kept, and what is refused with which reason."""

from __future__ import annotations

import pytest

from convergence.catalogue.actions import add_product, confirm_product, grant_rights, identify_product
from convergence.catalogue.listings import product_cards
from convergence.catalogue.models import Enrolment, Grant, Subject
from convergence.catalogue.permissions import subjects_visible_to
from convergence.catalogue.queries import possible_responsibles, product_of_reference
from foundation.accounts.models import Person
from tests.factories.catalogue import SOCLES, again, enrolled, identification, product_at
from tests.race import race
from tests.refusals import refused, remembered


def test_the_first_step_makes_a_draft_under_a_public_reference(cast, at):
    with remembered("catalogue.ProductAdded") as entries:
        event = add_product(cast.aubepine, identification(cast.claire, certifications="ISO 27001\n\n HDS "), by=cast.claire, at=at)
    product = product_of_reference(event.reference, cast.claire)
    assert (product.state, product.company, product.kind, product.created_at) == ("draft", cast.aubepine, "product", at)
    assert (product.responsible, product.confirmed_at, product.qualification) == (cast.claire, None, {})
    assert product.certification_list == ["ISO 27001", "HDS"]
    assert product.full_name == f"TéléSuivi Cardio [Site Web] – v3.2 – {event.reference}"
    assert (entries[0].company, entries[0].by, entries[0].about) == (cast.aubepine.pk, cast.claire.key, f"product:{product.pk}")


def test_references_start_at_a_thousand_and_are_never_given_twice(cast, at):
    first = add_product(cast.aubepine, identification(cast.claire), by=cast.claire, at=at).reference
    with refused("Choisissez le type de produit", status=400):
        add_product(cast.aubepine, identification(cast.claire, type="gratuit"), by=cast.claire, at=at)
    second = add_product(cast.boree, identification(cast.zoe), by=cast.zoe, at=at).reference
    assert second > first >= 1000


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("karim", "Votre rôle ne permet pas d'ajouter un produit."),
        ("zoe", "Votre rôle ne permet pas d'ajouter un produit."),
        ("ines", "Votre rôle ne permet pas d'ajouter un produit."),
        ("hugo", "Votre rôle ne permet pas d'ajouter un produit."),
    ],
)
def test_only_a_representative_of_the_company_adds_a_product(cast, at, who, reason):
    person = cast.everyone()[who]
    with refused(reason):
        add_product(cast.aubepine, identification(cast.claire), by=person, at=at)
    assert not Subject.objects.exists()


@pytest.mark.parametrize("kind", ["", "socle", "CORE", "core "])
def test_a_type_that_does_not_exist_is_refused(cast, at, kind):
    with refused("Choisissez le type de produit : Socle ou Option.", status=400):
        add_product(cast.aubepine, identification(cast.claire, type=kind), by=cast.claire, at=at)


def test_the_responsible_is_someone_of_the_company(cast, at):
    for person in (cast.zoe.pk, cast.ines.pk, 0):
        with refused("Le responsable doit être une personne de votre entreprise.", status=400):
            add_product(cast.aubepine, identification(cast.claire, responsible=person), by=cast.claire, at=at)
    event = add_product(cast.aubepine, identification(cast.claire, responsible=cast.karim.pk), by=cast.claire, at=at)
    assert product_of_reference(event.reference, cast.claire).responsible == cast.karim
    assert list(possible_responsibles(cast.aubepine)) == [cast.claire, cast.karim]


def test_what_is_typed_is_kept_as_it_was_typed(cast, at):
    """Markup, templates and SQL are words like others; the page shows them literally."""
    words = "<script>alert(1)</script> {{7*7}} '); DROP TABLE catalogue_subject; --"
    event = add_product(cast.aubepine, identification(cast.claire, name=words, description=words), by=cast.claire, at=at)
    product = product_of_reference(event.reference, cast.claire)
    assert (product.name, product.description) == (words, words)


# — Changing the identification —


def test_a_change_says_which_fields_changed_and_never_the_reference(cast, at):
    product = product_at("active", cast.claire, at)
    with remembered("catalogue.ProductIdentified") as entries:
        event = identify_product(product, identification(cast.claire, name="Œuvre Évaluée", version="4"), by=cast.claire, at=at)
    changed = again(product)
    assert sorted(event.changed) == ["name", "version"]
    assert (changed.name, changed.reference, changed.state) == ("Œuvre Évaluée", product.reference, "active")
    assert changed.searched == f"{product.reference} oeuvre evaluee 4"
    assert entries[0].company == cast.aubepine.pk


def test_a_new_name_is_found_in_the_enrolments_too(cast, at):
    product = product_at("active", cast.claire, at)
    enrolled(product, SOCLES, cast.claire, at)
    identify_product(product, identification(cast.claire, name="Œuvre Évaluée"), by=cast.claire, at=at)
    assert Enrolment.objects.get(subject=product).searched == again(product).searched


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_a_product_is_changed_by_its_company_only(cast, at, who):
    product = product_at("draft", cast.claire, at)
    with refused("Vous pouvez voir ce produit, pas le modifier."):
        identify_product(product, identification(cast.claire, name="Volé"), by=cast.everyone()[who], at=at)
    with refused("Vous pouvez voir ce produit, pas le modifier."):
        confirm_product(product, by=cast.everyone()[who], at=at)
    assert again(product).name == product.name


# — Reading —


def listed(person, company, **wanted):
    """The references listed, and how many there are in all."""
    cards, total = product_cards(person, company, limit=wanted.pop("limit", 50), **wanted)
    return [card.reference for card in cards], total


def test_each_company_lists_its_own_products_the_latest_first(cast, at):
    ours = [product_at("draft", cast.claire, at, name=name) for name in ("Un", "Deux")]
    theirs = product_at("active", cast.zoe, at, name="Trois")
    assert listed(cast.claire, cast.aubepine) == ([product.reference for product in ours[::-1]], 2)
    assert listed(cast.zoe, cast.boree) == ([theirs.reference], 1)
    for person in (cast.zoe, cast.ines, cast.hugo, cast.karim):
        assert listed(person, cast.aubepine) == ([], 0)
        with pytest.raises(Subject.DoesNotExist):
            product_of_reference(ours[0].reference, person)


@pytest.mark.parametrize("who", ["claire", "karim", "zoe", "ines", "hugo"])
def test_the_lists_written_in_sql_show_what_the_permissions_say(cast, at, who):
    """`SEEN_SQL` and `seen_by` are the same right written twice."""
    products = [product_at("active", cast.claire, at) for _ in range(3)]
    product_at("active", cast.zoe, at)
    grant_rights(products[1], cast.karim, ("view",), by=cast.claire, at=at)
    grant_rights(products[2], cast.karim, ("edit",), questionnaire="securite", by=cast.claire, at=at)
    for stranger in (cast.zoe, cast.ines):
        Grant.objects.create(person=stranger, subject=products[0], rights=["view"])  # as if one were left over
    person = Person.objects.get(pk=cast.everyone()[who].pk)
    visible = subjects_visible_to(person).order_by("-reference")
    for company in (cast.aubepine, cast.boree):
        assert listed(person, company)[0] == list(visible.filter(company=company).values_list("reference", flat=True))


@pytest.mark.parametrize(("words", "found"), [("evaluee", 1), ("ŒUVRE  évaluée", 1), ("3.2", 2), ("oeuvre 3.2", 1), ("absent", 0), ("", 2), ("%", 0), ("_", 0), ("'; --", 0)])  # fmt: skip
def test_products_are_found_by_every_word_without_accents_or_case(cast, at, words, found):
    product_at("active", cast.claire, at, name="Œuvre Évaluée")
    product_at("active", cast.claire, at, name="Agenda")
    assert listed(cast.claire, cast.aubepine, words=words)[1] == found


def test_a_product_is_found_by_its_reference(cast, at):
    product, _ = product_at("active", cast.claire, at), product_at("active", cast.claire, at)
    assert listed(cast.claire, cast.aubepine, words=str(product.reference)) == ([product.reference], 1)


def test_archived_products_are_listed_apart(cast, at):
    kept, gone = product_at("active", cast.claire, at), product_at("archived", cast.claire, at)
    assert listed(cast.claire, cast.aubepine) == ([kept.reference], 1)
    assert listed(cast.claire, cast.aubepine, archived=True) == ([gone.reference], 1)


def test_only_products_in_use_that_do_not_follow_a_procedure_may_be_enrolled_in_it(cast, at):
    product_at("draft", cast.claire, at)
    product_at("archived", cast.claire, at)
    free, followed = product_at("active", cast.claire, at), product_at("active", cast.claire, at)
    enrolled(followed, SOCLES, cast.claire, at)
    assert listed(cast.claire, cast.aubepine, to_enrol_in=SOCLES) == ([free.reference], 1)


def test_the_number_of_procedures_followed_is_counted(cast, at):
    product = product_at("active", cast.claire, at)
    enrolled(product, SOCLES, cast.claire, at)
    enrolled(product, "mes-sans-echange", cast.claire, at)
    (card,), _ = product_cards(cast.claire, cast.aubepine, limit=5)
    assert (card.enrolment_count, card.name, card.type_word, card.is_draft) == (2, product.name, "Socle", False)


def test_a_list_is_read_page_by_page(cast, at):
    references = [product_at("draft", cast.claire, at).reference for _ in range(5)][::-1]
    assert listed(cast.claire, cast.aubepine, limit=2) == (references[:2], 5)
    assert listed(cast.claire, cast.aubepine, limit=2, offset=4) == (references[4:], 5)


def test_products_added_at_once_have_references_of_their_own(committed_db, cast, at):
    def add():
        return add_product(cast.aubepine, identification(cast.claire), by=cast.claire, at=at).reference

    references = race(*[add] * 6)
    assert len(set(references)) == 6
    assert Subject.objects.count() == 6
