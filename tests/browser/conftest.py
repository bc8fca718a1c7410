"""The studio in a real browser (``make test-browser``); without ``IMA_TEST_BROWSER`` these tests are not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from studio_kit import ARGUMENTS, CHROMIUM, Machine, Studio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

collect_ignore_glob = [] if os.environ.get("IMA_TEST_BROWSER") else ["test_*.py"]


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def studio(machine: Machine, request: pytest.FixtureRequest) -> Iterator[Studio]:
    """A studio of its own; parametrized indirectly it gets options."""
    running = Studio(machine, *getattr(request, "param", ()))
    yield running
    running.stop()


@pytest.fixture
def visit(browser, studio: Studio) -> Iterator[Callable[..., object]]:
    """Open the studio in a fresh profile: ``visit(dark=True, chinese=True, width=360)``. Nobody may complain in it."""
    contexts, complaints = [], []

    def opened(*, dark: bool = False, chinese: bool = False, width: int = 1280, height: int = 800, lax: bool = False):
        context = browser.new_context(
            color_scheme="dark" if dark else "light",
            locale="zh-CN" if chinese else "en-US",
            viewport={"width": width, "height": height},
            bypass_csp=lax,
            accept_downloads=True,
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=studio.url)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on(
            "console", lambda told: told.type in ("error", "warning") and complaints.append(f"{told.type}: {told.text}")
        )
        page.on(
            "request",
            lambda asked: asked.url.startswith((studio.url, "blob:", "data:")) or complaints.append(asked.url),
        )
        if len(contexts) > 1:
            context.add_cookies(contexts[0].cookies())
            page.goto(studio.url)
        else:
            page.goto(studio.link)
        page.wait_for_selector("#make .go button", state="attached")
        return page

    opened.complaints = complaints
    yield opened
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def tolerant(visit) -> Iterator[None]:
    """What the browser itself writes of refused requests is no complaint here."""
    yield
    visit.complaints[:] = [
        one for one in visit.complaints if "Failed to load resource" not in one and "ERR_" not in one
    ]
