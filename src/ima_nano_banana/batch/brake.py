"""How fast a batch may go on, as the service's answers suggest: one brake for each kind of question.

An answer that asks for patience speaks of what was refused. A look that is turned away stops no create and no
download, and a create that is turned away leaves the tasks that are paid for in sight.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ima_nano_banana.errors import NetworkFault
from ima_nano_banana.ledger.calendar import local_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from ima_nano_banana.batch.model import Held
    from ima_nano_banana.clock import Clock
    from ima_nano_banana.errors import Phase

LIMITED = "network.rate_limited"

PATIENCE_SECONDS = 120.0
"""The longest that a batch waits before it may ask again. Who is asked for more gives up, and says until when."""

LOOKS_REST_SECONDS = 30.0
"""The longest rest of the looks of all rows. Looks are few and free, and they are how paid pictures are found."""

_FIRST_BACKOFF, _LONGEST_BACKOFF = 1.0, 60.0
_FIRST_GAP, _LONGEST_GAP = 0.1, 10.0
_GAP_FADES = 0.8


class Brake:
    """What slows one kind of question.

    After an answer that asks for patience none leaves for the time it named. From then on creates keep a
    distance that doubles with every such answer and fades with every create that is accepted.

    Args:
        clock: The batch's one clock.
        random: Spreads those that wait.
        phase: The step that it belongs to.
        most: The longest that one answer can hold it; ``None`` is as long as it asks.
    """

    def __init__(
        self, clock: Clock, random: Callable[[], float], *, phase: Phase = "create", most: float | None = None
    ) -> None:
        self.clock = clock
        self._random = random
        self._phase = phase
        self._most = most
        self._until = -math.inf
        self._presses = 0
        self._gap = 0.0
        self._last = -math.inf
        self.pressed = -math.inf
        """When it was last pressed after a time without."""
        self.since: float | None = None
        """When the service last began to be out of reach; ``None`` while all is well."""

    @property
    def left(self) -> float:
        """Seconds in which nothing of its kind may be asked."""
        return max(0.0, self._until - self.clock.monotonic())

    def press(self, fault: NetworkFault) -> None:
        """Stop for as long as ``fault`` asks, or for longer each time it does not say."""
        now = self.clock.monotonic()
        if self.since is None:
            self.since = now
        if self.left <= 0.0:  # many answers of one moment are one request for patience
            self._presses += 1
            self.pressed = now
            self._gap = min(_LONGEST_GAP, max(_FIRST_GAP, self._gap * 2))
        own = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2.0 ** min(self._presses - 1, 10))
        asked = own if fault.retry_after is None else fault.retry_after
        if self._most is not None:
            asked = min(asked, self._most)
        self._until = max(self._until, now + asked + self._random() * min(1.0, asked / 4))

    def eased(self) -> None:
        """Note that a question was answered."""
        self._presses, self.since = 0, None
        self._gap = 0.0 if self._gap < _FIRST_GAP / 2 else self._gap * _GAP_FADES

    async def passed(self) -> None:
        """Wait until the next may be asked.

        Raises:
            NetworkFault: the service asks for more patience than a batch has; ``until`` says until when.
        """
        while (wait := max(self.left, self._last + self._gap - self.clock.monotonic())) > 0:
            if self.left > PATIENCE_SECONDS:
                raise self.impatient()
            await self.clock.sleep(wait)
        self._last = self.clock.monotonic()

    def impatient(self) -> NetworkFault:
        """Return the fault of a batch that does not wait so long."""
        until = self.clock.time() + self.left
        return NetworkFault("batch.patience", phase=self._phase, retry_after=self.left, until=local_time(until, None))


class Brakes:
    """The brakes of all kinds that the rows of a batch share.

    Attributes:
        create: Creates.
        look: Looks at tasks.
        prepare: What comes before a create: product lists and uploads.
    """

    def __init__(self, clock: Clock, random: Callable[[], float]) -> None:
        self.create = Brake(clock, random)
        self.look = Brake(clock, random, phase="poll", most=LOOKS_REST_SECONDS)
        self.prepare = Brake(clock, random, phase="upload")

    @property
    def looks_wait(self) -> float:
        """Seconds in which no row should look: a create that was turned away asks for a short rest of all."""
        return max(self.look.left, min(self.create.left, self._rest()))

    def _rest(self) -> float:
        return max(0.0, self.create.pressed + LOOKS_REST_SECONDS - self.create.clock.monotonic())

    def of(self, fault: NetworkFault) -> Brake:
        """Return the brake of the step in which a row was turned away."""
        return self.prepare if fault.phase in ("catalog", "upload") else self.create

    def held(self) -> dict[Held, float]:
        """Return which kinds are waiting at the service's word, and until when (Unix seconds)."""
        now = self.create.clock.time()
        waits: dict[Held, float] = {
            "creates": max(self.create.left, self.prepare.left),
            "looks": self.look.left,
        }
        return {kind: now + left for kind, left in waits.items() if left > 0}
