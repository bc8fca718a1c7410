"""What every test stands on: asyncio, and a guard against the real home and the real network."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How fast the machine is, and what else it does meanwhile, is no fault of the program.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# A verdict on a change should not depend on luck; who runs the tests at a desk searches further each time.
settings.register_profile("verdict", settings.get_profile("desk"), derandomize=True)
settings.load_profile("verdict" if os.environ.get("CI") else "desk")

_real_connect = socket.socket.connect


def _only_loopback(self: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else str(address)
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(("127.", "::1", "localhost")):
        raise AssertionError(f"a test tried to reach {host}")
    _real_connect(self, address)  # type: ignore[arg-type]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a home of its own, no key, no proxies, and no way out of this machine."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [n for n in os.environ if n.startswith(("IMA_", "OPENCLAW_")) or n.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    for name in ("LC_ALL", "LANG"):
        if os.environ.get(name, "").lower().startswith("zh"):
            monkeypatch.setenv(name, "C.UTF-8")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setattr(socket.socket, "connect", _only_loopback)
