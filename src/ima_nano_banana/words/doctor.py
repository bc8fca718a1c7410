"""What ``doctor`` finds, and what to do about it."""

from __future__ import annotations

_NETWORK = (
    "请检查网络、代理（HTTPS_PROXY）和防火墙",
    "Check the network, the proxy (HTTPS_PROXY) and the firewall",
)

TEXTS: dict[str, tuple[str, str]] = {
    "frozen_all": (
        "🧊 自 {at} 起已冻结：任何人都不能开始新图片。原因：{reason}",
        "🧊 Frozen since {at}: nobody can begin a new image. Reason: {reason}",
    ),
    "frozen_all.do": (
        "解除：nano-banana limits unfreeze；已付费的任务照常取回",
        "To end it: nano-banana limits unfreeze; what is paid is still fetched",
    ),
    "frozen_user": (
        "🧊 自 {at} 起已冻结：用户 {user} 不能开始新图片。原因：{reason}",
        "🧊 Frozen since {at}: user {user} can't begin a new image. Reason: {reason}",
    ),
    "frozen_user.do": (
        "解除：nano-banana limits unfreeze --user {user}",
        "To end it: nano-banana limits unfreeze --user {user}",
    ),
    "ledger_ahead": (
        "账本里有 {count} 条记录的日期在未来（最远到 {until}）：系统时间曾经偏快",
        "Entries of the ledger that are dated in the future: {count}, up to {until}; the clock was once ahead",
    ),
    "ledger_ahead.do": (
        "请确认系统时间准确；这些积分只计入发现时的当天和当月一次，之后不再计入",
        "Make sure that the clock is right now; these points count once, in the day and month in which this is noticed",
    ),
    "python": ("Python {version}", "Python {version}"),
    "python_old": ("Python {version} 太旧", "Python {version} is too old"),
    "python_old.do": ("请安装 Python 3.11 或更新版本", "Install Python 3.11 or newer"),
    "packages": ("所需的软件包都已安装", "All required packages are installed"),
    "packages_missing": ("缺少软件包或版本太旧：{names}", "Packages are missing or too old: {names}"),
    "packages_missing.do": ("请运行：{install}", "Run: {install}"),
    "extras": ("可选软件包都已安装", "All optional packages are installed"),
    "extras_missing": (
        "未安装的可选软件包（可以不装）：{names}",
        "Optional packages that are not installed (fine without): {names}",
    ),
    "key_flag": (
        "密钥来自 --api-key（进程列表能看到它）",
        "The API key comes from --api-key (process lists show it)",
    ),
    "key_environment": ("密钥来自环境变量 IMA_API_KEY", "The API key comes from IMA_API_KEY"),
    "key_keyring": ("密钥来自系统钥匙串", "The API key comes from the system keyring"),
    "key_unneeded": ("模拟服务不需要密钥，没有检查", "The simulated service needs no API key; none was looked for"),
    "network_unneeded": ("模拟服务不需要网络，没有检查", "The simulated service needs no network; it was not tried"),
    "state": ("状态文件夹可写：{folder}", "The state folder can be written: {folder}"),
    "state_unwritable": (
        "状态文件夹无法写入：{folder}({reason})",
        "The state folder can't be written: {folder} ({reason})",
    ),
    "state_unwritable.do": (
        "请修复权限或磁盘空间，或把 OPENCLAW_STATE_DIR 设为另一个文件夹；在此之前不会花费积分",
        "Fix its permissions or free space, or set OPENCLAW_STATE_DIR to another folder; nothing is spent until then",
    ),
    "ledger": ("账本完好：{path}", "The ledger is sound: {path}"),
    "ledger_new": ("还没有账本，第一次生成时会创建", "There is no ledger yet; the first run makes it"),
    "ledger_unreadable": ("账本打不开：{path}", "The ledger can't be opened: {path}"),
    "ledger_unreadable.do": (
        "请检查该文件及其文件夹的权限",
        "Check the permissions of that file and its folder",
    ),
    "ledger_damaged": ("账本已损坏：{path}", "The ledger is damaged: {path}"),
    "ledger_damaged.do": (
        "请先备份该文件，再把它改名或从备份恢复；已付费的任务可用任务编号取回",
        "Back the file up, then rename it or restore a copy; paid tasks can be fetched by their task id",
    ),
    "certificates_missing": ("SSL_CERT_FILE 指向的文件不存在：{path}", "SSL_CERT_FILE names a missing file: {path}"),
    "certificates_missing.do": ("请改正或取消这个变量", "Correct or unset that variable"),
    "dns": ("可以解析 {host}", "{host} can be resolved"),
    "dns_proxied": ("{host} 经由代理访问", "{host} is reached through the proxy"),
    "dns_failed": ("无法解析 {host}", "{host} can't be resolved"),
    "dns_failed.do": ("请检查网络和 DNS 设置", "Check the network and the DNS settings"),
    "tls": ("与 {host} 的安全连接正常", "The secure connection to {host} works"),
    "tls_untrusted": ("{host} 的证书不受信任", "The certificate of {host} is not trusted"),
    "tls_untrusted.do": (
        "请检查系统时间；如果公司网络会替换证书，请把 SSL_CERT_FILE 设为公司的根证书文件",
        "Check the clock; if your company's network replaces certificates, set SSL_CERT_FILE to its root certificate",
    ),
    "tls_failed": ("与 {host} 的安全连接失败", "The secure connection to {host} fails"),
    "tls_failed.do": _NETWORK,
    "unreachable": ("连接不上 {host}", "{host} can't be reached"),
    "unreachable.do": _NETWORK,
    "clock": ("系统时间准确", "The clock is right"),
    "clock_off": ("系统时间偏差约 {minutes} 分钟", "The clock is off by about {minutes:minute}"),
    "clock_off.do": ("请校准系统时间，否则上传会被拒绝", "Set the clock, or uploads will be refused"),
    "clock_past": ("系统时间明显不对", "The clock is plainly wrong"),
    "clock_past.do": ("请校准系统时间", "Set the clock"),
    "clock_unknown": ("没有连上服务器，无法核对系统时间", "The clock could not be compared, as no host was reached"),
}
