"""One worker in a process of its own, on a simulated service whose books all workers share.

Reads one JSON object on the command line: ``store``, ``root``, ``folder``, and what of the worker or the
simulated service is to be different.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import random
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from ima_nano_banana import sandbox
from ima_nano_banana.cluster.worker import Settings, Worker
from ima_nano_banana.sandbox import catalogue


class FarAway(httpx2.AsyncBaseTransport):
    """The simulated service at a distance: requests and answers are on their way for a while.

    While a create is, the file ``mark`` is there.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport, seconds: float, mark: Path) -> None:
        self._inner = inner
        self._seconds = seconds
        self._mark = mark
        self._creates = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.endswith("/create"):
            return await self._carried(request)
        self._creates += 1
        self._mark.touch()
        try:
            return await self._carried(request)
        finally:
            self._creates -= 1
            if not self._creates:
                self._mark.unlink(missing_ok=True)

    async def _carried(self, request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(random.random() * self._seconds / 4)
        answer = await self._inner.handle_async_request(request)
        await asyncio.sleep(random.random() * self._seconds)
        return answer


def tiny(job: Any, index: int, _inputs: object) -> tuple[bytes, str]:
    """Draw the cheapest picture of the right size and kind."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", job.pixels, 20 * index).save(out, "JPEG" if job.suffix == "jpg" else "PNG")
    return out.getvalue(), "image/jpeg" if job.suffix == "jpg" else "image/png"


def set_the_stage(told: dict[str, Any]) -> None:
    """Let every picture cost one point and take as long as told, at the distance told."""
    rule, world, transport = catalogue.rule, sandbox.open_world, sandbox.in_process
    catalogue.rule = lambda attribute_id, _, attributes: rule(attribute_id, 1, attributes)  # type: ignore[assignment]
    sandbox.open_world = partial(world, task_seconds=told.get("task_seconds", 1.0), draw=tiny)
    sandbox.in_process = lambda opened: FarAway(transport(opened), told.get("distance", 0.0), Path(told["mark"]))  # type: ignore[assignment]


async def main(told: dict[str, Any]) -> None:
    settings = Settings(
        store=told["store"], folder=Path(told["folder"]), files=told.get("files"), **told.get("settings", {})
    )
    env = {**os.environ, "OPENCLAW_STATE_DIR": told["root"]}
    worker = Worker(settings, sandbox=True, env=env, scenes=tuple(told.get("scenes", ())))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await worker.run()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    set_the_stage(given)
    logging.getLogger().addHandler(logging.NullHandler())  # as the command does, which logs to a file
    asyncio.run(main(given))
