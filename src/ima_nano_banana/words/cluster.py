"""What is said about batches that many machines share."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "bad_store": (
        "--store 需要 PostgreSQL 的地址",
        "--store takes the address of a PostgreSQL database",
    ),
    "bad_store.do": (
        "例如 --store postgresql://用户@主机/数据库",
        "For example --store postgresql://user@host/database",
    ),
    "needs_store": (
        "这里需要多台机器共享的数据库",
        "This needs the database that the machines share",
    ),
    "needs_store.do": (
        "加上 --store postgresql://…，或设置环境变量 IMA_LEDGER_URL",
        "Add --store postgresql://…, or set the variable IMA_LEDGER_URL",
    ),
    "idle_limits": (
        (
            "注意：本机账本里的限额（{limits}）不适用于共享账本。"
            "限额写在付费的账本里：设置 IMA_LEDGER_URL 后运行 nano-banana limits set"
        ),
        (
            "Note: the limits in this machine's own ledger ({limits}) do not hold for the shared one. "
            "Limits live in the ledger that is spent from: with IMA_LEDGER_URL set, use nano-banana limits set"
        ),
    ),
    "bad_files": ("--files 的地址 {url} 无法使用", "{url} can't be used for --files"),
    "bad_files.do": (
        "例如 s3://桶/目录（需要 s3fs）或 file:///共享目录",
        "For example s3://bucket/folder (needs s3fs) or file:///shared/folder",
    ),
    "not_stored": (
        "图片已生成，但还没能存到 {url}",
        "The picture was made, but could not be stored at {url} yet",
    ),
    "not_stored.do": (
        "请检查该地址的权限；worker 会再次尝试，不会再付费",
        "Check the permissions there; a worker tries again, and nothing is paid again",
    ),
    "forgotten": (
        "这一行的提示词或输入图片已被删除",
        "The prompt or an input picture of this row was removed",
    ),
    "forgotten.do": ("请用原来的文件重新提交批次", "Submit the batch again from its file"),
    "strange_image": (
        "共享账本里的这一行指向了不属于批次的文件",
        "This row of the shared books points to a file that does not belong to a batch",
    ),
    "strange_image.do": ("请用原来的文件重新提交批次", "Submit the batch again from its file"),
    "no_batch": ("共享账本里没有批次 {id}（或有多个符合）", "The shared books have no batch {id}, or several fit"),
    "no_batch.do": ("用 `nano-banana batch status` 查看所有批次", "`nano-banana batch status` lists them"),
    "none": ("还没有共享批次", "There are no shared batches yet"),
    "detached": (
        "已提交批次 {id}。进度：nano-banana batch status {id}",
        "Batch {id} is submitted. How it stands: nano-banana batch status {id}",
    ),
    "status": (
        (
            "批次 {id}({name})：共 {rows} 行，完成 {done}，失败 {failed}，结果未知 {uncertain}，"
            "待完成 {open}（其中 {running} 正在生成），已用 {credit} 积分"
        ),
        (
            "Batch {id} ({name}): {rows:row}, {done} done, {failed} failed, {uncertain} uncertain, "
            "{open} to go ({running} of them under way), {credit:point} spent"
        ),
    ),
    "cancelled": (
        "  已取消：不再付费，已付费的会取回",
        "  Called off: nothing more is paid for; what was paid for is still fetched",
    ),
    "ended": ("  已结束：没有待完成的行", "  Ended: no row is left to be run"),
    "working": (
        "worker 已启动：{place}。Ctrl-C 停止，手上的行会先完成",
        "Working on {place}. Ctrl-C stops it, after the rows in hand",
    ),
    "stopped": (
        "worker 已停止：完成 {done} 行，失败 {failed} 行，结果未知 {uncertain} 行，用了 {credit} 积分",
        "The worker has stopped: {done:row} done, {failed} failed, {uncertain} uncertain, {credit:point} spent",
    ),
    "left_open": (
        "其中 {open} 行（{credit} 积分）已付费但还没有完成；其他 worker 或下一个 worker 会取回，不会再付费",
        (
            "{open} of its rows ({credit:point}) are paid for and not finished; another worker, or the next one, "
            "fetches them, and nothing is paid again"
        ),
    ),
}
