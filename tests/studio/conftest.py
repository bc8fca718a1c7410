"""One studio in a process of its own, for all that only asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest
from studio_kit import Machine, Studio

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("studio"))


@pytest.fixture(scope="module")
def studio(machine: Machine) -> Iterator[Studio]:
    running = Studio(machine)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def stranger(studio: Studio) -> Iterator[httpx2.Client]:
    """A client without a session."""
    with httpx2.Client(base_url=studio.url, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def owner(studio: Studio) -> Iterator[httpx2.Client]:
    """A client that has opened the link, and whose requests come from the page."""
    with httpx2.Client(base_url=studio.url, trust_env=False, timeout=60, headers={"origin": studio.url}) as client:
        assert client.get(studio.link).status_code == 200
        yield client
