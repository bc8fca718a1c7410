"""Never run, only type-checked: the public surface as a program uses it."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from ima_nano_banana import (
    AsyncClient,
    AsyncHandle,
    AsyncQuotedBatch,
    BatchQuote,
    BatchResult,
    Client,
    Event,
    Fault,
    Handle,
    Kind,
    Made,
    Offer,
    Quote,
    QuotedBatch,
    Result,
    RowEvent,
    RowResult,
)
from ima_nano_banana.ledger.model import Cost, Item, Limit


def sync() -> None:
    with Client("ima_key", sandbox=True, language="zh-CN", size=512, timeout=None) as ima:
        assert_type(ima, Client)
        assert_type(ima.generate("a fox", images=[Path("a.png"), b"", "b.png"], aspect_ratio=(16, 9)), Made)
        assert_type(ima.edit("as oil", open("a.png", "rb"), timeout=None, on_event=print), Made)  # noqa: SIM115, PTH123
        assert_type(ima.quote("a fox", count=2), Quote)
        assert_type(ima.resume("id", output_dir="pictures"), Made)
        assert_type(ima.models(), tuple[Offer, ...])
        assert_type(ima.tasks(states=["done"]), tuple[Item, ...])
        assert_type(ima.costs("day"), tuple[Cost, ...])
        assert_type(ima.limits(), tuple[Limit, ...])
        handle = ima.submit("a fox")
        assert_type(handle, Handle)
        assert_type(handle.result(timeout=5), Made)
        for event in handle.events():
            assert_type(event, Event)
        quoted = ima.batch_quote([{"prompt": "a fox"}, "a whale"], name="animals")
        assert_type(quoted, QuotedBatch)
        assert_type(quoted.quote, BatchQuote)
        assert_type(quoted.run(), BatchResult)
        assert_type(ima.batch("rows.csv", max_credits=20, on_event=tell_row), BatchResult)
        ima.batch("rows.csv", budget=20)  # type: ignore[call-arg]
        ima.batch(5)  # type: ignore[arg-type]
        ima.generate("a fox", nonsense=1)  # type: ignore[call-arg]
        ima.generate(5)  # type: ignore[arg-type]
        ima.generate("a fox", size=1.5)  # type: ignore[arg-type]
        ima.edit("as oil")  # type: ignore[call-arg]
    Client(nonsense=1)  # type: ignore[call-arg]


async def tell(event: Event) -> None:
    del event


def tell_row(event: RowEvent) -> None:
    assert_type(event.event, Event)


async def asynchronous() -> None:
    async with AsyncClient(sandbox=True, on_event=tell) as ima:
        assert_type(ima, AsyncClient)
        result = await ima.generate("a fox", on_event=tell)
        assert_type(result, Made)
        base: Result = result
        await ima.edit("once more", base)
        handle = ima.submit("a fox")
        assert_type(handle, AsyncHandle)
        async for event in handle.events():
            assert_type(event, Event)
        assert_type(await handle.result(), Made)
        quoted = await ima.batch_quote("rows.csv")
        assert_type(quoted, AsyncQuotedBatch)
        for row in (await quoted.run(on_event=tell_row)).rows:
            assert_type(row, RowResult)
            assert_type(row.result, Made | None)


def failing(fault: Fault) -> str:
    kind: Kind = fault.kind
    kind = "uncertian"  # type: ignore[assignment]
    return kind + fault.message + fault.suggestion
