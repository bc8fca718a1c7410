"""``index.html``: a contact sheet of a batch that opens without a network, failures on top."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ima_nano_banana import words
from ima_nano_banana.local.private import write_whole
from ima_nano_banana.pictures.measure import UnusableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ima_nano_banana.batch.model import Outcome, Row, Summary
    from ima_nano_banana.words import Language

NAME = "index.html"
THUMBNAILS = "thumbnails"
LONGEST = 320

_CSS = """
:root{color-scheme:light dark;--line:#8884;--soft:#8882;--bad:#c0392b;--unsure:#b7791f}
*{box-sizing:border-box}
body{margin:0;padding:24px clamp(12px,3vw,40px);font:15px/1.5 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif}
h1{font-size:1.3rem;margin:0 0 4px}
h2{font-size:1.05rem;margin:28px 0 10px}
.sum{color:GrayText;margin:0}
.grid{display:grid;gap:16px;align-items:start;grid-template-columns:repeat(auto-fill,minmax(220px,1fr))}
figure{margin:0;border:1px solid var(--line);border-radius:10px;overflow:hidden;display:flex;flex-direction:column}
.pics{display:grid;grid-auto-rows:minmax(0,1fr);gap:2px;height:210px;background:var(--soft)}
.pics.two,.pics.four{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}
.pics.four{height:260px}
.pics a{min-width:0;overflow:hidden}
.pics img{display:block;width:100%;height:100%;object-fit:contain}
figcaption{padding:10px 12px}
.prompt{white-space:pre-line;overflow-wrap:anywhere}
.facts{color:GrayText;font-size:.85rem;margin-top:4px;overflow-wrap:anywhere}
.why{border:1px solid var(--line);border-inline-start:4px solid var(--bad);border-radius:8px;padding:10px 14px;
margin:0 0 10px}
.why.uncertain,.why.running,.why.waiting{border-inline-start-color:var(--unsure)}
.why p{margin:0}
"""

_SHAPES = ("", "", " two", " four")


@dataclass(frozen=True, slots=True)
class Card:
    """One row on the sheet; ``why`` holds reason and advice where it is not done."""

    row: Row
    outcome: Outcome
    why: Sequence[str] = ()


def write(
    folder: Path, cards: Sequence[Card], summary: Summary, *, title: str, language: Language, sandbox: bool
) -> Path:
    """Write the sheet and return its path.

    Raises:
        OSError: the folder can't be written.
    """
    path = folder / NAME
    write_whole(path, page(folder, cards, summary, title=title, language=language, sandbox=sandbox).encode("utf-8"))
    path.chmod(0o644)
    return path


def page(
    folder: Path, cards: Sequence[Card], summary: Summary, *, title: str, language: Language, sandbox: bool
) -> str:
    """Return the whole page; nothing in it asks for anything outside the folder."""
    troubled = [card for card in cards if card.outcome.state != "done"]
    made = [card for card in cards if card.outcome.result is not None]
    parts = [
        f'<!doctype html>\n<html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        # Whatever a prompt says, the page loads nothing but its own pictures.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file: data:; ",
        "style-src 'unsafe-inline'\">",
        f"<title>{_safe(title)}</title><style>{_CSS}</style></head><body>",
        f"<header><h1>{_safe(title)}</h1>",
        f'<p class="sum">{_safe(counts(summary, language))}</p>',
        f'<p class="sum">{_safe(words.text("human.simulated", language))}</p>' if sandbox else "",
        "</header><main>",
    ]
    if troubled:
        parts.append(f"<section><h2>{_safe(words.text('batch.sheet_troubled', language))}</h2>")
        parts += [_trouble(card, language) for card in troubled]
        parts.append("</section>")
    if made:
        parts.append(f"<section><h2>{_safe(words.text('batch.sheet_made', language))}</h2><div class='grid'>")
        parts += [_figure(folder, card, language) for card in made]
        parts.append("</div></section>")
    return "".join((*parts, "</main></body></html>\n"))


def counts(summary: Summary, language: Language) -> str:
    """Return how the rows stand, and what they cost, in one line."""
    states = [
        words.text(f"batch.state_{state}", language, count=summary.states[state])
        for state in ("done", "partial", "failed", "uncertain", "running", "waiting")
        if summary.states.get(state)
    ]
    return " · ".join((*states, words.text("batch.spent", language, credit=summary.committed)))


def _trouble(card: Card, language: Language) -> str:
    state = card.outcome.state
    name = words.text(f"batch.name_{state}", language)
    told = "".join(f"<p>{_safe(line)}</p>" for line in card.why)
    return (
        f'<div class="why {state}"><p><b>{_safe(card.row.id)}</b> · {_safe(name)} · '
        f"{_safe(words.text('batch.line', language, line=card.row.line))}</p>"
        f"{told}<p class='facts prompt'>{_safe(card.row.request.prompt)}</p></div>"
    )


def _figure(folder: Path, card: Card, language: Language) -> str:
    result = card.outcome.result
    if result is None:
        return ""
    pictures = "".join(_picture(folder, Path(file), card.row.request.prompt) for file in result.files)
    # Side by side, four pictures would be stripes: two rows of two, three of them as well.
    shape = _SHAPES[min(len(result.files), 3)]
    if not pictures:
        pictures = "".join(f'<a href="{_safe(url)}" rel="noreferrer">{_safe(url)}</a>' for url in result.urls)
    facts = [card.row.id, result.model_name, result.size, result.aspect_ratio]
    if result.width and result.height:
        facts.append(f"{result.width}×{result.height}")
    if result.credit is not None:
        facts.append(words.text("batch.points", language, credit=result.credit))
    shown = " · ".join(str(fact) for fact in facts if fact)
    return (
        f"<figure><div class='pics{shape}'>{pictures}</div><figcaption><div class='prompt' dir='auto'>"
        f"{_safe(card.row.request.prompt)}</div><div class='facts'>{_safe(shown)}</div></figcaption></figure>"
    )


def _picture(folder: Path, file: Path, prompt: str) -> str:
    small = thumbnail_path(folder, file)
    source = _link(folder, small if small.is_file() else file)
    return f'<a href="{_link(folder, file)}"><img loading="lazy" src="{source}" alt="{_safe(prompt[:200])}"></a>'


def thumbnail_path(folder: Path, file: Path) -> Path:
    """Return where the small copy of a picture lies: beside its own name, so that two never share one."""
    try:
        name = file.relative_to(folder).as_posix()
    except ValueError:
        name = file.name
    return folder / THUMBNAILS / (name.replace("/", "__") + ".jpg")


def make_thumbnails(folder: Path, files: Iterable[str]) -> None:
    """Make the small copies that are missing; a picture that has none is shown as it is."""
    from ima_nano_banana.pictures.thumbnail import thumbnail

    for told in files:
        file = Path(told)
        small = thumbnail_path(folder, file)
        if small.is_file():
            continue
        try:
            data = thumbnail(file, LONGEST).data
            small.parent.mkdir(parents=True, exist_ok=True)
            write_whole(small, data)
            small.chmod(0o644)
        except (OSError, UnusableError):
            continue


def _link(folder: Path, file: Path) -> str:
    try:
        relative: str | None = os.path.relpath(file, folder)
    except ValueError:  # another drive
        relative = None
    if relative is None:
        return _safe(file.as_uri())
    return _safe(quote(relative.replace(os.sep, "/")))


def _safe(text: str) -> str:
    return html.escape(text, quote=True)
