"""The books on PostgreSQL when the server, the wire or another process misbehaves at the worst moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from cluster_world import fresh_place

from ima_nano_banana import words
from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import StorageFault
from ima_nano_banana.ledger.postgres import PostgresLedger
from ima_nano_banana.ledger.postgres.trouble import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.cluster]


@pytest.fixture
def ledger(store: str) -> Iterator[PostgresLedger]:
    with PostgresLedger(store) as opened:
        yield opened


def once(ledger: PostgresLedger, instead: Callable[[Callable[[], None]], None]) -> None:
    """Let the next commit go another way."""
    commit = ledger.store.commit

    def other() -> None:
        ledger.store.commit = commit  # type: ignore[method-assign]
        instead(commit)

    ledger.store.commit = other  # type: ignore[method-assign]


def test_a_claim_whose_commit_was_lost_on_the_way_back_is_known_to_be_booked(ledger: PostgresLedger):
    from ledger_world import ask

    def answer_lost(commit: Callable[[], None]) -> None:
        commit()
        raise psycopg.OperationalError("the connection is gone")

    ledger.tasks()
    once(ledger, answer_lost)
    found = ledger.reserve(ask())

    assert isinstance(found, Reservation)
    assert [(item.id, item.attempt, item.state) for item in ledger.tasks()] == [(found.item_id, 1, "sending")]


def test_a_claim_whose_commit_never_arrived_is_booked_once(ledger: PostgresLedger):
    from ledger_world import ask

    def never_arrived(_: Callable[[], None]) -> None:
        raise psycopg.OperationalError("the connection is gone")

    ledger.tasks()
    once(ledger, never_arrived)
    found = ledger.reserve(ask())

    assert isinstance(found, Reservation)
    assert [item.id for item in ledger.tasks()] == [found.item_id]
    assert [cost.points for cost in ledger.costs()] == [6]


def test_one_frozen_in_the_middle_of_a_claim_does_not_stop_the_others(store: str, ledger: PostgresLedger):
    from ledger_world import ask

    with PostgresLedger(store) as frozen:
        frozen.tasks()
        holder = frozen.store._server()
        holder.execute("BEGIN; SELECT 1 FROM ledger_gate WHERE id = 1 FOR UPDATE")
        began = time.monotonic()

        assert isinstance(ledger.reserve(ask()), Reservation)

        assert time.monotonic() - began < 10
        assert isinstance(frozen.reserve(ask("when it has thawed")), Reservation)


def test_a_sender_counts_as_dead_when_its_lease_has_run_out_and_not_before(store: str, ledger: PostgresLedger):
    from ledger_world import ask

    sender = PostgresLedger(store, lease=2.0)
    reservation = sender.reserve(ask())
    assert isinstance(reservation, Reservation)
    sender._lease._stop.set()  # type: ignore[union-attr] -- as if the process were frozen
    assert [item.state for item in ledger.tasks()] == ["sending"]

    deadline = time.monotonic() + 10
    while [item.state for item in ledger.tasks()] == ["sending"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [item.state for item in ledger.tasks()] == ["uncertain"]

    sender.created(reservation, "task_late")
    assert [(item.state, item.task_id) for item in ledger.tasks()] == [("running", "task_late")]
    sender.close()


def test_every_commit_waits_for_the_disk(ledger: PostgresLedger):
    ledger.tasks()

    assert ledger.store._server().execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_books_of_a_newer_program_are_not_touched(store: str, ledger: PostgresLedger):
    ledger.tasks()
    with psycopg.connect(store, autocommit=True) as connection:
        connection.execute("UPDATE ledger_versions SET number = 999 WHERE part = 'books'")

    with PostgresLedger(store) as other, pytest.raises(StorageFault) as refused:
        other.tasks()
    assert refused.value.code == "storage.newer"


def test_a_long_run_writes_nothing_where_a_newer_program_has_been_meanwhile(store: str, ledger: PostgresLedger):
    from ledger_world import ask, reserve

    reserve(ledger, ask("first"))
    for part in ("books", "shared"):
        with psycopg.connect(store, autocommit=True) as connection:
            told = connection.execute("SELECT number FROM ledger_versions WHERE part = %s", (part,)).fetchone()
            connection.execute("UPDATE ledger_versions SET number = 999 WHERE part = %s", (part,))
            with pytest.raises(StorageFault) as refused:
                ledger.reserve(ask("second"))
            assert (refused.value.code, refused.value.charged) == ("storage.newer", "no")
            connection.execute("UPDATE ledger_versions SET number = %s WHERE part = %s", (*(told or ()), part))
    reserve(ledger, ask("second"))


def test_a_migration_waits_for_whoever_writes_and_the_next_writer_waits_for_it(store: str, ledger: PostgresLedger):
    from ima_nano_banana.ledger.postgres.schema import LOCK

    ledger.tasks()
    with psycopg.connect(store, autocommit=True) as migrating:

        def while_writing(_: object) -> bool:
            found = migrating.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
            return bool(found and found[0])

        assert ledger.store.write(while_writing) is False


def test_the_fate_of_a_commit_is_not_asked_of_a_server_that_has_taken_over(
    ledger: PostgresLedger, monkeypatch: pytest.MonkeyPatch
):
    """Its transaction of the same number is another one, and "committed" would be said of that."""
    from ledger_world import ask

    from ima_nano_banana.ledger.postgres import database

    ledger.tasks()

    def taken_over(commit: Callable[[], None]) -> None:
        commit()
        monkeypatch.setattr(database, "_FATE", "SELECT 'committed', 'FFFFFFFF' FROM (SELECT %s) AS asked")
        raise psycopg.OperationalError("the connection is gone")

    once(ledger, taken_over)
    with pytest.raises(StorageFault) as unknown:
        ledger.reserve(ask())
    assert (unknown.value.code, unknown.value.charged) == ("storage.unreachable", "no")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql://ima:hush@127.0.0.1:1/ima", "storage.unreachable"),
        ("{server}_of_somebody_else", "storage.unreachable"),
    ],
)
def test_a_server_that_is_not_there_is_told_without_its_password(
    store: str, monkeypatch: pytest.MonkeyPatch, url: str, code: str
):
    monkeypatch.setattr("ima_nano_banana.ledger.postgres.database._FIRST_PATIENCE_SECONDS", 0.2)

    with PostgresLedger(url.format(server=store.partition("?")[0])) as ledger, pytest.raises(StorageFault) as refused:
        ledger.reserve(None)  # type: ignore[arg-type]

    assert refused.value.code == code
    for language in ("zh", "en"):
        assert "hush" not in words.text(code, language, **refused.value.params)
        assert words.has(f"{code}.do")


def test_a_place_is_named_without_who_goes_there():
    assert place_of("postgresql://ann:hush@db.example:5433/ima?sslmode=require") == "postgresql://db.example:5433/ima"
    assert place_of("postgresql://%zz") == "postgresql://"


def test_two_who_come_first_make_the_tables_once(store: str):
    from concurrent.futures import ThreadPoolExecutor

    def open_and_look(_: int) -> int:
        with PostgresLedger(store) as ledger:
            return len(ledger.tasks())

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(open_and_look, range(6))) == [0] * 6


def test_a_place_of_tests_is_empty_and_goes_away(store: str):
    server = store.partition("?")[0]
    with fresh_place(server) as place, psycopg.connect(place) as connection:
        name = connection.execute("SELECT current_schema()").fetchone()
    with psycopg.connect(server) as connection:
        gone = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", name).fetchone()
    assert gone is None
