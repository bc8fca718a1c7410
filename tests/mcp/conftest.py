"""Every test of the room: a rig over a world in which time jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mcp_kit import ERAS, Rig, rig_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return rig_in(tmp_path)


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> str:
    return str(request.param)
