"""Faults to plant: one line each, in the engine, the ledger and the service. The simulation must find every one.

Left out are lines that a second one guards as well (a price is checked by the engine and by the ledger, say): taking
only one of the two away breaks no promise, so nobody could find it. So are those that only a ledger of many machines needs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """One line of the program, made wrong."""

    name: str
    file: str
    old: str
    new: str


def _of(file: str, *faults: tuple[str, str, str]) -> list[Mutation]:
    return [Mutation(name, file, old, new) for name, old, new in faults]


MUTATIONS: tuple[Mutation, ...] = (
    *_of(
        "ledger/connection.py",
        ("skip every sync", '"PRAGMA synchronous = FULL"', '"PRAGMA synchronous = OFF"'),
        ("sync at checkpoints only", '"PRAGMA synchronous = FULL"', '"PRAGMA synchronous = NORMAL"'),
        (
            "commit nothing of a shared commit",
            '                    raise sqlite3.OperationalError("the transaction is gone")\n            self.commit()',
            '                    raise sqlite3.OperationalError("the transaction is gone")\n'
            '            connection.execute("ROLLBACK")',
        ),
    ),
    *_of(
        "ledger/claims.py",
        ("pay beside an open request", "        if item.state in FOLLOWED:\n", "        if False:\n"),
        ("pay beside a create under way", "        if item.state in BEING_SENT:\n", "        if False:\n"),
        ("forget what nobody was told", "        if item.ended:\n", "        if False:\n"),
        ("pay again after an unknown outcome", "        return unsure(item, zone)\n", "        return None\n"),
        ("take a dead sender's create for unsent", "    if item.state is State.SENDING:\n", "    if False:\n"),
        ("never bury the dead", "or context.lives(owner):", "or True:"),
        ("keep no limit", "    return limits.refusal(tx, applying, credit=credit, days=days)", "    return None"),
        (
            "need no approval",
            "plan = plans.clearance(tx, ask, limits.threshold(rules, ask.user_id), context.now)",
            "plan = None",
        ),
        ("book a claim without its points", "        committed=quote.credit,\n", "        committed=0,\n"),
        (
            "book the price of one picture of many",
            "        committed=quote.credit,\n",
            "        committed=quote.credit_each,\n",
        ),
    ),
    *_of(
        "ledger/outcomes.py",
        (
            "ignore the uncertain in a limit",
            '"uncertain", now)\n    return rows.move(tx, item, State.UNCERTAIN, now, owner=None,',
            '"uncertain", now)\n    return rows.move(tx, item, State.UNCERTAIN, now, owner=None, committed=0,',
        ),
        (
            "keep the points of a refusal",
            "State.FAILED, now, committed=0, owner=None, fault=facts_of(fault) or item.fault)",
            "State.FAILED, now, owner=None, fault=facts_of(fault) or item.fault)",
        ),
        (
            "give a failed task's points back",
            'fault.charged == "no" else item.committed',
            'fault.charged == "no" else 0',
        ),
        ("settle without the points", "(item.credit or 0) if charged else 0", "0"),
        (
            "drop the fence of an answer",
            "return item.attempt == reservation.attempt and item.state in states",
            "return True",
        ),
    ),
    *_of(
        "ledger/limits.py",
        ("count only what is spent already", "        if credit > left:\n", "        if left <= 0:\n"),
        (
            "begin the day tomorrow",
            "int(since // QUARTER_SECONDS)}\n    used",
            "int(resets // QUARTER_SECONDS)}\n    used",
        ),
        ("forget the limit for everybody", "ALL if limit.user_id is None else", '"" if limit.user_id is None else'),
    ),
    *_of(
        "ledger/rows.py",
        (
            "let the sums run away",
            "        _spend(tx, before, sql.TAKE_BACK)\n        _spend(tx, after",
            "        _spend(tx, after",
        ),
    ),
    *_of(
        "ledger/keys.py",
        ("give a key to any request", '    if row["digest"] != named.digest:', "    if False:"),
        ("free every key that has ended", "return item.state is State.FAILED and not", "return item.ended or not"),
        ("forget what a key stands for", "    tx.execute(sql.BIND_KEY,", "    (sql.BIND_KEY,"),
    ),
    *_of(
        "ledger/batches.py",
        (
            "give a batch no budget",
            'if row is None or row["budget"] is None or row["committed"]',
            'if True or row["committed"]',
        ),
        (
            "make a finished row anew",
            "    if item.state in (*FOLLOWED, State.DONE):\n",
            "    if item.state is State.DONE:\n        return None\n    if item.state in FOLLOWED:\n",
        ),
    ),
    *_of(
        "ledger/freezes.py",
        (
            "freeze nobody",
            "    found = standing(tx, realm, user_id)\n",
            "    found = [one for one in standing(tx, realm, user_id) if one.user_id]\n",
        ),
    ),
    *_of(
        "ledger/books.py",
        (
            "answer before a claim is in the file",
            "        found = self._write(claim)\n        if not isinstance(found, claims.Booked):",
            "        found = self._write(claim)\n"
            "        self._write(lambda tx, _: isinstance(found, claims.Booked) and tx.execute("
            '"DELETE FROM attempts WHERE item_id = ?", (found.item.id,)) and tx.execute('
            '"DELETE FROM changes WHERE item_id = ?", (found.item.id,)) and tx.execute('
            '"DELETE FROM items WHERE id = ?", (found.item.id,)))\n'
            "        if not isinstance(found, claims.Booked):",
        ),
    ),
    *_of(
        "engine/spend.py",
        (
            "take an unknown outcome for a no",
            "                    await noted(self._ports.ledger.uncertain(self.reservation, fault))\n                    raise\n"
            "                self._trace",
            "                    await self.take_back(fault)\n                    raise\n                self._trace",
        ),
        (
            "repeat a create whose answer was lost",
            "                    await noted(self._ports.ledger.uncertain(self.reservation, fault))\n                    raise\n"
            "                self._trace",
            "                    continue\n                self._trace",
        ),
        (
            "book after the send, and not at all",
            "if not await noted(self._ports.ledger.created(self.reservation, task_id)):",
            "if False:",
        ),
        (
            "say that nothing was charged",
            '                if fault.charged != "no":\n                    await noted(self._ports.ledger.uncertain',
            '                if fault.charged != "no":\n                    fault.charged = "no"\n'
            "                    await noted(self._ports.ledger.uncertain",
        ),
    ),
    *_of(
        "engine/telling.py",
        (
            "close though nobody heard",
            "    elif await tell(last) and trace.at_its_end",
            "    elif (await tell(last) or True) and trace.at_its_end",
        ),
        (
            "close before telling",
            "    elif await tell(last) and",
            "    elif trace.item_id and await ports.ledger.told(trace.item_id) is not None and await tell(last) and",
        ),
        ("close by a timeout", "    trace.at_its_end = is_end(last)\n", ""),
    ),
    *_of(
        "engine/flow.py",
        (
            "take a part for the whole",
            'partly(result) if verdict.state == "partial"',
            'partly(result) if verdict.state == ""',
        ),
        (
            "save no end",
            '        if verdict.state == "failed":\n',
            '        if verdict.state in ("failed", "partial"):\n',
        ),
    ),
    *_of(
        "engine/prepare.py",
        (
            "ignore the caller's ceiling",
            "if how.max_credits is None or quote.credit <= how.max_credits:",
            "if how.max_credits is None or quote.credit_each <= how.max_credits * 9:",
        ),
    ),
    *_of(
        "engine/follow.py",
        ("believe a no about a paid task at once", "now - looks.definite_since >= FORGOTTEN_SECONDS", "True"),
    ),
    *_of(
        "domain/model.py",
        ("quote one picture and order many", "return self.rule.points * self.count", "return self.rule.points"),
    ),
    *_of(
        "engine/job.py",
        (
            "tell the old price",
            "            credit=quote.credit,\n            model_name=offer.name,",
            "            model_name=offer.name,",
        ),
        (
            "step down without a word",
            "            adjustments=(*self.adjustments, adjustment),\n",
            "            adjustments=self.adjustments,\n",
        ),
    ),
    *_of(
        "service/client.py",
        (
            "take a lost answer for an unsent create",
            'raise (lost(exc) if watch.may_have_left(exc) else fault_of(exc, "create")) from exc',
            'raise fault_of(exc, "create") from exc',
        ),
        (
            "retry a create like a question",
            "answer = seen(await self._line.ask(request, waits=CREATE, watch=watch))",
            'answer = seen(await patiently(lambda: self._ask(request, "create"), self._clock))',
        ),
    ),
    *_of(
        "wire/refusals.py",
        (
            "believe a gateway's status",
            '    if phase == "create":\n        return uncertain(envelope)\n    return _passing',
            "    return _passing",
        ),
        (
            "believe a gateway's body",
            '    if phase == "create" and by_gateway(envelope):\n',
            "    if False:\n",
        ),
    ),
    *_of(
        "wire/answers.py",
        (
            "take an answer without an id for a no",
            "    if task_id is None:\n        raise refusals.uncertain(envelope)",
            '    if task_id is None:\n        raise refusals.by_status(envelope, "catalog")',
        ),
    ),
    *_of(
        "wire/requests.py",
        ("order one picture instead of many", '"n": quote.count,', '"n": 1,'),
    ),
    *_of(
        "pictures/save.py",
        ("do not sync a picture", "            os.fsync(file.fileno())\n", ""),
    ),
)
