"""What is said about messages to a chat."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "target": ("--deliver 的值 {value} 不对", "{value} won't do for --deliver"),
    "target.do": (
        "写成 CHANNEL:TARGET，例如 feishu:chat:oc_123，或写 auto",
        "Write CHANNEL:TARGET, such as feishu:chat:oc_123, or auto",
    ),
    "no_target": ("没有聊天信息，不知道该发给谁", "No chat is named here, so there is nobody to send it to"),
    "no_program": ("没有找到 openclaw 命令", "The command openclaw was not found"),
    "not_started": ("openclaw 无法启动：{reason}", "openclaw could not be started: {reason}"),
    "not_attached": (
        "图片无法作为附件发送，已发送链接",
        "The image could not be attached; the link was sent instead",
    ),
    "too_slow": (
        "{seconds} 秒内没有发送完成，可能已送达，不再重发",
        "Sending took longer than {seconds} s; it may have arrived and is not repeated",
    ),
    "stopped": ("发送被中断", "Sending was interrupted"),
    "refused": ("消息没有发出：{reason}", "The message was not sent: {reason}"),
    "exit": ("openclaw 以退出码 {code} 结束", "openclaw ended with exit code {code}"),
}
