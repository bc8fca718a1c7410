"""The API key is missing, malformed or refused (the seed's error playbook, 401)."""

from __future__ import annotations

_NEW_KEY = (
    "请重新生成密钥：https://www.imaclaw.ai/imaclaw/apikey",
    "Regenerate the API key: https://www.imaclaw.ai/imaclaw/apikey",
)

TEXTS: dict[str, tuple[str, str]] = {
    "refused": ("密钥无效或没有权限", "The API key is invalid or unauthorized"),
    "refused.do": _NEW_KEY,
    "another_account": (
        "同样的请求已经用另一个密钥付费（任务 {id}），当前的密钥看不到它；没有再次扣费",
        (
            "The same request was already paid for with another API key (task {id}), and the present key can't see "
            "it; nothing was charged a second time"
        ),
    ),
    "another_account.do": (
        "请换回付费时所用账号的密钥取回图片；确定要用当前账号另付费用再做一张时请加 --again",
        (
            "Use a key of the account that paid, to fetch the image; to pay for another one with the present account, "
            "add --again"
        ),
    ),
    "missing": ("还没有设置密钥", "No API key is set"),
    "missing.do": (
        (
            "先在 https://www.imaclaw.ai/imaclaw/apikey 生成密钥，再设置环境变量 IMA_API_KEY，"
            "或运行 nano-banana key set；想先试用可加 --sandbox"
        ),
        (
            "Make a key at https://www.imaclaw.ai/imaclaw/apikey, then set the environment variable IMA_API_KEY "
            "or run nano-banana key set; to try it without a key, add --sandbox"
        ),
    ),
    "missing_in_openclaw": ("还没有设置密钥", "No API key is set"),
    "missing_in_openclaw.do": (
        (
            "先在 https://www.imaclaw.ai/imaclaw/apikey 生成密钥，再写入 OpenClaw 的配置 "
            "skills.entries.ai-nano-banana-ima.apiKey；想先试用可加 --sandbox"
        ),
        (
            "Make a key at https://www.imaclaw.ai/imaclaw/apikey, then put it into OpenClaw's configuration as "
            "skills.entries.ai-nano-banana-ima.apiKey; to try it without a key, add --sandbox"
        ),
    ),
    "malformed": (
        "密钥的格式不对：应以 ima_ 开头，且不含空格",
        "The API key has the wrong form: it starts with ima_ and has no spaces",
    ),
    "malformed.do": (
        "请完整复制密钥，或重新生成：https://www.imaclaw.ai/imaclaw/apikey",
        "Copy the whole key, or make a new one: https://www.imaclaw.ai/imaclaw/apikey",
    ),
}
