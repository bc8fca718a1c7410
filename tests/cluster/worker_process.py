"""One worker in a process of its own, on a simulated service whose books all workers share.

Reads one JSON object on the command line: ``store``, ``root``, ``folder``, and what of the worker or the
simulated service is to be different. The key is in the environment, as it would be.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

from ima_nano_banana import sandbox
from ima_nano_banana.cluster.worker import Settings, Worker
from ima_nano_banana.sandbox import catalogue


def tiny(job: Any, index: int, _inputs: object) -> tuple[bytes, str]:
    """Draw the cheapest picture of the right size and kind."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", job.pixels, 20 * index).save(out, "JPEG" if job.suffix == "jpg" else "PNG")
    return out.getvalue(), "image/jpeg" if job.suffix == "jpg" else "image/png"


def one_point_each() -> None:
    """Let every picture cost one point."""
    rule = catalogue.rule
    catalogue.rule = lambda attribute_id, _, attributes: rule(attribute_id, 1, attributes)  # type: ignore[assignment]


async def main(told: dict[str, Any]) -> None:
    settings = Settings(
        store=told["store"], folder=Path(told["folder"]), files=told.get("files"), **told.get("settings", {})
    )
    env = {**os.environ, "OPENCLAW_STATE_DIR": told["root"]}
    worker = Worker(settings, sandbox=True, env=env, scenes=tuple(told.get("scenes", ())))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, worker.stop)
    print("ready", flush=True)
    await worker.run()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    one_point_each()
    sandbox.open_world = partial(sandbox.open_world, task_seconds=given.get("task_seconds", 1.0), draw=tiny)
    asyncio.run(main(given))
