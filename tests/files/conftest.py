"""What do tests of files stand on? A spool of their own, a folder as store."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folders(settings, tmp_path) -> Path:
    """Where this test's bytes are: `uploads` while they arrive, `files` for good."""
    settings.UPLOADS_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR = None
    stores = copy.deepcopy(settings.STORAGES)
    stores["default"] = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = stores
    return tmp_path
