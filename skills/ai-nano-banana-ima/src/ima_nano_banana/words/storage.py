"""The ledger can't be kept, so nothing is spent."""

from __future__ import annotations

_DOCTOR = (
    "运行 `nano-banana doctor` 可以看到详情",
    "`nano-banana doctor` shows more",
)
_LOCAL = (
    "请用 OPENCLAW_STATE_DIR 指定本机磁盘上的文件夹",
    "Name a folder on a local disk in OPENCLAW_STATE_DIR",
)
_TRUST = (
    "请用 OPENCLAW_STATE_DIR 指定系统自己磁盘上的文件夹；如果确定只有这一个系统使用它，可以设置 {switch}={kind}",
    "Name a folder on this system's own disk in OPENCLAW_STATE_DIR; if no other uses this one, set {switch}={kind}",
)

TEXTS: dict[str, tuple[str, str]] = {
    "no_access": (
        "账本无法写入：{path} 没有写权限或位于只读磁盘上",
        "The ledger can't be written: no permission for {path}, or the disk is read-only",
    ),
    "no_access.do": (
        "请检查该文件夹的权限（在沙盒里请申请该文件夹的写权限），或用 OPENCLAW_STATE_DIR 指定另一个文件夹",
        "Check its permissions (in a sandbox, ask for write access to it) or name another folder in OPENCLAW_STATE_DIR",
    ),
    "full": ("磁盘已满，账本无法写入：{path}", "The disk is full, so the ledger can't be written: {path}"),
    "full.do": ("请先腾出磁盘空间，再运行同一命令", "Free some space, then run the same command again"),
    "output": (
        "标准输出无法写入（{reason}），回答没有送达",
        "Standard output could not be written ({reason}), so the answer reached nobody",
    ),
    "output.do": ("请让输出可写，再运行同一命令", "Give the output somewhere to go, then run the same command again"),
    "damaged": (
        "账本文件已损坏，或者不是本程序的文件：{path}",
        "The ledger file is damaged, or it is not this program's: {path}",
    ),
    "damaged.do": (
        f"文件保持原样；请从备份恢复，或者把它移到别处后重新开始。{_DOCTOR[0]}",
        f"It was left as it is. Restore it from a backup, or move it aside to begin anew. {_DOCTOR[1]}",
    ),
    "newer": (
        "账本由更新版本的程序写入，本版本无法读取：{path}",
        "A newer version of this program wrote the ledger; this one can't read it: {path}",
    ),
    "newer.do": ("请更新 ima-nano-banana", "Please update ima-nano-banana"),
    "no_file": ("账本的位置上是一个文件夹：{path}", "There is a folder where the ledger should be: {path}"),
    "no_file.do": ("请移走或重命名这个文件夹", "Move that folder away or rename it"),
    "no_folder": (
        "账本所在的文件夹无法建立，路径上有一个同名文件：{path}",
        "The ledger's folder can't be made, because a file is in its way: {path}",
    ),
    "no_folder.do": (
        "请移走这个文件，或用 OPENCLAW_STATE_DIR 指定另一个文件夹",
        "Move that file away, or name another folder in OPENCLAW_STATE_DIR",
    ),
    "network": (
        "账本不能放在网络磁盘上（{kind}），否则可能重复付费：{path}",
        "The ledger can't lie on a network disk ({kind}), where a request might be paid for twice: {path}",
    ),
    "network.do": _LOCAL,
    "shared": (
        "账本不能放在与其他系统共享的文件夹里（{kind}），否则可能重复付费：{path}",
        "The ledger can't lie in a folder that systems share ({kind}); a request might be paid for twice: {path}",
    ),
    "shared.do": _TRUST,
    "unknown": (
        "不清楚这种磁盘（{kind}）是否可靠，账本放在上面可能导致重复付费：{path}",
        "Nothing is known of this kind of disk ({kind}); a ledger on it might pay for a request twice: {path}",
    ),
    "unknown.do": _TRUST,
    "synced": (
        "账本不能放在与其他电脑同步的文件夹里，否则可能重复付费：{path}",
        "The ledger can't lie in a folder that several computers share; a request might be paid for twice: {path}",
    ),
    "synced.do": _LOCAL,
    "busy": (
        "另一个程序长时间占用账本：{path}",
        "Another program has held the ledger for too long: {path}",
    ),
    "busy.do": ("请稍后再运行同一命令", "Run the same command again in a moment"),
    "failed": ("账本无法读写：{path}", "The ledger can't be read or written: {path}"),
    "failed.do": (f"请检查磁盘；{_DOCTOR[0]}", f"Check the disk; {_DOCTOR[1]}"),
    "unbooked": (
        "任务已经创建并付费，但没能记入账本：{path}",
        "The task was created and paid for, but could not be entered in the ledger: {path}",
    ),
    "unbooked.do": (
        "请记下任务编号；下次启动时会自动补记，也可以用 resume 取回图片",
        "Note the task id; the next start enters it by itself, and resume fetches the image",
    ),
    "row_gone": (
        "账本里已经没有这次请求的记录，可能是从备份恢复过：{path}",
        "The ledger has lost the record of this request; it may have been restored from a backup: {path}",
    ),
    "row_gone.do": (f"{_DOCTOR[0]}", f"{_DOCTOR[1]}"),
    "unreachable": (
        "连不上账本数据库：{path}",
        "The ledger's database can't be reached: {path}",
    ),
    "unreachable.do": (
        "请检查地址和网络；数据库恢复后再运行同一命令，不会重复付费",
        "Check the address and the network; once it is back, the same command continues and pays nothing twice",
    ),
    "denied": (
        "账本数据库拒绝了登录或缺少权限：{path}",
        "The ledger's database refuses the login, or a permission is missing: {path}",
    ),
    "denied.do": (
        "请检查 --store 或 IMA_LEDGER_URL 中的用户、密码和数据库名",
        "Check the user, password and database in --store or IMA_LEDGER_URL",
    ),
    "server_full": (
        "账本数据库的磁盘或内存已满：{path}",
        "The ledger's database is out of disk space or memory: {path}",
    ),
    "server_full.do": (
        "请先在数据库服务器上腾出空间",
        "Free some space on the database server first",
    ),
    "server_damaged": (
        "账本数据库报告数据损坏：{path}",
        "The ledger's database says that its data is damaged: {path}",
    ),
    "server_damaged.do": (
        "请由数据库管理员检查，必要时从备份恢复",
        "Have its administrator look, and restore a backup if need be",
    ),
    "server_failed": (
        "账本数据库拒绝了一条语句：{path}",
        "The ledger's database refused a statement: {path}",
    ),
    "server_failed.do": (
        "请确认是 PostgreSQL 14 或更新版本，并且所有机器运行同一版本的本程序",
        "It must be PostgreSQL 14 or newer, and every machine should run the same version of this program",
    ),
}
