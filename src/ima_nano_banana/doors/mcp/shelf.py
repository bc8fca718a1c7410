"""Finished pictures as resources: the recent ones are listed, each can be read whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.types import Annotations, Resource, ResourceTemplate

from ima_nano_banana.doors import books
from ima_nano_banana.doors.mcp import answers
from ima_nano_banana.ledger.model import Filters
from ima_nano_banana.local.private import read_regular

if TYPE_CHECKING:
    from ima_nano_banana.doors.mcp.house import House
    from ima_nano_banana.ledger import Item

RECENT = 20
LARGEST = 100_000_000
"""Bytes; no picture of either model comes near."""

_URI = re.compile(rf"{re.escape(answers.SCHEME)}://pictures/([^/?#]+)/(\d{{1,2}})")
TEMPLATE = f"{answers.SCHEME}://pictures/{{task_id}}/{{number}}"


async def recent(house: House) -> list[Resource]:
    """Return the user's newest pictures that still lie where they were saved."""
    items = await house.ledger.tasks(Filters(user_id=house.user, realm=house.realm, limit=RECENT * 2))
    found: list[Resource] = []
    for item in items:
        found += _of(item, house)
    return found[:RECENT]


def _of(item: Item, house: House) -> list[Resource]:
    if item.task_id is None:
        return []
    when = Annotations(audience=["user"], last_modified=books.moment(item.state_at))
    found = []
    for number, name in enumerate(item.files, start=1):
        file = Path(name)
        if not file.is_file():
            continue
        found.append(
            Resource(
                uri=answers.uri(item.task_id, number),
                name=file.name,
                title=house.text("picture", number=number, task_id=item.task_id),
                description=name,
                mime_type=answers.MIME_TYPES.get(file.suffix.lower(), "application/octet-stream"),
                size=file.stat().st_size,
                annotations=when,
            )
        )
    return found


def template(house: House) -> ResourceTemplate:
    """Return the form of the addresses."""
    return ResourceTemplate(uri_template=TEMPLATE, name="picture", title=house.text("preview_of"), mime_type="image/*")


async def read(house: House, uri: str) -> tuple[bytes, str]:
    """Return a picture's bytes, exactly as they were received, and its media type.

    Only files that the ledger knows as the user's own pictures can be read.

    Raises:
        ResourceNotFoundError: there is no such picture, or its file is gone.
    """
    match = _URI.fullmatch(uri)
    item = await house.ledger.find(match[1], realm=house.realm) if match else None
    number = int(match[2]) if match else 0
    if item is None or item.task_id != (match and match[1]) or item.user_id != house.user:
        raise ResourceNotFoundError(f"Unknown resource: {uri}")
    if not 1 <= number <= len(item.files):
        raise ResourceNotFoundError(f"Unknown resource: {uri}")
    file = Path(item.files[number - 1])
    try:
        data = await anyio.to_thread.run_sync(read_regular, file, LARGEST)
    except OSError:
        raise ResourceNotFoundError(f"The file of this resource is gone: {uri}") from None
    return data, answers.MIME_TYPES.get(file.suffix.lower(), "application/octet-stream")
