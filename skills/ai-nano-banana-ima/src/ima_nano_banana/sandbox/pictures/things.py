"""The subjects that people make, each in the square from -1 to 1 with its foot at y = 1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox.pictures.animals import INK, WHITE, eyes
from ima_nano_banana.sandbox.pictures.palette import Colour, darker, lighter

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.pictures.pen import Pen

_GLASS: Colour = (176, 222, 244)
_STEEL: Colour = (214, 220, 230)
_GOLD: Colour = (252, 206, 76)


def car(pen: Pen, tint: Colour | None) -> None:
    """A small car from its side."""
    paint = tint or (222, 62, 54)
    pen.shadow(0, 0.82, 1.15, 0.14)
    pen.blob([(-0.62, 0.15), (-0.40, -0.28), (0.28, -0.30), (0.62, 0.12)], paint)
    pen.blob(
        [(-0.98, 0.42), (-0.90, 0.12), (-0.3, 0.05), (0.5, 0.05), (0.95, 0.22), (1.0, 0.55), (0.4, 0.66), (-0.9, 0.64)],
        paint,
    )
    pen.shape([(-0.47, 0.06), (-0.33, -0.2), (-0.06, -0.22), (-0.06, 0.06)], _GLASS)
    pen.shape([(0.02, 0.06), (0.02, -0.22), (0.24, -0.22), (0.46, 0.06)], _GLASS)
    pen.stroke([(-0.9, 0.36), (0.0, 0.33), (0.9, 0.38)], lighter(paint, 0.35), 0.03)
    pen.disc(0.92, 0.33, 0.075, (255, 240, 180))
    for x in (-0.54, 0.56):
        pen.disc(x, 0.62, 0.23, (34, 34, 40))
        pen.disc(x, 0.62, 0.12, _STEEL)
        pen.disc(x, 0.62, 0.04, INK)


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


def rocket(pen: Pen, tint: Colour | None) -> None:
    """A rocket under way."""
    trim = tint or (222, 62, 54)
    for wide, long, tone in ((0.24, 0.62, (250, 150, 50)), (0.15, 0.42, (255, 226, 120))):
        pen.blob(
            [
                (-wide, 0.5),
                (wide, 0.5),
                (wide * 0.5, 0.5 + long * 0.6),
                (0, 0.5 + long),
                (-wide * 0.5, 0.5 + long * 0.6),
            ],
            tone,
        )
    for side in (-1, 1):
        pen.blob([(side * 0.26, 0.1), (side * 0.62, 0.42), (side * 0.56, 0.68), (side * 0.22, 0.48)], trim)
    hull = [(0, -1.0), (0.26, -0.55), (0.34, 0.0), (0.24, 0.52), (-0.24, 0.52), (-0.34, 0.0), (-0.26, -0.55)]
    pen.blob(hull, (244, 246, 250))
    pen.blob([(0.02, -0.96), (0.26, -0.55), (0.34, 0.0), (0.24, 0.52), (0.10, 0.52), (0.16, -0.3)], (214, 220, 232))
    pen.blob([(0, -1.0), (0.17, -0.72), (0.22, -0.56), (-0.22, -0.56), (-0.17, -0.72)], trim)
    pen.disc(0, -0.2, 0.17, trim)
    pen.disc(0, -0.2, 0.12, _GLASS)


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


def robot(pen: Pen, tint: Colour | None) -> None:
    """A friendly robot with an aerial."""
    metal = tint or (132, 160, 190)
    pen.shadow(0, 0.98, 0.8, 0.12)
    pen.stroke([(0, -0.75), (0, -0.95)], darker(metal, 0.3), 0.05)
    pen.disc(0, -0.97, 0.09, (250, 90, 80))
    for side in (-1, 1):
        pen.stroke([(side * 0.5, 0.1), (side * 0.80, 0.25), (side * 0.78, 0.55)], darker(metal, 0.2), 0.14)
        pen.disc(side * 0.78, 0.6, 0.12, darker(metal, 0.45))
        pen.box((side * 0.26 - 0.14, 0.66, side * 0.26 + 0.14, 1.0), darker(metal, 0.35), 0.06)
    pen.box((-0.5, -0.02, 0.5, 0.78), metal, 0.14)
    pen.box((-0.30, 0.16, 0.30, 0.54), lighter(metal, 0.55), 0.06)
    for x, tone in ((-0.16, (240, 90, 80)), (0.0, _GOLD), (0.16, (90, 190, 110))):
        pen.disc(x, 0.35, 0.06, tone)
    pen.box((-0.56, -0.78, 0.56, -0.08), lighter(metal, 0.2), 0.18)
    pen.box((-0.42, -0.64, 0.42, -0.24), (28, 40, 66), 0.14)
    for x in (-0.19, 0.19):
        pen.disc(x, -0.45, 0.10, (96, 236, 240))
        pen.disc(x - 0.03, -0.48, 0.035, WHITE)
    pen.stroke([(-0.10, -0.31), (0, -0.28), (0.10, -0.31)], (96, 236, 240), 0.03)


def cup(pen: Pen, tint: Colour | None) -> None:
    """A steaming cup with a heart in the foam."""
    glaze = tint or (248, 244, 236)
    pen.shadow(0, 0.92, 1.1, 0.16)
    pen.oval(0, 0.86, 0.95, 0.15, darker(glaze, 0.10))
    pen.oval(0, 0.82, 0.78, 0.11, darker(glaze, 0.2))
    pen.stroke([(0.52, 0.0), (0.92, 0.02), (0.88, 0.4), (0.42, 0.52)], darker(glaze, 0.08), 0.12)
    pen.blob([(-0.66, -0.12), (0.66, -0.12), (0.58, 0.45), (0.34, 0.82), (-0.34, 0.82), (-0.58, 0.45)], glaze)
    pen.oval(0, -0.14, 0.66, 0.17, lighter(glaze, 0.4))
    pen.oval(0, -0.12, 0.57, 0.125, (120, 72, 42))
    pen.oval(0, -0.11, 0.30, 0.07, (240, 214, 176))
    for x in (-0.26, 0.0, 0.26):
        pen.stroke([(x, -0.36), (x + 0.09, -0.52), (x - 0.05, -0.70), (x + 0.05, -0.9)], lighter(glaze, 0.7), 0.045)


def heart(pen: Pen, tint: Colour | None) -> None:
    """A heart with a gleam."""
    red = tint or (226, 52, 82)
    angles = [math.tau * step / 80 for step in range(80)]
    outline = [(16 * math.sin(a) ** 3, _heart_y(a)) for a in angles]
    pen.shape([(x / 17.5, y / 17.5) for x, y in outline], red)
    pen.shape([(x / 23 + 0.02, y / 23 - 0.03) for x, y in outline], lighter(red, 0.12))
    pen.oval(-0.45, -0.38, 0.20, 0.12, WHITE, lean=-40, alpha=0.65)


def _heart_y(angle: float) -> float:
    return -(13 * math.cos(angle) - 5 * math.cos(2 * angle) - 2 * math.cos(3 * angle) - math.cos(4 * angle))


def star(pen: Pen, tint: Colour | None) -> None:
    """A star with a face."""
    gold = tint or _GOLD
    for factor, tone in ((1.0, darker(gold, 0.12)), (0.86, gold)):
        turns = [(math.pi * step / 5 - math.pi / 2, factor * (1 if step % 2 == 0 else 0.5)) for step in range(10)]
        pen.shape([(radius * math.cos(a), radius * math.sin(a)) for a, radius in turns], tone)
    eyes(pen, -0.06, 0.19, 0.085)
    pen.stroke([(-0.13, 0.16), (0, 0.23), (0.13, 0.16)], INK, 0.04)


def balloon(pen: Pen, tint: Colour | None) -> None:
    """Three balloons on strings."""
    tones = [tint or (230, 62, 66), (250, 190, 60), (76, 150, 226)]
    for tone, x, y, radius in zip(tones, (0.0, -0.52, 0.52), (-0.52, -0.28, -0.24), (0.42, 0.33, 0.33), strict=True):
        pen.stroke([(x, y + radius), (x * 0.5, 0.55), (0, 0.98)], darker(tone, 0.3), 0.02)
        pen.oval(x, y, radius * 0.88, radius, tone)
        pen.shape(
            [(x - 0.06, y + radius * 1.14), (x, y + radius * 0.95), (x + 0.06, y + radius * 1.14)], darker(tone, 0.15)
        )
        pen.oval(x - radius * 0.3, y - radius * 0.4, radius * 0.14, radius * 0.24, WHITE, lean=25, alpha=0.6)
