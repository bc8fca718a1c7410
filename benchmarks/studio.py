"""The studio over a ledger of 100,000 requests: questions to the books, bytes, long tasks, memory.

make test-browser            # once, for the browser
.venv/bin/python benchmarks/studio.py
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import tempfile
import time
import uuid
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "kit"))

from typing import TYPE_CHECKING

from PIL import Image
from studio_kit import ARGUMENTS, CHROMIUM, Machine, Studio

from ima_nano_banana.ledger import Ledger
from ima_nano_banana.ledger.gallery import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = 100_000
PICTURES = 200
STEP_SECONDS = 30
SCROLL = """async () => { const s = document.getElementById('scroller'); const most = s.scrollHeight - s.clientHeight;
    for (let at = 0; at <= 600; at++) { s.scrollTop = most * at / 600; await new Promise(requestAnimationFrame); } }"""
WATCH = """() => { window.long = []; new PerformanceObserver(list => list.getEntries().forEach(one =>
    long.push(Math.round(one.duration)))).observe({type: 'longtask'}); }"""
HEAP = "() => { gc(); return Math.round(performance.memory.usedJSHeapSize / 1024); }"


def fill(home: Path) -> Path:
    """Write the books of a busy year."""
    file = home / "state" / "memory" / "ima_ledger.sqlite3"
    with Ledger(file) as ledger:
        ledger.adopt("sb_first", "ann", "sandbox")
    names = []
    for number in range(PICTURES):
        names.append(str(home / f"{number}.jpg"))
        Image.effect_noise((1024, 1024), 40 + number % 60).convert("RGB").save(names[-1], quality=80)
    with sqlite3.connect(file) as books:
        books.row_factory = sqlite3.Row
        known = dict(books.execute("SELECT * FROM items").fetchone())
        marks = ", ".join(f":{name}" for name in known)
        books.executemany(f"INSERT INTO items ({', '.join(known)}) VALUES ({marks})", _rows(known, names))
        books.execute("""INSERT INTO changes (item_id, step, at, attempt, to_state, seq)
            SELECT id, 0, created_at, 0, 'done', rowid + 10 FROM items WHERE task_id <> 'sb_first'""")
        for scope in ("'all'", "'user:' || user_id"):
            books.execute(f"""INSERT INTO spending
                SELECT realm, {scope}, CAST(spent_at / 900 AS INTEGER), SUM(committed) FROM items
                WHERE committed > 0 GROUP BY 1, 2, 3""")
    return file


def _rows(known: dict[str, object], names: list[str]) -> Iterator[dict[str, object]]:
    begin = time.time() - ROWS * STEP_SECONDS
    for number in range(ROWS):
        at, name = begin + number * STEP_SECONDS, uuid.UUID(int=number + 1).hex
        animal = ("cat", "dog", "fox", "owl")[number % 4]
        yield {
            **known,
            **dict.fromkeys(("created_at", "state_at", "spent_at", "told_at"), at),
            **dict.fromkeys(("id", "identity", "subject"), name),
            "task_id": f"sb{number:016d}",
            "state": "done",
            "credit": 6,
            "committed": 6,
            "count": 1,
            "door": "batch",
            "model_id": "gemini-3.1-flash-image",
            "model_name": "Nano Banana 2",
            "size": "1K",
            "aspect_ratio": "1:1",
            "prompt": f"picture number {number} of a {animal} in the snow at dawn, highly detailed",
            "files": json.dumps([names[number % PICTURES]]),
            "user_id": ("ann", "bob", "eve")[number % 3],
        }


def timed(name: str, work: Callable[[], object], times: int = 5) -> None:
    """Print the mean of some runs."""
    work()
    began = time.perf_counter()
    for _ in range(times):
        work()
    print(f"{name:<28} {(time.perf_counter() - began) / times * 1000:8.1f} ms")


def ask(file: Path) -> None:
    """Time what the page asks of the books."""
    shelf = Shelf(realm="sandbox")
    with Ledger(file) as books:
        timed("count", lambda: books.shelf_count(shelf))
        for offset in (0, ROWS // 2, ROWS - 100):
            timed(f"60 from {offset}", lambda offset=offset: books.shelf_part(shelf, offset, 60))
        timed("search, count", lambda: books.shelf_count(replace(shelf, text="fox")))
        timed("search, 60", lambda: books.shelf_part(replace(shelf, text="fox"), 0, 60))
        timed("the bar", lambda: books.counts("sandbox"))
        timed("the month", lambda: books.spending("sandbox"))
        timed("is there news", books.newest_change)


def look(home: Path) -> None:
    """Scroll through all of it in a browser."""
    from playwright.sync_api import sync_playwright

    studio = Studio(Machine(home))
    try:
        with sync_playwright() as playwright:
            flags = [*ARGUMENTS, "--enable-precise-memory-info", "--js-flags=--expose-gc"]
            page = playwright.chromium.launch(executable_path=CHROMIUM, args=flags).new_page()
            page.goto(studio.link)
            page.wait_for_selector(".cell img")
            print("the page, bytes", len(page.request.get(studio.url, headers={"accept": "text/html"}).body()))
            page.evaluate(WATCH)
            before = page.evaluate(HEAP)
            page.evaluate(SCROLL)
            page.wait_for_timeout(2500)
            print("tasks above 50 ms, in ms", page.evaluate("long"))
            for _ in range(300):
                page.evaluate(f"document.getElementById('scroller').scrollTop = {random.random()} * 5e6")
            page.wait_for_timeout(2000)
            print("heap before and after, kB", before, page.evaluate(HEAP))
            print("elements", page.evaluate("document.querySelectorAll('*').length"))
    finally:
        studio.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        ask(fill(Path(folder)))
        look(Path(folder))
