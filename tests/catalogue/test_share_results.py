"""Results read by a partner: where the content names it, because the company said so, until it takes it back, and never anything else."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from convergence.catalogue.actions import archive_product, grant_rights, read_shared_results, share_results, stop_sharing
from convergence.catalogue.models import Enrolment, Share
from convergence.catalogue.permissions import can_read_shared_results, can_share_results, can_stop_sharing
from convergence.catalogue.queries import share_of, shares_with
from convergence.content.library import library
from convergence.content.partners import THE_PARTNER, questionnaires_read_by
from tests.factories.catalogue import INTEROPERABILITY, SOCLES, WITHOUT_EXCHANGE, answered, enrolled, product_at, validated
from tests.factories.pages import text_of
from tests.factories.people import STAFF, someone
from tests.refusals import refused, remembered


@pytest.fixture
def enrolment(cast, at):
    return enrolled(product_at("active", cast.claire, at), WITHOUT_EXCHANGE, cast.claire, at)


@pytest.fixture
def staff(db, at):
    return {login: someone(login, role, None, at) for login, role in STAFF.items()}


@pytest.fixture
def share(cast, at, enrolment):
    share_results(enrolment, THE_PARTNER, by=cast.claire, at=at)
    return share_of(Enrolment.objects.get(pk=enrolment.pk), THE_PARTNER)


def test_shared_taken_back_shared_again(cast, at, enrolment):
    with remembered("catalogue.ResultsShared"):
        share_results(enrolment, THE_PARTNER, by=cast.claire, at=at)
    with remembered():
        share_results(enrolment, THE_PARTNER, by=cast.claire, at=at)
    held = share_of(enrolment, THE_PARTNER)
    with remembered("catalogue.SharingStopped"):
        stop_sharing(held, by=cast.claire, at=at)
    with remembered():
        stop_sharing(held, by=cast.claire, at=at)
    assert share_of(enrolment, THE_PARTNER) is None
    share_results(enrolment, THE_PARTNER, by=cast.claire, at=at)
    assert Share.objects.count() == 2


def test_only_where_the_content_names_the_partner(cast, at):
    socles = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assert questionnaires_read_by(library().procedure(socles.procedure), THE_PARTNER) == frozenset()
    with refused("Cette démarche ne prévoit pas de partage", status=400):
        share_results(socles, THE_PARTNER, by=cast.claire, at=at)
    with refused("Cette démarche ne prévoit pas de partage", status=400):
        share_results(socles, "quelqu-un", by=cast.claire, at=at)


def test_who_may(cast, at, staff, enrolment, share):
    grant_rights(enrolment.subject, cast.karim, ("view", "edit", "validate"), by=cast.claire, at=at)
    people = {**cast.everyone(), **staff}
    assert {name for name, one in people.items() if can_share_results(one, enrolment)} == {"claire"}
    assert {name for name, one in people.items() if can_stop_sharing(one, share)} == {"claire"}
    assert {name for name, one in people.items() if can_read_shared_results(one, share)} == {"partner"}


def test_taken_back_or_out_of_the_catalogue_nothing_is_read(cast, at, staff, enrolment, share):
    with remembered("catalogue.SharedResultsRead"):
        read_shared_results(share, by=staff["partner"], at=at)
    archive_product(enrolment.subject, by=cast.claire, at=at)
    assert shares_with(THE_PARTNER, limit=5) == ([], 0)
    with refused("Ces résultats ne sont pas, ou plus, partagés avec vous."):
        read_shared_results(share, by=staff["partner"], at=at)


def test_found_by_the_reference_the_company_gives(cast, at, enrolment, share):
    other = enrolled(product_at("active", cast.zoe, at, name="Autre"), WITHOUT_EXCHANGE, cast.zoe, at)
    share_results(other, THE_PARTNER, by=cast.zoe, at=at)
    assert [one.pk for one in shares_with(THE_PARTNER, words=str(enrolment.subject.reference), limit=5)[0]] == [share.pk]
    assert [one.pk for one in shares_with(THE_PARTNER, words="aubépine", limit=5)[0]] == [share.pk]
    assert shares_with(THE_PARTNER, limit=5)[1] == 2
    assert shares_with(THE_PARTNER, words="rien du tout", limit=5) == ([], 0)


def test_from_the_page_of_the_company_to_the_zip(cast, at, staff, enrolment, browse):
    claire, partner = browse(cast.claire), browse(staff["partner"])
    page = reverse("company:followed_procedure", args=[enrolment.subject.reference, enrolment.code])
    assert "Partager les résultats avec le GIE SESAM-Vitale" in text_of(claire.get(page))
    assert "Aucune entreprise ne partage encore" in text_of(partner.get(reverse("agency:shared_results")))
    assert partner.get(reverse("agency:welcome")).headers["Location"] == reverse("agency:shared_results")
    claire.post(reverse("company:share_results", args=[enrolment.subject.reference, enrolment.code]))
    assert "peut lire les résultats validés de ce produit" in text_of(claire.get(page))
    share = share_of(enrolment, THE_PARTNER)
    text = text_of(partner.get(reverse("agency:shared_results")))
    assert enrolment.subject.full_name in text.replace("\u00a0", " ")
    take = reverse("agency:take_shared_results", args=[share.pk])
    assert partner.post(take).status_code == 409  # nothing is validated yet
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, cast.claire, at)
    with remembered("catalogue.SharedResultsRead"):
        answer = partner.post(take)
    assert answer["Content-Type"] == "application/zip"
    assert any("interoperabilite" in name for name in ZipFile(BytesIO(answer.content)).namelist())
    claire.post(reverse("company:stop_sharing", args=[enrolment.subject.reference, enrolment.code]))
    assert partner.post(take).status_code == 404
    assert "Aucune entreprise ne partage encore" in text_of(partner.get(reverse("agency:shared_results")))


def test_everything_else_is_shut_to_the_partner(cast, at, staff, enrolment, share, browse):
    partner = browse(staff["partner"])
    assert partner.post(reverse("agency:take_shared_results", args=[share.pk + 1])).status_code == 404
    assert partner.get(reverse("company:followed_procedure", args=[enrolment.subject.reference, enrolment.code])).status_code == 404
    for route in ("agency:candidature_list", "agency:steering", "agency:erasure_list", "agency:journal", "agency:staff"):
        assert partner.get(reverse(route)).status_code == 404
    for person in (cast.ines, cast.claire, staff["coordinator"]):
        assert browse(person).get(reverse("agency:shared_results")).status_code == 404


def test_an_employee_reads_that_it_is_shared_and_changes_nothing(cast, at, enrolment, browse):
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    karim = browse(cast.karim)
    text = text_of(karim.get(reverse("company:followed_procedure", args=[enrolment.subject.reference, enrolment.code])))
    assert "Votre rôle ne permet pas de partager les résultats" in text
    share = reverse("company:share_results", args=[enrolment.subject.reference, enrolment.code])
    assert karim.post(share).status_code == 403
    assert browse(cast.zoe).post(share).status_code == 404


def test_the_cost_of_the_list_does_not_grow(cast, at, staff, enrolment, share, browse, django_assert_num_queries):
    partner, page = browse(staff["partner"]), reverse("agency:shared_results")
    partner.get(page)
    with django_assert_num_queries(3):
        partner.get(page)
    for _ in range(3):
        more = enrolled(product_at("active", cast.claire, at), WITHOUT_EXCHANGE, cast.claire, at)
        share_results(more, THE_PARTNER, by=cast.claire, at=at)
    with django_assert_num_queries(3):
        partner.get(page)
