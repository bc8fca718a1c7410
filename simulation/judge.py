"""Judges a history by the promises of the public surface, and knows nothing of the program.

It reads what the simulated IMA booked, what callers were told, and what lies on the disk; nothing else. A create is
*open* until a definite no has reached its sender, its end was told to somebody, or a person has settled it.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.ima import Ima, Sent
    from simulation.plan import Plan

LAST = ("ok", "generation", "partial", "rejected")
"""Ends of a task after which the same request is a new one."""
UNCLEAR = ("timeout", "download", "interrupted", "uncertain", "storage", "network", "auth")
QUARTER = 900
ZONE = ZoneInfo("Europe/Berlin")

History = list[dict[str, Any]]


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept."""

    rule: str
    words: str


def judged(history: History, ima: Ima, books: Path, plan: Plan) -> list[Broken]:
    """Return every broken promise."""
    case = Case(history, ima, plan)
    found = [
        *case.defects(),
        *case.creates(),
        *case.prices(),
        *case.limits(),
        *case.budgets(),
        *case.approvals(),
        *case.freezes(),
        *case.words(),
    ]
    found += Disk(books, case).judged()
    return found


class Case:
    """One history, sorted for the questions that are asked of it."""

    def __init__(self, history: History, ima: Ima, plan: Plan) -> None:
        self.history, self.ima, self.plan = history, ima, plan
        self.calls = {one["call"]: one for one in history if one["what"] == "call"}
        self.told = [one for one in history if one["what"] == "told"]
        self.closed = {one["task_id"] for one in self.told if one["end"] in LAST}
        self.tasks = {one.task_id: one for one in ima.sent if one.accepted}
        asked = {one["prompt"] for one in self.calls.values() if "prompt" in one}
        self.known = asked - {one.prompt for one in ima.sent if not (one.answered or one.refused)}
        """Requests of which everything is known: no create of theirs went without an answer."""
        kinds = {one["kind"] for one in history if one["what"] == "act"}
        self.troubled = bool(kinds & {"kill", "power", "full", "sync", "lock", "cancel"})

    def defects(self) -> Iterator[Broken]:
        """Nothing breaks down, and everything comes to an end."""
        for one in self.history:
            if one["what"] == "end" and one["end"] in ("defect", "internal"):
                yield Broken("defect", f"call {one['call']} broke down: {one['code']}")
            elif one["what"] in ("hang", "stuck", "defect", "leak"):
                yield Broken(one["what"], f"{one.get('call', '')} {one.get('why', '')} {one.get('host', '')}".strip())

    # --- section 8 and 10: no second create ---

    def creates(self) -> Iterator[Broken]:
        """A create goes out only when every earlier one of the same request is closed."""
        open_: dict[str, dict[int, Sent]] = defaultdict(dict)
        keyed: dict[tuple[str, str], dict[int, Sent]] = defaultdict(dict)
        of_call: Counter[str] = Counter()
        for one in self.history:
            if one["what"] == "sent":
                sent = self.ima.sent[one["number"]]
                yield from self._sent(sent, open_[sent.prompt], keyed, of_call)
            elif one["what"] == "answered" and not one["yes"]:
                self._forget(open_, keyed, one["number"])
            elif one["what"] == "told" and one["end"] in LAST:
                for some in open_.values():
                    for number in [number for number, sent in some.items() if sent.task_id == one["task_id"]]:
                        del some[number]
            elif one["what"] == "settling":
                open_[one["prompt"]].clear()
                for names in keyed.values():
                    for number in [n for n, sent in names.items() if sent.prompt == one["prompt"]]:
                        del names[number]

    def _sent(
        self,
        sent: Sent,
        open_: dict[int, Sent],
        keyed: dict[tuple[str, str], dict[int, Sent]],
        of_call: Counter[str],
    ) -> Iterator[Broken]:
        call = self.calls.get(sent.call, {})
        of_call[sent.call] += 1
        if of_call[sent.call] > 3 and call.get("kind") == "make":
            yield Broken("three creates", f"call {sent.call} sent {of_call[sent.call]} creates")
        if call.get("again"):
            open_.clear()
        elif open_:
            earlier = next(iter(open_.values()))
            yield Broken("second create", f"{sent.call} paid for “{sent.prompt}” again; {earlier.call} had not ended")
        open_[sent.number] = sent
        if call.get("kind") == "batch":  # a row is known by its place for ever
            call = {"user": call["user"], "key": sent.prompt}
        if "key" in call:
            mine = keyed[call["user"], call["key"]]
            if mine:
                yield Broken("key", f"{sent.call} paid a second time under {call['key']}")
            mine[sent.number] = sent

    def _forget(self, open_: Any, keyed: Any, number: int) -> None:
        for some in (*open_.values(), *keyed.values()):
            some.pop(number, None)

    # --- section 8: no spend above a quote or a limit ---

    def prices(self) -> Iterator[Broken]:
        """What is charged was told before, and the caller's own ceiling holds."""
        heard: dict[str, int] = {}
        for one in self.history:
            if one["what"] == "heard" and not one["joined"]:
                heard.setdefault(one["call"], one["credit"])
            elif one["what"] == "sent":
                sent = self.ima.sent[one["number"]]
                call = self.calls.get(sent.call, {})
                if call.get("kind") == "batch":
                    continue
                ceiling = call.get("max_credits")
                told = heard.get(sent.call)
                if told is None or sent.points > told:
                    yield Broken("price", f"{sent.call} was told {told} and sent {sent.points}")
                if ceiling is not None and sent.points > ceiling:
                    yield Broken("ceiling", f"{sent.call} allowed {ceiling} and sent {sent.points}")

    def budgets(self) -> Iterator[Broken]:
        """The rows of a batch cost no more together than the highest budget that was set for it."""
        most: dict[tuple[str, int], int] = {}
        for one in self.calls.values():
            if one["kind"] == "batch":
                name = one["user"], one["number"] % 3
                most[name] = max(most.get(name, 0), 10**9 if one["budget"] is None else one["budget"])
        for (user, number), budget in most.items():
            spent = sum(one.points for one in self.tasks.values() if one.prompt.endswith(f" of {number} for {user}"))
            if spent > budget:
                yield Broken("budget", f"batch {number} of {user} spent {spent} of {budget} points")

    def approvals(self) -> Iterator[Broken]:
        """What is dear is spent once for each approval of it, and never before."""
        approved: dict[str, set[str]] = defaultdict(set)
        spent: dict[str, set[int]] = defaultdict(set)
        for one in self.history:
            if one["what"] == "approving":
                approved[one["prompt"]].add(one["plan"])
            elif one["what"] == "answered" and not one["yes"]:
                spent[self.ima.sent[one["number"]].prompt].discard(one["number"])
            elif one["what"] == "sent" and self.plan.threshold is not None:
                sent = self.ima.sent[one["number"]]
                if sent.points > self.plan.threshold:
                    spent[sent.prompt].add(sent.number)
                    if len(spent[sent.prompt]) > len(approved[sent.prompt]):
                        yield Broken("approval", f"{sent.call} spent {sent.points} without approval")

    def limits(self) -> Iterator[Broken]:
        """The points that the service took stay within every stored limit of their day and month."""
        jumped = any(one["what"] == "act" and one["kind"] == "jump" for one in self.history)
        for scope, period, points in self._standing():
            for whose in self._whose(scope, period):
                mine = [one for one in self.tasks.values() if whose in ("all", self._user(one))]
                if period == "run":
                    sums = {one.call: one.points for one in mine}
                else:
                    sums = {} if jumped else self._sums(mine, period)
                for when, used in sums.items():
                    if used > points:
                        yield Broken("limit", f"{used} of {points} points were spent: {whose}, {period} {when}")

    def _standing(self) -> list[tuple[str, str, int]]:
        last = {(scope, period): points for scope, period, points in self.plan.limits}
        return [(scope, period, points) for (scope, period), points in last.items()]

    def _whose(self, scope: str, period: str) -> list[str]:
        if scope == "all":
            return ["all"]
        if scope.startswith("user:"):
            return [scope[5:]]
        own = {s[5:] for s, p, _ in self.plan.limits if s.startswith("user:") and p == period}
        return [user for user in ("ann", "bob") if user not in own]

    def _sums(self, mine: list[Sent], period: str) -> dict[str, int]:
        sums: dict[str, int] = defaultdict(int)
        for one in mine:
            days = {self._name(one.wall_at - early, period) for early in (0.0, 120.0)}
            if len(days) == 1:  # a claim of the last moment before midnight belongs to the day before
                sums[days.pop()] += one.points
        return sums

    def _name(self, moment: float, period: str) -> str:
        return datetime.fromtimestamp(moment, ZONE).strftime("%Y-%m-%d" if period == "day" else "%Y-%m")

    def _user(self, sent: Sent) -> str:
        return sent.prompt.rpartition(" for ")[2]

    # --- section 13 ---

    def freezes(self) -> Iterator[Broken]:
        """Between the end of ``freeze`` and the beginning of ``unfreeze`` no create leaves."""
        standing: set[str | None] = set()
        lifted: set[str | None] = set()
        for one in self.history:
            if one["what"] == "freezing":
                lifted.discard(one["user"])
            elif one["what"] == "frozen" and one["user"] not in lifted:
                standing.add(one["user"])
            elif one["what"] == "unfrozen":
                standing.discard(one["user"])
                lifted.add(one["user"])
            elif one["what"] == "sent":
                sent = self.ima.sent[one["number"]]
                if standing & {None, self._user(sent)}:
                    yield Broken("freeze", f"{sent.call} sent a create after the ledger was frozen")

    # --- nothing told that is not true ---

    def words(self) -> Iterator[Broken]:
        """What callers were told is so."""
        firsts: dict[tuple[str, str], tuple[Any, ...]] = {}
        for one in self.told:
            call = self.calls[one["call"]]
            if one["end"] == "ok":
                yield from self._result(one, call)
            elif one["charged"] == "no" and "row" not in one:
                sent = [sent for sent in self.ima.sent if sent.call == one["call"] and not sent.refused]
                if sent:
                    yield Broken("not charged", f"{one['call']} was told {one['code']}, not charged; {sent[0].fate} it")
            # A sender that died, or whose disk failed, may have left nothing but its claim.
            elif one["end"] == "uncertain" and not self.troubled and call.get("prompt") in self.known:
                yield Broken("uncertain", f"{one['call']} was told that nobody knows; every create was answered")
            paid = one["end"] == "ok" or one["charged"] == "yes"
            if paid and one["task_id"] not in self.tasks and not (one["task_id"] is None and self._settled(call)):
                yield Broken("no such task", f"{one['call']} was told of {one['task_id']}")
            yield from self._end(one)
            if "key" in call and one["end"] in LAST:
                name = call["user"], call["key"]
                mine = one["end"], one["task_id"]
                if one["task_id"] and firsts.setdefault(name, mine) != mine:
                    yield Broken("replay", f"{call['key']} came to {firsts[name]} and then to {mine}")

    def _settled(self, call: dict[str, Any]) -> bool:
        """Tell whether a person has entered that a request was charged; no task is known for it then."""
        mine = [one for one in self.history if one["what"] == "settling" and one["charged"]]
        return any(call.get("prompt") in (None, one["prompt"]) for one in mine)

    def _end(self, one: dict[str, Any]) -> Iterator[Broken]:
        """A task is told to have ended badly only if it has."""
        job = self.ima.jobs.get(one["task_id"])
        if job is None or one["end"] not in LAST:
            return
        made = self.ima.state(job).count("done")
        so = {"ok": made == job.sent.count, "partial": 0 < made < job.sent.count, "generation": made == 0}
        if not so.get(one["end"], False):
            yield Broken("end", f"{one['call']} was told {one['end']} of {one['task_id']}, which is {job.fate}")

    def _result(self, one: dict[str, Any], call: dict[str, Any]) -> Iterator[Broken]:
        sent = self.tasks.get(one["task_id"])
        if sent is None:
            return
        who = one["call"]
        if call.get("prompt") not in (None, sent.prompt):
            yield Broken("picture", f"{who} asked for “{call['prompt']}” and was given “{sent.prompt}”")
        if one["credit"] is not None and one["credit"] != sent.points:
            yield Broken("credit", f"{who} was told {one['credit']} points; {sent.points} were taken")
        if len(one["urls"]) != sent.count:
            yield Broken("count", f"{who} was told of {len(one['urls'])} pictures of {sent.count}")
        if call.get("count") not in (None, sent.count):
            yield Broken("count", f"{who} asked for {call['count']} pictures and {sent.count} were ordered")
        asked = call.get("size")
        if asked not in (None, sent.size) and not any(field == "size" for field, _, _ in one["adjusted"]):
            yield Broken("size", f"{who} asked for {asked} and was given {sent.size} without a word")
        if call.get("download", True) and len(one["files"]) < len(one["urls"]):
            yield Broken("files", f"{who} was told of success, and has {len(one['files'])} files")
        yield from self._files(one, sent)

    def _files(self, one: dict[str, Any], sent: Sent) -> Iterator[Broken]:
        for file, url in zip(one["files"], one["urls"], strict=False):
            whole = self.ima.stored(url.partition("//")[2].partition("/")[2])
            if not Path(file).is_file() or Path(file).read_bytes() != whole:
                yield Broken("file", f"{one['call']} was told of a file of {sent.task_id} that is not that picture")


class Disk:
    """What lies on the disk when all is over."""

    def __init__(self, books: Path, case: Case) -> None:
        self._case = case
        connection = sqlite3.connect(books)
        connection.row_factory = sqlite3.Row
        try:
            self._whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
            self._items = [dict(row) for row in connection.execute("SELECT * FROM items").fetchall()]
            self._sums = {
                (str(row["scope"]), int(row["quarter"])): int(row["points"])
                for row in connection.execute("SELECT scope, quarter, points FROM spending WHERE points > 0").fetchall()
            }
        finally:
            connection.close()

    def judged(self) -> list[Broken]:
        """Return what is wrong with it."""
        if self._whole != "ok":
            return [Broken("damage", str(self._whole))]
        return [*self._lost(), *self._states(), *self._spent(), *self._sum()]

    def _lost(self) -> Iterator[Broken]:
        """Whatever was paid for was told by somebody in the end, or stands in the books as of unknown outcome."""
        told = self._case.closed
        unknown: Counter[str] = Counter()
        for sent in self._case.tasks.values():
            if sent.task_id not in told:
                unknown[sent.prompt] += 1
        for prompt, number in unknown.items():
            named = [item for item in self._items if item["prompt"] == prompt and self._is_unknown(item)]
            if number > len(named):
                yield Broken("lost", f"{number} of “{prompt}” are paid and were never told; {len(named)} are named")

    def _is_unknown(self, item: dict[str, Any]) -> bool:
        settled = "settled_at" in (item["fault"] or "")
        return item["task_id"] is None and (item["state"] == "uncertain" or settled)

    def _states(self) -> Iterator[Broken]:
        """Nothing is under way any more."""
        for item in self._items:
            if item["state"] in ("queued", "sending", "running", "ready"):
                yield Broken("left open", f"“{item['prompt']}” is still {item['state']}")

    def _spent(self) -> Iterator[Broken]:
        """The books hold what the service took, task by task and request by request; what was refused holds nothing."""
        taken: Counter[str] = Counter()
        held: Counter[str] = Counter()
        unsure = set()
        for sent in self._case.tasks.values():
            taken[sent.prompt] += sent.points
        for item in self._items:
            sent = self._case.tasks.get(item["task_id"])
            if sent is not None and item["attempt"] and item["committed"] != sent.points:
                yield Broken("books", f"{sent.task_id} took {sent.points} and stands with {item['committed']}")
            held[item["prompt"]] += item["committed"]
            if self._is_unknown(item):
                unsure.add(item["prompt"])
        for prompt in {**taken, **held}:
            if held[prompt] < taken[prompt] or (held[prompt] > taken[prompt] and prompt not in unsure):
                yield Broken("books", f"“{prompt}” took {taken[prompt]} and stands with {held[prompt]}")

    def _sum(self) -> Iterator[Broken]:
        """The sums that limits are judged by are those of the rows."""
        sums: Counter[tuple[str, int]] = Counter()
        for item in self._items:
            if item["committed"]:
                quarter = int(item["spent_at"] // QUARTER)
                sums["all", quarter] += item["committed"]
                sums[f"user:{item['user_id']}", quarter] += item["committed"]
        if dict(sums) != self._sums:
            yield Broken("sums", f"the sums say {self._sums}, the rows {dict(sums)}")
