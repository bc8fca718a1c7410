"""Prices and orders: what the page asked for, turned into the wish that every door makes."""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.domain import offers
from ima_nano_banana.domain.model import TASK_TYPES, Wish
from ima_nano_banana.domain.schedule import expected_seconds
from ima_nano_banana.doors import present
from ima_nano_banana.doors.studio import asked
from ima_nano_banana.engine.ports import How
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.local.private import private_dir, write_whole
from ima_nano_banana.pictures.inputs import look
from ima_nano_banana.pictures.sniff import HEAD, sniff

if TYPE_CHECKING:
    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.doors.studio.house import House
    from ima_nano_banana.ledger import Item
    from ima_nano_banana.words import Language

DIGEST = re.compile(r"[0-9a-f]{64}")
MOST_INPUTS = 14
NO_PROMPT = "…"
"""Stands for the prompt while a price is asked; no price depends on it."""


async def models(house: House) -> Json:
    """Return the models with every size's price, as they are now."""
    return {"models": offers.rows(await house.engine.models(TASK_TYPES))}


async def quote(house: House, body: Json, language: Language) -> Json:
    """Return the price of what is chosen; nothing is sent but the question for the list."""
    wish = await _wish(house, {**body, "prompt": asked.text(body, "prompt") or NO_PROMPT, "key": None})
    priced = await house.engine.quote(wish, How())
    seconds = expected_seconds(priced.offer.model_id)
    return present.quote(priced, language, sandbox=house.settings.sandbox, expected=seconds)


async def make(house: House, body: Json) -> Json:
    """Begin a run, for the price that stood on the button and no more; return where it stands in the books."""
    wish = await _wish(house, body)
    if wish.idempotency_key is None:
        raise UsageFault("studio.bad_value", name="key")
    ceiling = asked.whole(body, "max_credits")
    if ceiling is None:
        raise UsageFault("studio.bad_value", name="max_credits")
    run = await house.jobs.make(wish, How(max_credits=ceiling, output_dir=house.settings.output_dir))
    return {"id": run.trace.item_id, "task_id": run.trace.task_id}


async def _wish(house: House, body: Json) -> Wish:
    told = body.get("inputs") or []
    if not isinstance(told, list) or len(told) > MOST_INPUTS:
        raise UsageFault("studio.bad_value", name="inputs")
    return Wish(
        prompt=asked.text(body, "prompt"),
        images=tuple([await _input(house, one) for one in told]),
        model=asked.text(body, "model"),
        size=asked.text(body, "size"),
        aspect_ratio=asked.text(body, "aspect_ratio"),
        count=asked.whole(body, "count", 1),
        user_id=house.user,
        idempotency_key=asked.text(body, "key"),
    )


async def _input(house: House, told: object) -> str:
    """Return the picture that the page named: one that was given to it, or one of the books; never a path."""
    if isinstance(told, dict):
        digest, name, number = told.get("input"), told.get("picture"), told.get("number", 1)
        if isinstance(digest, str) and (file := given(house, digest)) is not None:
            return str(file)
        if isinstance(name, str) and isinstance(number, int) and (file := await picture(house, name, number)):
            return str(file)
    raise UsageFault("studio.no_input")


def given(house: House, digest: str) -> Path | None:
    """Return a picture that was given to the page."""
    if not DIGEST.fullmatch(digest):
        return None
    return next((file for file in house.inputs.glob(f"{digest}.*") if file.is_file()), None)


async def picture(house: House, item_id: str, number: int) -> Path | None:
    """Return a picture's file: the one that the books name, if it is still there."""
    seen = await house.shelf.seen(item_id) if asked.ID.fullmatch(item_id) else None
    if seen is None or seen.item.realm != house.realm or not 1 <= number <= len(seen.item.files):
        return None
    file = Path(seen.item.files[number - 1])
    return file if await asyncio.to_thread(file.is_file) else None


async def take_input(house: House, data: bytes) -> Json:
    """Keep a picture that was dropped on the page, judged by its content as at every door.

    Raises:
        UsageFault: it is no picture that the service takes.
    """
    digest = hashlib.sha256(data).hexdigest()
    kind = sniff(data[:HEAD])
    file = house.inputs / f"{digest}.{kind.suffix if kind else 'bin'}"

    def keep() -> None:
        private_dir(house.inputs)
        write_whole(file, data)
        try:
            look(str(file), None)
        except UsageFault as fault:
            file.unlink(missing_ok=True)
            if "path" in fault.params:
                fault.params = {**fault.params, "path": file.suffix}
            raise

    await asyncio.to_thread(keep)
    return {"input": digest}


def regenerated(item: Item) -> Json:
    """Return the choices of an earlier request, for the form."""
    wanted = item.requested
    return {
        "prompt": item.prompt,
        "model": item.model_id,
        "size": wanted.size if wanted is not None else item.size,
        "aspect_ratio": wanted.aspect_ratio if wanted is not None else item.aspect_ratio,
        "count": item.count,
    }
