"""Pictures are made from the page, paid for once, and survive whatever happens to page and server."""

from __future__ import annotations

import json
import re
import signal
import sqlite3

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(180)]

GO = "#make .go button"


def order(page, prompt: str) -> None:
    page.fill("#prompt", prompt)
    expect(page.locator(GO)).to_have_text(re.compile(r"\d+ points?"))
    page.click(GO)


def rows(machine) -> list[tuple]:
    with sqlite3.connect(machine.home / "state" / "memory" / "ima_ledger.sqlite3") as books:
        return books.execute("SELECT prompt, state, credit, door, attempt FROM items ORDER BY created_at").fetchall()


def done(page, count: int) -> None:
    expect(page.locator(".cell:not([hidden]) .pics img")).to_have_count(count)


def test_the_price_follows_every_choice_and_stands_on_the_button(visit) -> None:
    page = visit()
    page.fill("#prompt", "a cat")
    expect(page.locator(GO)).to_have_text("Generate · 6 points")
    page.check('[name="size"][value="4K"]')
    expect(page.locator(GO)).to_have_text("Generate · 13 points")
    page.check('[name="count"][value="3"]')
    expect(page.locator(GO)).to_have_text("Generate · 39 points")
    page.check('[name="tier"][value="budget"]')
    expect(page.locator(GO)).to_have_text("Generate · 12 points")
    expect(page.locator('[name="size"][value="512px"]')).to_be_checked()
    page.check('[name="tier"][value="best"]')
    page.check('[name="count"][value="1"]')
    expect(page.locator(GO)).to_have_text("Generate · 10 points")


def test_a_double_click_is_one_picture(visit, machine) -> None:
    page = visit()
    page.fill("#prompt", "a cat")
    expect(page.locator(GO)).to_have_text("Generate · 6 points")
    page.dblclick(GO)
    done(page, 1)
    assert rows(machine) == [("a cat", "done", 6, "studio", 1)]


def test_the_same_order_sent_twice_by_two_pages_is_one_picture(visit, machine) -> None:
    page = visit()
    page.wait_for_selector('[name="size"]')
    body = {"prompt": "a twin", "key": "k1", "max_credits": 6, "size": "1K"}
    script = """async (body) => Promise.all([1, 2].map(async () => {
        const headers = {"content-type": "application/json"};
        const answer = await fetch("/api/runs", {method: "POST", headers, body: JSON.stringify(body)});
        return (await answer.json()).id; }))"""
    one, other = page.evaluate(script, body)
    assert one == other
    done(page, 1)
    assert len(rows(machine)) == 1


def test_a_running_picture_fills_in_and_becomes_the_picture_in_its_place(visit) -> None:
    page = visit()
    order(page, "a boat")
    cell = page.locator(".cell:not([hidden])").first
    expect(cell.locator(".shape b")).to_have_text(re.compile(r"\d+%"))
    expect(cell.locator(".shape")).to_contain_text("studio")
    expect(cell.locator(".pics img")).to_be_visible()
    expect(page.locator("#today")).to_contain_text("6 points")


def test_a_reload_in_mid_run_loses_nothing_and_pays_nothing(visit, machine) -> None:
    page = visit()
    order(page, "a boat")
    page.wait_for_selector(".cell .shape")
    page.reload()
    done(page, 1)
    assert rows(machine) == [("a boat", "done", 6, "studio", 1)]


@pytest.mark.usefixtures("tolerant")
def test_a_killed_server_takes_up_its_run_and_the_page_goes_on_by_itself(visit, studio, machine) -> None:
    page = visit()
    order(page, "a boat")
    page.wait_for_selector(".cell .shape")
    page.fill("#prompt", "what I was typing")
    studio.stop(signal.SIGKILL)
    expect(page.locator("#gone")).to_be_visible()
    studio.start()
    expect(page.locator("#gone")).to_be_hidden()
    done(page, 1)
    expect(page.locator("#prompt")).to_have_value("what I was typing")
    assert rows(machine) == [("a boat", "done", 6, "studio", 1)]


def test_what_the_page_has_shown_is_told_so_that_the_same_again_is_a_new_picture(visit, machine) -> None:
    page = visit()
    for count in (1, 2):
        order(page, "a cat")
        done(page, count)
        page.wait_for_timeout(500)
    assert [row[:2] for row in rows(machine)] == [("a cat", "done")] * 2


def test_a_picture_of_the_gallery_is_dragged_over_to_be_edited(visit, machine) -> None:
    page = visit()
    order(page, "a dog")
    done(page, 1)
    page.drag_and_drop(".cell:not([hidden])", "#make .inputs")
    expect(page.locator("#make .inputs .one")).to_have_count(1)
    order(page, "with a hat")
    done(page, 2)
    page.locator(".cell:not([hidden])").first.click()
    expect(page.locator(".facts .strip button")).to_have_count(1)
    page.locator(".facts .strip button").click()
    expect(page.locator(".facts .words")).to_have_text("a dog")
    with sqlite3.connect(machine.home / "state" / "memory" / "ima_ledger.sqlite3") as books:
        assert json.loads(books.execute("SELECT images FROM items WHERE prompt = 'with a hat'").fetchone()[0])


@pytest.mark.parametrize(
    ("studio", "said", "state"),
    [
        (["--sandbox-scene", "no-credits"], "not charged", "failed"),
        (["--sandbox-scene", "lost-create"], "may have been charged", "uncertain"),
        (["--sandbox-scene", "partial"], "Partly made", "done"),
    ],
    indirect=["studio"],
)
@pytest.mark.usefixtures("tolerant")
def test_what_went_wrong_is_said_with_whether_it_was_charged(visit, studio, machine, said: str, state: str) -> None:
    page = visit()
    page.wait_for_selector('[name="count"][value="2"]')
    if state == "done":
        page.check('[name="count"][value="2"]')
    order(page, "a ship")
    expect(page.get_by_role("option", name=re.compile(said))).to_be_visible()
    if state == "uncertain":
        expect(page.locator("#counts .doubt")).to_have_text("⚠ 1 uncertain")
        page.click("#counts .doubt")
        page.get_by_role("button", name="It was not charged: take 6 points out").click()
        expect(page.locator(".doubtful")).to_have_count(0)
        expect(page.locator("#today")).to_contain_text("0 points")


@pytest.mark.parametrize("studio", [["--sandbox-scene", "slow"]], indirect=True)
def test_a_slow_picture_never_reaches_a_hundred_and_several_run_at_once(visit, studio) -> None:
    page = visit()
    order(page, "one")
    order(page, "two")
    expect(page.locator(".cell:not([hidden]) .shape")).to_have_count(2)
    expect(page.locator("#counts .going")).to_have_text("2 under way")
    assert all(int(told.removesuffix("%")) <= 95 for told in page.locator(".shape b").all_inner_texts())


@pytest.mark.usefixtures("tolerant")
def test_a_file_that_is_no_picture_is_refused_and_the_form_stays(visit, tmp_path) -> None:
    page = visit()
    file = tmp_path / "cat.png"
    file.write_text("<svg onload=alert(1)>")
    page.set_input_files('#make input[type="file"]', file)
    expect(page.locator("#said")).not_to_be_empty()
    expect(page.locator("#make .inputs .one")).to_have_count(0)


def test_a_prompt_is_shown_as_text_whatever_it_holds(visit) -> None:
    page = visit()
    order(page, "<img src=x onerror=alert(1)>{{7*7}}</script><b>")
    done(page, 1)
    page.reload()
    page.locator(".cell:not([hidden])").first.click()
    expect(page.locator(".facts .words")).to_have_text("<img src=x onerror=alert(1)>{{7*7}}</script><b>")
