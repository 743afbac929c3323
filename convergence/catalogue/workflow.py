"""Which moves does a product's state allow?"""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

DRAFT, ACTIVE, ARCHIVED = "draft", "active", "archived"

PRODUCT_LIFE = Workflow(
    name="produit",
    initial=DRAFT,
    states={DRAFT: gettext_lazy("Brouillon"), ACTIVE: gettext_lazy("Ajouté"), ARCHIVED: gettext_lazy("Archivé")},
    moves=(
        Move("identify_product", (DRAFT,), DRAFT, by="company"),
        Move("identify_product", (ACTIVE,), ACTIVE, by="company"),
        Move("qualify_product", (DRAFT,), DRAFT, by="company"),
        Move("requalify_product", (ACTIVE,), ACTIVE, by="company"),
        Move("confirm_product", (DRAFT,), ACTIVE, by="company"),
        Move("enrol_product", (ACTIVE,), ACTIVE, by="company"),
        Move("change_edition", (ACTIVE,), ACTIVE, by="company"),
        Move("start_product_version", (ACTIVE,), ACTIVE, by="company"),
        Move("duplicate_product", (DRAFT,), DRAFT, by="company"),
        Move("duplicate_product", (ACTIVE,), ACTIVE, by="company"),
        Move("duplicate_product", (ARCHIVED,), ARCHIVED, by="company"),
        Move("archive_product", (DRAFT, ACTIVE), ARCHIVED, by="company"),
        Move("restore_product", (ARCHIVED,), ACTIVE, by="company"),
    ),
)
