"""Is the picture that came back the one that was asked for? Judged by its measured pixels."""

from __future__ import annotations

import math

from ima_nano_banana.domain.catalogue import fold
from ima_nano_banana.domain.model import Adjustment

NOMINAL: dict[str, int] = {"512px": 512, "1K": 1024, "2K": 2048, "4K": 4096}
"""Side of the square picture of each size; other ratios keep its area (contract, 4.0)."""

RATIOS = "1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9".split()  # noqa: SIM905
_SAME_AREA = 1.6
_SAME_RATIO = 0.06


def measured_adjustments(size: str | None, aspect_ratio: str | None, width: int, height: int) -> tuple[Adjustment, ...]:
    """Return what differs between the size and ratio that were asked for and the picture's own.

    A picture of none of the nominal sizes is not judged: nothing is known of such a model.

    Args:
        size: The size that was paid for; ``None`` or a word of another kind is not judged.
        aspect_ratio: The ratio that was paid for, as ``"W:H"``.
        width: Measured pixels.
        height: Measured pixels.
    """
    made = size_class(width, height)
    if made is None:
        return ()
    found: list[Adjustment] = []
    asked = next((name for name in NOMINAL if fold(name) == fold(size or "")), None)
    if asked is not None and asked != made:
        found.append(Adjustment(field="size", from_=asked, to=made, reason="adjust.measured_size"))
    wanted = _ratio(aspect_ratio)
    if aspect_ratio is not None and wanted is not None and not _close(wanted, width / height):
        shape = _nearest(width, height)
        found.append(Adjustment(field="aspect_ratio", from_=aspect_ratio, to=shape, reason="adjust.measured_ratio"))
    return tuple(found)


def size_class(width: int, height: int) -> str | None:
    """Return the nominal size whose area is nearest, if it is near at all."""
    if width <= 0 or height <= 0:
        return None
    area = width * height
    name = min(NOMINAL, key=lambda one: abs(math.log(area / NOMINAL[one] ** 2)))
    return name if abs(math.log(area / NOMINAL[name] ** 2)) <= math.log(_SAME_AREA) else None


def _nearest(width: int, height: int) -> str:
    shape = width / height
    name = min(RATIOS, key=lambda one: abs(math.log(shape / (_ratio(one) or 1.0))))
    return name if _close(_ratio(name) or 1.0, shape) else f"{width}x{height}"


def _ratio(text: str | None) -> float | None:
    wide, _, high = (text or "").partition(":")
    if not (wide.strip().isdecimal() and high.strip().isdecimal()) or len(wide) + len(high) > 12:
        return None
    return int(wide) / int(high) if int(wide) and int(high) else None


def _close(wanted: float, measured: float) -> bool:
    return abs(math.log(measured / wanted)) <= math.log(1 + _SAME_RATIO)
