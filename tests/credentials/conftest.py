"""Which providers do these tests speak to? One certified for all of them, and a forger for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from foundation.credentials.oidc import forget_published
from foundation.credentials.providers import Provider, provider_of
from ops.demo_provider import ROLES
from tests.peers.oidc import Certified, Forger, certified, forger


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certified]:
    with certified(tmp_path_factory.mktemp("oidc"), "http://testserver") as provider:
        yield provider


@pytest.fixture
def trusted(_running: Certified, settings: Settings) -> Certified:
    """The certified providers, described in the settings."""
    settings.OIDC_PROVIDERS = _running.written()
    forget_published()
    return _running


@pytest.fixture
def forged(settings: Settings) -> Iterator[Forger]:
    """A provider that can lie, trusted by the settings under the key « faux »."""
    with forger() as where:
        settings.OIDC_PROVIDERS = [
            {
                "key": "faux",
                "name": "Faux Connect",
                "side": "company",
                "issuer": where.issuer,
                "client_id": "us",
                "client_secret": "a secret: with signs",
                "roles": ROLES,
            }
        ]
        forget_published()
        yield where
        forget_published()


@pytest.fixture
def provider(forged: Forger) -> Provider:
    found = provider_of("faux")
    assert found is not None
    return found
