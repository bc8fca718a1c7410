"""The script itself: read by every Python 3, and clear about what it lacks."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "ima_image_create.py"


@pytest.fixture(autouse=True)
def _without_uv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))


def run(*argv: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run the script in a bare interpreter, after ``before`` has changed the world for it."""
    code = f"import sys\nsys.argv = {[str(SCRIPT), *argv]!r}\n{before}\nimport runpy\n"
    code += f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)


def test_an_old_python_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 6))


OLD = "sys.version_info = (3, 8, 10, 'final', 0)"


@pytest.mark.parametrize(("language", "word"), [("zh", "需要 Python 3.11"), ("en", "Python 3.11 or newer is needed")])
def test_an_old_python_says_what_is_needed_in_one_line(language: str, word: str) -> None:
    done = run("--prompt", "x", "--language", language, before=OLD)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(word)
    assert len(done.stderr.splitlines()) == 1


def test_an_old_python_answers_programs_in_json() -> None:
    done = run("--output-json", before=OLD)
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["kind"], error["charged"]) == (2, "usage", "no")
    done = run("--events", before=OLD)
    assert json.loads(done.stdout)["event"] == "failed"


@pytest.mark.parametrize(("language", "first"), [("zh", "❌ 图片生成失败"), ("en", "❌ Image generation failed")])
def test_what_the_bare_script_refuses_has_the_keys_and_the_whole_text_of_every_failure(
    language: str, first: str
) -> None:
    said = ("--prompt", "x", "--language", language, "--sandbox")
    full = run("--prompt", " ", *said[2:], "--output-json")
    keys = set(json.loads(full.stdout)["error"]) - {"hint"}
    error = json.loads(run(*said, "--output-json", before=OLD).stdout)["error"]
    assert set(error) == keys
    assert error["message_full"].splitlines()[0] == first
    assert error["message"] in error["message_full"]
    assert error["suggestion"] in error["message_full"]
    event = json.loads(run(*said, "--events", before=OLD).stdout)
    assert (event["message"], event["error"], event["sandbox"]) == (error["message_full"], error, True)


MISSING = "import importlib.util as u\nf = u.find_spec\nu.find_spec = lambda n, p=None: None if n == 'PIL' else f(n, p)"


def test_a_missing_package_is_named_with_the_one_command_that_installs_all(tmp_path: Path) -> None:
    done = run("--prompt", "x", before=MISSING)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    place = tmp_path / "state" / "venvs" / "ai-nano-banana-ima"
    command = f'python3 -m venv "{place}" && "{place}/bin/python" -m pip install --require-hashes -r "'
    assert command in done.stderr
    assert "Ask the user" in done.stderr
    told = json.loads(run("--prompt", "x", "--output-json", before=MISSING).stdout)["error"]["suggestion"]
    assert command in told
    pins = Path(told.rpartition('-r "')[2].partition('"')[0])
    assert pins.read_text("utf-8").count("--hash=sha256:") > 5


def made(place: Path) -> Path:
    """Put a program there that says how it was started, in place of a Python with the packages."""
    place.parent.mkdir(parents=True)
    place.write_text('#!/bin/sh\necho "started: $@"\n', "utf-8")
    place.chmod(0o755)
    return place


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for Python")
def test_the_environment_that_the_advice_makes_is_found_and_used(tmp_path: Path) -> None:
    made(tmp_path / "state" / "venvs" / "ai-nano-banana-ima" / "bin" / "python")
    done = run("--prompt", "a b", before=MISSING)
    assert (done.returncode, done.stdout) == (0, f"started: -X ima-again {SCRIPT} --prompt a b\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for uv")
@pytest.mark.parametrize("before", [MISSING, OLD])
def test_uv_makes_the_environment_with_checked_hashes_and_without_the_key(
    tmp_path: Path, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    uv = made(tmp_path / "programs" / "uv")
    uv.write_text(
        "#!/bin/sh\n"
        f'echo "$PWD key=$IMA_API_KEY $@" >> "{said}"\n'
        'test "$1" = venv || exit 0\nfor last; do :; done\n'
        """mkdir -p "$last/bin"; printf '#!/bin/sh\\necho "started: $@"\\n' > "$last/bin/python"\n"""
        'chmod +x "$last/bin/python"\n',
        "utf-8",
    )
    monkeypatch.setenv("PATH", f"{uv.parent}:/usr/bin:/bin")
    monkeypatch.setenv("IMA_API_KEY", "ima_secret")
    done = run("--prompt", "x", before=before)
    assert done.stdout == f"started: -X ima-again {SCRIPT} --prompt x\n", done.stderr
    first, second = said.read_text("utf-8").splitlines()
    assert f"{SCRIPT.parent} key= venv" in first
    assert "--require-hashes" in second
    assert run("--prompt", "y", before=before).stdout.endswith("--prompt y\n")
    assert len(said.read_text("utf-8").splitlines()) == 2  # the second start asks uv for nothing


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for uv")
def test_a_uv_that_fails_is_told_with_what_to_ask_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv = made(tmp_path / "programs" / "uv")
    uv.write_text("#!/bin/sh\necho 'no route to host' >&2\nexit 2\n", "utf-8")
    monkeypatch.setenv("PATH", f"{uv.parent}:/usr/bin:/bin")
    error = json.loads(run("--prompt", "x", "--output-json", "--language", "en", before=MISSING).stdout)["error"]
    assert "no route to host" in error["message"]
    assert "ask for network access and for write access to" in error["message"]
    assert not list((tmp_path / "state" / "venvs").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for uv")
def test_a_uv_in_the_current_folder_is_a_strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv = made(tmp_path / "project" / "bin" / "uv")
    uv.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", "utf-8")
    monkeypatch.chdir(tmp_path / "project")
    for path in (f"{uv.parent}:/usr/bin", "bin:/usr/bin"):
        monkeypatch.setenv("PATH", path)
        assert run("--prompt", "x", before=MISSING).returncode == 2
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for uv")
@pytest.mark.parametrize("where", ["/", "home", "."])
def test_a_uv_below_the_home_is_used_in_whatever_folder_of_theirs_the_user_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    uv = made(tmp_path / "home" / ".local" / "bin" / "uv")
    uv.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 2\n", "utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{uv.parent}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path / where)
    run("--prompt", "x", before=MISSING)
    assert (tmp_path / "ran").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="HOME is no variable there")
@pytest.mark.parametrize("told", [{}, {"OPENCLAW_STATE_DIR": ".openclaw"}, {"OPENCLAW_STATE_DIR": "~/.openclaw"}])
def test_a_state_folder_that_is_no_whole_path_never_starts_what_lies_in_a_strangers_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, str]
) -> None:
    python = made(tmp_path / "project" / ".openclaw" / "venvs" / "ai-nano-banana-ima" / "bin" / "python")
    python.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", "utf-8")
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("HOME", ".")
    monkeypatch.delenv("OPENCLAW_STATE_DIR")
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    done = run("--prompt", "x", "--output-json", "--language", "en", before=MISSING)
    assert (done.returncode, done.stderr) == (2, "")
    assert json.loads(done.stdout)["error"]["message"] == "The state folder is no full path."
    assert not (tmp_path / "ran").exists()


def test_help_needs_no_package() -> None:
    done = run("--help", before=MISSING)
    assert done.returncode == 0
    assert done.stdout.startswith("Example:")


def test_the_script_asks_for_no_package_that_a_run_does_not_need() -> None:
    header = re.search(r"# /// script\n((?:# .*\n)+)# ///", SCRIPT.read_text("utf-8"))
    assert header is not None
    told = tomllib.loads("".join(line.removeprefix("# ") + "\n" for line in header[1].splitlines()))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(told["dependencies"]) <= set(project["dependencies"])
    left = {one.partition(">")[0] for one in set(project["dependencies"]) - set(told["dependencies"])}
    assert left == {"rich"}  # decoration for a person at a terminal
    assert told["requires-python"] == project["requires-python"]
