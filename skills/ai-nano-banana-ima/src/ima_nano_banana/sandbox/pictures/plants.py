"""The growing subjects, each in the square from -1 to 1 with its foot at y = 1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox.pictures.palette import Colour, darker, lighter

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.pictures.pen import Pen

_GREEN: Colour = (86, 152, 74)
_BARK: Colour = (120, 82, 54)


def banana(pen: Pen, tint: Colour | None) -> None:
    """A banana, what else: the outer curve, the shaded underside, the ridge and both ends."""
    peel = tint or (252, 214, 66)
    pen.shadow(0.0, 0.80, 0.95, 0.15)
    outer = [(-0.86, -0.62), (-0.72, 0.05), (-0.30, 0.55), (0.28, 0.72), (0.78, 0.58), (0.98, 0.36)]
    inner = [(0.86, 0.26), (0.42, 0.22), (0.0, 0.02), (-0.36, -0.30), (-0.56, -0.72), (-0.70, -0.92)]
    ridge = [(0.93, 0.33), (0.60, 0.44), (0.20, 0.44), (-0.22, 0.22), (-0.55, -0.20), (-0.70, -0.68)]
    pen.blob([*outer, *inner], peel)
    pen.blob([*outer, *ridge], darker(peel, 0.13))
    pen.stroke(ridge[:-1], lighter(peel, 0.4), 0.045)
    pen.blob([(-0.88, -0.66), (-0.84, -1.0), (-0.66, -1.0), (-0.62, -0.82), (-0.68, -0.66)], (138, 120, 48))
    pen.blob([(0.88, 0.24), (1.02, 0.27), (1.03, 0.40), (0.90, 0.46)], (84, 66, 38))
    for x, y in ((-0.42, 0.18), (0.10, 0.54), (0.44, 0.40), (-0.60, -0.36)):
        pen.oval(x, y, 0.035, 0.02, darker(peel, 0.5), lean=30, alpha=0.6)


def flower(pen: Pen, tint: Colour | None) -> None:
    """A blossom with two rings of petals."""
    petal = tint or (238, 104, 142)
    pen.stroke([(0.0, -0.2), (0.06, 0.4), (-0.02, 1.0)], _GREEN, 0.075)
    for side, y in ((-1, 0.62), (1, 0.46)):
        pen.blob([(0.02, y + 0.1), (side * 0.28, y - 0.12), (side * 0.62, y - 0.14), (side * 0.34, y + 0.12)], _GREEN)
    for ring, count, reach, tone in ((0, 10, 0.46, darker(petal, 0.12)), (1, 8, 0.33, lighter(petal, 0.15))):
        for step in range(count):
            lean = 360 / count * (step + ring * 0.5)
            turn = math.radians(lean)
            x, y = reach * math.sin(turn), -0.36 - reach * math.cos(turn)
            pen.oval(x, y, 0.16, 0.27 - 0.06 * ring, tone, lean=lean)
    pen.disc(0, -0.36, 0.20, (250, 204, 74))
    for step in range(9):
        turn = math.tau * step / 9
        pen.disc(0.12 * math.cos(turn), -0.36 + 0.12 * math.sin(turn), 0.022, (206, 140, 40))


def tree(pen: Pen, tint: Colour | None) -> None:
    """A broad tree with light on its crown."""
    leaf = tint or _GREEN
    pen.shadow(0, 0.98, 0.8, 0.12)
    pen.blob([(-0.14, 1.0), (-0.08, 0.3), (-0.2, -0.1), (0.2, -0.1), (0.09, 0.3), (0.16, 1.0)], _BARK)
    pen.stroke([(0.04, 0.35), (0.3, 0.12), (0.42, -0.05)], _BARK, 0.08)
    crown = ((-0.45, -0.1, 0.40), (0.45, -0.12, 0.42), (0.0, -0.02, 0.42), (-0.28, -0.52, 0.40), (0.28, -0.54, 0.40))
    for shade, drift, factor in ((darker(leaf, 0.3), 0.05, 1.0), (leaf, 0.0, 0.92), (lighter(leaf, 0.22), -0.1, 0.55)):
        for x, y, radius in (*crown, (0.0, -0.68, 0.30)):
            pen.disc(x + drift, y + drift, radius * factor, shade)
