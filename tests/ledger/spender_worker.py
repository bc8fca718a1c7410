"""Reserve one-point creates until the limit says no; give some of them back on the way.

Prints how many stayed booked. Any fault but the limit's ends in a traceback and a failed exit.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ledger_world import ask, reserve, say

from ima_nano_banana.errors import BudgetFault, RejectedFault, UncertainFault
from ima_nano_banana.ledger import Ledger

path, name, tries = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
kept = 0
with Ledger(path) as ledger:
    for number in range(tries):
        try:
            reservation = reserve(ledger, ask(f"{name}-{number}", credit=1, user=name))
        except BudgetFault:
            continue
        if number % 5 == 1:
            ledger.refused(reservation, RejectedFault("rejected.parameters"))
        elif number % 5 == 2:
            ledger.uncertain(reservation, UncertainFault("uncertain.no_answer", charged="unknown"))
            kept += 1
        else:
            ledger.created(reservation, f"task_{name}_{number}")
            kept += 1
say(kept)
