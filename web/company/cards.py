"""How are a product, a procedure followed, a questionnaire or a projection to continue drawn in a list? By the look they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from web.pieces import piece
from web.ui import address

if TYPE_CHECKING:
    from convergence.assessments.listings import FollowedProcedure, Pending
    from convergence.catalogue.listings import ProductCard
    from convergence.projections.listings import PendingProjection


def product_drawn(product: ProductCard) -> SafeString:
    return piece(
        "company/products/product_card.html",
        {"type_word": product.type_word, "is_draft": product.is_draft, "enrolment_count": product.enrolment_count},
        {
            "name": product.name,
            "reference": str(product.reference),
            "version": product.version,
            "product_address": address("company:product", product.reference),
        },
    )


def procedure_drawn(line: FollowedProcedure) -> SafeString:
    return piece(
        "company/dashboard/line.html",
        {
            "track": str(line.track.short),
            "procedure": str(line.procedure.title),
            "is_product": line.is_product,
            "done": line.done,
            "total": line.total,
            "status": line.status,
            "status_word": str(line.status_word),
        },
        {
            "name": line.name,
            "reference": str(line.reference),
            "version": line.version or "–",
            "product_address": address("company:product", line.reference),
            "procedure_address": address("company:followed_procedure", line.reference, line.procedure.code),
        },
    )


def pending_drawn(item: Pending) -> SafeString:
    questionnaire = item.questionnaire
    return piece(
        "company/dashboard/pending.html",
        {
            "questionnaire": f"{questionnaire.title} {questionnaire.edition}",
            "procedure": str(item.procedure.title),
            "is_begun": item.is_begun,
            "is_product": item.is_product,
            "remaining": item.remaining,
        },
        {
            "name": item.subject_name,
            "questionnaire_address": address("company:questionnaire", item.reference, item.procedure.code, questionnaire.key),
        },
    )


def projection_drawn(item: PendingProjection) -> SafeString:
    questionnaire = item.questionnaire
    return piece(
        "company/dashboard/pending_projection.html",
        {
            "questionnaire": f"{questionnaire.title} {questionnaire.edition}",
            "procedure": str(item.procedure.title),
            "is_begun": item.is_begun,
            "is_product": item.is_product,
            "undecided": item.undecided,
        },
        {
            "name": item.subject_name,
            "projection_address": address("company:projection", item.reference, item.procedure.code, questionnaire.key),
        },
    )
