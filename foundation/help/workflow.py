"""Which moves does an answer of the help allow? What was published stays as it was: a later edition supersedes it."""

from __future__ import annotations

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"

HELP_ENTRY = Workflow(
    name="aide",
    initial=DRAFT,
    states={DRAFT: gettext_lazy("Brouillon"), PUBLISHED: gettext_lazy("Publiée"), WITHDRAWN: gettext_lazy("Retirée")},
    moves=(
        Move("save_help_draft", (DRAFT,), DRAFT, by="agency"),
        Move("save_help_draft", (PUBLISHED,), PUBLISHED, by="agency"),
        Move("save_help_draft", (WITHDRAWN,), WITHDRAWN, by="agency"),
        Move("publish_help_draft", (DRAFT, PUBLISHED, WITHDRAWN), PUBLISHED, by="agency"),
        Move("discard_help_draft", (DRAFT, WITHDRAWN), WITHDRAWN, by="agency"),
        Move("discard_help_draft", (PUBLISHED,), PUBLISHED, by="agency"),
        Move("withdraw_help_entry", (PUBLISHED,), WITHDRAWN, by="agency"),
    ),
)
