"""The log helps and betrays nothing."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from ima_nano_banana.local import logs

KEY = "ima_s3cr3t"
LOG = logging.getLogger("ima_nano_banana.service.client")
posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


@pytest.fixture(autouse=True)
def silent_again():
    levels = {name: logging.getLogger(name).level for name in (logs.PACKAGE, "httpx2", "httpcore2")}
    yield
    logs.close()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def folder(root):
    return root / "logs" / "ima_skills"


def rows(root) -> list[dict]:
    files = sorted(folder(root).glob("*.log"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def test_nothing_is_made_before_there_is_something_to_log_d50(tmp_path):
    logs.configure(tmp_path)
    assert not (tmp_path / "logs").exists()


def test_a_line_tells_when_who_and_what(tmp_path):
    logs.configure(tmp_path)
    LOG.info("%s %s %d", "GET", "api.imastudio.com/open/v1/product/list", 200)
    LOG.debug("too much")
    (row,) = rows(tmp_path)
    assert row.pop("time")[:10] == f"{datetime.now().astimezone():%Y-%m-%d}"
    assert row == {
        "level": "INFO",
        "pid": os.getpid(),
        "at": LOG.name,
        "message": "GET api.imastudio.com/open/v1/product/list 200",
    }
    assert [file.name for file in folder(tmp_path).iterdir()] == [
        f"ima_create_{datetime.now().astimezone():%Y%m%d}.log"
    ]


@posix
def test_log_files_and_folders_are_private_d30(tmp_path):
    folder(tmp_path).mkdir(parents=True, mode=0o755)
    logs.configure(tmp_path)
    LOG.info("x")
    (file,) = folder(tmp_path).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder(tmp_path).stat().st_mode) == 0o700


def test_keys_and_signed_addresses_never_reach_the_file_d30(tmp_path):
    logs.configure(tmp_path, KEY)
    LOG.warning("%s Bearer %s", KEY, "ima_found_later")
    LOG.warning("https://cdn.example/a/%s/x.png?Expires=1&Signature=abcdef", KEY)
    LOG.warning("unknown ima_0123456789abcdef0123456789abcdef")
    text = "".join(file.read_text() for file in folder(tmp_path).iterdir())
    for secret in (KEY, "ima_found_later", "Signature", "abcdef"):
        assert secret not in text
    assert "https://cdn.example/a/ima_***/x.png" in text


def test_what_other_packages_say_is_not_written_but_that_they_spoke_is(tmp_path, capfd):
    logs.configure(tmp_path)
    logging.getLogger("asyncio").error("Task exception was never retrieved: KeyError('a secret prompt')")
    logging.getLogger("httpx2").info("GET https://cdn.example/x?Signature=1")
    (row,) = rows(tmp_path)
    assert (row["at"], row["level"]) == ("asyncio", "ERROR")
    assert "message" not in row
    assert capfd.readouterr() == ("", "")


def test_a_defect_is_found_under_its_report_id_without_the_values_that_caused_it(tmp_path, capfd):
    logs.configure(tmp_path)

    def draw(prompt: str) -> None:
        try:
            raise KeyError(prompt)
        except KeyError as cause:
            raise ValueError(f"cannot draw {prompt}") from cause

    with pytest.raises(ValueError, match="cannot") as caught:
        draw("a secret prompt")
    number = logs.report(caught.value)
    (row,) = rows(tmp_path)
    assert number in row["message"]
    assert row["error"][0].startswith("ValueError at test_local_logs.py:")
    assert row["error"][1].startswith("KeyError at ")
    assert "secret prompt" not in json.dumps(row)
    assert capfd.readouterr() == ("", "")


def test_an_exception_that_causes_itself_is_no_endless_entry(tmp_path):
    logs.configure(tmp_path)
    one, two = ValueError(), KeyError()
    one.__cause__, two.__cause__ = two, one
    logs.report(one)
    assert len(rows(tmp_path)[0]["error"]) == 10


def test_a_report_without_a_log_is_silent(capfd):
    assert len(logs.report(ValueError("x"))) == 8
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("blocked", ["logs", "logs/ima_skills"])
def test_a_log_that_can_not_be_written_stops_nothing_and_says_nothing(tmp_path, capfd, blocked):
    wrong = tmp_path / blocked
    wrong.parent.mkdir(exist_ok=True)
    wrong.touch()
    logs.configure(tmp_path)
    LOG.error("x")
    logs.report(ValueError("x"))
    assert capfd.readouterr() == ("", "")


@posix
def test_a_pipe_in_place_of_the_file_never_blocks(tmp_path):
    folder(tmp_path).mkdir(parents=True)
    os.mkfifo(folder(tmp_path) / f"ima_create_{datetime.now().astimezone():%Y%m%d}.log")
    logs.configure(tmp_path)
    LOG.info("x")


def test_our_files_are_kept_seven_days_and_those_of_others_for_ever(tmp_path):
    folder(tmp_path).mkdir(parents=True)
    today = datetime.now().astimezone()
    days = {number: f"ima_create_{today - timedelta(days=number):%Y%m%d}.log" for number in (0, 6, 7, 8, 400)}
    foreign = ["ima_voice_20200101.log", "ima_create_20200101.log.keep", "notes.txt"]
    old_part = "ima_create_20200101.3.log"
    for name in (*days.values(), *foreign, old_part):
        (folder(tmp_path) / name).touch()
    logs.configure(tmp_path)
    assert {file.name for file in folder(tmp_path).iterdir()} == {days[0], days[6], days[7], *foreign}


def test_a_file_of_ten_megabytes_is_numbered_and_a_new_one_begun(tmp_path):
    logs.configure(tmp_path)
    LOG.info("first")
    (file,) = folder(tmp_path).glob("*.log")
    for number in (1, 2):
        os.truncate(file, logs.MAX_BYTES)
        LOG.info("next")
        assert file.stat().st_size < 1000
        assert file.with_suffix(f".{number}.log").stat().st_size == logs.MAX_BYTES


WRITER = """
import logging, sys
from pathlib import Path
from ima_nano_banana.local import logs
logs.MAX_BYTES = 4000
logs.configure(Path(sys.argv[1]))
for number in range(100):
    logging.getLogger("ima_nano_banana").info("line %s-%d", sys.argv[2], number)
"""


def test_no_line_is_lost_or_torn_when_processes_write_and_rotate_together(tmp_path):
    args = [sys.executable, "-c", WRITER, str(tmp_path)]
    processes = [subprocess.Popen([*args, str(number)]) for number in range(3)]
    assert [process.wait(60) for process in processes] == [0] * 3
    lines = {row["message"] for row in rows(tmp_path)}
    assert lines == {f"line {process}-{number}" for process in range(3) for number in range(100)}


def test_configuring_again_replaces_the_first_log(tmp_path):
    logs.configure(tmp_path / "a")
    logs.configure(tmp_path / "b")
    LOG.info("x")
    assert not (tmp_path / "a").exists()
    assert len(rows(tmp_path / "b")) == 1
