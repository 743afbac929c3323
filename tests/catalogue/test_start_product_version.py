"""A new version: the product again, in use and in the same procedures, under a version nobody gave it yet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from convergence.catalogue.actions import archive_product, confirm_product, grant_rights, qualify_product, start_product_version
from convergence.catalogue.models import Enrolment, Grant, Subject
from foundation.accounts.models import Seat
from foundation.core.verdict import Refused
from foundation.journal.models import Entry
from ops.demo import LISTED
from tests.factories.catalogue import SOCLES, WITHOUT_EXCHANGE, again, enrolled, product_at
from tests.race import race
from tests.refusals import refused, remembered


def started(product, version, person, at):
    return Subject.objects.get(pk=start_product_version(product, version, by=person, at=at).subject)


def test_the_new_version_is_the_product_again_in_use_at_once(cast, at):
    product = product_at("active", cast.claire, at, nil="123456789", certifications="HDS", responsible=cast.karim.pk, type="option")
    later = at + timedelta(days=1)
    with remembered("catalogue.ProductVersionStarted") as entries:
        new = started(product, " 4.0 ", cast.claire, later)
    assert (new.state, new.confirmed_at, new.created_at, new.version) == ("active", later, later, "4.0")
    for field in ("company", "kind", "name", "type", "description", "certifications", "qualification", "responsible"):
        assert getattr(new, field) == getattr(product, field), field
    assert new.nil == ""
    assert new.reference > product.reference
    assert new.searched == f"{new.reference} telesuivi cardio [site web] 4.0"
    assert (entries[0].company, entries[0].by, entries[0].about) == (cast.aubepine.pk, cast.claire.key, f"product:{new.pk}")


def test_it_follows_the_same_procedures_in_the_same_editions(cast, at):
    product = product_at("active", cast.claire, at)
    for code in (SOCLES, WITHOUT_EXCHANGE):
        enrolled(product, code, cast.claire, at)
    Enrolment.objects.filter(subject=product, code=SOCLES).update(track="doctrine-d-hier")  # as if it had moved since
    later = at + timedelta(days=1)
    event = start_product_version(product, "4.0", by=cast.claire, at=later)
    columns = ("code", "track", "procedure")
    theirs, ours = (list(Enrolment.objects.filter(subject=pk).order_by("pk").values_list(*columns)) for pk in (product.pk, event.subject))
    assert ours == theirs
    assert event.procedures == tuple(procedure for _, _, procedure in ours)
    new = Subject.objects.get(pk=event.subject)
    assert set(new.enrolments.values_list("searched", "enrolled_at")) == {(new.searched, later)}


def test_the_source_and_its_enrolments_are_left_as_they_are(cast, at):
    product = product_at("active", cast.claire, at)
    enrolled(product, SOCLES, cast.claire, at)
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    before = [list(rows.values()) for rows in (Subject.objects.filter(pk=product.pk), Enrolment.objects.filter(subject=product))]
    new = started(product, "4.0", cast.claire, at)
    after = [list(rows.values()) for rows in (Subject.objects.filter(pk=product.pk), Enrolment.objects.filter(subject=product))]
    assert after == before
    assert not Grant.objects.filter(subject=new).exists()


def test_a_product_that_follows_nothing_starts_a_version_that_follows_nothing(cast, at):
    new = started(product_at("active", cast.claire, at), "4.0", cast.claire, at)
    assert not new.enrolments.exists()


@pytest.mark.parametrize("version", ["3.2", "v3.2", "V3.2", " 3.2 "])
def test_the_present_version_is_refused_however_it_is_written(cast, at, version):
    product = product_at("active", cast.claire, at)
    with refused(f"La version 3.2 de ce produit existe déjà, sous la référence {product.reference}.", code="same_version", status=409):
        start_product_version(product, version, by=cast.claire, at=at)
    assert Subject.objects.count() == 1


def test_so_is_that_of_another_product_of_the_company_of_the_same_name(cast, at):
    product = product_at("active", cast.claire, at, name="Agenda")
    product_at("draft", cast.claire, at, name="Agenda", version="4.0")
    product_at("archived", cast.claire, at, name="Agenda", version="5.0")
    product_at("active", cast.claire, at, name="Agenda de ville", version="6.0")
    product_at("active", cast.zoe, at, name="Agenda", version="7.0")
    for version in ("4.0", "5.0"):
        with refused(f"La version {version} de ce produit existe déjà", code="same_version", status=409):
            start_product_version(product, version, by=cast.claire, at=at)
    for version in ("6.0", "7.0"):
        assert started(product, version, cast.claire, at).version == version


@pytest.mark.parametrize("version", ["", "   ", "1" * 41])
def test_a_version_has_between_one_and_forty_characters(cast, at, version):
    product = product_at("active", cast.claire, at)
    with refused("Saisissez la nouvelle version du produit, en 40 caractères au plus.", status=400):
        start_product_version(product, version, by=cast.claire, at=at)
    assert started(product, "1" * 40, cast.claire, at).version == "1" * 40


@pytest.mark.parametrize("stored", [{"mes_listing": "likely"}, {**LISTED, "delivery": "minitel"}, {}])
def test_what_todays_content_asks_more_is_asked_before_it_is_in_use(cast, at, stored):
    product = product_at("active", cast.claire, at)
    enrolled(product, SOCLES, cast.claire, at)
    Subject.objects.filter(pk=product.pk).update(qualification=stored)
    new = started(product, "4.0", cast.claire, at)
    assert (new.state, new.confirmed_at) == ("draft", None)
    assert new.qualification.items() <= LISTED.items()
    with refused("Il reste des questions sans réponse", code="incomplete", status=409):
        confirm_product(new, by=cast.claire, at=at)
    qualify_product(new, dict(LISTED), by=cast.claire, at=at)
    confirm_product(new, by=cast.claire, at=at)
    assert again(new).state == "active"
    assert list(new.enrolments.values_list("code", flat=True)) == [SOCLES]


def test_whoever_left_the_company_is_not_responsible_of_the_new_version(cast, at):
    product = product_at("active", cast.claire, at, responsible=cast.karim.pk)
    Seat.objects.filter(person=cast.karim).update(ended_at=at)
    assert started(product, "4.0", cast.claire, at).responsible == cast.claire


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_only_a_representative_of_the_company_starts_a_version(cast, at, who):
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit", "validate"), by=cast.claire, at=at)
    with refused("Votre rôle ne permet pas de démarrer une nouvelle version d'un produit."):
        start_product_version(product, "4.0", by=cast.everyone()[who], at=at)
    assert Subject.objects.count() == 1


def test_an_archived_product_is_restored_before_it_has_a_new_version(cast, at):
    product = product_at("active", cast.claire, at)
    archive_product(again(product), by=cast.claire, at=at)
    with refused("l'état est « Archivé »", code="wrong_state", status=409):  # the page still open shows it in use
        start_product_version(product, "4.0", by=cast.claire, at=at)


def test_pressing_twice_starts_one_version(committed_db, cast, at):
    """From the product and from one of the same name at once: the company's row is what they wait for."""
    products = [product_at("active", cast.claire, at, version=version) for version in ("3.1", "3.2")]
    enrolled(products[0], SOCLES, cast.claire, at)
    outcomes = race(*[lambda one=one: start_product_version(one, "4.0", by=cast.claire, at=at) for one in products * 3])
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [refusal.code for refusal in refusals] == ["same_version"] * 5
    assert Subject.objects.filter(version="4.0").count() == 1
    assert Entry.objects.filter(kind="catalogue.ProductVersionStarted").count() == 1
