"""What stands behind the subject: sky and light, then land, water, town or space."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from ima_nano_banana.sandbox.pictures.palette import Colour, Palette, darker, lighter, mix
from ima_nano_banana.sandbox.pictures.pen import Pen, glow, gradient, soften

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


@dataclass(frozen=True)
class Stage:
    """A picture being painted, ``horizon`` pixels from its top. The lettering will cover what is below ``floor``."""

    image: Image.Image
    palette: Palette
    rng: Random
    width: int
    floor: int
    horizon: float

    @property
    def unit(self) -> float:
        """The side of a square as large as the free part of the picture."""
        return math.sqrt(self.width * self.floor)

    def pen(self) -> Pen:
        """A pen in plain pixels."""
        return Pen(self.image, 0, 0, 1)


def sky(size: tuple[int, int], palette: Palette, horizon: float) -> Image.Image:
    """The sky down to the horizon, and its last colour below."""
    below = max(1, round((size[1] - horizon) / max(1, horizon) * 3))
    return gradient(size, [palette.top, palette.middle, palette.low, *[palette.low] * below])


def stars(stage: Stage, count: int = 140) -> None:
    """Points of light, thinner towards the horizon."""
    pen, rng = stage.pen(), stage.rng
    for _ in range(count):
        x, y = rng.random() * stage.width, stage.horizon * rng.random() ** 1.4
        radius = stage.unit * (0.0008 + 0.0022 * rng.random() ** 3)
        pen.disc(x, y, radius, (255, 255, 255), 0.35 + 0.65 * rng.random())


def light(stage: Stage, kind: str, x: float, y: float) -> None:
    """The sun or the moon with its halo."""
    radius = stage.unit * (0.075 if kind == "moon" else 0.09)
    colour = stage.palette.glow
    glow(stage.image, (x, y), (radius * 5, radius * 5), colour, 0.55)
    glow(stage.image, (x, y), (radius * 2.2, radius * 2.2), lighter(colour, 0.4), 0.7)
    pen = Pen(stage.image, x, y, radius)
    pen.disc(0, 0, 1, lighter(colour, 0.25))
    if kind == "moon":
        for crater in ((-0.35, -0.2, 0.22), (0.3, 0.25, 0.28), (0.1, -0.5, 0.13), (-0.3, 0.5, 0.12)):
            pen.disc(*crater, mix(colour, (120, 120, 150), 0.22))


def clouds(stage: Stage) -> None:
    """A few clouds, each some discs in one, drawn on a mask so that they don't show through each other."""
    rng = stage.rng
    mask = Image.new("L", stage.image.size, 0)
    for _ in range(3 + int(stage.width / stage.floor)):
        middle_x, middle_y = rng.random() * stage.width, stage.horizon * (0.12 + 0.5 * rng.random())
        unit = stage.unit * (0.03 + 0.04 * rng.random())
        for x, y, radius in ((-1.3, 0.25, 0.45), (-0.5, -0.1, 0.75), (0.45, -0.3, 0.85), (1.4, 0.2, 0.5)):
            left, top, reach = middle_x + x * unit * 1.3, middle_y + y * unit, radius * unit
            ImageDraw.Draw(mask).ellipse((left - reach * 1.5, top - reach, left + reach * 1.5, top + reach), fill=190)
    stage.image.paste(lighter(stage.palette.low, 0.75), (0, 0), soften(mask, stage.unit * 0.004))


def rain(stage: Stage) -> None:
    """Slanting rain over everything."""
    rng, long = stage.rng, stage.unit * 0.045
    draw = ImageDraw.Draw(stage.image, "RGBA")
    for _ in range(260):
        x, y = rng.random() * stage.image.width, rng.random() * stage.image.height
        draw.line((x, y, x - long * 0.35, y + long), fill=(226, 236, 250, 90), width=max(1, round(stage.unit * 0.0022)))


def ridge(stage: Stage, height: float, rough: float, colour: Colour, peaks: float) -> None:
    """A line of hills: three waves added up, filled down to the foot of the picture."""
    rng = stage.rng
    waves = [
        (peaks * factor * (0.8 + 0.4 * rng.random()), rng.random() * math.tau, 1 / factor) for factor in (1, 2.3, 5)
    ]
    span = max(stage.unit, 1)
    line = []
    for x in range(0, stage.width + 8, 8):
        wave = sum(share * math.sin(x / span * rate + phase) for rate, phase, share in waves)
        line.append((float(x), height - wave * rough))
    bottom = float(stage.image.height)
    stage.pen().shape([*line, (stage.width + 8.0, bottom), (0.0, bottom)], colour)


def hills(stage: Stage) -> None:
    """Rolling land in four layers; the nearer the darker."""
    for number in range(4):
        share = number / 3
        tone = mix(mix(stage.palette.low, stage.palette.far, 0.55 + 0.45 * share), stage.palette.near, share**2)
        drop = (stage.floor - stage.horizon) * (0.05 + 0.62 * share)
        ridge(stage, stage.horizon + drop, stage.unit * (0.035 - 0.012 * share), tone, 3.2)


def mountains(stage: Stage) -> None:
    """Jagged ranges with snow on the nearer one, and a lake of mist between."""
    top = round(stage.horizon)
    ground = [mix(stage.palette.low, stage.palette.far, share) for share in (0.25, 0.6)]
    stage.image.paste(gradient((stage.width, stage.image.height - top), ground), (0, top))
    for depth in (0.35, 0.75):
        _range(stage, depth)
        mist = (stage.width / 2, stage.horizon + 8), (stage.width, stage.unit * 0.10)
        glow(stage.image, *mist, stage.palette.low, 0.5)
    ridge(stage, stage.horizon + (stage.floor - stage.horizon) * 0.4, stage.unit * 0.025, stage.palette.near, 3)


def _range(stage: Stage, depth: float) -> None:
    rng, unit = stage.rng, stage.unit
    tone = mix(stage.palette.low, darker(stage.palette.far, 0.25), depth)
    foot = stage.horizon + unit * 0.05
    x = -unit * 0.2 * rng.random()
    while x < stage.width + unit * 0.2:
        tall, wide = unit * (0.20 + 0.20 * rng.random()) * (1.25 - depth * 0.4), unit * (0.22 + 0.14 * rng.random())
        _peak(Pen(stage.image, x, foot, 1), wide, tall, tone)
        x += wide * (0.75 + 0.5 * rng.random())


def _peak(pen: Pen, wide: float, tall: float, tone: Colour) -> None:
    pen.shape([(-wide, 0), (0, -tall), (wide, 0)], tone)
    pen.shape([(0, -tall), (wide, 0), (wide * 0.12, 0), (wide * 0.10, -tall * 0.5)], darker(tone, 0.18))
    cap = 0.30
    jag = [(-wide * cap, -tall * (1 - cap)), (-wide * 0.14, -tall * 0.78), (0, -tall * 0.66)]
    pen.shape([(0, -tall), *jag, (wide * 0.13, -tall * 0.79), (wide * cap, -tall * (1 - cap))], (246, 250, 255), 0.92)


def sea(stage: Stage) -> None:
    """Water with the light's path on it, and waves that grow towards the viewer."""
    bottom, top = stage.image.height, round(stage.horizon)
    tones = [mix(stage.palette.far, stage.palette.low, 0.35), stage.palette.far, stage.palette.near]
    stage.image.paste(gradient((stage.width, bottom - top), tones), (0, top))
    rng, pen = stage.rng, stage.pen()
    for number in range(90):
        depth = (number / 90) ** 1.7
        y, long = top + (stage.floor - top) * depth, stage.unit * (0.012 + 0.075 * depth) * (0.5 + rng.random())
        x = rng.random() * stage.width
        pen.oval(x, y, long, max(1.0, long * 0.055), lighter(stage.palette.glow, 0.3), alpha=0.16 + 0.2 * rng.random())


def city(stage: Stage) -> None:
    """Two rows of towers with lit windows behind a street."""
    for depth in (0.45, 1.0):
        x = -stage.unit * 0.05
        while x < stage.width:
            wide = stage.unit * (0.055 + 0.06 * stage.rng.random())
            tall = (stage.unit * 0.14 + stage.horizon * 0.42 * stage.rng.random()) * (1.3 - 0.45 * depth)
            _tower(stage, x, wide, tall, depth)
            x += wide * (1.02 + 0.25 * stage.rng.random())
    top = round(stage.horizon + stage.unit * 0.055)
    street = gradient(
        (stage.image.width, stage.image.height - top), [stage.palette.near, darker(stage.palette.near, 0.5)]
    )
    stage.image.paste(street, (0, top))


def _tower(stage: Stage, x: float, wide: float, tall: float, depth: float) -> None:
    tone = mix(stage.palette.low, darker(stage.palette.near, 0.2), 0.35 + 0.6 * depth)
    top, foot, pen = stage.horizon + stage.unit * 0.06 - tall, stage.horizon + stage.unit * 0.07, stage.pen()
    pen.shape([(x, top), (x + wide, top), (x + wide, foot), (x, foot)], tone)
    cell = wide / 5
    rows = int((foot - top) / (cell * 1.3)) - 1
    for number in range(rows * 4):
        if stage.rng.random() < 0.42:
            left, up = x + cell * (0.6 + number % 4), top + cell * (0.7 + 1.3 * (number // 4))
            window = [
                (left, up),
                (left + cell * 0.6, up),
                (left + cell * 0.6, up + cell * 0.8),
                (left, up + cell * 0.8),
            ]
            pen.shape(window, stage.palette.glow, 0.25 + 0.6 * depth * stage.rng.random())


def space(stage: Stage) -> None:
    """Nebulae, stars down to the foot, and a ringed planet."""
    rng, unit = stage.rng, stage.unit
    for tone in (stage.palette.low, stage.palette.far, (214, 84, 160), (70, 150, 220)):
        x, y = rng.random() * stage.width, rng.random() * stage.floor
        reach = (unit * (0.4 + 0.3 * rng.random()), unit * (0.25 + 0.2 * rng.random()))
        glow(stage.image, (x, y), reach, tone, 0.55)
    stars(Stage(stage.image, stage.palette, rng, stage.width, stage.floor, stage.image.height), 260)
    side = 0.14 if rng.random() < 0.5 else 0.86
    pen = Pen(stage.image, stage.width * side, stage.floor * (0.62 + 0.25 * rng.random()), unit * 0.12, lean=-18)
    body = stage.palette.tint or (226, 150, 92)
    pen.oval(0, 0, 1.75, 0.42, lighter(body, 0.45), alpha=0.5)
    pen.disc(0, 0, 1, body)
    for y, rx, ry in ((-0.45, 0.80, 0.11), (0.05, 0.96, 0.10), (0.5, 0.76, 0.09)):
        pen.oval(0, y, rx, ry, lighter(body, 0.25), alpha=0.55)


def studio(stage: Stage) -> None:
    """A table before a soft wall with big faint discs: for a subject that names no place."""
    rng = stage.rng
    for _ in range(5):
        x, y = rng.random() * stage.width, rng.random() * stage.horizon
        stage.pen().disc(x, y, stage.unit * (0.08 + 0.16 * rng.random()), lighter(stage.palette.low, 0.5), 0.22)
    glow(
        stage.image,
        (stage.width / 2, stage.horizon * 0.6),
        (stage.width * 0.6, stage.floor * 0.6),
        stage.palette.glow,
        0.7,
    )
    top = round(stage.horizon)
    tones = [mix(stage.palette.middle, stage.palette.low, 0.35), stage.palette.middle, stage.palette.far]
    stage.image.paste(gradient((stage.width, stage.image.height - top), tones), (0, top))


def abstract(stage: Stage) -> None:
    """Flowing bands and translucent discs, for words that name nothing that can be drawn."""
    rng, unit = stage.rng, stage.unit
    tones = [stage.palette.far, stage.palette.middle, stage.palette.glow, stage.palette.near]
    for number in range(5):
        ridge(
            stage,
            stage.floor * (0.25 + 0.17 * number),
            unit * 0.09,
            mix(tones[number % 4], stage.palette.top, 0.25),
            2.2,
        )
    for _ in range(16):
        x, y, radius = rng.random() * stage.width, rng.random() * stage.floor, unit * (0.02 + 0.13 * rng.random() ** 2)
        stage.pen().disc(x, y, radius, lighter(tones[int(rng.random() * 3)], 0.3), 0.30 + 0.3 * rng.random())
        stage.pen().disc(x - radius * 0.25, y - radius * 0.25, radius * 0.55, (255, 255, 255), 0.10)


BACKDROPS: dict[str, Callable[[Stage], None]] = {
    "hills": hills, "mountains": mountains, "sea": sea, "city": city, "space": space,
    "studio": studio, "abstract": abstract,
}  # fmt: skip
