"""``nano-banana batch`` from outside: faults, quote, consent, streams, files, and three hundred rows."""

from __future__ import annotations

import csv
import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from batch_kit import drawn

from ima_nano_banana import sandbox, words
from ima_nano_banana.batch import results
from ima_nano_banana.batch.order import rate_of
from ima_nano_banana.doors.cli.main import main
from ima_nano_banana.errors import DownloadFault, UsageFault

CHROMIUM = shutil.which("chromium")


@pytest.fixture(autouse=True)
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_again(tmp_path, monkeypatch)


def quick_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_world = sandbox.open_world
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(
        sandbox, "open_world", lambda path, **facts: open_world(path, **{**facts, "draw": drawn, "task_seconds": 0.05})
    )
    monkeypatch.setattr("ima_nano_banana.domain.schedule.next_look", lambda *_: 0.05)
    monkeypatch.chdir(tmp_path)


def charged(tmp_path: Path) -> int:
    with sandbox.open_world(tmp_path / "state" / "memory" / "ima_sandbox.sqlite3") as world:
        return world.books.points_charged()


def written(tmp_path: Path, text: str, name: str = "rows.csv") -> str:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return str(path)


def run(*argv: str) -> int:
    return main(["batch", *argv, "--sandbox"])


def disk_that_fills_after(lines_written: int) -> Any:
    write, left = results.Results._write, [lines_written]

    def limited(self: results.Results, line: bytes) -> None:
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= 1
        write(self, line)

    return limited


class Short:
    """A file on a disk that takes four more bytes."""

    def __init__(self, file: Any) -> None:
        self.tell, self.truncate, self._write, self._full = file.tell, file.truncate, file.write, False

    def write(self, data: bytes) -> int:
        if self._full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._full = True
        return int(self._write(data[:4]))


def untold(tmp_path: Path) -> int:
    """Return how many rows that were paid for nobody has heard of."""
    with closing(sqlite3.connect(tmp_path / "state" / "memory" / "ima_ledger.sqlite3")) as books:
        return int(books.execute("SELECT count(*) FROM items WHERE task_id > '' AND told_at IS NULL").fetchone()[0])


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


TWO = "id,prompt,size\ncat,a cat,512\ndog,一只狗,1K\n"


def test_all_rows_done_is_exit_0_with_pictures_results_and_a_sheet(tmp_path: Path, capsys):
    assert run(written(tmp_path, TWO), "--yes", "--output-dir", "out", "--json") == 0

    out = json.loads(capsys.readouterr().out)
    assert (out["batch"]["rows"], out["batch"]["done"], out["batch"]["credit"]) == (2, 2, 10)
    found = lines(tmp_path / "out" / "results.jsonl")
    assert {one["row"]: (one["line"], one["state"], one["credit"]) for one in found} == {
        "cat": (2, "done", 4),
        "dog": (3, "done", 6),
    }
    assert all(Path(one["files"][0]).is_file() for one in found)
    assert (tmp_path / "out" / "index.html").is_file()
    assert out["sandbox"] is True


def test_every_fault_of_the_file_is_told_at_once_and_nothing_is_sent(tmp_path: Path, capsys):
    text = "id,prompt,size,images\na,x,3K,\nb,,,\nc,x,,@row:d\nd,x,,@row:c\na,y,,\n"

    assert run(written(tmp_path, text), "--yes", "--json") == 2

    out = json.loads(capsys.readouterr().out)
    assert [one["line"] for one in out["faults"]] == [2, 3, 4, 6]
    assert out["error"]["kind"] == "usage"
    assert charged(tmp_path) == 0
    assert not list(tmp_path.glob("**/results.jsonl"))


def test_people_read_the_faults_line_by_line_in_their_language(tmp_path: Path, capsys):
    assert run(written(tmp_path, "prompt\n\n"), "--yes", "--language", "zh") == 2

    told = capsys.readouterr()
    assert words.text("batch.fault_line", "zh", line=1, reason=words.text("batch.empty", "zh")) in told.err
    assert words.text("batch.faults", "zh", count=1) in told.err
    assert told.out == ""


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path, capsys):
    assert run(str(tmp_path / "nothing.csv"), "--yes", "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "usage"


def test_without_consent_nothing_is_spent(tmp_path: Path, capsys):
    assert run(written(tmp_path, TWO), "--json") == 2

    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["kind"], error["charged"]) == ("usage", "no")
    assert "10" in error["message"]
    assert charged(tmp_path) == 0


def test_a_dry_run_prices_the_whole_file_and_spends_nothing(tmp_path: Path, capsys):
    text = "prompt,size,model,count\na,512,,\nb,1K,,2\nc,4K,pro,\n"

    assert run(written(tmp_path, text), "--dry-run", "--json") == 0

    quote = json.loads(capsys.readouterr().out)["quote"]
    assert (quote["rows"], quote["pictures"], quote["credit"]) == (3, 4, 34)
    assert [(line["size"], line["credit"]) for line in quote["lines"]] == [("4K", 18), ("1K", 12), ("512px", 4)]
    assert charged(tmp_path) == 0


def test_a_budget_is_consent_up_to_that_many_points(tmp_path: Path, capsys):
    file = written(tmp_path, "prompt,size\n" + "".join(f"cat {n},512\n" for n in range(9)))

    assert run(file, "--max-credits", "23", "--output-dir", "out", "--json") == 11

    out = json.loads(capsys.readouterr().out)
    assert (out["batch"]["done"], out["batch"]["waiting"], out["batch"]["stopped"]) == (5, 4, "budget")
    assert charged(tmp_path) == 20
    left = [one for one in lines(tmp_path / "out" / "results.jsonl") if one["state"] == "waiting"]
    assert {one["error"]["kind"] for one in left} == {"budget"}

    assert run(file, "--max-credits", "100", "--output-dir", "out", "--json") == 0
    assert charged(tmp_path) == 36


def test_a_stored_limit_on_one_run_holds_for_the_batch_as_a_whole(tmp_path: Path, capsys):
    assert main(["limits", "set", "--per-run", "12", "--json", "--sandbox"]) == 0
    file = written(tmp_path, "prompt,size\n" + "".join(f"cat {n},512\n" for n in range(9)))

    assert run(file, "--yes", "--output-dir", "out", "--json") == 11
    assert charged(tmp_path) == 12


def test_the_same_command_again_pays_for_nothing_twice(tmp_path: Path, capsys):
    file = written(tmp_path, TWO)
    assert run(file, "--yes", "--output-dir", "out") == 0
    first = lines(tmp_path / "out" / "results.jsonl")

    assert run(file, "--output-dir", "out", "--json") == 0

    assert charged(tmp_path) == 10
    again = lines(tmp_path / "out" / "results.jsonl")
    assert [one["row"] for one in again] == ["cat", "dog"]
    assert {one["row"]: one["files"] for one in again} == {one["row"]: one["files"] for one in first}
    assert {one["row"]: one["urls"] for one in again} == {one["row"]: one["urls"] for one in first}


def test_a_row_that_was_changed_after_it_was_made_is_refused_with_its_line(tmp_path: Path, capsys):
    assert run(written(tmp_path, TWO), "--yes", "--output-dir", "out") == 0
    capsys.readouterr()

    file = written(tmp_path, TWO.replace("a cat", "a tiger"))

    assert run(file, "--yes", "--output-dir", "out", "--json") == 2
    assert [one["line"] for one in json.loads(capsys.readouterr().out)["faults"]] == [2]
    assert run(file, "--yes", "--output-dir", "out", "--name", "tigers") == 0
    assert charged(tmp_path) == 20


def test_events_carry_their_row_and_end_with_the_batch(tmp_path: Path, capsys):
    assert run(written(tmp_path, TWO), "--yes", "--output-dir", "out", "--events") == 0

    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for row, language in (("cat", "en"), ("dog", "zh")):
        own = [event for event in events if event.get("row") == row]
        assert [event["event"] for event in own if event["event"] != "progress"] == [
            "acknowledged",
            "started",
            "succeeded",
        ]
        assert {event["language"] for event in own} == {language}
        assert own[-1]["result"]["files"]
    assert events[-1]["event"] == "succeeded"
    assert "row" not in events[-1]
    assert events[-1]["batch"]["done"] == 2
    assert all(event["sandbox"] for event in events)


def test_a_failed_row_is_in_the_stream_the_file_and_on_top_of_the_sheet(tmp_path: Path, capsys):
    assert run(written(tmp_path, TWO), "--yes", "--output-dir", "out", "--events", "--sandbox-scene", "fails") == 11

    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    failed = [event for event in events if event["event"] == "failed"]
    assert [event.get("row") for event in failed[-1:]] == [None]
    assert {event["row"] for event in failed[:-1]} == {"cat", "dog"}
    assert failed[-1]["error"]["kind"] == "partial"
    assert {one["error"]["kind"] for one in lines(tmp_path / "out" / "results.jsonl")} == {"generation"}
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert page.index(words.text("batch.sheet_troubled", "en")) < page.index("cat")


def test_standard_input_is_a_file_too(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch):
    import io

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"prompt":"a cat","size":"512"}\n')))

    assert run("-", "--yes", "--output-dir", "out", "--json") == 0
    assert len(lines(tmp_path / "out" / "results.jsonl")) == 1


def test_pictures_of_the_file_lie_beside_it(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "deep"
    folder.mkdir()
    (folder / "in.png").write_bytes(drawn(None, 0, None)[0])
    (tmp_path / "here.png").write_bytes(drawn(None, 0, None)[0])
    text = "prompt,images,output\noil,in.png|here.png,x/oil\nno,gone.png,\n"

    assert run(written(folder, text), "--yes", "--output-dir", "out", "--json") == 2
    assert [one["line"] for one in json.loads(capsys.readouterr().out)["faults"]] == [3]
    assert run(written(folder, text.partition("no,")[0]), "--yes", "--output-dir", "out") == 0
    assert (tmp_path / "out" / "x" / "oil.png").is_file()


def test_four_pictures_of_a_row_stand_two_by_two_and_a_long_prompt_is_whole(tmp_path: Path):
    long = "a fox in the snow, " * 60
    text = f'prompt,size,count\n"{long}",512,4\na cat,512,2\na dog,512,1\n'

    assert run(written(tmp_path, text), "--yes", "--output-dir", "out") == 0

    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert [page.count(f"<div class='pics{shape}'>") for shape in ("", " two", " four")] == [1, 1, 1]
    assert ".pics.two,.pics.four{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}" in page
    assert long.strip() in page
    assert "clamp:" not in page


def test_links_only_leave_no_picture_and_a_sheet_of_links(tmp_path: Path, capsys):
    assert run(written(tmp_path, TWO), "--yes", "--output-dir", "out", "--no-download") == 0

    assert {file.name for file in (tmp_path / "out").iterdir()} == {"results.jsonl", "index.html"}


def test_a_page_shows_every_sign_of_a_prompt_and_obeys_none(tmp_path: Path, capsys):
    text = 'id,prompt\nx,"</div><script>alert(1)</script><img src=https://evil.example/x.png>"\n'

    assert run(written(tmp_path, text), "--yes", "--output-dir", "out") == 0

    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "<script" not in page
    assert "src=https" not in page.replace("&lt;img src=https", "")
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    ("told", "rate"),
    [
        ("20/minute", (20, 60.0)),
        ("5/2s", (5, 2.0)),
        ("100/3600", (100, 3600.0)),
        ("1/h", (1, 3600.0)),
        (" 3 / 1.5 min ", (3, 90.0)),
    ],
)
def test_a_rate_is_read_as_people_write_it(told: str, rate: tuple[int, float]):
    assert rate_of(told) == rate


@pytest.mark.parametrize("told", ["", "20", "20/", "0/s", "5/0s", "a/s", "5/fortnight", "-1/s"])
def test_what_is_no_rate_is_refused(told: str):
    with pytest.raises(UsageFault):
        rate_of(told)


# Three hundred rows, from outside, killed and continued


FAULTS = [*(f"[lost-{n}]" for n in range(5)), *(f"[refused-{n}]" for n in range(5))]
FAULTS += [*(f"[busy-{n}]" for n in range(5)), *(f"[down-{n}]" for n in range(5))]
COLUMNS = ("id", "prompt", "images", "model", "size", "aspect_ratio", "count", "output", "user")


def three_hundred(tmp_path: Path, *, broken: bool) -> Path:
    """300 rows: 40 that start from another row, 20 that ask for a fault; broken ones on request."""
    path = tmp_path / ("broken.csv" if broken else "rows.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for n in range(300):
            row = {"id": f"r{n}", "prompt": f"picture {n} of a 猫", "size": "512", "user": f"user{n % 3}"}
            if n >= 260:
                row |= {"images": f"@row:r{n - 200}", "size": "1K"}
            if n < 20:
                row["prompt"] = f"{FAULTS[n]} {n}"
            if broken:
                row |= {10: {"prompt": ""}, 20: {"count": "9"}, 30: {"images": "no.png"}}.get(n, {})
                row |= {100: {"images": "@row:r101"}, 101: {"images": "@row:r100"}, 200: {"id": "r199"}}.get(n, {})
            writer.writerow(row)
    return path


def started(file: Path, *more: str) -> subprocess.Popen[str]:
    worker = str(Path(__file__).with_name("command_worker.py"))
    argv = [sys.executable, worker, "batch", str(file), "--yes", "--output-dir", "out", "--sandbox", *more]
    return subprocess.Popen(
        [*argv, "--concurrency", "300"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


@pytest.mark.loopback
@pytest.mark.timeout(240)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this platform can't kill so hard")
def test_three_hundred_rows_are_checked_run_killed_and_continued(tmp_path: Path):
    with started(three_hundred(tmp_path, broken=True), "--json") as refused:
        told = json.loads(refused.communicate()[0])
        assert refused.returncode == 2
    # Rows refer to r200, which was renamed: that is a fault of its own.
    assert [one["line"] for one in told["faults"]] == [12, 22, 32, 102, 202]
    assert charged(tmp_path) == 0

    file = three_hundred(tmp_path, broken=False)
    with started(file, "--events") as killed:
        assert killed.stdout is not None
        done = 0
        while done < 60:
            event = json.loads(killed.stdout.readline())
            done += event["event"] == "succeeded"
        os.kill(killed.pid, signal.SIGKILL)
    torn = (tmp_path / "out" / "results.jsonl").read_bytes().split(b"\n")
    assert len(torn) > 60

    with started(file, "--json") as continued:
        summary = json.loads(continued.communicate()[0])
        assert continued.returncode == 11

    results = {one["row"]: one for one in lines(tmp_path / "out" / "results.jsonl")}
    assert len(results) == len(lines(tmp_path / "out" / "results.jsonl")) == 300
    states = Counter(one["state"] for one in results.values())
    assert {name: summary["batch"][name] for name in states} == dict(states)
    assert states["failed"] == 5
    assert 5 <= states["uncertain"] <= 13
    unsure = [row for row, one in results.items() if one["state"] == "uncertain"]
    behind = [f"r{n}" for n in range(260, 300) if f"r{n - 200}" in unsure]
    assert [row for row, one in results.items() if one["state"] == "waiting"] == behind
    assert states["done"] == 300 - 5 - states["uncertain"] - len(behind)
    for one in results.values():
        if one["state"] == "done":
            assert Path(one["files"][0]).is_file()
    _paid_once(tmp_path)
    if CHROMIUM:
        _looked_at(tmp_path / "out" / "index.html", pictures=states["done"])


def _paid_once(tmp_path: Path) -> None:
    world = sqlite3.connect(tmp_path / "state" / "memory" / "ima_sandbox.sqlite3")
    try:
        bodies = world.execute("SELECT body FROM creates WHERE accepted").fetchall()
    finally:
        world.close()
    paid = Counter(json.loads(body)["parameters"][0]["parameters"]["prompt"] for (body,) in bodies)
    assert [prompt for prompt, times in paid.items() if times > 1] == []


def _looked_at(page: Path, *, pictures: int) -> None:
    """Open the sheet without a network, and count the pictures that were really shown."""
    probe = page.with_name("probe.html")
    script = (
        "<script>addEventListener('load',()=>{document.title="
        "'shown '+[...document.images].filter(one=>one.naturalWidth>0).length})</script></body>"
    )
    text = page.read_text("utf-8").replace('loading="lazy" ', "").replace("</body>", script)
    probe.write_text(text.replace("default-src 'none'", "default-src 'none'; script-src 'unsafe-inline'"), "utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    more = ["--disable-component-update", "--disable-sync", "--timeout=60000", "--dump-dom"]
    profile = f"--user-data-dir={page.parent.parent / 'profile'}"
    argv = [str(CHROMIUM), *flags.split(), *more, "--host-resolver-rules=MAP * ~NOTFOUND", profile, probe.as_uri()]
    shown = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True)
    assert f"<title>shown {pictures}</title>" in shown.stdout


@pytest.mark.loopback
def test_ctrl_c_sends_no_more_and_says_how_to_continue(tmp_path: Path):
    file = Path(written(tmp_path, "id,prompt,size\n" + "".join(f"r{n},cat {n},512\n" for n in range(60))))
    with started(file, "--events", "--rate", "3/3000s") as stopped:
        assert stopped.stdout is not None
        while json.loads(stopped.stdout.readline())["event"] != "succeeded":
            pass
        stopped.send_signal(signal.SIGINT)
        last = [json.loads(line) for line in stopped.stdout][-1]
        assert stopped.wait(90) == 130

    assert last["event"] == "interrupted"
    assert last["error"]["kind"] == "interrupted"
    assert f"nano-banana batch {file}" in last["error"]["suggestion"]
    sent = 60 - last["batch"]["waiting"]
    assert 1 <= sent <= 3
    assert charged(tmp_path) == 4 * sent
    assert {one["state"] for one in lines(tmp_path / "out" / "results.jsonl")} == {"done"}

    with started(file, "--json") as continued:
        assert json.loads(continued.communicate()[0])["batch"]["done"] == 60
    assert charged(tmp_path) == 240


def test_a_row_with_several_faults_is_told_them_all_its_lost_image_too(tmp_path: Path, capsys):
    text = "prompt,size,count,images\n,3K,two,gone.png\n"

    assert run(written(tmp_path, text), "--yes", "--json") == 2

    faults = json.loads(capsys.readouterr().out)["faults"]
    assert [one["line"] for one in faults] == [2] * 4


def test_what_may_be_gbk_is_asked_about_before_it_is_paid_for(tmp_path: Path, capsys):
    path = tmp_path / "cats.csv"
    path.write_bytes("提示词,尺寸\n猫,512\n".encode("gbk"))
    assert run(str(path), "--yes", "--json") == 2
    assert run(str(path), "--yes", "--json", "--encoding", "latin-9") == 2
    path.write_bytes("prompt,size\n猫,512\n".encode("gbk"))
    capsys.readouterr()

    assert run(str(path), "--yes", "--json", "--language", "zh") == 2

    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert "猫" in fault["message"]
    assert "--encoding gbk" in fault["suggestion"]
    assert charged(tmp_path) == 0
    assert run(str(path), "--yes", "--output-dir", "out", "--encoding", "gbk") == 0
    path.write_bytes("提示词,尺寸\n香蕉,512\n".encode("gbk"))
    assert run(str(path), "--yes", "--output-dir", "out2", "--encoding", "gbk", "--name", "b") == 0
    assert charged(tmp_path) == 8


def test_a_file_of_results_that_cannot_be_placed_is_refused_before_anything_is_paid(tmp_path: Path, capsys):
    (tmp_path / "out" / "results.jsonl").mkdir(parents=True)

    assert run(written(tmp_path, TWO), "--yes", "--output-dir", "out", "--json") == 2

    assert json.loads(capsys.readouterr().out)["error"]["charged"] == "no"
    assert charged(tmp_path) == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rows_whose_line_cannot_be_written_are_paid_for_said_and_handed_over_later(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch, language: str
):
    path = written(tmp_path, "id,prompt,size\n" + "".join(f"r{n},picture {n},512\n" for n in range(6)))
    command = (path, "--yes", "--output-dir", "out", "--concurrency", "1", "--json", "--language", language)
    monkeypatch.setattr(results.Results, "_write", disk_that_fills_after(2))

    assert run(*command) == 12

    out = json.loads(capsys.readouterr().out)
    assert (out["error"]["kind"], out["error"]["charged"]) == ("download", "yes")
    assert "results.jsonl" in out["error"]["message"]
    assert out["batch"]["waiting"] > 0  # no more rows are begun once nobody can be told of them
    assert len(lines(tmp_path / "out" / "results.jsonl")) == 2
    paid = charged(tmp_path)
    assert paid == out["batch"]["credit"] < 24
    assert untold(tmp_path) == paid // 4 - 2

    monkeypatch.undo()
    quick_again(tmp_path, monkeypatch)
    assert run(*command) == 0
    assert len(lines(tmp_path / "out" / "results.jsonl")) == 6
    assert (charged(tmp_path), untold(tmp_path)) == (24, 0)


def test_a_line_that_was_cut_by_a_full_disk_is_taken_back(tmp_path: Path):
    whole = results.Results(tmp_path)
    whole.add({"row": "a"})
    whole.place()
    file = whole._file
    whole._file = Short(file)

    with pytest.raises(DownloadFault):
        whole.add({"row": "b"})
    whole._file = file
    whole.close()

    assert lines(tmp_path / "results.jsonl") == [{"row": "a"}]
    assert whole.fault is not None


def test_two_runs_of_one_batch_do_not_write_over_each_others_results(tmp_path: Path):
    out = tmp_path / "out"
    out.mkdir()
    first, second = results.Results(out), results.Results(out)
    for one in (first, second):
        one.add({"row": "a"})
        one.place()
        one.add({"row": "b"})
    first.close()
    second.close()

    assert (first.fault, second.fault) == (None, None)
    assert lines(out / "results.jsonl") == [{"row": "a"}, {"row": "b"}]
    assert [path.name for path in out.iterdir()] == ["results.jsonl"]
