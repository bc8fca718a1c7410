"""The key, the preferences and the folders of this machine."""

TEXTS: dict[str, tuple[str, str]] = {
    "no_home": (
        "找不到用户主目录，没有地方可以安全地记账",
        "No home folder is known, so there is no safe place for the ledger",
    ),
    "no_home.do": (
        "请把环境变量 OPENCLAW_STATE_DIR 设为一个可写的文件夹",
        "Set OPENCLAW_STATE_DIR to a folder that can be written",
    ),
    "relative": (
        "{variable} 不是绝对路径（{folder}）：每换一个文件夹账本就会不同，可能重复付费",
        "{variable} is no absolute path ({folder}): elsewhere there would be other books, and a request paid for twice",
    ),
    "relative.do": ("请把 {variable} 改成绝对路径", "Set {variable} to an absolute path"),
    "ledger_url": (
        "IMA_LEDGER_URL 不是 PostgreSQL 数据库的地址；账本不明，可能重复付费，所以没有发送任何内容",
        "IMA_LEDGER_URL is no address of a PostgreSQL database; with other books a request could be paid for twice",
    ),
    "ledger_url.do": (
        "请写成 postgresql://用户@主机/数据库，或去掉这个变量，使用本机的账本",
        "Write it as postgresql://user@host/database, or unset it to use this machine's own ledger",
    ),
    "no_cwd": ("当前文件夹已经不存在", "The current folder is gone, or can't be read"),
    "no_cwd.do": (
        "请换到另一个文件夹再运行，或用 --output-dir 和完整路径指定文件夹和图片",
        "Go to another folder and run it again, or name folders and images by their whole paths (--output-dir)",
    ),
    "prefs_unwritable": (
        "偏好设置没能保存（文件只读、被占用或无法写入），不影响图片",
        "The preference was not saved (its file is read-only, in use or can't be written); the picture is fine",
    ),
    "prefs_set_aside": (
        "原来的偏好文件已损坏，已改名保留，并新建了一个",
        "The old preferences file was damaged; it was kept under another name, and a new one was made",
    ),
    "keyring_missing": ("没有安装 keyring，无法使用系统钥匙串", "The package keyring is not installed"),
    "keyring_missing.do": (
        "请运行：{install}（也可以改用环境变量 IMA_API_KEY）",
        "Run: {install} (or set the environment variable IMA_API_KEY)",
    ),
    "keyring_unusable": ("无法使用本机的系统钥匙串", "The keyring of this system can't be used"),
    "keyring_unusable.do": ("请改用环境变量 IMA_API_KEY", "Set the environment variable IMA_API_KEY instead"),
}
