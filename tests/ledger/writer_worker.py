"""Write one item's life after another, and say each step once it is durable."""

from __future__ import annotations

import sys
from pathlib import Path

from ledger_world import ask, reserve, say

from ima_nano_banana.ledger import Ledger

ledger = Ledger(Path(sys.argv[1]))
# Checkpoints often, so that the file itself is caught in the middle of them too.
ledger.database.read(lambda tx: None)
ledger.database._opened().execute("PRAGMA wal_autocheckpoint = 8").fetchone()
for number in range(100_000):
    reservation = reserve(ledger, ask(f"{number}"))
    say(f"{reservation.item_id} sending")
    ledger.created(reservation, f"task_{number}")
    say(f"{reservation.item_id} running")
    ledger.ready(reservation.item_id, ["u"])
    say(f"{reservation.item_id} ready")
    ledger.done(reservation.item_id, ["f"])
    say(f"{reservation.item_id} done")
