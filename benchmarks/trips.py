"""What goes at once: four photos up and four pictures down, ours beside the plain client."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from startup import SCRIPT

if TYPE_CHECKING:
    import resource
    from collections.abc import Callable

    from service import Service

PLAIN = Path(__file__).with_name("plain.py")
ROUNDS = 3
PHOTOS = PICTURES = 4


@dataclass
class Trip:
    """One run: seconds from its start to the create, from the picture's being there to the last byte, handshakes."""

    create: float
    fetch: float
    handshakes: int
    requests: int
    cpu: float
    megabytes: float


def photos(folder: Path) -> list[str]:
    """Make photos of a quarter of a megabyte each."""
    from PIL import Image

    paths = [folder / f"photo{number}.png" for number in range(PHOTOS)]
    for number, path in enumerate(paths):
        out = io.BytesIO()
        Image.effect_noise((600, 400), 60 + number).save(out, "PNG")
        path.write_bytes(out.getvalue())
    return [str(path) for path in paths]


def best(service: Service, command: Callable[[str, Path], list[str]], home: Path) -> Trip:
    """Return the quickest of some runs; each has a prompt and a folder of its own."""
    trips = []
    for number in range(ROUNDS):
        folder = home / f"out{number}"
        folder.mkdir(parents=True)
        trips.append(_run(service, command(f"cat {number}", folder), folder))
    return min(trips, key=lambda trip: trip.create)


def ours(images: list[str]) -> Callable[[str, Path], list[str]]:
    """Return the command of the skill script."""

    def command(prompt: str, out: Path) -> list[str]:
        told = ["--prompt", prompt, "--size", "1K", "--count", str(PICTURES), "--output-dir", str(out)]
        return [sys.executable, str(SCRIPT), *told, "--output-json", "--input-images", *images]

    return command


def plain(images: list[str]) -> Callable[[str, Path], list[str]]:
    """Return the command of the plain client."""

    def command(prompt: str, out: Path) -> list[str]:
        return [sys.executable, str(PLAIN), str(out), prompt, str(PICTURES), *images]

    return command


def _run(service: Service, command: list[str], folder: Path) -> Trip:
    env = {**os.environ, **service.env, "OPENCLAW_STATE_DIR": str(folder / "state")}
    env["REQUESTS_CA_BUNDLE"] = env["SSL_CERT_FILE"]
    service.forget()
    began = time.time()
    child = subprocess.Popen(command, env=env, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode or len(list(folder.glob("*.png"))) != PICTURES:
        sys.exit(f"{command[1]} ended with {child.returncode}")
    seen = service.seen()
    return Trip(
        create=seen.arrived("create")[0] - began,
        fetch=seen.answered("result")[-1] - seen.answered("detail")[-1],
        handshakes=seen.handshakes,
        requests=len(seen.requests),
        cpu=usage.ru_utime + usage.ru_stime,
        megabytes=_megabytes(usage),
    )


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss * (1024 if sys.platform != "darwin" else 1) / 1e6
