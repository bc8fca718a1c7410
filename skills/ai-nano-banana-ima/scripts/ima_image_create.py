#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["httpx2>=2.12,<3", "pillow>=12", "tenacity>=9", "tzdata>=1"]
# ///
"""Make and edit images with Nano Banana through the IMA Open API: the door for agents.

    python3 scripts/ima_image_create.py --prompt "a cute puppy on grass" --size 1K --output-json

This file must be readable by every Python 3, so that an old one can say what it lacks.
"""

import json
import os
import sys
from pathlib import Path

OLDEST = (3, 11)
PACKAGES = {"ima_nano_banana": "ima-nano-banana", "httpx2": "httpx2", "PIL": "pillow", "tenacity": "tenacity"}
NAME = "ai-nano-banana-ima"
AGAIN = "ima-again"
PATIENCE = 300.0
"""Seconds for fetching the packages; a network that is closed is noticed in ten."""


def refuse(zh: str, en: str, zh_advice: str, en_advice: str) -> int:
    """Say in one line what is missing, to whoever reads the output, and return the exit code of a usage error."""
    argv = sys.argv[1:]
    asked = ""
    for at, word in enumerate(argv):
        if word == "--language":
            asked = (argv[at + 1 :] or [""])[0]
        elif word.startswith("--language="):
            asked = word.split("=", 1)[1]
    # Without --language both are said: the rules that judge a prompt's language may be out of reach here.
    chosen = 0 if asked.lower().startswith("zh") else 1 if asked else 2
    message = (zh, en, zh + " / " + en)[chosen]
    advice = (zh_advice, en_advice, zh_advice + " / " + en_advice)[chosen]
    if "--output-json" not in argv and "--json" not in argv and "--events" not in argv:
        write(sys.stderr, message + " " + advice)
        return 2
    error = {
        "kind": "usage",
        "message": message,
        "suggestion": advice,
        "message_full": whole(chosen, message, advice),
        "detail": None,
        "phase": "validate",
        "ima_code": None,
        "http_status": None,
        "task_id": None,
        "retryable": False,
        "charged": "no",
        "resume_command": None,
        "language": "zh" if chosen == 0 else "en",
        "sandbox": "--sandbox" in argv,
    }
    answer = {"error": error}
    if "--events" in argv:
        answer = {"event": "failed", "message": error["message_full"], "language": error["language"]}
        answer.update({"elapsed_seconds": 0.0, "error": error})
        if error["sandbox"]:
            answer["sandbox"] = True
    write(sys.stdout, json.dumps(answer))
    return 2


def whole(chosen: int, message: str, advice: str) -> str:
    """Return the whole text of a failure, as the program itself says it; trying again would change nothing."""
    head = ("❌ 图片生成失败", "❌ Image generation failed", "❌ 图片生成失败 / Image generation failed")[chosen]
    reason = ("• 原因:", "• Reason: ", "• 原因 / Reason: ")[chosen]
    suggestion = ("• 建议:", "• Suggestion: ", "• 建议 / Suggestion: ")[chosen]
    return head + "\n" + reason + message + "\n" + suggestion + advice


def write(stream, text: str) -> None:  # noqa: ANN001 -- typing.TextIO is a slow import
    """Write a line that any console can show."""
    try:
        stream.write(text + "\n")
    except UnicodeEncodeError:
        stream.write(text.encode("ascii", "backslashreplace").decode("ascii") + "\n")


def missing() -> list:
    """Return the packages that are not installed, by the names that pip knows."""
    from importlib.util import find_spec

    return sorted(package for module, package in PACKAGES.items() if find_spec(module) is None)


def state():  # noqa: ANN201 -- "Path | None" is no Python 3.6
    """Return the folder of this program's files, as the program itself finds it.

    ``None`` if it is no whole path, which the program refuses too: it would be a stranger's folder wherever the
    user happens to be, and what lies there would be started with the key.
    """
    try:
        place = Path(os.environ.get("OPENCLAW_STATE_DIR", "").strip() or "~/.openclaw").expanduser()
    except (RuntimeError, KeyError):
        return None
    return place if place.is_absolute() else None


def python_of(place: Path) -> Path:
    """Return the Python of an environment."""
    return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def environment() -> Path:
    """Return where the packages lie if they are not where this Python looks: one place for uv and for pip."""
    return state() / "venvs" / NAME


def pins(script: Path) -> Path:
    """Return the list of packages, beside this file or in the checkout."""
    here = script.parent.parent
    found = [here / "requirements.txt", here / "skills" / NAME / "requirements.txt"]
    return next((path for path in found if path.is_file()), found[0])


def by_hand(script: Path) -> str:
    """Return the one command that makes the environment; no system refuses it, as it is none of the system's own."""
    place = environment()
    words = ("-m pip install --require-hashes -r", '"' + str(pins(script)) + '"')
    return 'python3 -m venv "' + str(place) + '" && "' + str(python_of(place)) + '" ' + " ".join(words)


def again(script: Path) -> tuple:
    """Start again where the packages are: in the environment that was made for this, or that uv makes now.

    Returns only if there is none: a sentence on why, in both languages.
    """
    if AGAIN in getattr(sys, "_xoptions", {}) or state() is None:
        return ("", "")
    place = environment()
    digest = fingerprint(pins(script))
    made = place / "made-by-uv"
    current = not made.exists() or made.read_text("ascii") == digest
    if python_of(place).exists() and current:
        start(python_of(place), script)
    uv = program("uv")
    if uv is None:
        return ("", "")
    notice = "Fetching the pinned Python packages once, with uv, into " + str(place)
    write(sys.stderr, "正在用 uv 获取所需的 Python 包（只需一次）：" + str(place) + " / " + notice)
    problem = fetch(uv, script, place, digest)
    if problem is None:
        start(python_of(place), script)
    why = problem or "?"
    return (
        "uv 没能获取它们（" + why + "）；在沙盒里请申请联网权限和 " + str(state()) + " 的写权限。",
        " uv could not fetch them ("
        + why
        + "); in a sandbox, ask for network access and for write access to "
        + str(state())
        + ".",
    )


def fingerprint(file: Path) -> str:
    """Return what tells one list of packages from another."""
    import hashlib

    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def program(name: str):  # noqa: ANN201 -- "str | None" is no Python 3.6
    """Return a program on PATH, but none that lies in the current folder: a stranger may have put it there.

    A current folder that holds the user's home too, such as that itself, is no project of a stranger's.
    """
    import shutil

    places = [one for one in os.environ.get("PATH", "").split(os.pathsep) if Path(one).is_absolute()]
    found = shutil.which(name, path=os.pathsep.join(places)) if places else None
    if found is None or not Path(found).is_absolute():
        return None
    try:
        here, home = Path.cwd().resolve(), Path("~").expanduser().resolve()
        inside = here in (*Path(found).parents, *Path(found).resolve().parents)
        inside = inside and here != home and here not in home.parents
    except (OSError, RuntimeError, KeyError):
        inside = False
    return None if inside else found


def fetch(uv: str, script: Path, place: Path, digest: str):  # noqa: ANN201
    """Make the environment with uv, from wheels whose hashes are known; return what went wrong, or ``None``.

    It is made aside and gets its name when it is whole. uv works in this file's folder, so that no settings of
    the folder in which the user happens to be have a say in where packages come from, and it never has the key.
    """
    import shutil
    import subprocess

    draft = place.with_name(place.name + "." + str(os.getpid()))
    env = {name: value for name, value in os.environ.items() if not name.startswith("IMA_") and name != "VIRTUAL_ENV"}
    env.update({"UV_HTTP_CONNECT_TIMEOUT": "4", "UV_HTTP_RETRIES": "1"})
    checked = ("--require-hashes", "--only-binary", ":all:")
    steps = (
        [uv, "venv", "--quiet", "--no-project", "--python", ">=3.11", str(draft)],
        [uv, "pip", "install", "--quiet", "--python", str(python_of(draft)), *checked, "-r", str(pins(script))],
    )
    try:
        draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for step in steps:
            # An argument list, the program found on PATH.
            told = {"cwd": str(script.parent), "env": env, "timeout": PATIENCE, "check": False}
            done = subprocess.run(step, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **told)  # noqa: PLW1510, S603, UP022
            if done.returncode:
                return last_line(done.stderr)
        (draft / "made-by-uv").write_text(digest, "ascii")
        if place.exists():
            place.replace(str(draft) + ".old")
        draft.replace(place)
    except subprocess.TimeoutExpired:
        return "timeout"
    except OSError as error:
        # Another start may have been quicker; what it made is as good.
        return None if python_of(place).exists() else str(error.strerror or error)
    finally:
        for left in (str(draft), str(draft) + ".old"):
            shutil.rmtree(left, ignore_errors=True)
    return None


def last_line(told: bytes) -> str:
    """Return the last thing that a program said, short."""
    lines = [line.strip() for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else "?"


def start(python: Path, script: Path) -> None:
    """Become this script under another Python; return only if that can't be started."""
    words = [str(python), "-X", AGAIN, str(script), *sys.argv[1:]]
    if os.name != "nt":
        try:
            os.execv(words[0], words)  # noqa: S606
        except OSError:
            return
    import subprocess

    sys.exit(subprocess.call(words))  # noqa: S603


def main() -> int:
    """Find the program beside this file, or installed, and hand over."""
    script = Path(__file__).resolve()
    if sys.version_info < OLDEST:
        again(script)
        found = ".".join(str(part) for part in sys.version_info[:3])
        return refuse(
            "需要 Python 3.11 或更新版本，当前是 " + found + "。",
            "Python 3.11 or newer is needed; this is " + found + ".",
            "请安装新版 Python，或安装 uv（本脚本会自动使用它）。",
            "Install a newer Python, or uv, which this script then uses by itself.",
        )
    for source in (script.parent / "src", script.parent.parent / "src"):
        if (source / "ima_nano_banana").is_dir():
            sys.path.insert(0, str(source))
            break
    lacking = missing()
    if lacking and "--help" not in sys.argv and "-h" not in sys.argv:
        if state() is None:
            return refuse(
                "状态文件夹不是完整路径。",
                "The state folder is no full path.",
                "请把 OPENCLAW_STATE_DIR 设为完整路径。",
                "Set OPENCLAW_STATE_DIR to a full path.",
            )
        told = again(script)
        advice = by_hand(script)
        return refuse(
            "缺少 Python 包：" + ", ".join(lacking) + "。" + told[0],
            "Python packages are missing: " + ", ".join(lacking) + "." + told[1],
            "征得用户同意后运行一次：" + advice,
            "Ask the user, then run once: " + advice,
        )
    from ima_nano_banana.doors import early

    with early.starting(sys.argv[1:]) as end:
        from ima_nano_banana.doors import skill

        end.code = skill.main(script=str(script))
    return end.code


if __name__ == "__main__":
    try:
        code = main()
    except KeyboardInterrupt:
        from ima_nano_banana.doors.early import stopped

        code = stopped(sys.argv[1:])
    sys.exit(code)
