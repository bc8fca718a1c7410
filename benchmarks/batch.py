"""Five thousand rows in one process, and a claim among two hundred thousand; each prints what it cost.

    python benchmarks/batch.py ours|bare [ROWS]      against the service of the environment
    python benchmarks/batch.py claim [ROWS]          on a ledger of its own

Started by ``run.py`` in processes of their own, as they measure themselves.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

ROWS = 5000
CLAIMED = 200_000
MIB = 1024 if sys.platform != "darwin" else 1024 * 1024  # in units of ru_maxrss
HEADERS = {"x-app-source": "ima_skills", "Content-Type": "application/json"}
API = "https://api.imastudio.com/open/v1"


def used() -> float:
    """Return the processor seconds of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def told(began: float, cpu: float, **facts: object) -> None:
    """Print what it cost."""
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    cost = {"seconds": time.monotonic() - began, "cpu": used() - cpu, "mebibytes": mebibytes}
    print(json.dumps(cost | facts))


async def ours(rows: int) -> None:
    """Run the batch as the command does, links only."""
    from ima_nano_banana.assembly import Parts
    from ima_nano_banana.batch.plan import plan
    from ima_nano_banana.batch.price import priced
    from ima_nano_banana.batch.read import rows_of
    from ima_nano_banana.batch.runner import Listener, Options, Runner
    from ima_nano_banana.domain.catalogue import read_catalogue
    from ima_nano_banana.domain.model import Wish
    from ima_nano_banana.engine import How
    from ima_nano_banana.errors import InternalFault
    from ima_nano_banana.ledger import Batch

    began, cpu = time.monotonic(), used()
    text = "prompt\n" + "".join(f"picture {number}\n" for number in range(rows))
    found = plan(rows_of(text.encode(), "rows.csv")[0], Wish(model="flash", size="512px")).rows
    with tempfile.TemporaryDirectory() as home:
        parts = Parts(env={**os.environ, "OPENCLAW_STATE_DIR": home})
        ports = parts.ports()
        data = await ports.service().products("text_to_image")
        prices, _ = priced(found, read_catalogue(data, "text_to_image"))
        await ports.ledger.batch_set(
            Batch(id="b", realm="ima", user_id="default", name="b", created_at=0.0, max_in_flight=rows, budget=4 * rows)
        )
        runner = Runner(
            found,
            prices,
            {},
            ports=ports,
            options=Options(batch_id="b", folder=Path(home), concurrency=rows, how=How(download=False)),
            listener=Listener(
                event=lambda *_: None,
                ended=lambda *_: None,
                defect=lambda error: InternalFault("internal.defect", report=repr(error)),
            ),
            lists={"text_to_image": data},
        )
        summary = await runner.run()
        await parts.close()
    told(began, cpu, made=summary.states["done"], states=dict(summary.states))


async def bare(rows: int) -> None:
    """Do the same HTTP with nothing around it: no ledger, no price, no schedule, no care."""
    import httpx2

    began, cpu = time.monotonic(), used()
    headers = {**HEADERS, "Authorization": f"Bearer {os.environ['IMA_API_KEY']}"}
    limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=15.0)
    looks: Counter[str] = Counter()
    async with httpx2.AsyncClient(headers=headers, limits=limits, timeout=120.0) as client:
        query = {"app": "ima", "platform": "web", "category": "text_to_image"}
        (await client.get(f"{API}/product/list", params=query)).json()
        creating = asyncio.Semaphore(8)

        async def one(number: int) -> None:
            async with creating:
                body = _create(f"picture {number}")
                task = (await client.post(f"{API}/tasks/create", json=body)).json()["data"]["id"]
            await asyncio.sleep(2.5)
            wait = 19.0
            while True:
                with suppress(httpx2.HTTPError):
                    told = (await client.post(f"{API}/tasks/detail", json={"task_id": task})).json()["data"]
                    looks["all"] += 1
                    if told["medias"] and told["medias"][0]["url"]:
                        return
                await asyncio.sleep(wait)
                wait = 2.0

        await asyncio.gather(*(one(number) for number in range(rows)))
    told(began, cpu, made=rows, looks=looks["all"])


def _create(prompt: str) -> dict[str, object]:
    cast = {"points": 4, "attribute_id": 4400}
    inner = {"size": "512px", "aspect_ratio": "1:1", "prompt": prompt, "n": 1, "input_images": [], "cast": cast}
    parameter = {
        "attribute_id": 4400,
        "model_id": "gemini-3.1-flash-image",
        "model_name": "Nano Banana 2",
        "model_version": "gemini-3.1-flash-image-preview",
        "app": "ima",
        "platform": "web",
        "category": "text_to_image",
        "credit": 4,
        "parameters": inner,
    }
    return {"task_type": "text_to_image", "enable_multi_model": False, "src_img_url": [], "parameters": [parameter]}


def claim(rows: int) -> None:
    """Time claims of a batch row among so many, each with its durable commit."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "ledger"))
    from ledger_world import ask

    from ima_nano_banana.domain.task import State
    from ima_nano_banana.ledger import Batch, Ledger
    from ima_nano_banana.ledger import rows as writing

    with tempfile.TemporaryDirectory() as home, Ledger(Path(home) / "memory" / "ledger.sqlite3") as ledger:
        now = time.time()
        ledger.limits_set("all", "month", 10**9)
        ledger.limits_set("each-user", "day", 10**9)
        batch = Batch(id="b", realm="ima", user_id="ann", name="b", created_at=now, rows=rows, budget=10**9)
        ledger.batch_set(replace(batch, max_in_flight=10_000, rate_count=100_000, rate_seconds=60.0))

        def wanted(number: int) -> object:
            asked = ask(f"cat {number}", credit=4)
            return replace(asked, identity=f"b/{number}", subject=f"b/{number}", batch_id="b", row_id=str(number))

        first = ledger.created(ledger.reserve(wanted(0)), "task_0")
        ended = replace(first, state=State.DONE, owner=None, step=9)

        def fill(tx: object, _: object) -> None:
            for number in range(1, rows):
                state = State.RUNNING if number % 40 == 0 else State.DONE
                facts = {"id": f"i{number}", "row_id": str(number), "identity": f"b/{number}", "state": state}
                writing.insert(tx, replace(ended, task_id=f"t{number}", spent_at=now - number, **facts))

        ledger._write(fill)
        times = []
        for number in range(rows, rows + 300):
            began = time.perf_counter()
            ledger.reserve(wanted(number))
            times.append((time.perf_counter() - began) * 1000)
        commit = ledger.database.commit
        ledger.database.commit = lambda: ledger.database._connection.execute("ROLLBACK")
        bare_times = []
        for number in range(rows + 300, rows + 600):
            began = time.perf_counter()
            ledger.reserve(wanted(number))
            bare_times.append((time.perf_counter() - began) * 1000)
        ledger.database.commit = commit
    print(json.dumps({"milliseconds": statistics.median(times), "without_disk": statistics.median(bare_times)}))


if __name__ == "__main__":
    kind = sys.argv[1]
    if kind == "claim":
        claim(int(sys.argv[2]) if sys.argv[2:] else CLAIMED)
    else:
        asyncio.run({"ours": ours, "bare": bare}[kind](int(sys.argv[2]) if sys.argv[2:] else ROWS))
