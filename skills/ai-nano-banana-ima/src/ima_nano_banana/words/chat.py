"""What is said instead to somebody in a chat: no option, command, variable, file or task id, and nothing to type.

The key is that of the text whose place it takes (``"auth.missing.do"``), or a whole topic's (``"storage"``,
``"storage.do"``): whoever asks for a picture in a chat can mend none of its faults.
"""

from __future__ import annotations

_OWNER = (
    "请让管理者看一下运行环境",
    "Ask the owner to look at the machine that this runs on",
)
_LOOK = (
    (
        "请让账号的主人到 https://imagent.bot 看一下任务和积分；确认没有扣分、"
        "并且还想要这张图片时，请告诉我。我不会自动重发"
    ),
    (
        "Ask the owner of the account to look at its tasks and points at https://imagent.bot. If nothing was charged "
        "and the image is still wanted, tell me; it is not ordered again by itself"
    ),
)
_FETCH = (
    "图片已经付过费。可以再免费取一次，也可以直接打开链接：{url}",
    "The image is made and paid for. It can be fetched once more for free, or opened at {url}",
)
_SETTING = ("有一项设置不对，没有花费积分", "One of the settings is wrong; nothing was spent")
_MEND = ("改正后就可以再试", "It can be tried again once that is put right")
_LATER = ("请等到 {resets} 之后再试，或选择更小的尺寸", "Wait until {resets}, or choose a smaller size")
_SMALLER = (
    "请选择更小的尺寸或更少的张数；要用更多积分，请和管理者商量",
    "Choose a smaller size or fewer images; whether more may be spent is for the owner to say",
)
_ELSEWHERE = ("没有找到这个任务，没有花费积分", "There is no such task here; nothing was spent")
_WHICH = ("请说说是哪一张图片", "Say which image is meant")

_PROPOSE = ("还想要的话，请重新提出这个请求", "Ask for it anew if it is still wanted")
_APPROVER = ("请由指定的批准人来决定", "Let somebody decide who was named for that")

TEXTS: dict[str, tuple[str, str]] = {
    # 2: options are the caller's, not the user's
    "flags": _SETTING,
    "flags.do": _MEND,
    "flags.no_picture": ("还没有可以修改的图片", "There is no earlier image to work from"),
    "flags.no_picture.do": (
        "请先生成一张图片，或发一张图片给我",
        "Make an image first, or send me one",
    ),
    "flags.no_task": _ELSEWHERE,
    "flags.no_task.do": _WHICH,
    "flags.no_image": ("要改图的话，需要一张图片", "To change an image, I need one"),
    "flags.no_image.do": ("请发一张图片或 https 链接给我", "Send me an image or an https link"),
    "flags.no_prompt": ("这张图片当时的描述已经删除，无法重新生成", "The description of that image was removed"),
    "flags.no_prompt.do": ("请重新描述想要的图片", "Describe the image anew"),
    "flags.no_key": ("还没有设置密钥", "No API key is set"),
    "flags.no_key.do": _OWNER,
    "flags.stdin": ("没有收到图片的描述", "The description of the image did not arrive"),
    "flags.stdin.do": ("请再描述一次想要的图片", "Describe the image once more"),
    "flags.needs_extra": ("这里缺少所需的软件", "Some software that is needed is missing here"),
    "flags.needs_extra.do": _OWNER,
    "deliver.target": _SETTING,
    "deliver.target.do": _MEND,
    "usage.another_user": (
        "只能用自己的身份生成和查看图片；没有花费积分",
        "Images can only be made and looked up in one's own name; nothing was spent",
    ),
    "usage.another_user.do": ("请用自己的身份再试", "Try it in your own name"),
    "usage.user_braces": _SETTING,
    "usage.user_braces.do": _MEND,
    "usage.choose_version.do": (
        "请选一个版本：{versions}",
        "Choose one of the versions: {versions}",
    ),
    "usage.task_type": _SETTING,
    "usage.task_type.do": _MEND,
    "usage.images_needed": ("要改图的话，需要一张图片", "To change an image, I need one"),
    "usage.images_needed.do": ("请发一张图片或 https 链接给我", "Send me an image or an https link"),
    "usage.images_unwanted": (
        "不清楚是要新的图片，还是要修改给出的图片",
        "It is not clear whether a new image is wanted, or a change of the one that was given",
    ),
    "usage.images_unwanted.do": ("请说明想要哪一种", "Say which of the two it should be"),
    "usage.extra_json": _SETTING,
    "usage.extra_json.do": _MEND,
    "usage.extra_twice": _SETTING,
    "usage.extra_twice.do": _MEND,
    "usage.extra_value": _SETTING,
    "usage.extra_value.do": _MEND,
    "usage.owned_key": _SETTING,
    "usage.owned_key.do": ("可以调整的有：{known}", "What can be set: {known}"),
    "usage.unknown_key": _SETTING,
    "usage.unknown_key.do": ("可以调整的有：{known}", "What can be set: {known}"),
    "usage.bad_key": _SETTING,
    "usage.bad_key.do": _MEND,
    "usage.key_reused": (
        "这条消息已经用于另一个请求，不同之处：{fields}；没有发送",
        "This message has already led to another request, which differs in: {fields}; nothing was sent",
    ),
    "usage.key_reused.do": ("想要新的图片，请再说一次", "Ask once more for a new image"),
    "usage.again_with_key": _SETTING,
    "usage.again_with_key.do": _MEND,
    "image.needs_heif.do": ("请另存为 JPEG 或 PNG 再发给我", "Save it as JPEG or PNG and send it again"),
    "image.unreadable.do": ("请重新发一次这张图片", "Send the picture once more"),
    "image.changed.do": ("请确认图片后再试一次", "Check the picture and try once more"),
    "mcp.outside": ("不允许读取这个位置的图片：{path}", "Pictures in this place may not be read: {path}"),
    "mcp.outside.do": (
        "请把图片直接发过来，或放到允许的文件夹里：{folders}",
        "Send the picture itself, or put it into an allowed folder: {folders}",
    ),
    # 3: the host's own place for the key
    "auth.missing.do": (
        (
            "请管理者在 https://www.imaclaw.ai/imaclaw/apikey 生成密钥，"
            "填到助手的密钥设置里（IMA_API_KEY）；不要发到聊天里"
        ),
        (
            "Let the owner make a key at https://www.imaclaw.ai/imaclaw/apikey and put it where this assistant keeps "
            "its secrets (IMA_API_KEY); never send it in a chat"
        ),
    ),
    "auth.missing_in_openclaw.do": (
        (
            "请管理者在 https://www.imaclaw.ai/imaclaw/apikey 生成密钥，填到 OpenClaw 的技能设置里"
            "（ai-nano-banana-ima 的密钥）；不要发到聊天里"
        ),
        (
            "Let the owner make a key at https://www.imaclaw.ai/imaclaw/apikey and enter it in OpenClaw's settings of "
            "the skill ai-nano-banana-ima (API key); never send it in a chat"
        ),
    ),
    "auth.another_account": (
        "同样的图片已经用另一个账号付费，现在的账号看不到它；没有再次扣费",
        (
            "The same image was already paid for with another account, which the present one can't see; nothing was "
            "charged a second time"
        ),
    ),
    "auth.another_account.do": (
        "请管理者换回原来的账号；如果想用现在的账号另付一次，请告诉我",
        "Let the owner go back to the account that paid; if it should be paid for once more, tell me",
    ),
    "local.keyring_missing": ("读不到密钥", "The API key can't be read"),
    "local.keyring_missing.do": _OWNER,
    "local.keyring_unusable": ("读不到密钥", "The API key can't be read"),
    "local.keyring_unusable.do": _OWNER,
    # 5: whose limit it is, and not how to lift it
    "budget.all_run.do": _SMALLER,
    "budget.all_day.do": _LATER,
    "budget.all_month.do": _LATER,
    "budget.user_run": (
        "需要 {credit} 积分，超过了你每次 {limit} 积分的限额",
        "This costs {credit:point}, above your limit of {limit:point} for one run",
    ),
    "budget.user_run.do": _SMALLER,
    "budget.user_day": (
        "需要 {credit} 积分，而你的每日限额 {limit} 积分{left:已经用完|只剩 1|只剩 {left}}（{resets} 重置）",
        (
            "This costs {credit:point}, but {left:nothing|only 1|only {left}} of your daily {limit} "
            "{left:is|is|are} left (resets {resets})"
        ),
    ),
    "budget.user_day.do": _LATER,
    "budget.user_month": (
        "需要 {credit} 积分，而你的每月限额 {limit} 积分{left:已经用完|只剩 1|只剩 {left}}（{resets} 重置）",
        (
            "This costs {credit:point}, but {left:nothing|only 1|only {left}} of your monthly {limit} "
            "{left:is|is|are} left (resets {resets})"
        ),
    ),
    "budget.user_month.do": _LATER,
    "budget.max_credits": (
        "需要 {credit} 积分，超过了说好的 {max_credits} 积分",
        "This costs {credit:point}, above the {max_credits} that were agreed",
    ),
    "budget.max_credits.do": (
        "同意 {credit} 积分的话请说一声，也可以选择更小的尺寸、更少的张数",
        "Say so if {credit:point} are fine, or choose a smaller size or fewer images",
    ),
    "budget.ask": (
        "这次需要 {credit} 积分（{model}，{size}，{count} 张），还没有花费",
        "This costs {credit:point} ({model}, {size}, images: {count}); nothing is spent yet",
    ),
    "budget.ask.do": (
        "同意的话请说一声，也可以选择更小的尺寸、更少的张数",
        "Say so if that is fine, or choose a smaller size or fewer images",
    ),
    "budget.batch.do": _SMALLER,
    "budget.dearer.do": ("接受新价格的话请说一声", "Say so if the new price is fine"),
    "budget.frozen.do": (
        "由管理者解除之后就可以再生成；已付费的图片照常取回",
        "New images can be made again once the owner ends it; what is paid for is still fetched",
    ),
    "mcp.needs_consent": (
        "这张图片要 {credit} 积分，但在这里无法确认是否同意花费",
        "This image costs {credit:point}, and consent to that can't be asked for here",
    ),
    "mcp.needs_consent.do": _SMALLER,
    # 5: plans
    "approval.needed.do": (
        "请付费的人批准计划 {plan_id}；批准之后请告诉我",
        "Ask whoever pays to approve plan {plan_id}, and tell me once that is done",
    ),
    **{f"approval.{name}.do": _PROPOSE for name in ("expired", "changed", "gone", "forgotten", "inputs_changed")},
    "approval.spent.do": ("它的图片可以再免费取一次", "Its image can be fetched once more for free"),
    "approval.no_plan.do": ("请说说是哪一个计划", "Say which plan is meant"),
    "approval.other_digest.do": (
        "请先看清楚要批准的是什么",
        "Look first at what is to be approved",
    ),
    "approval.own": ("不能批准自己的计划 {plan_id}", "Nobody approves a plan of their own ({plan_id})"),
    "approval.not_approver": ("无权决定计划 {plan_id}", "This is not for the sender to decide (plan {plan_id})"),
    **{f"approval.{name}.do": _APPROVER for name in ("own", "not_approver", "no_sender", "not_owner")},
    # 8, 11, 12, 130: paid
    "timeout.sibling": (
        "同样的请求正在另一处处理，等了 {seconds} 秒还没有结果；这次没有发送任何内容，但那一次可能已经付费",
        (
            "The same request is under way elsewhere and did not finish within {seconds:second}; nothing was sent "
            "this time, but the other may have been paid for"
        ),
    ),
    "timeout.sibling.do": (
        "过一会儿再问一次，会接着那一次的结果，不会重复扣费",
        "Ask again in a while: it picks up what became of the other, without paying twice",
    ),
    "timeout.never_shown": (
        "等待了 {seconds} 秒，服务一直没有确认它认识这个任务；是否扣过费不清楚",
        "In {seconds:second} the service did not say whether it knows this task; it may not be paid for at all",
    ),
    "timeout.never_shown.do": ("稍后可以再查一次，不会扣费", "It can be looked up again later; that costs nothing"),
    **{
        f"download.{name}.do": _FETCH
        for name in ("unreachable", "gone", "truncated", "not_a_picture", "damaged", "too_large", "disk")
    },
    "download.unusable_url.do": ("稍后可以再免费取一次", "It can be fetched once more for free, a little later"),
    "download.disk": ("图片已生成，但没能保存", "The image was made, but it could not be saved"),
    "download.folder": ("没有可以保存图片的地方", "There is no place where images can be saved"),
    "download.folder.do": _OWNER,
    "download.not_told": (
        "任务已结束，但结果没有交到",
        "The task has ended, but its result reached nobody",
    ),
    "download.not_told.do": (
        "可以再免费取一次",
        "The result can be fetched once more for free",
    ),
    "interrupted.unsent.do": ("还想要的话请说一声", "Say so if the image is still wanted"),
    "interrupted.unknown.do": _LOOK,
    # 9: something that a person in a chat can do
    **{
        f"uncertain.{name}.do": _LOOK
        for name in (
            "no_answer",
            "lost_answer",
            "server_error",
            "bad_answer",
            "contradictory",
            "interrupted",
            "no_task",
        )
    },
    "uncertain.no_task": (
        "这次请求发出后没有得到确认，所以无法继续取回，可能已经扣分",
        "This request was sent but never confirmed, so there is nothing to follow; it may have been charged",
    ),
    "uncertain.bad_answer": (
        "请求已发出，但服务没有确认，可能已经扣分",
        "The request was sent but the service did not confirm it; it may have been charged",
    ),
    "ledger.uncertain.do": _LOOK,
    "ledger.uncertain_key": (
        "这个请求在 {at} 已经发出，但没有收到明确的答复，可能已经扣费（{credit} 积分）；没有再次发送",
        (
            "This request was sent at {at} and its outcome is unknown, so {credit:point} may have been charged; it "
            "was not sent again"
        ),
    ),
    "ledger.uncertain_key.do": _LOOK,
    "ledger.sender_died": (
        "发送请求时被中断，可能已经扣费",
        "It was interrupted while the request was being sent, so points may have been charged",
    ),
    "ledger.never_sent": (
        "在发送请求之前被中断，没有扣费",
        "It was interrupted before the request was sent; nothing was charged",
    ),
    # Books
    "ledger.paced.do": ("请稍等片刻再试", "Wait a moment and try again"),
    "ledger.unknown": _ELSEWHERE,
    "ledger.unknown.do": _WHICH,
    "ledger.simulated_task": ("这张图片是试用时模拟的", "That image was only simulated"),
    "ledger.simulated_task.do": _WHICH,
    "ledger.real_task": ("这张图片不是试用时做的", "That image was not made in the trial"),
    "ledger.real_task.do": _WHICH,
    "ledger.ambiguous": ("符合的图片不止一张", "More than one image fits"),
    "ledger.ambiguous.do": _WHICH,
    "ledger.not_settled": ("这个任务的结果没有疑问", "There is no doubt about that task"),
    "ledger.not_settled.do": _WHICH,
    "ledger.bad_limit": _SETTING,
    "ledger.bad_limit.do": _MEND,
    "ledger.bad_zone": _SETTING,
    "ledger.bad_zone.do": _MEND,
    "ledger.no_zone_data": (
        "限额的日期无法计算，没有发送任何内容",
        "The days of the limits can't be reckoned here; nothing was sent",
    ),
    "ledger.no_zone_data.do": _OWNER,
    "ledger.inconsistent": ("程序的记录对不上", "The program's records don't agree"),
    "ledger.inconsistent.do": ("没有再花费积分；请告诉管理者", "No further points were spent; please tell the owner"),
    "rejected.forgotten_task": (
        "这张图片已付费，但服务说没有这个任务了，暂时取不到",
        "The image is paid for, but the service says that it has it no more, so it can't be fetched",
    ),
    "rejected.forgotten_task.do": (
        "可以过一会儿再取一次（免费）；是否退还积分，请账号的主人到 https://imagent.bot 查看",
        (
            "It can be fetched once more a little later (free); whether points were refunded is shown to the owner of "
            "the account at https://imagent.bot"
        ),
    ),
    "rejected.unknown_task": ("服务不认识这个任务", "The service does not know this task"),
    "rejected.unknown_task.do": (
        "可能是用另一个账号做的，或者太旧已被删除；请说说是哪一张图片",
        "It may be another account's, or too old; say which image is meant",
    ),
    # 10, 13, 1: the machine is the owner's
    "network.unreachable.do": ("请稍后再试；还是不行就告诉管理者", "Try again later; if it stays so, tell the owner"),
    "network.name.do": ("请稍后再试；还是不行就告诉管理者", "Try again later; if it stays so, tell the owner"),
    "network.interrupted.do": ("请稍后再试", "Try again later"),
    "network.tls.do": ("请稍后再试", "Try again later"),
    "network.redirect.do": _OWNER,
    "network.certificate.do": _OWNER,
    "network.trust_store": (
        "读不到安全证书，没有发送任何内容",
        "The trusted certificates can't be read; nothing was sent",
    ),
    "network.trust_store.do": _OWNER,
    "network.proxy.do": _OWNER,
    "network.proxy_away.do": _OWNER,
    "network.proxy_socks": ("网络代理无法使用", "The network's proxy can't be used"),
    "network.proxy_socks.do": _OWNER,
    "network.proxy_setting.do": _OWNER,
    "storage": ("这里暂时无法记账", "The books can't be kept here at the moment"),
    "storage.do": _OWNER,
    "storage.output": ("回答没有送达", "The answer reached nobody"),
    "storage.output.do": ("请再问一次", "Ask once more"),
    "local.no_home": ("这里暂时无法记账", "The books can't be kept here at the moment"),
    "local.no_home.do": _OWNER,
    "local.relative": ("这里暂时无法记账", "The books can't be kept here at the moment"),
    "local.relative.do": _OWNER,
    "local.ledger_url": ("这里暂时无法记账", "The books can't be kept here at the moment"),
    "local.ledger_url.do": _OWNER,
    "local.no_cwd": ("没有可以保存图片的地方", "There is no place where images can be saved"),
    "local.no_cwd.do": _OWNER,
    "internal.defect.do": (
        "请把报告编号告诉管理者；如果已经付费，之后可以免费取回",
        "Give the report number to the owner; what is paid for can be fetched later at no further cost",
    ),
    # On the way
    "events.created": ("任务已创建", "The task is created"),
    "mcp.running": (
        "⏳ 图片仍在生成，已付费。稍后可以取回，不会再次扣费。",
        "⏳ The image is still being made and is paid for. It can be fetched later at no further cost.",
    ),
    "mcp.stopped": (
        "已停止等待。图片已付费，之后仍可以取回。",
        "No longer waiting. The image is paid for and can still be fetched.",
    ),
}
