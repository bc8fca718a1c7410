"""The library: ``AsyncClient`` and its sync twin ``Client``."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.assembly import open_engine
from ima_nano_banana.domain.model import TASK_TYPES, Offer, Quote, Result, Wish
from ima_nano_banana.engine.ports import How
from ima_nano_banana.words.language import language_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from types import TracebackType

    import httpx2

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.engine import Engine

T = TypeVar("T")


def _quiet(_: Event) -> None:
    """Say nothing."""


class AsyncClient:
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
        language: ``"zh"`` or ``"en"`` for texts; left out, the prompt decides.
        env: Stands in for ``os.environ``.
        transport: Replaces the sockets (tests).
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        sandbox: bool = False,
        scenes: Sequence[str] = (),
        user_id: str = "default",
        language: str | None = None,
        env: Mapping[str, str] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._key = api_key
        self._sandbox = sandbox
        self._scenes = tuple(scenes)
        self._user = user_id
        self._language = language
        self._env = env
        self._transport = transport
        self._stack = AsyncExitStack()
        self._engine: Engine | None = None

    async def __aenter__(self) -> AsyncClient:
        """Open the ledger; connections are made when they are first needed."""
        self._engine = await self._stack.enter_async_context(
            open_engine(
                key=self._key,
                sandbox=self._sandbox,
                scenes=self._scenes,
                language=language_of(None, self._language),
                env=self._env,
                transport=self._transport,
            )
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self._engine = None
        await self._stack.aclose()

    @property
    def engine(self) -> Engine:
        """The engine under this client.

        Raises:
            RuntimeError: the client is not open; use it in ``async with``.
        """
        if self._engine is None:
            msg = "open the client first: async with AsyncClient() as ima"
            raise RuntimeError(msg)
        return self._engine

    def _wish(self, prompt: str, images: Sequence[str | Path], options: Mapping[str, object]) -> Wish:
        return Wish(
            prompt=prompt,
            images=tuple(str(image) for image in images),
            language=self._language,
            user_id=self._user,
            **options,  # type: ignore[arg-type]
        )

    async def generate(
        self,
        prompt: str,
        *,
        images: Sequence[str | Path] = (),
        model: str | None = None,
        version_id: str | None = None,
        size: str | None = None,
        aspect_ratio: str | None = None,
        count: int | None = None,
        extra: Mapping[str, object] | None = None,
        max_credits: int | None = None,
        keep_size: bool = False,
        again: bool = False,
        download: bool = True,
        output_dir: str | Path | None = None,
        timeout: float = 600.0,
        keep_metadata: bool = False,
        on_event: Callable[[Event], None] = _quiet,
    ) -> Result:
        """Make pictures from a prompt, or from a prompt and input images.

        Args:
            prompt: What the picture should show.
            images: ``https://`` URLs or local JPEG, PNG or WebP files, at most 14.
            model: A model id, a display name or one of the words ``flash``, ``pro``, ``budget`` …
            version_id: One version of the model, where the list has several.
            size: ``512px``, ``1K``, ``2K`` or ``4K``.
            aspect_ratio: Such as ``16:9``; the live options decide.
            count: 1 to 4 pictures.
            extra: Further fields of the model's live form.
            max_credits: Refuse a higher price, in points for all pictures.
            keep_size: Fail rather than step down to a smaller size.
            again: Pay a second time for a request that is still open or of unknown outcome.
            download: Save the pictures; otherwise only their URLs are returned.
            output_dir: Where to save; the current folder by default.
            timeout: Seconds to follow the task after it was created.
            keep_metadata: Upload input pictures with their EXIF, which may name a place.
            on_event: Receives every event of :mod:`ima_nano_banana.domain.events`.

        Raises:
            Fault: see :mod:`ima_nano_banana.errors`.
        """
        wish = self._wish(
            prompt,
            images,
            {
                "model": model,
                "version_id": version_id,
                "size": size,
                "aspect_ratio": aspect_ratio,
                "count": count,
                "extra": dict(extra or {}),
            },
        )
        how = How(
            max_credits=max_credits,
            keep_size=keep_size,
            again=again,
            download=download,
            output_dir=Path(output_dir) if output_dir is not None else None,
            timeout=timeout,
            keep_metadata=keep_metadata,
        )
        return await self.engine.generate(wish, how, on_event)

    async def quote(
        self,
        prompt: str,
        *,
        images: Sequence[str | Path] = (),
        model: str | None = None,
        version_id: str | None = None,
        size: str | None = None,
        aspect_ratio: str | None = None,
        count: int | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> Quote:
        """Return the price without creating, uploading or charging anything."""
        options = {
            "model": model,
            "version_id": version_id,
            "size": size,
            "aspect_ratio": aspect_ratio,
            "count": count,
            "extra": dict(extra or {}),
        }
        return await self.engine.quote(self._wish(prompt, images, options), How())

    async def resume(
        self,
        task_id: str,
        *,
        download: bool = True,
        output_dir: str | Path | None = None,
        timeout: float = 600.0,
        on_event: Callable[[Event], None] = _quiet,
    ) -> Result:
        """Finish a task that is already paid; nothing is charged."""
        how = How(download=download, output_dir=Path(output_dir) if output_dir else None, timeout=timeout)
        language = language_of(None, self._language)
        return await self.engine.resume(task_id, how, on_event, language=language, user_id=self._user)

    async def models(self, task_types: Sequence[str] = TASK_TYPES) -> tuple[Offer, ...]:
        """Return the live offers of the two models: prices, sizes, ratios."""
        return await self.engine.models(tuple(task_types))


class Client:
    """The sync twin of :class:`AsyncClient`: the same methods with the same arguments.

    ::

        with Client(sandbox=True) as ima:
            print(ima.generate("a cat on the moon").files[0])

    It must not be used where an event loop is already running; there, use :class:`AsyncClient`.
    """

    def __init__(self, api_key: str | None = None, **options: object) -> None:
        self._client = AsyncClient(api_key, **options)  # type: ignore[arg-type]
        self._runner = asyncio.Runner()

    def __enter__(self) -> Client:
        """Open the ledger."""
        self._run(self._client.__aenter__())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self._run(self._client.__aexit__(kind, error, trace))
        self._runner.close()

    def _run(self, work: Coroutine[object, object, T]) -> T:
        return self._runner.run(work)

    def generate(self, prompt: str, **options: object) -> Result:
        """Make pictures; see :meth:`AsyncClient.generate`."""
        return self._run(self._client.generate(prompt, **options))  # type: ignore[arg-type]

    def quote(self, prompt: str, **options: object) -> Quote:
        """Return the price; see :meth:`AsyncClient.quote`."""
        return self._run(self._client.quote(prompt, **options))  # type: ignore[arg-type]

    def resume(self, task_id: str, **options: object) -> Result:
        """Finish a paid task; see :meth:`AsyncClient.resume`."""
        return self._run(self._client.resume(task_id, **options))  # type: ignore[arg-type]

    def models(self, task_types: Sequence[str] = TASK_TYPES) -> tuple[Offer, ...]:
        """Return the live offers; see :meth:`AsyncClient.models`."""
        return self._run(self._client.models(task_types))
