"""Whose points are meant: those of the real service, or the simulated ones, which never count against them."""

from __future__ import annotations

IMA = "ima"
SANDBOX = "sandbox"

DATABASES = ("postgresql://", "postgres://")
"""How addresses of books begin that many machines share."""


def realm_of(*, sandbox: bool) -> str:
    """Return the realm in which a run keeps its books."""
    return SANDBOX if sandbox else IMA
