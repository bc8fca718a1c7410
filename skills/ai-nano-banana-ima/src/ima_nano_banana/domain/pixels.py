"""Is the picture that came back the one that was asked for? Judged by its measured pixels."""

from __future__ import annotations

import math

from ima_nano_banana.domain.catalogue import fold
from ima_nano_banana.domain.model import Adjustment

NOMINAL: dict[str, int] = {"512px": 512, "1K": 1024, "2K": 2048, "4K": 4096}
"""Side of the square picture of each size; other ratios keep its area (contract, 4.0)."""

RATIOS = "1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9".split()  # noqa: SIM905
_SAME_AREA = 1.25
"""Models keep the area of a size within an eighth, also at 1:8; a quarter away is another size."""
_SAME_RATIO = 0.06


def measured_adjustments(size: str | None, aspect_ratio: str | None, width: int, height: int) -> tuple[Adjustment, ...]:
    """Return what differs between the size and ratio that were paid for and the picture's own.

    Args:
        size: The size that was paid for; ``None`` or a word of another kind is not judged.
        aspect_ratio: The ratio that was paid for, as ``"W:H"``; anything else is not judged.
        width: Measured pixels.
        height: Measured pixels.
    """
    if width <= 0 or height <= 0:
        return ()
    found: list[Adjustment] = []
    bought = next((name for name in NOMINAL if fold(name) == fold(size or "")), None)
    if bought is not None and not _is_size(bought, width, height):
        made = size_class(width, height) or f"{width}x{height}"
        found.append(Adjustment(field="size", from_=bought, to=made, reason="adjust.measured_size"))
    wanted = _ratio(aspect_ratio)
    if aspect_ratio is not None and wanted is not None and not _close(wanted, width / height):
        shape = _nearest(width, height)
        found.append(Adjustment(field="aspect_ratio", from_=aspect_ratio, to=shape, reason="adjust.measured_ratio"))
    return tuple(found)


def size_class(width: int, height: int) -> str | None:
    """Return the nominal size that a picture has, if it has one."""
    return next((name for name in NOMINAL if _is_size(name, width, height)), None)


def _is_size(name: str, width: int, height: int) -> bool:
    if width <= 0 or height <= 0:
        return False
    return abs(math.log(width * height / NOMINAL[name] ** 2)) <= math.log(_SAME_AREA)


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
