"""Run every command that the evaluations expect, on the sandbox, and compare what came out.

    python3 evals/check.py

An agent's own choices are judged against ``evals.json``: which utterances it acts on, and with which command.
This page only makes sure that every expected command does what the entry says.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EVALS = Path(__file__).with_name("evals.json")
COMPARED = ("model_id", "size", "aspect_ratio", "task_type", "count", "credit", "language", "sandbox", "replayed")
COUNTED = ("results", "tasks", "notes")
NEVER = (" --", "nano-banana ", ".py", "TASK", "task_id", "/memory/", "{")
"""What no message to a user holds."""


def entries() -> list[dict]:
    """Return every evaluation."""
    return json.loads(EVALS.read_text("utf-8"))["evals"]


def split(command: str) -> tuple[list[str], str | None]:
    """Return the arguments of one command line of the runbook, and what its here-document says.

    Raises:
        ValueError: the line is more than one command.
    """
    head, _, rest = command.replace("\\\n", " ").partition("\n")
    told = None
    if found := re.search(r"\s<<'(\w+)'$", head):
        head, told = head[: found.start()], rest.partition(f"\n{found[1]}")[0] + "\n"
    words = shlex.split(head, comments=True)
    if set(words) & {"|", ";", "&&", ">", "&"} or (rest.strip() and told is None):
        raise ValueError(command)
    return words, told


def prepared(command: str, base: Path = ROOT, task_id: str = "TASK_ID") -> tuple[list[str], str | None]:
    """Return a command as the sandbox takes it: placeholders filled, this Python, ``--sandbox``."""
    words, told = split(command)
    words = words[1:] if words[:2] == ["uv", "run"] else words
    filled = {"{user_id}": "eval", "TASK_ID": task_id}
    words = [filled.get(word, word.replace("{baseDir}", str(base))) for word in words]
    extra = [] if "--sandbox" in words or "--help" in words else ["--sandbox"]
    return [sys.executable, *words[1:], *extra], told


def answer(out: str) -> dict:
    """Return what a run said last: its object, or what the last line of its events carries, with the text to relay."""
    last = json.loads(out.strip().splitlines()[-1])
    if "event" in last:
        return {**last.get("result", {}), "error": last.get("error"), "message": last["message"]}
    told = last.get("quote", last)
    return {**told, "message": told.get("message") or (last.get("error") or {}).get("message_full") or ""}


def verdict(entry: dict, code: int, out: str) -> list[str]:
    """Return what is not as the entry expects."""
    wanted = dict(entry["expect"])
    wrong = [] if code == wanted["exit"] else [f"exit {code}: {out}"]
    body = answer(out)
    wrong += [
        f"{name} is {body.get(name)!r} and not {wanted[name]!r}"
        for name in COMPARED
        if name in wanted and body.get(name) != wanted[name]
    ]
    wrong += [
        f"{name}: {body.get(name)} and not {wanted[name]} of them"
        for name in COUNTED
        if name in wanted and len(body.get(name) or ()) != wanted[name]
    ]
    error = body.get("error") or {}
    if "charged" in wanted and error.get("charged") != wanted["charged"]:
        wrong.append(f"charged is {error.get('charged')!r}")
    if "price" in wanted and (error.get("credit") != wanted["price"] or str(wanted["price"]) not in body["message"]):
        wrong.append(f"the price is not told: {body['message']}")
    wrong += [f"not said: {text}" for text in wanted.get("says", ()) if text not in body["message"]]
    wrong += [f"said: {text}" for text in NEVER if text in body["message"]]
    fields = {one["field"] for one in body.get("adjustments", ())}
    if fields != ({wanted["adjusted"]} if "adjusted" in wanted else set()):
        wrong.append(f"adjusted: {fields}")
    return wrong


def photo(folder: Path) -> None:
    """Put the picture there that the commands name."""
    from PIL import Image

    Image.new("RGB", (64, 64), "teal").save(folder / "local-photo.jpg")


def run(entry: dict, folder: Path) -> list[str]:
    """Run one entry in a folder of its own and return what is wrong."""
    photo(folder)
    env = {**os.environ, "OPENCLAW_STATE_DIR": str(folder / "state"), "HOME": str(folder)}
    for told in entry.get("owner", ()):  # what whoever pays has set at a shell of theirs
        owner = [sys.executable, "-m", "ima_nano_banana", *told.split(), "--sandbox", "--quiet"]
        subprocess.run(owner, check=True, capture_output=True, cwd=folder, env=env)
    commands = [*entry.get("before", ()), entry["command"]]
    if entry["expect"].get("needs_picture"):
        commands.insert(0, entry["command"].replace("--input-images @last ", ""))
    for command in commands:
        argv, told = prepared(command)
        done = subprocess.run(argv, check=False, input=told, capture_output=True, text=True, cwd=folder, env=env)
    return verdict(entry, done.returncode, done.stdout)


def main() -> int:
    """Check all; tell what failed."""
    failed = 0
    for entry in entries():
        if entry["command"] is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            wrong = run(entry, Path(folder))
        failed += bool(wrong)
        print(f"{'FAIL' if wrong else 'ok  '} {entry['id']:>2} {entry['prompt']}")
        for line in wrong:
            print(f"        {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
