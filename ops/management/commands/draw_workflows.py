"""Draw every workflow of the house in `docs/workflows/`, one page each, as its own table says."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand

from foundation.core.workflow import Workflow

DRAWINGS = Path(settings.BASE_DIR) / "docs" / "workflows"


def workflows() -> list[tuple[str, Workflow]]:
    """Every workflow, with the module whose table it is, in the order of the rooms."""
    found = []
    for app in apps.get_app_configs():
        module = f"{app.name}.workflow"
        if app.name.startswith(("foundation.", "convergence.")) and find_spec(module):
            found += [(module, thing) for thing in vars(import_module(module)).values() if isinstance(thing, Workflow)]
    return found


def drawing_of(module: str, workflow: Workflow) -> str:
    """The page of one workflow."""
    return (
        f"# {workflow.name.capitalize()}\n\n"
        f"Dessiné par `make draw` depuis `{module}` : changez la table là-bas, puis redessinez.\n\n"
        f"```mermaid\n{workflow.mermaid()}```\n"
    )


class Command(BaseCommand):
    help = "Dessine les enchaînements d'états dans docs/workflows/."

    def handle(self, *args: Any, **options: Any) -> None:
        DRAWINGS.mkdir(parents=True, exist_ok=True)
        for module, workflow in workflows():
            path = DRAWINGS / f"{workflow.name}.md"
            path.write_text(drawing_of(module, workflow))
            self.stdout.write(f"docs/workflows/{path.name}")
