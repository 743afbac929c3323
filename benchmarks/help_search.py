"""`python -m benchmarks.help_search`: how long does a search take, among a thousand answers? Two thousand texts, forty searches, ten times."""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench-help"
ENTRIES, ROUNDS, GOAL = 1000, 10, 30.0
AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from config.database import start_embedded, stop_embedded

    shutil.rmtree(VAR, ignore_errors=True)
    os.environ.update({"DATABASE_URL": start_embedded(VAR / "postgres"), "VAR_DIR": str(VAR), "DJANGO_SETTINGS_MODULE": "config.settings"})
    try:
        _measure()
    finally:
        stop_embedded(VAR / "postgres")


def _measure() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("publish_packs", verbosity=0)
    call_command("take_in_help", verbosity=0)
    _multiply()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    from django.conf import settings

    from foundation.help.queries import found_entries

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    searches = _searches()
    _told("recherche seule", [lambda words=words: found_entries(words, "fr") for words in searches])
    client = Client()
    _told("page entière", [lambda words=words: client.get("/aide/", {"q": words, "offre": "dmn"}) for words in searches])


def _multiply() -> None:
    """The real answers, copied with words of their own until there are a thousand."""
    from foundation.help.actions import take_in_help
    from foundation.help.models import HelpEdition, HelpEntry
    from foundation.help.queries import facets_in_force
    from foundation.help.reading import HelpPack
    from foundation.journal.actor import SYSTEM

    replies = [edition.reply for edition in HelpEdition.objects.all()]
    letters = random.Random(7)  # noqa: S311 - made-up words, the same each time
    copies = []
    for rank in range(ENTRIES - len(replies)):
        source = replies[rank % len(replies)]
        own = " ".join("".join(letters.choices("aeioulnrstcdmp", k=letters.randint(4, 10))) for _ in range(12))
        wordings = {
            name: getattr(source, name).model_copy(update={"details": f"{getattr(source, name).details} {own}"}) for name in ("fr", "en")
        }
        copies.append(source.model_copy(update={"code": f"{source.code[:50]}-{rank}", "order": 200 + rank, "related": (), **wordings}))
    facets = facets_in_force()
    assert facets is not None
    take_in_help(HelpPack(facets, tuple(copies)), by=SYSTEM, at=AT)
    print(f"{HelpEntry.objects.count()} réponses")


def _searches() -> list[str]:
    return [
        "délai certificat", "certifcat", "mandatiare", "hébergeur de données de santé", "test d'intrusion", "qui peut candidater",
        "intrusoin PASSI", "convention college", "carte cps", "zzzzzz", "annuaire professionnel", "comment ouvrir un compte", "preuve", "le délai de la certification d'un dispositif médical numérique",
        "exemtion HDS", "CNDA NIL NIE", "ventillation", "produit", "vague 2 jalon", "financemnt segur",
    ]  # fmt: skip


def _told(name: str, calls: list) -> None:
    for call in calls:
        call()
    times = []
    for _ in range(ROUNDS):
        for call in calls:
            started = time.perf_counter()
            call()
            times.append((time.perf_counter() - started) * 1000)
    times.sort()
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"{name} : p50 {p50:.1f} ms, p95 {p95:.1f} ms (visé {GOAL:.0f})")


if __name__ == "__main__":
    main()
