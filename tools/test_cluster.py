"""Starts a PostgreSQL server of its own on loopback, runs the tests that need one, and removes it again.

    python tools/test_cluster.py [arguments of pytest]

The server's programs are looked for on PATH and where distributions put them. If there are none, this is
Debian or a relative, and this is root, they are installed with apt-get. The server's data lie in a
temporary folder; started by root, it runs as the package's own user, as it refuses to run as root.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = ("tests/cluster", "tests/ledger", "-m", "cluster")
USER = "postgres"
SETTINGS = "-c listen_addresses=127.0.0.1 -c max_connections=200 -c shared_buffers=64MB -c log_min_messages=fatal"
# No test cuts the power of the machine, so nothing has to reach the disk.
HASTY = " -c fsync=off -c full_page_writes=off"


def programs() -> Path | None:
    """Return the newest folder that holds ``initdb`` and ``pg_ctl``."""
    found = [Path(path).parent for path in (shutil.which("pg_ctl"),) if path and shutil.which("initdb")]
    for place in ("/usr/lib/postgresql", "/usr/pgsql-*", "/opt/homebrew/opt", "/usr/local/opt"):
        found += sorted(Path("/").glob(f"{place[1:]}/*/bin"), key=_version, reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def install() -> None:
    """Install the server's programs where that is possible without asking anybody."""
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        sys.exit("PostgreSQL 14 or newer is needed: install it, and put pg_ctl on PATH.")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # The package would start a server of its own; ours is made below.
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "postgresql"]):
        subprocess.run(["apt-get", *words], check=True, env=env, stdout=subprocess.DEVNULL)


def command(*words: str | Path) -> list[str]:
    """Return a command that runs as somebody who may run the server."""
    told = [str(word) for word in words]
    return ["su", USER, "-s", "/bin/sh", "-c", shlex.join(told)] if os.getuid() == 0 else told


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(arguments: list[str]) -> int:
    """Run the tests and return their exit code."""
    if programs() is None:
        install()
    binaries = programs()
    if binaries is None:
        sys.exit("PostgreSQL was installed, but pg_ctl was not found.")
    with Server(binaries) as shared, Server(binaries) as fragile:
        env = {
            **os.environ,
            "IMA_TEST_PG": shared.url,
            # A server that a test may restart while others are at work on the first.
            "IMA_TEST_PG_FRAGILE": fragile.url,
            "IMA_TEST_PG_RESTART": fragile.restart,
        }
        return subprocess.run([sys.executable, "-m", "pytest", *TESTS, *arguments], check=False, env=env).returncode


class Server:
    """A server that lives as long as the block that it is opened for; ``durable`` ones wait for the disk."""

    def __init__(self, binaries: Path, *, durable: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="ima-pg-"))
        if os.getuid() == 0:
            os.chown(self._folder, pwd.getpwnam(USER).pw_uid, -1)
        port = free_port()
        data = self._folder / "data"
        options = f"-p {port} {SETTINGS}{'' if durable else HASTY} -c unix_socket_directories={self._folder}"
        self._control = [binaries / "pg_ctl", "-D", data, "-w", "-l", self._folder / "log"]
        self._run(binaries / "initdb", "-D", data, "-U", "ima", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._run(*self._control, "-o", options, "start")
        self.url = f"postgresql://ima@127.0.0.1:{port}/postgres"
        self.restart = shlex.join(command(*self._control, "-m", "fast", "-o", options, "restart"))

    def _run(self, *words: str | Path) -> None:
        subprocess.run(command(*words), check=True, stdout=subprocess.DEVNULL, cwd=self._folder)

    def __enter__(self) -> Server:
        """Return the running server."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it and remove its data."""
        self._run(*self._control, "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
