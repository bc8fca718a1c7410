"""Many pictures from one file: checked as a whole, quoted as a whole, paid for once each.

``read`` finds the rows of a file, ``plan`` what is wrong with them and what each waits for, ``price`` what all
of them cost; the :class:`~.runner.Runner` sends every row through the ordinary engine, behind one
:class:`~.gate.Gate`. The ledger knows a row by its place in its batch, so the same command continues.
"""

from ima_nano_banana.batch.model import LineFault, Outcome, Plan, Row, Summary

__all__ = ["LineFault", "Outcome", "Plan", "Row", "Summary"]
