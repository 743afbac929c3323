"""The platform as a real server of the tests loads it: `granian tests.serving:application`, with a purpose of its own."""

from __future__ import annotations

from config.wsgi import application
from foundation.files.purposes import purposes
from tests.factories.files import TERMS, terms_of_test

purposes[TERMS] = terms_of_test

__all__ = ["application"]
