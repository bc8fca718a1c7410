"""The sandbox on loopback with latency added, in a process of its own, and what it saw of its visitors.

Commands come by standard input, one a line: ``forget`` begins anew, ``seen`` prints what was seen since.
"""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ima_nano_banana import sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Seen:
    """Every request's kind, arrival and answer (Unix seconds), and how many TLS handshakes there were."""

    requests: list[tuple[str, float, float]]
    handshakes: int

    def arrived(self, kind: str) -> list[float]:
        """When requests of a kind arrived, in order."""
        return sorted(at for name, at, _ in self.requests if name == kind)

    def answered(self, kind: str) -> list[float]:
        """When requests of a kind were answered, in order."""
        return sorted(at for name, _, at in self.requests if name == kind)


class Service:
    """The other end, from the benchmark's side."""

    def __init__(self, process: subprocess.Popen[str], env: dict[str, str]) -> None:
        self._process, self.env = process, env

    def _ask(self, command: str) -> Any:
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def forget(self) -> None:
        """Begin to count anew."""
        self._ask("forget")

    def seen(self) -> Seen:
        """What it saw since."""
        return Seen(*self._ask("seen"))


@contextmanager
def running(*, latency: float, task_seconds: float) -> Iterator[Service]:
    """Start the service and stop it at the end."""
    command = [sys.executable, __file__, str(latency), str(task_seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Service(process, json.loads(process.stdout.readline()))
        finally:
            process.kill()


def _serve(latency: float, task_seconds: float) -> None:
    from PIL import Image

    from ima_nano_banana.sandbox.serve import serve

    out = io.BytesIO()
    Image.effect_noise((512, 512), 80).convert("RGB").save(out, "PNG")
    picture = out.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        world = sandbox.open_world(
            None, task_seconds=task_seconds, points=10**9, draw=lambda *_: (picture, "image/png")
        )
        log: list[tuple[str, float, float]] = []
        _watch(world, log)
        threading.Thread(target=_answer, args=(world, log), daemon=True).start()
        asyncio.run(serve(world, ca_dir=Path(folder), latency=latency, on_ready=lambda ready: _print(ready.env)))


def _watch(world: Any, log: list[tuple[str, float, float]]) -> None:
    serving = world.serving

    @contextmanager
    def watched(endpoint: str) -> Iterator[None]:
        arrived = time.time()
        with serving(endpoint):
            yield
        log.append((endpoint, arrived, time.time()))

    world.serving = watched


def _answer(world: Any, log: list[tuple[str, float, float]]) -> None:
    before = 0
    for line in sys.stdin:
        shaken = world.books.counters().get("tls", 0)
        if line.strip() == "forget":
            log.clear()
            before = shaken
        _print([list(log), shaken - before])


def _print(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve(float(sys.argv[1]), float(sys.argv[2]))
