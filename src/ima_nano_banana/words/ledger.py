"""What the books say about a request."""

from __future__ import annotations

_SETTLE = (
    (
        "请先在 IMA 后台查看是否已扣费，再用 `nano-banana tasks settle {item}` 加 --charged 或 --not-charged 登记；"
        "确定要另付费用再做一张时请加 --again"
    ),
    (
        "Look in the IMA dashboard whether it was charged, then note it with `nano-banana tasks settle {item}` and "
        "--charged or --not-charged; to pay for a second one all the same, add --again"
    ),
)

TEXTS: dict[str, tuple[str, str]] = {
    "uncertain": (
        "同样的请求在 {at} 已经发出，但没有收到明确的答复，可能已经扣费（{credit} 积分）；为避免重复扣费，没有再次发送",
        (
            "The same request was sent at {at} and its outcome is unknown, so {credit:point} may have been charged; "
            "it was not sent again, to avoid paying twice"
        ),
    ),
    "uncertain.do": _SETTLE,
    "uncertain_key": (
        "用这个幂等键的请求在 {at} 已经发出，但没有收到明确的答复，可能已经扣费（{credit} 积分）；没有再次发送",
        (
            "The request with this idempotency key was sent at {at} and its outcome is unknown, so {credit:point} may "
            "have been charged; it was not sent again"
        ),
    ),
    "uncertain_key.do": (
        (
            "请先在 IMA 后台查看是否已扣费，再用 `nano-banana tasks settle {item}` 加 --charged 或 --not-charged 登记；"
            "登记为未扣费后，同一命令会重新发送"
        ),
        (
            "Look in the IMA dashboard whether it was charged, then note it with `nano-banana tasks settle {item}` and "
            "--charged or --not-charged; once it is noted as not charged, the same command sends it again"
        ),
    ),
    "settled_charged": (
        "请求发出后没有收到明确的答复；后来查明，积分已经扣了",
        "The request was sent and its outcome stayed unknown; it was looked up since, and the points were charged",
    ),
    "settled_charged.do": (
        "它没有任务编号，图片无法取回；再做一张会另外付费",
        "It has no task id, so its image can't be fetched; another one would be paid for anew",
    ),
    "settled_free": (
        "请求发出后没有收到明确的答复；后来查明，没有扣积分",
        "The request was sent and its outcome stayed unknown; it was looked up since, and nothing was charged",
    ),
    "settled_free.do": ("可以重新发起同样的请求", "The same request can be made anew"),
    "sender_died": (
        "程序在发送请求时中断，可能已经扣费",
        "The program stopped while it was sending the request, so points may have been charged",
    ),
    "never_sent": (
        "程序在发送请求之前中断，没有扣费",
        "The program stopped before the request was sent; nothing was charged",
    ),
    "paced": (
        "已达到这一批的发送速度上限，没有扣费",
        "The sending pace of this batch is used up for now; nothing was charged",
    ),
    "paced.do": ("请稍后再运行同一命令", "Run the same command again in a moment"),
    "unknown": ("账本中没有任务 {id}", "The ledger has no task {id}"),
    "unknown.do": ("用 `nano-banana tasks` 查看所有任务", "`nano-banana tasks` lists them all"),
    "simulated_task": (
        "任务 {id} 是在模拟环境里做的，真实的服务不认识它",
        "The task {id} was made in the simulated service; the real one does not know it",
    ),
    "simulated_task.do": ("请在模拟环境里取回它", "Fetch it from the simulated service"),
    "real_task": (
        "任务 {id} 是在真实的服务上做的，模拟环境里没有它",
        "The task {id} was made at the real service; the simulated one does not know it",
    ),
    "real_task.do": ("请不要在模拟环境里取它", "Fetch it from the real service instead"),
    "ambiguous": ("有多个任务符合 {id}", "{id} fits more than one task"),
    "ambiguous.do": ("请写出完整的任务编号", "Please give the whole task id"),
    "not_settled": (
        "任务 {id} 的结果没有疑问（状态：{state}），无需登记",
        "There is no doubt about task {id} (it is {state}), so there is nothing to settle",
    ),
    "not_settled.do": (
        "用 `nano-banana tasks` 查看哪些任务结果不明",
        "`nano-banana tasks` shows which tasks are uncertain",
    ),
    "bad_limit": ("无法识别的限额：{scope} {period}", "Not a limit that can be set: {scope} {period}"),
    "bad_limit.do": (
        "限额按每次、每日或每月，以不小于 0 的整数积分设定",
        "A limit is a whole number of points, not below 0, for a run, a day or a month",
    ),
    "bad_zone": ("没有叫 {zone} 的时区", "There is no time zone called {zone}"),
    "bad_zone.do": (
        "请写 IANA 时区名，例如 Asia/Shanghai；local 表示本机的时区",
        "Give an IANA name such as Europe/Berlin; local is this machine's own zone",
    ),
    "no_zone_data": (
        "限额按时区 {zone} 计算，但本机没有这个时区的数据，无法判断一天从何时开始；没有发送任何内容",
        "Limits count days in the time zone {zone}, and this machine has no data about it; nothing was sent",
    ),
    "no_zone_data.do": ("请运行：pip install tzdata", "Run: pip install tzdata"),
    "inconsistent": ("账本与程序的状态不一致", "The ledger and the program disagree about a task"),
    "inconsistent.do": (
        "没有再花费积分；请把情况告诉维护者",
        "No further points were spent; please tell the maintainers",
    ),
}
