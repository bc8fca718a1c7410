"""The key, the preferences and the folders of this machine."""

TEXTS: dict[str, tuple[str, str]] = {
    "no_home": (
        "找不到用户主目录,没有地方可以安全地记账。",
        "No home folder is known, so there is no safe place for the ledger.",
    ),
    "no_home.do": (
        "请把环境变量 OPENCLAW_STATE_DIR 设为一个可写的文件夹。",
        "Set OPENCLAW_STATE_DIR to a folder that can be written.",
    ),
}
