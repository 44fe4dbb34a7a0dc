"""The org behind a real server."""

from collections.abc import Iterator

import httpx2
import pytest
from simple_salesforce.api import Salesforce

from orgsmith.arena.org import Org
from tests.arena.sandbox.serving import Served, served


@pytest.fixture(scope="session")
def sandbox(org: Org) -> Iterator[Served]:
    """The org, served over plain http; every client has a world of its own."""
    with served(org) as running:
        yield running


@pytest.fixture
def rest(sandbox: Served) -> Iterator[httpx2.Client]:
    """A client of the REST API with a session of its own: addresses begin below the version."""
    with sandbox.rest() as client:
        yield client


@pytest.fixture
def sf(sandbox: Served) -> Salesforce:
    """simple_salesforce, unmodified, with a session of its own."""
    return sandbox.salesforce()
