"""Drawing in coordinates of the thing drawn: it fills the square from -1 to 1, with y growing downwards."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ima_nano_banana.sandbox.pictures.palette import Colour

Point = tuple[float, float]


@dataclass(frozen=True)
class Pen:
    """A place, a size and a lean on a picture.

    Attributes:
        image: What is drawn on.
        x: Where the middle of the thing is, in pixels.
        y: The same from the top.
        scale: How many pixels its half side has.
        lean: By how much it is turned clockwise, in degrees.
        flip: Whether left and right are swapped.
    """

    image: Image.Image
    x: float
    y: float
    scale: float
    lean: float = 0.0
    flip: bool = False

    def at(self, x: float, y: float) -> Point:
        """The pixel of a point of the thing."""
        x = -x if self.flip else x
        turn = math.radians(self.lean)
        cos, sin = math.cos(turn), math.sin(turn)
        return self.x + (x * cos - y * sin) * self.scale, self.y + (x * sin + y * cos) * self.scale

    def moved(self, x: float, y: float, scale: float = 1.0, lean: float = 0.0) -> Pen:
        """A pen for a part of the thing."""
        place_x, place_y = self.at(x, y)
        turned = self.lean + (-lean if self.flip else lean)
        return replace(self, x=place_x, y=place_y, scale=self.scale * scale, lean=turned)

    def shape(self, points: Iterable[Point], colour: Colour, alpha: float = 1.0) -> None:
        """A filled polygon."""
        pixels = [self.at(*point) for point in points]
        ImageDraw.Draw(self.image, "RGBA").polygon(pixels, fill=(*colour, round(alpha * 255)))

    def oval(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, *, lean: float = 0, alpha: float = 1
    ) -> None:
        """A filled ellipse."""
        turn = math.radians(lean)
        cos, sin = math.cos(turn), math.sin(turn)
        ring = [(rx * math.cos(a), ry * math.sin(a)) for a in (math.tau * step / 72 for step in range(72))]
        self.shape([(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in ring], colour, alpha)

    def disc(self, x: float, y: float, radius: float, colour: Colour, alpha: float = 1.0) -> None:
        """A filled circle."""
        self.oval(x, y, radius, radius, colour, alpha=alpha)

    def blob(self, points: Sequence[Point], colour: Colour, alpha: float = 1.0) -> None:
        """A filled closed curve through the points."""
        self.shape(curve(points), colour, alpha)

    def box(self, area: tuple[float, float, float, float], colour: Colour, round_by: float = 0.0) -> None:
        """A filled rectangle with rounded corners: left, top, right, bottom."""
        left, top, right, bottom = area
        corners = ((right, bottom, 0), (left, bottom, 90), (left, top, 180), (right, top, 270))
        points: list[Point] = []
        for x, y, start in corners:
            centre_x = x - round_by if x == right else x + round_by
            centre_y = y - round_by if y == bottom else y + round_by
            angles = (math.radians(start + step * 15) for step in range(7))
            points += [(centre_x + round_by * math.cos(a), centre_y + round_by * math.sin(a)) for a in angles]
        self.shape(points, colour)

    def stroke(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A line with round ends."""
        path = [self.at(*point) for point in open_curve(points)]
        pixels = max(1, round(width * self.scale))
        draw = ImageDraw.Draw(self.image)
        draw.line(path, fill=colour, width=pixels)
        # A disc at every joint: Pillow's own curved joints leave nicks.
        for x, y in path:
            draw.ellipse((x - pixels / 2, y - pixels / 2, x + pixels / 2, y + pixels / 2), fill=colour)

    def shadow(self, x: float, y: float, rx: float, ry: float, alpha: float = 0.35) -> None:
        """A soft dark ellipse on the ground."""
        glow(self.image, self.at(x, y), (rx * self.scale, ry * self.scale), (10, 8, 24), alpha)


def curve(points: Sequence[Point], steps: int = 10) -> list[Point]:
    """A closed Catmull-Rom curve through the points."""
    count = len(points)
    return [
        _between([points[(number + offset) % count] for offset in (-1, 0, 1, 2)], step / steps)
        for number in range(count)
        for step in range(steps)
    ]


def open_curve(points: Sequence[Point], steps: int = 10) -> list[Point]:
    """An open Catmull-Rom curve from the first point to the last."""
    around = [points[0], *points, points[-1]]
    pieces = [around[number : number + 4] for number in range(len(points) - 1)]
    return [_between(piece, step / steps) for piece in pieces for step in range(steps)] + [points[-1]]


def _between(four: Sequence[Point], t: float) -> Point:
    def on(axis: int) -> float:
        a, b, c, d = (point[axis] for point in four)
        return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)

    return on(0), on(1)


def glow(image: Image.Image, middle: Point, reach: Point, colour: Colour, strength: float) -> None:
    """Light (or, with a dark colour, shade) that fades towards the rim of an ellipse."""
    (x, y), (rx, ry) = middle, reach
    size = (max(2, round(rx * 2)), max(2, round(ry * 2)))
    # Pillow's gradient reaches its 255 in the corners; at the middle of a side, where this must end, it is 178.
    fading = Image.radial_gradient("L").point([round(strength * 255 * max(0, 1 - v / 178) ** 2) for v in range(256)])
    mask = fading.resize(size, Image.Resampling.BILINEAR)
    image.paste(colour, (round(x - rx), round(y - ry)), mask)


def gradient(size: tuple[int, int], stops: Sequence[Colour]) -> Image.Image:
    """A smooth vertical run through the colours."""
    column = Image.frombytes("RGB", (1, len(stops)), bytes(part for stop in stops for part in stop))
    return column.resize((1, size[1]), Image.Resampling.BICUBIC).resize(size)


def soften(image: Image.Image, radius: float) -> Image.Image:
    """The picture out of focus."""
    return image.filter(ImageFilter.GaussianBlur(radius))
