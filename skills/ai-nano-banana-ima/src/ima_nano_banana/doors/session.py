"""What a command works at: the options, the reporter, and the way to an engine."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.domain.language import language_of
from ima_nano_banana.domain.realm import realm_of
from ima_nano_banana.doors import approving, order
from ima_nano_banana.doors.printer import Printer
from ima_nano_banana.doors.resume import resume_command
from ima_nano_banana.doors.streams import Mode, Reporter
from ima_nano_banana.errors import AuthFault, UsageFault
from ima_nano_banana.wire.redact import remember

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from ima_nano_banana.doors.order import Values
    from ima_nano_banana.doors.reading import Reading
    from ima_nano_banana.engine.ports import Ports, Trace
    from ima_nano_banana.ledger import Item
    from ima_nano_banana.words import Language

T = TypeVar("T")


class Session:
    """One run of one door.

    Attributes:
        values: The options by name, as text; empty until they are understood.
        reporter: The only way to speak.
        env: The environment.
    """

    def __init__(
        self,
        reading: Reading,
        *,
        resume: Sequence[str],
        env: Mapping[str, str] | None = None,
        door: str = "script",
    ) -> None:
        self.env = os.environ if env is None else env
        self.door = door
        self.values: Values = {}
        for key in (reading.given.get("api_key"), self.env.get("IMA_API_KEY")):
            remember(key)
        self._asked_language = reading.asked_language
        self.reporter = Reporter(
            reading.mode,
            Printer(),
            reading.language(self.env),
            sandbox=reading.sandbox,
            relayed=door == "script",
            resume_command=resume_command(resume, lambda: self.values),
            approve_command=lambda fault: approving.of_fault(fault, sandbox=reading.sandbox, env=self.env),
            clock=time.monotonic,
        )
        self.reporter.ready = self._has_key
        self._trace: Trace | None = None
        self._idle_limits: list[str] | None = None
        self._close_log: Callable[[], None] | None = None

    @property
    def trace(self) -> Trace | None:
        """Where the engine is, once there is one."""
        return self._trace

    def settle(self, values: Values) -> None:
        """Take the understood options.

        Raises:
            UsageFault: a value can't be read, or two exclude each other.
        """
        self.values = values
        if self.reporter.mode is Mode.BOTH:
            raise UsageFault("flags.both_streams")
        order.check(values)
        order.user_of(values, self.env)
        self.reporter.quiet = order.on(values, "quiet")
        if order.on(values, "verbose"):
            self._talk()
        self._check_scenes()
        if order.text(values, "api_key"):
            self.reporter.notice("flags.key_visible")

    def _has_key(self) -> bool:
        """Tell whether there is a key; what is wrong with it is for the engine to say."""
        from ima_nano_banana.local import keys

        try:
            return self.sandbox or bool(keys.find(order.text(self.values, "api_key"), self.env))
        except AuthFault:
            return False

    def _talk(self) -> None:
        """Let the log be read while it is written."""
        from ima_nano_banana.local import logs

        if self.reporter.quiet:
            raise UsageFault("flags.exclude", one="--quiet", other="--verbose")
        self.open_log()
        logs.echo(self.reporter.printer.err)

    def _check_scenes(self) -> None:
        told = order.many(self.values, "sandbox_scene")
        if not told:
            return
        if "sandbox" in self.values and not self.sandbox:
            raise UsageFault("flags.scene_needs_sandbox")
        from ima_nano_banana import sandbox

        known = sandbox.scene_names()
        for name in (part.strip() for one in told for part in one.split(",")):
            if name and name not in known:
                raise UsageFault("flags.no_scene", scene=name)

    def speak_as(self, prompt: str | None, before: str | None = None) -> None:
        """Speak the language of the prompt (or the one spoken ``before``), unless another was asked for."""
        if prompt is not None or before is not None:
            self.reporter.language = language_of(prompt, self._asked_language or before)

    def language_of(self, item: Item) -> Language:
        """Return the language of a task: the one asked for, else that of its order."""
        return language_of(item.prompt, self._asked_language or item.language)

    @property
    def user(self) -> str:
        """Whose run this is."""
        return order.user_of(self.values, self.env)

    @property
    def sender(self) -> str | None:
        """Who wrote in the chat, if the host names one: others' rows are then not there."""
        from ima_nano_banana.local.paths import sender_id

        return sender_id(self.env)

    @property
    def sandbox(self) -> bool:
        """Whether all is simulated."""
        return order.on(self.values, "sandbox")

    @property
    def realm(self) -> str:
        """Which books it goes to."""
        return realm_of(sandbox=self.sandbox)

    def run(self, work: Callable[[Ports, Trace], Coroutine[object, object, T]], *, door: str | None = None) -> T:
        """Open what an engine stands on, as the options say, and run ``work`` on it.

        Args:
            work: What is to be done; it says in the trace how far it has come, or each of its runs does.
            door: Which door the orders come through, for the books; this one by default.

        Raises:
            Fault: whatever it raised.
        """
        import asyncio

        from ima_nano_banana.assembly import Parts
        from ima_nano_banana.doors.run import stoppable
        from ima_nano_banana.engine.ports import Trace

        trace = self._trace = Trace()
        self.open_log()
        self.tell_of_idle_limits()
        parts = Parts(
            key=order.text(self.values, "api_key"),
            sandbox=self.sandbox,
            scenes=order.many(self.values, "sandbox_scene"),
            language=self.reporter.language,
            env=self.env,
            door=door or self.door,
        )

        def spent() -> Trace:
            """A run says in its trace where it is; what many have spent together is known to those who ran them."""
            return parts.going.trace() if trace == Trace() else trace

        async def opened() -> T:
            try:
                return await work(parts.ports(), trace)
            finally:
                await parts.close()

        try:
            return asyncio.run(stoppable(opened, spent))
        finally:
            self._trace = spent()

    def tell_of_idle_limits(self) -> list[str]:
        """Tell once of limits in this machine's own ledger that hold nothing, and return them."""
        if self._idle_limits is None:
            self._idle_limits = []
            if self.env.get("IMA_LEDGER_URL", "").strip():
                from ima_nano_banana.doors import books

                self._idle_limits = books.tell_of_idle_limits(self)
        return self._idle_limits

    def decorate(self) -> None:
        """Give a person at a terminal the live line and, afterwards, the picture itself."""
        printer, reporter = self.reporter.printer, self.reporter
        if reporter.mode is not Mode.HUMAN or reporter.quiet:
            return
        from ima_nano_banana.doors import human

        if human.plain():
            return
        try:
            from ima_nano_banana.doors import terminal
        except ModuleNotFoundError:  # decoration needs a package that nothing else does
            return
        # Lines of a log would tear a line that is drawn in place.
        if printer.err_is_terminal and not order.on(self.values, "verbose"):
            reporter.live = terminal.LiveLine(reporter.language)
        if printer.out_is_terminal and not order.on(self.values, "no_preview"):
            reporter.picture = terminal.show_picture

    def open_log(self) -> None:
        """Let the rest of this run be logged."""
        from ima_nano_banana.local import keys, logs, paths

        if self._close_log is None:
            key = order.text(self.values, "api_key") or keys.in_environment(self.env)
            logs.configure(paths.state_root(self.env), key)
            self._close_log = logs.close

    def close(self) -> None:
        """End the log of this run."""
        if self._close_log is not None:
            self._close_log()
