"""A server in this process over a simulated service, and clients of both eras of the protocol."""

from __future__ import annotations

import io
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clocks import FakeClock
from jsonschema import Draft202012Validator
from mcp.types import CallToolResult, ElicitResult, ListRootsResult, Root
from PIL import Image

from ima_nano_banana import sandbox
from ima_nano_banana.doors.mcp.house import House
from ima_nano_banana.doors.mcp.server import Server
from ima_nano_banana.doors.mcp.settings import Settings
from ima_nano_banana.sandbox.pictures import pixel_size
from mcp import Client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ima_nano_banana.sandbox.gallery import Draw
    from ima_nano_banana.sandbox.world import World


class Checked(Client):
    """A client that holds every reply, failures too, against the schema of its tool, as those of other SDKs do."""

    async def call_tool(self, name: str, *args: Any, **kwargs: Any) -> Any:
        result = await super().call_tool(name, *args, **kwargs)
        if isinstance(result, CallToolResult) and result.structured_content is not None:
            schemas = {tool.name: tool.output_schema for tool in (await self.list_tools()).tools}
            Draft202012Validator(schemas[name]).validate(result.structured_content)
        return result


ERAS = ["legacy", "2026-07-28"]
"""The handshake of the first protocol, and the one without."""


def drawn(job: Any, _: int, __: Any) -> tuple[bytes, str]:
    """A picture of the right size and of enough detail to be hard to make small."""
    width, height = pixel_size(job.model_id, job.size, job.aspect_ratio)
    noise = Image.effect_noise((width // 4, height // 4), 90).resize((width, height))
    out = io.BytesIO()
    Image.merge("RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), noise)).save(out, "PNG", compress_level=1)
    return out.getvalue(), "image/png"


def drawn_flat(job: Any, _: int, __: Any) -> tuple[bytes, str]:
    """A picture of few bytes: the SDK's client takes no event above 1 MiB over HTTP."""
    out = io.BytesIO()
    Image.new("RGB", pixel_size(job.model_id, job.size, job.aspect_ratio), "orange").save(out, "PNG")
    return out.getvalue(), "image/png"


@dataclass
class Person:
    """Who sits at the client: answers questions, and remembers them."""

    answer: ElicitResult | None = None
    roots: list[Path] | None = None
    asked: list[str] = field(default_factory=list)
    roots_asked: int = 0
    progress: list[tuple[float, str]] = field(default_factory=list)

    async def elicited(self, _: object, params: Any) -> ElicitResult:
        self.asked.append(params.message)
        assert self.answer is not None
        return self.answer

    async def rooted(self, _: object) -> ListRootsResult:
        self.roots_asked += 1
        return ListRootsResult(roots=[Root(uri=path.as_uri()) for path in self.roots or []])

    async def told(self, value: float, _: float | None, message: str | None) -> None:
        self.progress.append((value, message or ""))


def willing() -> Person:
    return Person(answer=ElicitResult(action="accept", content={"spend": True}))


def unwilling(action: str = "decline") -> Person:
    return Person(answer=ElicitResult(action=action))


@dataclass
class Rig:
    """A folder, a world, and servers over both."""

    folder: Path
    env: dict[str, str]
    world: World
    clock: FakeClock | None = None

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def house(self, **rules: Any) -> House:
        rules.setdefault("cwd", self.work)
        rules.setdefault("env", self.env)
        transport = sandbox.in_process(self.world)
        return House(Settings(sandbox=True, **rules), transport=transport, clock=self.clock)

    @asynccontextmanager
    async def client(
        self, era: str = "2026-07-28", person: Person | None = None, house: House | None = None, **rules: Any
    ) -> AsyncIterator[Client]:
        person = person or Person()
        extensions = rules.pop("extensions", None)
        logging_callback = rules.pop("logging_callback", None)
        server = Server(house or self.house(**rules))
        async with Checked(
            server,
            mode=era,
            elicitation_callback=person.elicited if person.answer else None,
            list_roots_callback=person.rooted if person.roots is not None else None,
            extensions=extensions,
            logging_callback=logging_callback,
            read_timeout_seconds=60,
        ) as client:
            yield client

    @property
    def creates(self) -> int:
        return len(self.world.books.creates())


def rig_in(folder: Path, *, scenes: tuple[str, ...] = (), real_seconds: float | None = None, draw: Draw = drawn) -> Rig:
    """Lay a folder and a world; with ``real_seconds`` time is real and a task takes that long."""
    (folder / "work").mkdir()
    env = {"OPENCLAW_STATE_DIR": str(folder / "state"), "HOME": str(folder / "home")}
    if real_seconds is not None:
        return Rig(folder, env, sandbox.open_world(None, scenes=scenes, task_seconds=real_seconds, draw=draw))
    clock = FakeClock()
    world = sandbox.open_world(None, scenes=scenes, task_seconds=30, now=clock.time, draw=draw)
    return Rig(folder, env, world, clock)


def body(result: object) -> dict[str, Any]:
    """The structured content, once it is sure that the text says the same."""
    assert isinstance(result, CallToolResult)
    assert json.loads(result.content[0].text) == result.structured_content
    return dict(result.structured_content or {})


def picture(path: Path, color: str = "navy", size: tuple[int, int] = (64, 64), kind: str = "PNG") -> Path:
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.getvalue())
    return path
