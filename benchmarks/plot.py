"""The lag over the duration as a drawing: a saw for each way of looking."""

from __future__ import annotations

from itertools import pairwise

from noticing import EVERY, fixed, ours

from ima_nano_banana.domain.model import FLASH, PRO
from ima_nano_banana.domain.schedule import EXPECTED

WIDTH, HEIGHT, LEFT, GAP = 640, 150, 46, 64
TITLES = {FLASH: "gemini-3.1-flash-image", PRO: "gemini-3-pro-image"}
STYLE = (
    "text{font:12px sans-serif;fill:#57606a}.fixed{stroke:#bc4c00}.ours{stroke:#1a7f37}"
    "path{fill:none;stroke-width:1.6}line{stroke:#d0d7de}rect{fill:#fff}"
)


def drawing() -> str:
    """Return the plot of both models as SVG."""
    panels = [_panel(model, number * (HEIGHT + GAP)) for number, model in enumerate(TITLES)]
    height = len(panels) * (HEIGHT + GAP) + 34
    legend = (
        f'<g transform="translate({LEFT},{height - 14})"><path class="fixed" d="M0-4H24"/><text x="30">'
        f'a look every {EVERY:.0f} s</text><path class="ours" d="M170-4h24"/><text x="200">ours</text></g>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + LEFT + 20} {height}" role="img" '
        f'aria-label="Seconds from the end of a task until it is noticed, over its duration"><style>{STYLE}</style>'
        f'<rect width="100%" height="100%"/>{"".join(panels)}{legend}</svg>\n'
    )


def _panel(model: str, top: float) -> str:
    low, high = EXPECTED[model]
    across, down = WIDTH / (high - low), HEIGHT / EVERY
    grid = "".join(
        f'<line x1="0" x2="{WIDTH}" y1="{HEIGHT - second * down:.1f}" y2="{HEIGHT - second * down:.1f}"/>'
        f'<text x="-8" y="{HEIGHT - second * down + 4:.1f}" text-anchor="end">{second}</text>'
        for second in range(int(EVERY) + 1)
    )
    marks = "".join(
        f'<text x="{(second - low) * across:.1f}" y="{HEIGHT + 16}" text-anchor="middle">{second} s</text>'
        for second in range(low, high + 1, 5 if high - low <= 20 else 10)
    )
    saws = "".join(
        f'<path class="{name}" d="{_saw(times, low, high, across, down)}"/>'
        for name, times in (("fixed", fixed(high)), ("ours", ours(model, high)))
    )
    title = f'<text x="0" y="-10">{TITLES[model]}: seconds until noticed, over the duration</text>'
    return f'<g transform="translate({LEFT},{top + 32:.0f})">{title}{grid}{marks}{saws}</g>'


def _saw(times: list[float], low: float, high: float, across: float, down: float) -> str:
    """An end right after a look waits longest."""
    teeth = []
    for before, now in pairwise([0.0, *times]):
        first, last = max(before, low), min(now, high)
        if last > first:
            ends = [(first, now - first), (last, now - last)]
            points = [f"{(at - low) * across:.1f} {HEIGHT - lag * down:.1f}" for at, lag in ends]
            teeth.append(("L" if teeth else "M") + " L".join(points))
    return "".join(teeth)
