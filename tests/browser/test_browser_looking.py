"""Looking: filters, the large view, many at once, keys alone, both languages, both themes, any width."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect
from studio_kit import SHOTS

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(240)]

ORDERS = (
    ("a red fox in the snow", "--aspect-ratio", "16:9"),
    ("一只戴帽子的猫", "--aspect-ratio", "3:4"),
    ("four owls", "--count", "4"),
    ("an island at dawn", "--size", "2K", "--user-id", "bob"),
)
AXE = Path(os.environ.get("IMA_AXE", Path(__file__).parents[2] / "build" / "axe.min.js"))


@pytest.fixture
def hung(machine, studio):
    for prompt, *more in ORDERS:
        assert machine.run("generate", prompt, *more, "--sandbox") == 0
    return studio


def cells(page):
    return page.locator(".cell:not([hidden])")


def shown(page, count: int) -> None:
    expect(cells(page)).to_have_count(count)


@pytest.mark.usefixtures("hung")
def test_filters_stand_in_the_address_and_back_undoes_them(visit) -> None:
    page = visit()
    shown(page, 4)
    page.fill('[name="q"]', "OWL")
    shown(page, 1)
    assert "q=OWL" in page.url
    page.reload()
    shown(page, 1)
    page.go_back()
    shown(page, 4)
    page.click("#filters summary")
    page.select_option('[name="user"]', "bob")
    shown(page, 1)
    expect(page.get_by_role("option", name=re.compile("island"))).to_have_count(1)


@pytest.mark.usefixtures("hung")
def test_the_large_view_goes_on_by_arrows_and_ends_where_one_is(visit) -> None:
    page = visit()
    cells(page).nth(0).click()
    page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".facts .words")).to_have_text("一只戴帽子的猫")
    assert "picture=" in page.url
    page.reload()
    expect(page.locator(".facts .words")).to_have_text("一只戴帽子的猫")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("picture="))
    expect(cells(page).nth(2)).to_be_focused()


@pytest.mark.usefixtures("hung")
def test_facts_show_asked_against_got_and_the_command_is_copied(visit) -> None:
    page = visit()
    cells(page).nth(0).click()
    expect(page.locator(".facts")).to_contain_text("10 points · charged")
    expect(page.locator(".facts")).to_contain_text("2048 × 2048")
    page.locator(".facts pre + *, .facts h3 button").last.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("nano-banana generate 'an island at dawn' --model-id ")


@pytest.mark.usefixtures("hung")
def test_everything_can_be_done_by_keys_alone(visit) -> None:
    page = visit()
    shown(page, 4)
    page.keyboard.press("/")
    expect(page.locator('[name="q"]')).to_be_focused()
    page.keyboard.press("Escape")
    cells(page).first.focus()
    page.keyboard.press(" ")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#picked strong")).to_have_text("2 selected")
    page.keyboard.press("Escape")
    expect(page.locator("#picked")).to_be_hidden()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator(".facts .words")).to_have_text("a red fox in the snow")
    page.keyboard.press(".")
    expect(page.locator(".facts")).to_be_hidden()
    page.keyboard.press("e")
    expect(page.locator("#make .inputs .one")).to_have_count(1)
    expect(page.locator("#prompt")).to_be_focused()
    page.keyboard.type("at night")
    expect(page.locator("#make .go button")).to_have_text("Generate · 6 points")
    page.keyboard.press("Control+Enter")
    shown(page, 5)
    page.locator("#show-keys").focus()
    page.keyboard.press("?")
    expect(page.locator("#ask kbd").first).to_be_visible()


@pytest.mark.usefixtures("hung")
def test_many_are_starred_downloaded_compared_and_forgotten(visit, machine) -> None:
    page = visit()
    cells(page).nth(0).click(modifiers=["Control"])
    cells(page).nth(1).click(modifiers=["Shift"])
    page.get_by_role("button", name="Star", exact=False).first.click()
    expect(page.locator(".cell .mark.star")).to_have_count(2)
    with page.expect_download() as told:
        page.get_by_role("button", name="Download zip").click()
    with zipfile.ZipFile(told.value.path()) as archive:
        assert len(archive.namelist()) == 5
        assert archive.testzip() is None
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".pane img")).to_have_count(2)
    page.locator(".pane").first.dblclick()
    turned = page.locator(".pane img").evaluate_all("all => all.map(one => one.style.transform)")
    assert turned[0] == turned[1] != ""
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Forget 2 prompts").click()
    page.locator("#ask").get_by_role("button", name="Forget 2 prompts").click()
    expect(page.get_by_role("option", name=re.compile("prompt forgotten"))).to_have_count(2)


@pytest.mark.usefixtures("hung")
def test_two_tabs_share_one_stream_and_both_hear(visit, machine) -> None:
    page = visit()
    streams = []
    page.context.on("request", lambda asked: "/api/events" in asked.url and streams.append(asked.url))
    second = page.context.new_page()
    second.goto(page.url)
    shown(second, 4)
    assert machine.run("generate", "for both", "--sandbox") == 0
    shown(page, 5)
    shown(second, 5)
    assert streams == []
    page.close()
    assert machine.run("generate", "for the one that is left", "--sandbox") == 0
    shown(second, 6)


@pytest.mark.parametrize("chinese", [False, True], ids=["en", "zh"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.usefixtures("hung")
def test_every_view_is_accessible_fits_its_window_and_is_kept_as_a_picture(
    visit, machine, chinese, dark, width
) -> None:
    machine.run("generate", "a lost boat", "--sandbox", "--sandbox-scene", "lost-create")
    machine.run("limits", "set", "--daily", "200", "--sandbox")
    page = visit(dark=dark, chinese=chinese, width=width, lax=True)
    name = f"{'zh' if chinese else 'en'}-{'dark' if dark else 'light'}-{width}"
    shown(page, 5)
    page.wait_for_function("[...document.querySelectorAll('.cell:not([hidden]) img')].every(one => one.complete)")
    judged(page, f"{name}-look")
    cells(page).nth(1).click()
    page.wait_for_function("document.querySelector('.pane img').complete")
    if page.locator(".facts").is_hidden():
        page.keyboard.press(".")
    page.wait_for_selector(".facts pre")
    judged(page, f"{name}-picture")
    page.keyboard.press("Escape")
    if width == 360:
        page.click("#raise")
    page.wait_for_selector('[name="ratio"]', state="attached")
    judged(page, f"{name}-make")
    page.keyboard.press("Escape")
    page.goto(page.url.partition("?")[0] + "money")
    page.wait_for_selector(".sums")
    judged(page, f"{name}-money")


def judged(page, name: str) -> None:
    """Keep a picture of the view, and let axe look at it."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(300)
    page.screenshot(path=SHOTS / f"{name}.png")
    wide = "[document.documentElement, ...document.querySelectorAll('main *, aside, dialog')].filter(one => "
    wide += "one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX)"
    assert page.evaluate(f"{wide} && !one.matches('.strip')).map(one => one.id || one.className)") == [], name
    page.add_script_tag(path=AXE)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)["violations"]
    bad = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in ("serious", "critical")]
    assert bad == [], name


def test_the_page_has_its_policy_where_nothing_bypasses_it(visit) -> None:
    page = visit()
    blocked = page.evaluate("""() => new Promise(done => {
        addEventListener("securitypolicyviolation", event => done(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script); })""")
    assert blocked.startswith("script-src")
    assert page.evaluate("window.ran") is None
    visit.complaints[:] = [one for one in visit.complaints if "Content Security Policy" not in one]


def test_the_screenshot_of_the_readme_is_made(visit, machine) -> None:
    """``build/screenshots/readme.png``; copied to ``docs/studio.png`` when the page has changed."""
    prompts = ("a panda and a red sailboat at sunset", "a red fox in the snow", "夕阳下的灯塔", "four owls in a forest")
    prompts = (
        *prompts,
        "a blue whale under the moon",
        "一只戴帽子的猫",
        "an island at dawn",
        "a balloon over mountains",
    )
    lines = ["prompt,aspect_ratio", *(f"{one},{ratio}" for one, ratio in zip(prompts, ("1:1", "4:3") * 4, strict=True))]
    (machine.home / "work" / "wall.csv").write_text("\n".join(lines), encoding="utf-8")
    assert machine.run("limits", "set", "--daily", "200", "--sandbox") == 0
    assert machine.run("batch", "wall.csv", "--sandbox", "--yes") == 0
    page = visit(height=720)
    shown(page, 8)
    page.fill("#prompt", "a banana astronaut on the moon")
    expect(page.locator("#make .go button")).to_have_text("Generate · 6 points")
    page.click("#make .go button")
    expect(page.locator(".cell .shape b")).to_be_visible()
    page.wait_for_function("[...document.querySelectorAll('.cell:not([hidden]) img')].every(one => one.complete)")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / "readme.png")
