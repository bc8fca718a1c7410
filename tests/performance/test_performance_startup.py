"""What the skill script has loaded when its first byte leaves: a list of modules, as a stopwatch would flake."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.loopback

SCRIPT = Path(__file__).parents[2] / "scripts" / "ima_image_create.py"

# httpx2 and what it stands on.
THIRD_PARTY = {"httpx2", "httpcore2", "anyio", "h11", "idna", "truststore", "typing_extensions", "sniffio"}
# Tried by the libraries above, and absent or harmless.
TRIED = {
    "brotli",
    "brotlicffi",
    "zstandard",
    "compression",
    "backports",
    "socksio",
    "h2",
    "exceptiongroup",
    "trio",
    "org",
}
LATER = {
    "sqlite3",
    "uuid",
    "concurrent.futures.thread",
    "difflib",
    "ima_nano_banana.domain.offers",
    "ima_nano_banana.domain.schedule",
    "ima_nano_banana.doors.references",
    "ima_nano_banana.doors.human",
    "ima_nano_banana.doors.terminal",
    "ima_nano_banana.engine.fetch",
    "ima_nano_banana.engine.follow",
    "ima_nano_banana.engine.job",
    "ima_nano_banana.engine.spend",
}
LATER_ROOMS = {"batch", "deliver", "ledger", "pictures", "sandbox"}


def loaded(stderr: str) -> set[str]:
    """Read what ``-X importtime`` wrote."""
    lines = [line for line in stderr.splitlines() if line.startswith("import time:") and "self [us]" not in line]
    return {line.rpartition("|")[2].strip() for line in lines}


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "IMA_API_KEY": "ima_" + "0" * 32, "OPENCLAW_STATE_DIR": str(tmp_path / "state"), **more}


def modules_at_first_byte(tmp_path: Path, *argv: str) -> tuple[set[str], bytes]:
    """Run the script against a proxy that listens to the first bytes and then stops it."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(60)
        port = proxy.getsockname()[1]
        child = subprocess.Popen(
            [sys.executable, "-X", "importtime", str(SCRIPT), *argv],
            env=environment(tmp_path, HTTPS_PROXY=f"http://127.0.0.1:{port}", NO_PROXY=""),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        try:
            line, _ = proxy.accept()
            with line:
                first = line.recv(1000)
                child.kill()
        finally:
            child.kill()
            _, stderr = child.communicate()
    return loaded(stderr), first


def bare_modules() -> set[str]:
    """What an interpreter of this environment loads for nothing at all."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "pass"], capture_output=True, text=True, check=True
    )
    return loaded(done.stderr)


def test_the_first_question_leaves_before_anything_is_loaded_that_it_does_not_need(tmp_path):
    modules, first = modules_at_first_byte(tmp_path, "--prompt", "a cat", "--output-json")
    assert first.startswith(b"CONNECT api.imastudio.com:443 ")
    assert "httpx2" in modules
    foreign = {name.partition(".")[0] for name in modules - bare_modules()} - set(sys.stdlib_module_names)
    assert foreign - TRIED <= THIRD_PARTY | {"ima_nano_banana"}
    assert modules & LATER == set()
    rooms = {name.split(".")[1] for name in modules if name.startswith("ima_nano_banana.")}
    assert rooms & LATER_ROOMS == set()


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["--prompt", " ", "--output-json"], ["--nonsense"]])
def test_what_needs_no_network_loads_no_http_client_and_no_ledger(tmp_path, argv):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(SCRIPT), *argv],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode in (0, 2)
    assert loaded(done.stderr) & {"httpx2", "httpcore2", "anyio", "sqlite3", "rich", "click", "PIL"} == set()
