"""``AsyncClient``: the library for programs with an event loop."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from ima_nano_banana.assembly import Parts
from ima_nano_banana.domain.language import language_of
from ima_nano_banana.domain.model import TASK_TYPES, Wish
from ima_nano_banana.domain.periods import GROUPS, PERIODS
from ima_nano_banana.domain.realm import realm_of
from ima_nano_banana.domain.task import FOLLOW_SECONDS, State
from ima_nano_banana.doors import messages
from ima_nano_banana.doors.library import arguments
from ima_nano_banana.doors.library import images as images_
from ima_nano_banana.doors.library.arguments import UNSET, NotOpenError, Unset
from ima_nano_banana.doors.library.batches import Batching
from ima_nano_banana.doors.library.handle import AsyncHandle
from ima_nano_banana.doors.library.made import Made, made
from ima_nano_banana.doors.library.plans import Planning
from ima_nano_banana.doors.library.telling import heard_by
from ima_nano_banana.engine import Engine
from ima_nano_banana.engine.notes import noted
from ima_nano_banana.engine.ports import How, Trace
from ima_nano_banana.errors import Fault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    import httpx2

    from ima_nano_banana.domain.model import Offer, Quote
    from ima_nano_banana.domain.periods import Group, Period
    from ima_nano_banana.doors.library.images import Pictures, Taken
    from ima_nano_banana.doors.library.telling import Heard
    from ima_nano_banana.ledger.model import Cost, Item, Limit
    from ima_nano_banana.words import Language

Ratio = str | tuple[int, int]
FaultT = TypeVar("FaultT", bound=Fault)


class AsyncClient(Batching, Planning):
    """Make and edit pictures from a program.

    One client holds one connection pool and may run many requests at once::

        async with AsyncClient(sandbox=True) as ima:
            result = await ima.generate("a cat on the moon", size="2K", max_credits=10)
            print(result.files[0], result.credit)

    A request that is repeated while an identical one is still open joins it instead of paying again.

    Args:
        api_key: An IMA API key; left out, ``IMA_API_KEY`` and then the system keyring are asked.
        sandbox: Use the built-in simulated service: no key, no network, no points.
        scenes: Faults that the simulated service should rehearse.
        user_id: Whose preferences, limits and history apply. Never leaves the machine.
        language: ``"zh"`` or ``"en"`` for texts (``"zh-CN"``, ``"en_US"``); left out, the prompt decides.
        model: What :meth:`generate` takes where it is not told; so are all that follow.
        size: As there.
        aspect_ratio: As there.
        count: As there.
        max_credits: As there.
        keep_size: As there.
        download: As there.
        output_dir: As there.
        timeout: As there.
        keep_metadata: As there.
        on_event: As there.
        env: Stands in for ``os.environ``.
        transport: Replaces the sockets (tests).

    Raises:
        UsageFault: an argument can't be understood.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        sandbox: bool = False,
        scenes: str | Sequence[str] = (),
        user_id: str | int | None = None,
        language: str | None = None,
        model: str | None = None,
        size: str | int | None = None,
        aspect_ratio: Ratio | None = None,
        count: int | None = None,
        max_credits: float | None = None,
        keep_size: bool = False,
        download: bool = True,
        output_dir: str | os.PathLike[str] | None = None,
        timeout: float | None = FOLLOW_SECONDS,
        keep_metadata: bool = False,
        on_event: Heard | None = None,
        env: Mapping[str, str] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._env: Mapping[str, str] = os.environ if env is None else arguments.texts("env", env)
        self._sandbox = arguments.switch("sandbox", sandbox)
        self.language = arguments.language(language)
        self._user = arguments.user(user_id, self._env)
        self._key = arguments.key(api_key)
        self._scenes = arguments.scenes(scenes, sandbox=self._sandbox)
        self._transport = transport
        self._wish = Wish(
            model=arguments.text("model", model),
            size=arguments.word("size", size),
            aspect_ratio=arguments.ratio("aspect_ratio", aspect_ratio),
            count=arguments.whole("count", count, 1),
        )
        self._how = How(
            max_credits=arguments.ceiling("max_credits", max_credits),
            keep_size=arguments.switch("keep_size", keep_size),
            download=arguments.switch("download", download),
            output_dir=arguments.folder("output_dir", output_dir),
            timeout=arguments.seconds("timeout", timeout),
            keep_metadata=arguments.switch("keep_metadata", keep_metadata),
        )
        self._on_event = arguments.called("on_event", on_event)
        self._parts: Parts | None = None
        self._engine: Engine | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0
        self._was_open = False

    # Open and close

    async def open(self) -> Self:
        """Open the client; connections are made when they are first needed."""
        if self._engine is None:
            self._parts = Parts(
                key=self._key,
                sandbox=self._sandbox,
                scenes=self._scenes,
                language=self.language or "en",
                env=self._env,
                transport=self._transport,
            )
            self._engine = Engine(self._parts.ports())
            self._loop, self._pid, self._was_open = asyncio.get_running_loop(), os.getpid(), True
        return self

    async def aclose(self) -> None:
        """Stop what is under way, let it book where it is, and close every connection."""
        parts, self._parts, self._engine = self._parts, None, None
        if parts is not None:
            await parts.close()

    async def __aenter__(self) -> Self:
        """Open the client."""
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the client, with all that is under way."""
        await self.aclose()

    @property
    def engine(self) -> Engine:
        """The engine under this client.

        Raises:
            UsageFault: the client is not open here.
        """
        with self._speaking(None):
            return self._opened()[0]

    def _opened(self) -> tuple[Engine, Parts]:
        if self._engine is None or self._parts is None:
            if self._was_open:
                raise NotOpenError("library.closed")
            raise NotOpenError("library.not_open", how="async with AsyncClient(...) as ima:")
        if self._pid != os.getpid() or self._loop is not asyncio.get_running_loop():
            raise NotOpenError("library.elsewhere")
        return self._engine, self._parts

    @contextmanager
    def _speaking(self, prompt: object) -> Iterator[None]:
        """Let faults speak the user's language, and hand out results with pictures."""
        try:
            yield
        except Fault as fault:
            speak(fault, self.language or language_of(prompt if isinstance(prompt, str) else None))
            raise

    # Making

    async def generate(
        self,
        prompt: str,
        *,
        images: Pictures | None = None,
        model: str | None = None,
        version_id: str | None = None,
        size: str | int | None = None,
        aspect_ratio: Ratio | None = None,
        count: int | None = None,
        extra: Mapping[str, object] | None = None,
        max_credits: float | None = None,
        keep_size: bool | None = None,
        again: bool = False,
        idempotency_key: str | None = None,
        wait_approval: float | None = None,
        download: bool | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        timeout: float | Unset | None = UNSET,
        keep_metadata: bool | None = None,
        on_event: Heard | None = None,
    ) -> Made:
        """Make pictures from a prompt, or from a prompt and input images.

        What is left out (or ``None``) is as the client was told, and else as the command has it.

        Args:
            prompt: What the picture should show.
            images: Up to 14 JPEG, PNG or WebP pictures: paths, ``https://`` URLs, bytes, open files, PIL images,
                earlier results; one alone or several.
            model: A model id, a display name or one of the words ``flash``, ``pro``, ``budget`` …
            version_id: One version of the model, where the list has several.
            size: ``512px``, ``1K``, ``2K`` or ``4K``.
            aspect_ratio: Such as ``16:9``; the live options decide.
            count: 1 to 4 pictures.
            extra: Further fields of the model's live form.
            max_credits: Refuse a higher price, in points for all pictures; ``math.inf`` lifts the client's own.
            keep_size: Fail rather than step down to a smaller size.
            again: Pay a second time for a request that is still open or of unknown outcome.
            idempotency_key: Your own name for this request, kept for ever: the same name with the same request is paid
                for once and answered alike (``result.replayed``), with another request it is refused.
            wait_approval: Seconds to wait for somebody who approves, where the price needs that.
            download: Save the pictures; otherwise only their URLs are returned.
            output_dir: Where to save; the current folder by default.
            timeout: Seconds to follow the task after it was created; ``None`` is without end.
            keep_metadata: Upload input pictures with their EXIF, which may name a place.
            on_event: Receives every event; a plain or an async function.

        Raises:
            Fault: see :mod:`ima_nano_banana.errors`. A :class:`UsageFault` comes before anything is asked.
        """
        with self._speaking(prompt):
            job = self._job(locals())
            return await self._run(job, Trace())

    async def edit(
        self,
        prompt: str,
        images: Pictures,
        *,
        model: str | None = None,
        version_id: str | None = None,
        size: str | int | None = None,
        aspect_ratio: Ratio | None = None,
        count: int | None = None,
        extra: Mapping[str, object] | None = None,
        max_credits: float | None = None,
        keep_size: bool | None = None,
        again: bool = False,
        idempotency_key: str | None = None,
        wait_approval: float | None = None,
        download: bool | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        timeout: float | Unset | None = UNSET,
        keep_metadata: bool | None = None,
        on_event: Heard | None = None,
    ) -> Made:
        """Make pictures from others: :meth:`generate`, with at least one input image."""
        with self._speaking(prompt):
            job = self._job(locals())
            if not job.images:
                raise UsageFault("library.no_images")
            return await self._run(job, Trace())

    def submit(
        self,
        prompt: str,
        *,
        images: Pictures | None = None,
        model: str | None = None,
        version_id: str | None = None,
        size: str | int | None = None,
        aspect_ratio: Ratio | None = None,
        count: int | None = None,
        extra: Mapping[str, object] | None = None,
        max_credits: float | None = None,
        keep_size: bool | None = None,
        again: bool = False,
        idempotency_key: str | None = None,
        wait_approval: float | None = None,
        download: bool | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        timeout: float | Unset | None = UNSET,
        keep_metadata: bool | None = None,
        on_event: Heard | None = None,
    ) -> AsyncHandle:
        """Begin what :meth:`generate` does, and return at once: the handle tells how it stands.

        Raises:
            UsageFault: an argument can't be understood; all else is raised by ``result()`` of the handle.
        """
        with self._speaking(prompt):
            job = self._job(locals())
            self._opened()
            language = self.language or language_of(prompt)
            return AsyncHandle(
                lambda trace, heard: self._spoken(prompt, job, trace, heard),
                job.heard,
                speak=lambda fault: speak(fault, language),
                close=self._told,
            )

    async def resume(
        self,
        task_id: str,
        *,
        download: bool | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        timeout: float | Unset | None = UNSET,
        on_event: Heard | None = None,
    ) -> Made:
        """Finish a task that is already paid; nothing is charged."""
        with self._speaking(None):
            task = arguments.needed("task_id", arguments.word("task_id", task_id)).strip()
            how = self._manner({"download": download, "output_dir": output_dir, "timeout": timeout})
            heard = arguments.called("on_event", on_event) or self._on_event
            engine, _ = self._opened()
            trace, language = Trace(), self.language or "en"
            return await heard_by(
                heard,
                trace,
                lambda emit, tell: engine.resume(
                    task, how, emit, trace, language=language, user_id=self._user, tell=tell
                ),
            )

    async def quote(
        self,
        prompt: str,
        *,
        images: Pictures | None = None,
        model: str | None = None,
        version_id: str | None = None,
        size: str | int | None = None,
        aspect_ratio: Ratio | None = None,
        count: int | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> Quote:
        """Return the price without creating, uploading or charging anything."""
        with self._speaking(prompt):
            job = self._job(locals())
            engine, _ = self._opened()
            with images_.laid_down(job.images) as references:
                return await engine.quote(replace(job.wish, images=references), How())

    async def models(self, task_types: str | Sequence[str] = TASK_TYPES) -> tuple[Offer, ...]:
        """Return the live offers of the two models: prices, sizes, ratios."""
        with self._speaking(None):
            asked = arguments.several("task_types", task_types, TASK_TYPES)
            return await self._opened()[0].models(asked)

    # Looking back

    async def tasks(
        self, *, limit: int | None = 20, states: str | Sequence[str] = (), since: datetime | float | None = None
    ) -> tuple[Item, ...]:
        """Return this user's history, newest first; ``states`` such as ``"running"`` or ``"done"``."""
        from ima_nano_banana.ledger.model import Filters

        with self._speaking(None):
            meant = Filters(
                user_id=self._user,
                realm=self._realm,
                states=arguments.several("states", states, tuple(State)),
                since=arguments.moment("since", since),
                limit=arguments.whole("limit", limit, 1),
            )
            return tuple(await self._opened()[1].ledger().tasks(meant))

    async def costs(
        self, by: Group | Sequence[Group] = "day", *, since: datetime | float | None = None
    ) -> tuple[Cost, ...]:
        """Add up what this user has spent, by ``"day"``, ``"user"`` or ``"model"`` or several of these."""
        with self._speaking(None):
            groups = arguments.several("by", by, GROUPS)
            begin = arguments.moment("since", since)
            ledger = self._opened()[1].ledger()
            return tuple(await ledger.costs(groups, realm=self._realm, user_id=self._user, since=begin))

    async def limits(self) -> tuple[Limit, ...]:
        """Return the stored limits that bind this user, with what is used and left."""
        with self._speaking(None):
            return tuple(await self._opened()[1].ledger().limits_show(user_id=self._user, realm=self._realm))

    async def set_limit(self, period: Period, points: int | None, *, scope: str = "all") -> None:
        """Store a limit in points for ``"run"``, ``"day"`` or ``"month"``; ``None`` removes it.

        Args:
            period: What it counts over.
            points: The most that may be spent.
            scope: ``"all"`` for everybody together, ``"each-user"``, or ``"user:<id>"``.
        """
        with self._speaking(None):
            [asked] = arguments.several("period", (period,), PERIODS)
            most = arguments.whole("points", points, 0)
            whose = arguments.needed("scope", scope)
            ledger = self._opened()[1].ledger()
            await ledger.limits_set(whose, asked, most, realm=self._realm)

    # How it is done

    @property
    def _realm(self) -> str:
        return realm_of(sandbox=self._sandbox)

    def _job(self, told: Mapping[str, object]) -> _Job:
        """Understand every argument, before anything is asked of anybody."""
        wish = Wish(
            prompt=arguments.needed("prompt", told["prompt"]),
            model=arguments.text("model", told["model"]) or self._wish.model,
            version_id=arguments.word("version_id", told["version_id"]),
            size=arguments.word("size", told["size"]) or self._wish.size,
            aspect_ratio=arguments.ratio("aspect_ratio", told["aspect_ratio"]) or self._wish.aspect_ratio,
            count=arguments.whole("count", told["count"], 1) or self._wish.count,
            extra=dict(arguments.mapping("extra", told["extra"])),
            language=self.language,
            user_id=self._user,
            idempotency_key=arguments.text("idempotency_key", told.get("idempotency_key")),
        )
        heard = told.get("on_event")
        return _Job(
            wish=wish,
            images=images_.taken(told["images"]),
            how=self._manner(told),
            # What it takes shows when it is called; here it can only be told that it can be.
            heard=arguments.called("on_event", cast("Heard | None", heard)) or self._on_event,
        )

    def _manner(self, told: Mapping[str, object]) -> How:
        own = self._how
        found: dict[str, Any] = {}
        for name, check in arguments.MANNERS.items():
            if (value := told.get(name)) is not None:
                found[name] = check(name, value)
        waits = told.get("timeout", UNSET)
        return replace(own, **found, timeout=own.timeout if waits is UNSET else arguments.seconds("timeout", waits))

    async def _run(self, job: _Job, trace: Trace, heard: Heard | None = None, *, submitted: bool = False) -> Made:
        engine, _ = self._opened()
        await self._warn_of_idle_limits()
        with images_.laid_down(job.images) as references:
            wish = replace(job.wish, images=references)
            return await heard_by(
                heard or job.heard,
                trace,
                lambda emit, tell: engine.generate(wish, job.how, emit, trace, tell=tell),
                submitted=submitted,
            )

    async def _spoken(self, prompt: str, job: _Job, trace: Trace, heard: Heard) -> Made:
        with self._speaking(prompt):
            return await self._run(job, trace, heard, submitted=job.heard is None)

    async def _told(self, trace: Trace) -> None:
        """Close a submitted request whose end somebody has heard."""
        if trace.item_id is not None and trace.at_its_end and self._parts is not None:
            await noted(self._parts.ledger().told(trace.item_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One call, understood."""

    wish: Wish
    images: Taken
    how: How
    heard: Heard | None


def speak(fault: FaultT, language: Language) -> FaultT:
    """Give a fault its sentences in the user's language, and its result the pictures."""
    fault.say(messages.reason(fault, language), messages.suggestion(fault, language))
    fault.result = None if fault.result is None else made(fault.result)
    return fault
