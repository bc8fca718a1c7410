"""The living subjects, each drawn in the square from -1 to 1 with its feet at y = 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.sandbox.pictures.palette import Colour, darker, lighter, mix

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.pictures.pen import Pen

INK: Colour = (44, 34, 40)
WHITE: Colour = (255, 255, 255)
_BLUSH: Colour = (240, 120, 120)
_HAIR: Colour = (62, 42, 38)


def eyes(pen: Pen, y: float, apart: float, radius: float) -> None:
    """Two round eyes with a glint."""
    for x in (-apart, apart):
        pen.disc(x, y, radius, INK)
        pen.disc(x - radius * 0.3, y - radius * 0.35, radius * 0.36, WHITE)


def _sitting(pen: Pen, fur: Colour, belly: Colour) -> None:
    pen.shadow(0, 0.98, 0.95, 0.16)
    pen.blob([(-0.42, -0.05), (0.42, -0.05), (0.66, 0.72), (0.45, 1.0), (-0.45, 1.0), (-0.66, 0.72)], fur)
    pen.blob([(-0.22, 0.15), (0.22, 0.15), (0.3, 0.75), (0, 0.98), (-0.3, 0.75)], belly)
    for x in (-0.24, 0.24):
        pen.oval(x, 0.93, 0.19, 0.10, lighter(fur, 0.25))


def cat(pen: Pen, tint: Colour | None) -> None:
    """A sitting cat with its tail up."""
    fur = tint or (240, 160, 74)
    pen.stroke([(0.5, 0.85), (0.88, 0.7), (0.85, 0.25), (1.0, 0.02)], darker(fur, 0.12), 0.17)
    _sitting(pen, fur, lighter(fur, 0.6))
    for side in (-1, 1):
        pen.blob([(side * 0.56, -0.52), (side * 0.54, -1.02), (side * 0.14, -0.80)], fur)
        pen.blob([(side * 0.48, -0.62), (side * 0.49, -0.90), (side * 0.26, -0.76)], (246, 170, 170))
    pen.oval(0, -0.40, 0.62, 0.50, fur)
    for x in (-0.16, 0, 0.16):
        pen.stroke([(x, -0.86), (x * 0.9, -0.70)], darker(fur, 0.3), 0.06)
    pen.oval(0, -0.20, 0.30, 0.20, lighter(fur, 0.65))
    eyes(pen, -0.42, 0.27, 0.105)
    pen.blob([(-0.07, -0.27), (0.07, -0.27), (0, -0.19)], _BLUSH)
    pen.stroke([(-0.13, -0.13), (-0.05, -0.09), (0, -0.18), (0.05, -0.09), (0.13, -0.13)], INK, 0.03)
    for side in (-1, 1):
        for y in (-0.22, -0.12):
            pen.stroke([(side * 0.3, y), (side * 0.74, y - 0.06 + (y + 0.22) * 1.2)], lighter(fur, 0.75), 0.02)


def fox(pen: Pen, tint: Colour | None) -> None:
    """A sitting fox with a brush of a tail."""
    fur = tint or (226, 106, 44)
    pen.blob([(0.3, 0.95), (0.62, 0.35), (1.02, 0.02), (1.08, 0.5), (0.82, 0.98)], fur)
    pen.blob([(0.86, 0.22), (1.02, 0.02), (1.07, 0.36), (0.92, 0.46)], WHITE)
    _sitting(pen, fur, lighter(fur, 0.85))
    for side in (-1, 1):
        pen.blob([(side * 0.60, -0.5), (side * 0.62, -1.1), (side * 0.16, -0.78)], fur)
        pen.blob([(side * 0.56, -0.78), (side * 0.61, -1.06), (side * 0.38, -0.86)], INK)
    pen.blob([(-0.62, -0.5), (0, -0.86), (0.62, -0.5), (0.34, -0.16), (0, 0.06), (-0.34, -0.16)], fur)
    for side in (-1, 1):
        pen.blob([(side * 0.58, -0.44), (side * 0.20, -0.34), (side * 0.04, 0.0), (side * 0.30, -0.14)], WHITE)
    eyes(pen, -0.46, 0.24, 0.09)
    pen.oval(0, 0.0, 0.10, 0.075, INK)


def dog(pen: Pen, tint: Colour | None) -> None:
    """A sitting puppy with hanging ears and its tongue out."""
    fur = tint or (206, 146, 86)
    pen.stroke([(0.5, 0.8), (0.85, 0.62), (0.92, 0.35)], darker(fur, 0.1), 0.18)
    _sitting(pen, fur, lighter(fur, 0.65))
    pen.oval(0, -0.42, 0.60, 0.53, fur)
    pen.blob(
        [(-0.12, -0.92), (0.12, -0.92), (0.16, -0.4), (0.34, -0.1), (-0.34, -0.1), (-0.16, -0.4)], lighter(fur, 0.7)
    )
    for side in (-1, 1):
        ear = [
            (side * 0.36, -0.86),
            (side * 0.70, -0.80),
            (side * 0.84, -0.25),
            (side * 0.66, 0.02),
            (side * 0.5, -0.4),
        ]
        pen.blob(ear, darker(fur, 0.35))
    pen.blob([(-0.11, 0.02), (0.11, 0.02), (0.10, 0.22), (0, 0.27), (-0.10, 0.22)], (240, 110, 120))
    pen.oval(0, -0.13, 0.32, 0.21, lighter(fur, 0.8))
    pen.stroke([(-0.17, -0.05), (-0.07, 0.03), (0, -0.06), (0.07, 0.03), (0.17, -0.05)], INK, 0.035)
    pen.oval(0, -0.22, 0.12, 0.085, INK)
    eyes(pen, -0.47, 0.25, 0.10)
    pen.box((-0.40, 0.10, 0.40, 0.20), (210, 58, 58), 0.05)
    pen.disc(0, 0.25, 0.09, (250, 205, 70))


def panda(pen: Pen, tint: Colour | None) -> None:
    """A sitting panda with a stem of bamboo."""
    dark = tint or (40, 40, 48)
    _sitting(pen, (246, 246, 242), WHITE)
    for side in (-1, 1):
        pen.disc(side * 0.44, -0.84, 0.21, dark)
        pen.blob([(side * 0.40, 0.02), (side * 0.66, 0.22), (side * 0.56, 0.62), (side * 0.34, 0.5)], dark)
        pen.oval(side * 0.38, 0.90, 0.26, 0.17, dark)
    pen.oval(0, -0.42, 0.62, 0.52, (250, 250, 247))
    for side in (-1, 1):
        pen.oval(side * 0.27, -0.42, 0.16, 0.20, dark, lean=side * 28)
    eyes(pen, -0.42, 0.25, 0.075)
    pen.oval(0, -0.22, 0.09, 0.06, dark)
    pen.stroke([(-0.12, -0.11), (0, -0.05), (0.12, -0.11)], dark, 0.03)
    pen.stroke([(0.28, 0.8), (0.5, 0.42), (0.78, -0.1)], (96, 160, 70), 0.08)
    for x, y in ((0.62, 0.16), (0.76, -0.08)):
        pen.oval(x + 0.12, y - 0.03, 0.17, 0.055, (120, 186, 84), lean=-28)


def bird(pen: Pen, tint: Colour | None) -> None:
    """A round bird on a twig."""
    feather = tint or (64, 140, 214)
    pen.stroke([(-0.95, 0.98), (-0.2, 0.90), (0.95, 0.94)], (112, 78, 52), 0.09)
    pen.blob([(-0.45, 0.35), (-1.0, 0.72), (-0.88, 0.90), (-0.25, 0.68)], darker(feather, 0.25))
    pen.blob(
        [(-0.55, 0.1), (-0.2, -0.55), (0.25, -0.78), (0.62, -0.45), (0.58, 0.3), (0.15, 0.85), (-0.35, 0.72)], feather
    )
    pen.blob([(0.12, -0.1), (0.52, -0.05), (0.52, 0.4), (0.12, 0.78), (-0.14, 0.45)], lighter(feather, 0.72))
    pen.blob([(-0.5, 0.15), (0.02, -0.08), (0.08, 0.32), (-0.55, 0.68)], darker(feather, 0.28))
    pen.blob([(0.58, -0.52), (0.94, -0.38), (0.58, -0.27)], (246, 176, 56))
    pen.disc(0.34, -0.46, 0.09, INK)
    pen.disc(0.31, -0.49, 0.033, WHITE)
    for x in (0.02, 0.22):
        pen.stroke([(x, 0.78), (x + 0.02, 0.94)], (230, 150, 60), 0.05)


def fish(pen: Pen, tint: Colour | None) -> None:
    """A fish with a veil of a tail, and some bubbles."""
    scale = tint or (244, 122, 60)
    pen.blob([(-0.45, 0), (-1.0, -0.5), (-0.82, 0), (-1.0, 0.55)], lighter(scale, 0.25))
    pen.blob([(-0.25, -0.35), (0.1, -0.78), (0.38, -0.3)], lighter(scale, 0.2))
    pen.blob([(-0.1, 0.32), (0.05, 0.72), (0.3, 0.3)], lighter(scale, 0.2))
    pen.blob([(-0.6, 0), (-0.1, -0.45), (0.5, -0.35), (0.86, 0.02), (0.5, 0.38), (-0.1, 0.42)], scale)
    pen.blob([(0.0, -0.42), (0.16, -0.4), (0.14, 0.4), (-0.02, 0.42)], lighter(scale, 0.8))
    pen.disc(0.52, -0.08, 0.12, WHITE)
    pen.disc(0.55, -0.08, 0.07, INK)
    pen.stroke([(0.80, 0.12), (0.70, 0.15), (0.62, 0.12)], darker(scale, 0.4), 0.03)
    for x, y, radius in ((0.98, -0.35, 0.06), (0.9, -0.62, 0.09), (1.02, -0.9, 0.05)):
        pen.disc(x, y, radius, WHITE, 0.6)


def person(pen: Pen, tint: Colour | None) -> None:
    """Head and shoulders."""
    coat, hair, skin = tint or (62, 110, 160), _HAIR, (250, 212, 182)
    left = [(-0.40, -0.1), (-0.48, -0.55), (-0.28, -0.88)]
    pen.blob([*left, *[(-x, y) for x, y in reversed(left)]], hair)
    pen.box((-0.15, 0.1, 0.15, 0.55), mix(skin, (200, 120, 90), 0.3), 0.1)
    pen.blob([(-0.2, 0.42), (0.2, 0.42), (0.72, 0.58), (0.92, 1.0), (0, 1.02), (-0.92, 1.0), (-0.72, 0.58)], coat)
    pen.blob([(-0.18, 0.40), (0.18, 0.40), (0, 0.72)], skin)
    pen.oval(0, -0.25, 0.40, 0.48, skin)
    pen.blob(
        [(-0.43, -0.2), (-0.42, -0.72), (0.1, -0.86), (0.45, -0.62), (0.42, -0.2), (0.28, -0.5), (-0.15, -0.55)], hair
    )
    eyes(pen, -0.20, 0.16, 0.05)
    for side in (-1, 1):
        pen.stroke([(side * 0.10, -0.32), (side * 0.17, -0.35), (side * 0.24, -0.32)], hair, 0.03)
        pen.disc(side * 0.25, -0.06, 0.075, _BLUSH, 0.35)
    pen.stroke([(-0.10, 0.02), (0, 0.06), (0.10, 0.02)], (190, 70, 70), 0.035)
