"""News by number, runs that outlive pages and servers, and what a studio on the network demands."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import threading
from typing import TYPE_CHECKING

import httpx2
import pytest
from studio_kit import Machine, Studio

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(180)]


def heard(client: httpx2.Client, until: str, after: str | None = None) -> list[tuple[str, str, dict]]:
    """Listen until an event of a name (and, for items, of a state) has come; return id, name and data of each."""
    told: list[tuple[str, str, dict]] = []
    headers = {} if after is None else {"last-event-id": after}
    number = name = ""
    with client.stream("GET", "/api/events", headers=headers, timeout=60) as stream:
        for line in stream.iter_lines():
            kind, _, rest = line.partition(": ")
            if kind == "id":
                number = rest
            elif kind == "event":
                name = rest
            elif kind == "data":
                told.append((number, name, json.loads(rest)))
                if until in (name, json.loads(rest).get("state") if name == "item" else None):
                    return told
    return told


def ordered(owner: httpx2.Client, prompt: str, key: str) -> dict:
    body = {"prompt": prompt, "key": key, "max_credits": 6, "size": "1K"}
    return owner.post("/api/runs", json=body).json()


def test_a_run_is_told_step_by_step_and_can_be_taken_up_where_one_was(owner: httpx2.Client) -> None:
    _, _, hello = heard(owner, "hello")[-1]
    found: list[tuple[str, str, dict]] = []
    listening = threading.Thread(target=lambda: found.extend(heard(owner, "done")))
    listening.start()
    ordered(owner, "a kite", "kite-1")
    listening.join(60)
    items = [(int(number), data["state"]) for number, name, data in found if name == "item"]
    assert items == sorted(items, key=lambda one: one[0])
    assert items[-1][1] == "done"
    again = [data for _, name, data in heard(owner, "hello", str(hello["newest"])) if name == "item"]
    assert [(one["prompt"], one["state"]) for one in again] == [("a kite", "done")]
    newest = heard(owner, "hello")[-1][2]["newest"]
    assert [name for _, name, _ in heard(owner, "hello", str(newest))] == ["bar", "hello"]
    assert heard(owner, "reload", str(newest + 1000))[-1][1] == "reload"


def test_the_price_on_the_button_is_the_most_that_is_paid(owner: httpx2.Client) -> None:
    told = owner.post("/api/runs", json={"prompt": "dear", "key": "dear-1", "max_credits": 5, "size": "1K"})
    assert told.status_code == 422
    assert (told.json()["error"]["kind"], told.json()["error"]["charged"]) == ("budget", "no")


@pytest.mark.parametrize("missing", ["key", "max_credits", "prompt"])
def test_nothing_is_ordered_without_a_name_a_price_and_a_wish(owner: httpx2.Client, missing: str) -> None:
    body = {"prompt": "x", "key": f"without-{missing}", "max_credits": 99}
    del body[missing]
    assert owner.post("/api/runs", json=body).status_code == 400


def test_an_end_that_no_page_has_shown_is_kept_for_the_next_one(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    studio = Studio(machine)
    with httpx2.Client(base_url=studio.url, trust_env=False, headers={"origin": studio.url}, timeout=60) as owner:
        owner.get(studio.link)
        name = ordered(owner, "a boat", "boat-1")["id"]
        heard(owner, "done", "0")
        studio.stop(signal.SIGKILL)
        assert _told(machine) == [None]
        studio.start()
        shown = [data for _, event, data in heard(owner, "done", "0") if event == "item"]
        assert shown[-1]["untold"] is True
        for _ in range(100):
            assert owner.post("/api/told", json={"ids": [name]}).status_code == 200
            if _told(machine) != [None]:
                break
        assert _told(machine) != [None]
    studio.stop()


def _told(machine: Machine) -> list[float | None]:
    with sqlite3.connect(machine.home / "state" / "memory" / "ima_ledger.sqlite3") as books:
        return [row[0] for row in books.execute("SELECT told_at FROM items")]


def test_a_studio_ends_at_once_although_pages_listen(tmp_path: Path) -> None:
    studio = Studio(Machine(tmp_path))
    client = httpx2.Client(base_url=studio.url, trust_env=False, timeout=60)
    with client, client.stream("GET", "/api/events") as stream:
        assert next(stream.iter_lines()).startswith("retry")
        studio.stop()
    assert studio.process.returncode == 130


def test_other_addresses_need_a_token_and_then_nobody_reads_without_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.run("studio", "--sandbox", "--no-open", "--host", "0.0.0.0") == 2
    file = tmp_path / "token"
    file.write_text("a-token-of-some-length\n")
    studio = Studio(machine, "--host", "0.0.0.0", "--token-file", str(file))
    try:
        with httpx2.Client(base_url=studio.url, trust_env=False, timeout=60) as client:
            assert client.get("/healthz").status_code == 200
            assert client.get("/api/items").status_code == 403
            assert client.get("/api/items", headers={"host": f"evil.example:{studio.port}"}).status_code == 403
            bearer = {"authorization": "Bearer a-token-of-some-length"}
            assert client.get("/api/items", headers=bearer).status_code == 200
            assert client.get("/api/items", headers={"authorization": "Bearer another-token-of-it"}).status_code == 403
            entered = client.post("/enter", data={"token": "a-token-of-some-length"}, headers={"origin": studio.url})
            assert "HttpOnly" in entered.headers["set-cookie"]
            assert client.get("/api/items").status_code == 200
    finally:
        studio.stop()


def test_a_port_that_is_taken_is_said_in_words(studio: Studio, tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    process = machine.start("studio", "--sandbox", "--no-open", "--port", str(studio.port))
    assert isinstance(process, subprocess.Popen)
    process.communicate(timeout=60)
    assert process.returncode == 2
