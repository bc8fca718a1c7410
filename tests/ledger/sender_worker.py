"""Reserve one create and then hang, as a sender whose answer does not come."""

from __future__ import annotations

import sys
from pathlib import Path

from ledger_world import ask, reserve, say

from ima_nano_banana.ledger import Ledger

ledger = Ledger(Path(sys.argv[1]))
reserve(ledger, ask(sys.argv[2]))
say("reserved")
sys.stdin.read()
