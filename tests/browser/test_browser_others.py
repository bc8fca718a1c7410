"""What others do on the same ledger appears; plans, freezes and limits are decided on the page."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(180)]


def test_a_run_of_another_process_appears_with_who_and_which_door(visit, machine) -> None:
    page = visit()
    other = machine.start(
        "generate", "from the shell", "--sandbox", "--user-id", "bob", "--sandbox-scene", "slow", "--timeout", "3"
    )
    cell = page.locator(".cell:not([hidden])").first
    expect(cell.locator(".shape")).to_contain_text("bob · command")
    other.communicate(timeout=60)


def test_news_is_there_within_a_second(visit, machine) -> None:
    from ima_nano_banana.ledger import Ledger

    page = visit()
    page.wait_for_timeout(1000)
    with Ledger(machine.home / "state" / "memory" / "ima_ledger.sqlite3") as books:
        began = time.monotonic()
        books.adopt("sb_elsewhere", "ann", "sandbox")
        page.wait_for_selector(".cell .shape")
        assert time.monotonic() - began < 3  # a second, on a machine that does many other things


def test_approving_frees_a_command_that_waits(visit, machine) -> None:
    machine.run("limits", "set", "--approve-above", "5", "--sandbox")
    page = visit()
    waiting = machine.start("generate", "a dear one", "--sandbox", "--user-id", "bob", "--wait-approval", "60")
    page.get_by_role("button", name="Approve · 6 points").click()
    expect(page.locator(".cell:not([hidden]) .pics img")).to_have_count(1)
    waiting.communicate(timeout=60)
    assert waiting.returncode == 0
    expect(page.locator("#plans")).to_be_hidden()


def test_refusing_ends_a_command_that_waits(visit, machine) -> None:
    machine.run("limits", "set", "--approve-above", "5", "--sandbox")
    page = visit()
    waiting = machine.start("generate", "a dear one", "--sandbox", "--user-id", "bob", "--wait-approval", "60")
    page.get_by_role("button", name="Refuse").click()
    waiting.communicate(timeout=60)
    assert waiting.returncode == 5
    expect(page.locator(".cell:not([hidden])")).to_have_count(0)


@pytest.mark.usefixtures("tolerant")
def test_freezing_stops_everybody_and_unfreezing_lets_them_go_on(visit, machine) -> None:
    page = visit()
    page.click("#freeze")
    page.fill("#ask input", "the bill is being checked")
    page.click("#ask button.primary")
    expect(page.locator("#frozen")).to_contain_text("the bill is being checked")
    assert machine.run("generate", "x", "--sandbox") == 5
    page.fill("#prompt", "y")
    expect(page.locator("#make .go button")).to_be_disabled()
    page.click("#freeze")
    expect(page.locator("#frozen")).to_be_hidden()
    assert machine.run("generate", "x", "--sandbox") == 0


def test_freezing_stops_a_batch_and_it_goes_on_afterwards(visit, machine) -> None:
    (machine.home / "work" / "many.csv").write_text("prompt\n" + "".join(f"picture {n}\n" for n in range(6)))
    page = visit()
    batch = machine.start("batch", "many.csv", "--sandbox", "--yes", "--concurrency", "1")
    page.wait_for_selector(".cell .shape")
    page.click("#freeze")
    page.click("#ask button.primary")
    expect(page.locator("#frozen")).to_be_visible()
    expect(page.locator(".cell .shape")).to_have_count(0)
    page.wait_for_timeout(1500)
    expect(page.locator(".cell .shape")).to_have_count(0)
    assert batch.poll() is None
    page.click("#freeze")
    batch.communicate(timeout=120)
    assert batch.returncode == 0
    expect(page.locator(".cell:not([hidden]) .pics img")).to_have_count(6)


def test_limits_are_set_on_the_page_and_hold_for_the_command(visit, machine) -> None:
    page = visit()
    page.click("#today")
    page.fill('.limit-form [name="points"]', "7")
    page.click(".limit-form button")
    expect(page.locator("#money table").last).to_contain_text("7 points")
    expect(page.locator("#today")).to_contain_text("0 of 7 points")
    assert machine.run("generate", "x", "--sandbox", "--size", "4K") == 5
    page.get_by_role("button", name=re.compile("Remove limit")).click()
    expect(page.locator("#today")).to_contain_text("0 points")


def test_points_are_exported_as_a_table(visit, machine) -> None:
    assert machine.run("generate", "x", "--sandbox", "--user-id", "=1+1") == 0
    page = visit()
    page.click("#today")
    with page.expect_download() as told:
        page.get_by_text("Export CSV").click()
    text = told.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "day,user,model,points,uncertain,tasks,pictures"
    assert ",'=1+1,gemini-3.1-flash-image,6,0,1,1" in text
