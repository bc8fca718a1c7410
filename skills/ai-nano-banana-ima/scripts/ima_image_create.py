#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["httpx2>=2.12,<3", "rich>=13.9", "pillow>=12", "starlette>=1.3.1", "tenacity>=9", "tzdata>=1"]
# ///
"""Make and edit images with Nano Banana through the IMA Open API: the door for agents.

    python3 scripts/ima_image_create.py --prompt "a cute puppy on grass" --size 1K --output-json

This file must be readable by every Python 3, so that an old one can say what it lacks.
"""

import json
import sys
from pathlib import Path

OLDEST = (3, 11)
PACKAGES = {
    "ima_nano_banana": "ima-nano-banana",
    "httpx2": "httpx2",
    "PIL": "pillow",
    "rich": "rich",
    "starlette": "starlette",
    "tenacity": "tenacity",
}


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
        answer = {"event": "failed", "message": message, "language": error["language"], "elapsed_seconds": 0.0}
        answer["error"] = error
    write(sys.stdout, json.dumps(answer))
    return 2


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


def main() -> int:
    """Find the program beside this file, or installed, and hand over."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        return refuse(
            "需要 Python 3.11 或更新版本,当前是 " + found + "。",
            "Python 3.11 or newer is needed; this is " + found + ".",
            "请安装新版 Python,或用 uv run 运行本脚本。",
            "Install a newer Python, or start this script with: uv run",
        )
    script = Path(__file__).resolve()
    for source in (script.parent / "src", script.parent.parent / "src"):
        if (source / "ima_nano_banana").is_dir():
            sys.path.insert(0, str(source))
            break
    lacking = missing()
    if lacking and "--help" not in sys.argv and "-h" not in sys.argv:
        install = "python3 -m pip install " + " ".join(lacking)
        return refuse(
            "缺少 Python 包:" + ", ".join(lacking) + "。",
            "Python packages are missing: " + ", ".join(lacking) + ".",
            "请运行:" + install,
            "Run: " + install,
        )
    from ima_nano_banana.doors import early, skill

    return early.run(lambda: skill.main(script=str(script)), sys.argv[1:])


if __name__ == "__main__":
    try:
        code = main()
    except KeyboardInterrupt:
        from ima_nano_banana.doors.early import stopped

        code = stopped(sys.argv[1:])
    sys.exit(code)
