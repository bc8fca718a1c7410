"""A claim of a batch row among two hundred thousand on PostgreSQL, with its durable commit; prints what it took.

python benchmarks/claim_postgres.py [ROWS]

Starts a server of its own, as the tests do.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "tools"), str(ROOT / "tests" / "ledger")]

ROWS = 200_000
CLAIMS = 300

_OWN = "id, row_id, identity, subject, task_id, state, owner, step, spent_at"
_FILL = """INSERT INTO items ({names}, {own}) SELECT {names}, 'i' || n, n::text, 'b/' || n, 'b/' || n, 't' || n,
    CASE WHEN n %% 40 = 0 THEN 'running' ELSE 'done' END, NULL, 9, spent_at - n
    FROM items, generate_series(1, {rows}) n"""
_SUMS = (
    """INSERT INTO attempts SELECT id, 1, 'ima:0123456789abcdef', 'gone', size, aspect_ratio, 1, credit, spent_at,
        spent_at, 'created', task_id, batch_id FROM items WHERE step = 9""",
    "UPDATE batch_states SET items = 1 + {rows} / 40 WHERE state = 'running'",
    "INSERT INTO batch_states VALUES ('b', 'done', {rows} - {rows} / 40)",
    "UPDATE batches SET committed = 4 * {rows}",
    "ANALYZE",
)


def main(rows: int) -> None:
    """Fill the books and time claims."""
    import test_cluster
    from ledger_world import ask

    from ima_nano_banana.ledger import Batch, sql
    from ima_nano_banana.ledger.postgres import PostgresLedger

    with (
        test_cluster.Server(test_cluster.programs(), durable=True) as server,
        PostgresLedger(server.url) as ledger,
    ):
        ledger.limits_set("all", "month", 10**9)
        ledger.limits_set("each-user", "day", 10**9)
        batch = Batch(id="b", realm="ima", user_id="ann", name="b", created_at=time.time(), budget=10**9)
        ledger.batch_set(replace(batch, max_in_flight=10_000, rate_count=100_000, rate_seconds=60.0))

        def wanted(number: int) -> object:
            asked = ask(f"cat {number}", credit=4)
            return replace(asked, identity=f"b/{number}", subject=f"b/{number}", batch_id="b", row_id=str(number))

        ledger.created(ledger.reserve(wanted(0)), "task_0")
        names = ", ".join(name for name in sql.COLUMNS if name not in _OWN.split(", "))
        ledger.store.tell("SET statement_timeout = 0", ())
        for statement in (_FILL, *_SUMS):
            ledger.store.tell(statement.format(names=names, own=_OWN, rows=rows), ())
        times = []
        for number in range(rows + 1, rows + 1 + CLAIMS):
            began = time.perf_counter()
            ledger.reserve(wanted(number))
            times.append((time.perf_counter() - began) * 1000)
    ordered = sorted(times)
    print(
        json.dumps({"rows": rows, "median_ms": statistics.median(times), "p95_ms": ordered[int(len(ordered) * 0.95)]})
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
