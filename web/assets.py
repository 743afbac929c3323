"""Which files does a browser need? Ours, and the part of the design system the pages use; each under a hashed name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage

USED = (
    "dsfr.min.css",
    "dsfr.module.min.js",
    "fonts/*",
    "icons/*",
    "favicon/*",
    "artwork/background/*",
)


class DesignSystemFinder(BaseFinder):
    """The files of DSFR under `dsfr/`, taken from the installed wheel: what no page uses is not served."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.DSFR_DIR)
        self.storage.prefix = "dsfr"  # type: ignore[attr-defined]

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        inside = path.removeprefix("dsfr/")
        file = Path(settings.DSFR_DIR) / inside
        found = inside != path and self._used(inside) and file.is_file()
        if find_all:
            return [str(file)] if found else []
        return str(file) if found else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        root = Path(settings.DSFR_DIR)
        for file in sorted(root.rglob("*")):
            inside = file.relative_to(root).as_posix()
            if file.is_file() and self._used(inside):
                yield inside, self.storage

    @staticmethod
    def _used(inside: str) -> bool:
        return any(fnmatch(inside, pattern) for pattern in USED)


class HashedStorage(ManifestStaticFilesStorage):
    """A name that changes with its content: browsers may keep a file for ever. Source maps are not served."""

    support_js_module_import_aggregation = True
    patterns = tuple(
        (glob, tuple(rule for rule in rules if "sourceMappingURL" not in (rule if isinstance(rule, str) else rule[0])))
        for glob, rules in ManifestStaticFilesStorage.patterns
    )
