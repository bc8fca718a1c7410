"""Two thousand tasks in flight in one process, through the library; prints what each cost.

Started by ``run.py`` in a process of its own, as it measures itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import tempfile
from dataclasses import asdict, dataclass

from ima_nano_banana import AsyncClient

TASKS = 2000
KILOBYTES = 1 if sys.platform != "darwin" else 1 / 1024  # what ru_maxrss counts in


@dataclass
class Cost:
    """What one task cost this process."""

    tasks: int
    made: int
    kilobytes: float
    cpu_milliseconds: float


def _used() -> tuple[float, float]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_maxrss * KILOBYTES * 1.024, usage.ru_utime + usage.ru_stime


async def follow(tasks: int) -> Cost:
    """Make so many pictures at once."""
    with tempfile.TemporaryDirectory() as home:
        async with AsyncClient(env={**os.environ, "OPENCLAW_STATE_DIR": home}) as ima:
            await ima.generate("warm up", download=False)
            memory, cpu = _used()
            runs = (ima.generate(f"cat {number}", download=False) for number in range(tasks))
            ends = await asyncio.gather(*runs, return_exceptions=True)
            memory_after, cpu_after = _used()
    for fault in [end for end in ends if isinstance(end, BaseException)][:3]:
        print(repr(fault), file=sys.stderr)
    made = sum(not isinstance(end, BaseException) for end in ends)
    return Cost(tasks, made, (memory_after - memory) / tasks, (cpu_after - cpu) / tasks * 1000)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(follow(int(sys.argv[1]) if sys.argv[1:] else TASKS)))))
