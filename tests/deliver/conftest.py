from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from deliver_standin import StandIn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def standin(tmp_path: Path) -> Callable[..., StandIn]:
    """Put a stand-in on a PATH of its own."""
    if os.name != "posix":
        pytest.skip("the stand-in is started by its first line")
    return lambda *plan: StandIn(tmp_path / "standin", *plan)
