"""Ask for the very same request as every other worker, and say what came of it."""

from __future__ import annotations

import sys
from pathlib import Path

from ledger_world import ask, say

from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.ledger import Ledger

with Ledger(Path(sys.argv[1])) as ledger:
    say("ready")
    sys.stdin.readline()
    found = ledger.reserve(ask("one for all"))
    say("reserved" if isinstance(found, Reservation) else found.state)
    sys.stdin.readline()
