"""Small charts as SVG, of numbers alone; colours come from the page's own style."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 64
STEP = 14
BAR = 10
LABEL = 14


def bars(values: Sequence[tuple[str, int]]) -> str:
    """Return a row of bars, each with its number for whoever points at it or has it read aloud."""
    most = max((points for _, points in values), default=0) or 1
    width = max(1, len(values)) * STEP
    parts = [_bar(place, label, points, most) for place, (label, points) in enumerate(values)]
    labelled = LABEL if any(label for label, _ in values) else 0
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {width} {HEIGHT + labelled}" '
        f'width="{width}" height="{HEIGHT + labelled}" aria-hidden="true">{"".join(parts)}</svg>'
    )


def _bar(place: int, label: str, points: int, most: int) -> str:
    height = max(1, round(points / most * HEIGHT))
    x = place * STEP + (STEP - BAR) // 2
    told = f"<title>{escape(label)} {points}</title>"
    kind = "bar" if points else "bar none"
    drawn = f'<rect class="{kind}" x="{x}" y="{HEIGHT - height}" width="{BAR}" height="{height}" rx="2">{told}</rect>'
    if not label:
        return drawn
    return f'{drawn}<text x="{place * STEP + STEP // 2}" y="{HEIGHT + LABEL - 3}">{escape(label)}</text>'
