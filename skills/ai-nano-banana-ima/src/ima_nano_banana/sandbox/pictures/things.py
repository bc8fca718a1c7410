"""The subjects that people make, each in the square from -1 to 1 with its foot at y = 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.sandbox.pictures.animals import INK, WHITE
from ima_nano_banana.sandbox.pictures.palette import Colour, darker, lighter

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.pictures.pen import Pen

_GOLD: Colour = (252, 206, 76)


def house(pen: Pen, tint: Colour | None) -> None:
    """A cottage with lit windows and smoke from its chimney."""
    roof, wall = tint or (196, 78, 58), (250, 236, 210)
    pen.shadow(0, 0.98, 1.1, 0.12)
    pen.box((0.36, -0.82, 0.56, -0.3), darker(roof, 0.3))
    for x, y, radius in ((0.50, -0.98, 0.08), (0.60, -1.13, 0.10), (0.76, -1.29, 0.12)):
        pen.disc(x, y, radius, WHITE, 0.55)
    pen.box((-0.70, -0.18, 0.70, 1.0), wall)
    pen.shape([(0.18, -0.18), (0.70, -0.18), (0.70, 1.0), (0.18, 1.0)], darker(wall, 0.07))
    pen.shape([(-0.92, -0.12), (0, -0.88), (0.92, -0.12)], roof)
    pen.shape([(0, -0.88), (0.92, -0.12), (0.22, -0.12)], darker(roof, 0.15))
    pen.box((-0.16, 0.36, 0.18, 1.0), darker(roof, 0.4), 0.05)
    pen.disc(0.10, 0.70, 0.03, _GOLD)
    for x in (-0.45, 0.44):
        pen.box((x - 0.15, 0.20, x + 0.15, 0.52), (255, 226, 140), 0.03)
        pen.stroke([(x, 0.20), (x, 0.52)], wall, 0.03)
        pen.stroke([(x - 0.15, 0.36), (x + 0.15, 0.36)], wall, 0.03)


def boat(pen: Pen, tint: Colour | None) -> None:
    """A sailing boat."""
    sail = tint or (250, 246, 236)
    pen.stroke([(0, 0.6), (0, -0.98)], (112, 78, 52), 0.05)
    pen.blob([(0.06, -0.9), (0.42, -0.3), (0.76, 0.42), (0.06, 0.44)], sail)
    pen.blob([(-0.06, -0.74), (-0.30, -0.2), (-0.58, 0.42), (-0.06, 0.44)], darker(sail, 0.14))
    pen.shape([(0.0, -0.98), (0.26, -0.90), (0.0, -0.82)], (222, 62, 54))
    pen.blob([(-0.92, 0.56), (0.0, 0.62), (0.96, 0.52), (0.62, 0.98), (-0.62, 0.98)], (150, 84, 52))
    pen.stroke([(-0.84, 0.68), (0, 0.73), (0.86, 0.65)], lighter((150, 84, 52), 0.5), 0.04)
    for x in (-0.7, 0.0, 0.7):
        pen.oval(x, 1.0, 0.42, 0.05, WHITE, alpha=0.55)


def lighthouse(pen: Pen, tint: Colour | None) -> None:
    """A lighthouse on its rock, with a beam to either side."""
    bands = tint or (206, 58, 52)
    for side in (-1, 1):
        pen.shape([(0, -0.74), (side * 1.7, -1.0), (side * 1.7, -0.5)], (255, 244, 190), 0.35)
    pen.blob([(-0.9, 1.0), (-0.5, 0.72), (0.4, 0.68), (0.95, 1.0)], (84, 78, 84))
    for number in range(5):
        top, foot = -0.58 + 0.27 * number, -0.31 + 0.27 * number
        wide, wider = 0.19 + 0.022 * number, 0.212 + 0.022 * number
        pen.shape([(-wide, top), (wide, top), (wider, foot), (-wider, foot)], WHITE if number % 2 else bands)
    pen.box((-0.28, -0.62, 0.28, -0.55), INK)
    pen.box((-0.15, -0.86, 0.15, -0.6), (255, 236, 150))
    pen.shape([(-0.22, -0.84), (0, -1.06), (0.22, -0.84)], bands)
    pen.box((-0.07, 0.48, 0.07, 0.76), INK, 0.05)


def astronaut(pen: Pen, tint: Colour | None) -> None:
    """An astronaut, waving."""
    suit, trim = (242, 244, 248), tint or (240, 130, 50)
    pen.box((-0.48, -0.2, 0.48, 0.5), (176, 184, 198), 0.12)
    pen.stroke([(0.30, 0.0), (0.66, -0.18), (0.84, -0.56)], suit, 0.22)
    pen.stroke([(-0.30, 0.0), (-0.60, 0.22), (-0.66, 0.48)], suit, 0.22)
    for side in (-1, 1):
        pen.stroke([(side * 0.17, 0.5), (side * 0.21, 0.86)], suit, 0.27)
        pen.box((side * 0.23 - 0.18, 0.82, side * 0.23 + 0.18, 1.0), (150, 160, 176), 0.06)
    pen.blob([(-0.38, -0.12), (0.38, -0.12), (0.37, 0.55), (0, 0.64), (-0.37, 0.55)], suit)
    pen.box((-0.18, 0.12, 0.18, 0.36), (190, 198, 210), 0.04)
    pen.disc(-0.08, 0.24, 0.05, trim)
    pen.disc(0.08, 0.24, 0.05, (80, 170, 120))
    for x, y in ((0.84, -0.56), (-0.66, 0.48)):
        pen.disc(x, y, 0.13, trim)
    pen.disc(0, -0.5, 0.46, suit)
    pen.oval(0, -0.48, 0.35, 0.31, (32, 42, 84))
    pen.oval(-0.12, -0.58, 0.14, 0.09, (130, 180, 240), lean=-25, alpha=0.8)
    pen.disc(0.16, -0.36, 0.04, WHITE, 0.7)
