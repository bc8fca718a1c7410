"""Which models this program offers, as a table: another one that the service lists is one more row here.

What a model costs, and which sizes and ratios it has, is never written down: the live list says it.
"""

from __future__ import annotations

from dataclasses import dataclass

FLASH = "gemini-3.1-flash-image"
PRO = "gemini-3-pro-image"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """One model that may be asked for.

    Attributes:
        model_id: The service's id.
        name: What it is called where the live list was not asked.
        word: The short word for it.
        words: What else people call it, in small letters.
        cheapest: What people say who want it in its cheapest size.
        cheapest_size: That size.
        expected_seconds: Typical seconds of one task (the table that users are told).
        push_seconds: Seconds between two progress messages.
    """

    model_id: str
    name: str | None = None
    word: str
    words: tuple[str, ...] = ()
    cheapest: tuple[str, ...] = ()
    cheapest_size: str | None = None
    expected_seconds: tuple[int, int]
    push_seconds: int


MODELS: tuple[KnownModel, ...] = (
    KnownModel(
        model_id=FLASH,
        name="Nano Banana 2",
        word="flash",
        words=("平衡", "banana2", "nb2", "nano-banana-2", "nano banana 2"),
        cheapest=("budget", "最便宜", "cheap", "cheapest"),
        cheapest_size="512px",
        expected_seconds=(20, 40),
        push_seconds=15,
    ),
    KnownModel(
        model_id=PRO,
        name="Nano Banana Pro",
        word="pro",
        words=("最好", "高质量", "premium", "best", "nano-banana-pro", "nano banana pro"),
        expected_seconds=(60, 120),
        push_seconds=30,
    ),
)
"""The first is the one that is taken where nobody says."""


def ids() -> tuple[str, ...]:
    """Return the id of every model."""
    return tuple(one.model_id for one in MODELS)


def default_id() -> str:
    """Return the model that is taken where nobody says."""
    return MODELS[0].model_id


def row_of(model_id: str | None) -> KnownModel:
    """Return what is known of a model; of the default where it is not known."""
    return next((one for one in MODELS if one.model_id == model_id), MODELS[0])
