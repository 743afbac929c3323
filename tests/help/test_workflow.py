"""Which moves does an answer allow? Every verb with every state."""

from __future__ import annotations

from foundation.help.workflow import HELP_ENTRY
from tests.crossing import as_read_aloud, unreachable


def test_every_verb_in_every_state() -> None:
    assert as_read_aloud(HELP_ENTRY) == {
        "save_help_draft": {"draft": "draft", "published": "published", "withdrawn": "withdrawn"},
        "publish_help_draft": {"draft": "published", "published": "published", "withdrawn": "published"},
        "discard_help_draft": {"draft": "withdrawn", "published": "published", "withdrawn": "withdrawn"},
        "withdraw_help_entry": {"draft": None, "published": "withdrawn", "withdrawn": None},
    }
    assert unreachable(HELP_ENTRY) == set()
