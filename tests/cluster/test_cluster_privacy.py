"""What the database never holds, and what can be taken out of it again."""

from __future__ import annotations

import psycopg
import pytest
from cluster_world import Cluster, cats

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]


def everything_in(store: str) -> str:
    """Return all rows of all tables of the store as one text."""
    with psycopg.connect(store) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        ).fetchall()
        assert {"items", "batch_wishes", "procrastinate_jobs", "procrastinate_events"} <= {name for (name,) in tables}
        return "\n".join(
            str(row) for (name,) in tables for row in connection.execute(f'SELECT t::text FROM "{name}" t').fetchall()
        )


def test_the_key_is_nowhere_in_the_database(cluster: Cluster):
    cluster.submit(cats(3))
    cluster.start()
    cluster.until(lambda now: now.ended)

    assert "ima_sandbox" not in everything_in(cluster.store)


def test_forgotten_prompts_are_gone_and_the_books_stay(cluster: Cluster):
    cluster.submit([{"id": "one", "prompt": "the secret garden"}, {"id": "two", "prompt": "another secret"}])
    cluster.start()
    assert cluster.until(lambda now: now.ended).complete
    assert "secret" in everything_in(cluster.store)

    cluster.ledger.forget()

    assert "secret" not in everything_in(cluster.store)
    assert cluster.progress().complete
    assert cluster.progress().committed == 2
    assert [cost.points for cost in cluster.ledger.costs(realm="sandbox")] == [2]


def test_input_pictures_are_stored_once_and_forgotten_with_the_prompts(cluster: Cluster):
    from PIL import Image

    for name in ("a.png", "b.png"):
        Image.new("RGB", (8, 8), "red").save(cluster.place / name)
    cluster.submit(
        [
            {"id": "one", "prompt": "make it blue", "images": ["a.png"]},
            {"id": "two", "prompt": "make it green", "images": ["b.png"]},
            {"id": "three", "prompt": "and framed", "images": ["@row:one"]},
        ]
    )
    for name in ("a.png", "b.png"):  # whoever works on it sees other disks
        (cluster.place / name).unlink()

    def stored() -> int:
        return cluster.ledger.store.read(lambda tx: tx.execute("SELECT COUNT(*) FROM input_pictures").fetchone()[0])

    assert stored() == 1
    cluster.start()
    assert cluster.until(lambda now: now.ended).complete

    cluster.ledger.forget()

    assert stored() == 0
