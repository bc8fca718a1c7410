"""What ``--help`` says: the examples, each command and each option."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "example": ("示例：", "Example:"),
    "usage": ("用法：", "Usage:"),
    "options": ("选项：", "Options:"),
    "commands": ("命令：", "Commands:"),
    "more": (
        "用 nano-banana 命令 --help 查看每个命令的示例。",
        "Run nano-banana COMMAND --help for an example of each.",
    ),
    "exit_codes": (
        (
            "退出码：0 成功，1 程序内部错误，2 用法，3 密钥，4 积分，5 预算，6 被拒，7 生成失败，8 超时（可取回），"
            "9 结果未知（可能已扣费，不会重复），"
            "10 网络，11 部分完成，12 下载失败（可取回），13 本地存储，130 中断"
        ),
        (
            "Exit codes: 0 done, 1 internal error, 2 usage, 3 key, 4 credits, 5 budget, 6 rejected, 7 failed, "
            "8 timeout (resumable), "
            "9 outcome unknown (may be charged, never repeated), 10 network, 11 partial, 12 download (resumable), "
            "13 storage, 130 interrupted"
        ),
    ),
    # The doors and the commands
    "script": (
        "用 Nano Banana 生成或编辑图片（IMA Open API）",
        "Make and edit images with Nano Banana through the IMA Open API",
    ),
    "nano_banana": (
        "用 Nano Banana 生成和编辑图片。已付费的不会丢失，不会重复付费，花费之前先知道价格。",
        (
            "Make and edit images with Nano Banana. Nothing paid for is lost, nothing is paid twice, "
            "and every price is known before it is spent."
        ),
    ),
    "generate_": ("由提示词生成图片", "Make an image from a prompt"),
    "edit_": ("按提示词编辑图片", "Edit images as a prompt says"),
    "quote_": ("只报价，不生成也不扣费", "Say what it would cost; nothing is made or charged"),
    "plan_": (
        "把一次请求连同价格记成计划，交给付费的人批准；不生成也不扣费",
        "Write a request down with its price, for whoever pays to approve; nothing is made or charged",
    ),
    "plans_": ("列出计划，最新的在前", "List the plans, newest first"),
    "approve_": ("批准一个计划", "Approve a plan"),
    "refuse_": ("拒绝一个计划", "Refuse a plan"),
    "run_": ("执行一个已批准的计划，只扣费一次", "Spend an approved plan, once"),
    "models_": ("列出模型、尺寸、价格和宽高比", "List models, sizes, prices and aspect ratios"),
    "batch_": (
        "由一个文件（CSV、JSONL）生成许多图片；同一命令可继续",
        "Make many images from one file (CSV, JSONL); the same command continues",
    ),
    "worker_": (
        "在任何机器上参与共享批次（PostgreSQL）",
        "Take part in shared batches, on any machine (PostgreSQL)",
    ),
    "batch_status_": ("显示共享批次的进度", "Say how shared batches stand"),
    "batch_cancel_": ("取消一个共享批次；已付费的会取回", "Call a shared batch off; what is paid is still fetched"),
    "batch_retry_": (
        "重做一个共享批次中失败的行（重新计费）",
        "Make failed rows of a shared batch anew (charged anew)",
    ),
    "resume_": ("取回已付费的任务，不再扣费", "Fetch a task that is already paid, at no further cost"),
    "tasks_": ("列出任务历史", "List the history of tasks"),
    "show_": ("显示一个任务的全部信息", "Show all that is known of one task"),
    "forget_": ("删除提示词，保留账目", "Remove prompts, keep the books"),
    "settle_": ("记录结果未知的任务是否真的扣费", "Note whether a task of unknown outcome was charged"),
    "regenerate_": ("用同样的设置再做一次（重新计费）", "Make a task again with the same settings (charged anew)"),
    "costs_": ("按日期、用户、模型汇总花费", "Sum up what was spent, by day, user or model"),
    "limits_": ("管理积分限额", "Manage spending limits"),
    "limits_set_": ("设置限额", "Set limits"),
    "limits_freeze_": (
        "立即停止开始新图片（已付费的照常取回）",
        "Let no new image begin; what is paid is still fetched",
    ),
    "limits_unfreeze_": ("解除冻结", "End a freeze"),
    "limits_show_": ("显示限额与余量", "Show limits and what is left"),
    "limits_clear_": ("取消限额", "Remove limits"),
    "prefs_": ("管理偏好的模型", "Manage the preferred model"),
    "prefs_show_": ("显示偏好", "Show preferences"),
    "prefs_set_": ("设置偏好的模型", "Set the preferred model"),
    "prefs_clear_": ("清除偏好", "Clear preferences"),
    "key_": ("管理系统钥匙串里的密钥", "Manage the API key in the system keyring"),
    "key_set_": ("保存密钥（输入时不显示）", "Store the key (typed without echo)"),
    "key_show_": ("显示在哪里找到了密钥（不显示密钥）", "Say where a key is found (never the key itself)"),
    "key_forget_": ("从钥匙串删除密钥", "Remove the key from the keyring"),
    "doctor_": ("检查环境并说明怎么修复", "Check this machine and say how to fix what is wrong"),
    "sandbox_": ("内置的模拟服务", "The built-in simulated service"),
    "serve_": ("在本机启动模拟服务", "Run the simulated service on this machine"),
    "scenes_": ("列出可以演练的故障", "List the faults that can be rehearsed"),
    "completion_": ("输出 Shell 的自动补全脚本", "Print a completion script for a shell"),
    "help_": ("显示命令的帮助", "Explain a command"),
    "studio_": (
        "在浏览器里看图、生成图片、查看花费",
        "Look at images, make them and see what they cost, in the browser",
    ),
    "mcp_": (
        ("为 MCP 客户端（Claude、Cursor 等）提供工具"),
        "Serve the tools to MCP clients (Claude, Cursor and others)",
    ),
    # The options
    "help": ("显示本帮助", "show this help"),
    "version": ("显示版本", "show the version"),
    "prompt": ("提示词；- 表示从标准输入读取", "what the image should show; - reads standard input"),
    "input_images": (
        "输入图片：https 链接、JPEG/PNG/WebP 文件，或 @last @2 @TASK_ID；可重复",
        "input images: https links, JPEG/PNG/WebP files, or @last @2 @TASK_ID; may be repeated",
    ),
    "last": ("使用最近生成的图片", "use your newest image"),
    "task_type": (
        "text_to_image 或 image_to_image；默认由是否有图片决定",
        "text_to_image or image_to_image; by default whether there are images decides",
    ),
    "model_id": (
        "gemini-3.1-flash-image（默认）、gemini-3-pro-image，或 flash、pro、budget 等词",
        "gemini-3.1-flash-image (default), gemini-3-pro-image, or a word such as flash, pro, budget",
    ),
    "task_type.models": ("只列出 text_to_image 或 image_to_image", "only text_to_image or image_to_image"),
    "task_type.prefs": ("只用于 text_to_image 或 image_to_image", "only for text_to_image or image_to_image"),
    "model_id.prefs": (
        "gemini-3.1-flash-image 或 gemini-3-pro-image，也可写 flash、pro",
        "gemini-3.1-flash-image or gemini-3-pro-image; flash and pro will do",
    ),
    "version_id": ("模型的某个版本", "one version of the model"),
    "size": ("512、1K、2K 或 4K", "512, 1K, 2K or 4K"),
    "aspect_ratio": ("宽高比，例如 16:9", "aspect ratio, for example 16:9"),
    "count": ("图片数量，1 到 4", "how many images, 1 to 4"),
    "extra_params": (
        '更多参数的 JSON，例如 {{"aspect_ratio":"16:9"}}',
        'more parameters as JSON, such as {{"aspect_ratio":"16:9"}}',
    ),
    "max_credits": (
        "价格超过 N 积分就拒绝；ask:超过 IMA_ASK_ABOVE（默认 6）就先报价询问",
        "refuse a price above N points; ask: say the price first if it is above IMA_ASK_ABOVE (default 6)",
    ),
    "max_credits.regenerate": ("价格超过 N 积分就拒绝", "refuse a price above N points"),
    "max_credits.batch": ("整个批次的积分预算", "budget in points for the whole batch"),
    "dry_run": ("只报价，不生成、不上传、不扣费", "quote only: nothing is created, uploaded or charged"),
    "list_models": ("列出模型、尺寸、价格和宽高比", "list models, sizes, prices and aspect ratios"),
    "resume_all": ("取回所有已付费的任务，不再扣费", "fetch every task that is already paid, at no further cost"),
    "tasks": ("列出自己的任务历史", "list your own history of tasks"),
    "costs": ("汇总自己的花费", "sum up what you have spent"),
    "resume": ("取回已付费的任务，不再扣费", "fetch a task that is already paid, at no further cost"),
    "all": ("所有任务，而不是其中一个", "all of the tasks instead of one"),
    "idempotency_key": (
        "这次请求的名字，永久有效：同名的请求只付费一次",
        "a name of your own for this request, kept for ever: requests of one name are paid for once",
    ),
    "idempotency_key.tasks": ("只看这个幂等键的请求", "only the request of this idempotency key"),
    "again": (
        "相同的请求尚未结束或结果未知时，确实要再付一次费",
        "really pay a second time for a request that is still open or of unknown outcome",
    ),
    "keep_size": ("不降低尺寸，宁可失败", "never step down to a smaller size; fail instead"),
    "keep_metadata": (
        "上传输入图片时保留拍摄地点等附加信息",
        "upload input images with their place, time and other metadata",
    ),
    "remember_model": ("把这个模型存为偏好", "store this model as your preference"),
    "output_dir": ("图片保存的文件夹", "folder for the images"),
    "no_download": ("只返回链接，不下载", "return links only"),
    "no_preview": ("不在终端里显示图片", "do not show the image in the terminal"),
    "timeout": (
        "任务创建后最多等待的秒数（默认 600）",
        "seconds to follow the task after it was created (default 600)",
    ),
    "deliver": (
        "通过 openclaw 把进度和图片发到聊天，例如 feishu:chat:oc_123;auto 为当前聊天",
        "send the steps and the image to a chat through openclaw, such as feishu:chat:oc_123; auto is the current chat",
    ),
    "user": ("只针对这个用户", "only this user"),
    "state": ("只看这个状态", "only this state"),
    "since": ("只看这一天之后，例如 2026-01-31", "only since this day, such as 2026-01-31"),
    "open": ("只看未完成的任务", "only open tasks"),
    "uncertain": ("只看结果未知的任务", "only tasks of unknown outcome"),
    "limit": ("最多列出 N 个（默认 50）", "list at most N (default 50)"),
    "by": ("day、user 或 model", "day, user or model"),
    "name": (
        "批次的名字；默认是文件的路径。同名即同一批次",
        "name of the batch, by default the path of the file; the same name continues the same batch",
    ),
    "yes": ("同意报价，不再询问", "agree to the quote without being asked"),
    "concurrency": ("同时进行的行数（默认 16）", "rows under way at once (default 16)"),
    "encoding": (
        "文件的编码：utf-8、utf-16 或 gbk；默认自动识别",
        "how the file is encoded: utf-8, utf-16 or gbk; by default its mark tells, else it is utf-8",
    ),
    "rate": ("发送速度上限，例如 20/minute", "the most creates in a period, such as 20/minute"),
    "retry_failed": ("重做失败的行（重新计费）", "make rows that failed anew (charged anew)"),
    "store": (
        "多台机器共享的账本 postgresql://…（或环境变量 IMA_LEDGER_URL）",
        "the books that machines share, postgresql://… (or the variable IMA_LEDGER_URL)",
    ),
    "detach": (
        "提交给各处的 worker 后立即返回（batch status ID 查看进度）",
        "leave it to the workers and return at once (batch status ID tells how it stands)",
    ),
    "files": (
        "图片存放的地址，例如 s3://桶/目录 或 file:///共享目录",
        "where pictures are stored, such as s3://bucket/folder or file:///shared/folder",
    ),
    "stalled_after": (
        "多少秒没有动静的 worker 由别的接手（默认 4）",
        "seconds of silence after which others take over from a worker (default 4)",
    ),
    "each_user": ("对每个用户分别生效", "for each user separately"),
    "wait_approval": (
        "需要批准时最多等待的秒数（默认不等）",
        "seconds to wait for approval where it is needed (by default none)",
    ),
    "approval_to": (
        "需要批准时告诉这个聊天，例如 feishu:user:ou_123",
        "tell this chat of a plan that waits for approval, such as feishu:user:ou_123",
    ),
    "approve_above": (
        "超过 N 积分的请求需要先批准计划",
        "a request above N points needs an approved plan",
    ),
    "approver": ("可以批准计划的人；可重复", "who may approve plans in a chat; may be repeated"),
    "digest": ("要决定的计划的摘要；不同则拒绝执行", "the digest of the plan that is meant; another one is refused"),
    "per_run": ("每次运行的积分限额", "points for one run"),
    "time_zone": (
        "每天和每月按哪个时区计算，例如 Asia/Shanghai;local 为本机时区",
        "the time zone of days and months, such as Europe/Berlin; local is this machine's",
    ),
    "reason": ("原因，会告诉被拒绝的人", "why; whoever is refused is told"),
    "daily": ("每天的积分限额", "points for a day"),
    "monthly": ("每月的积分限额", "points for a month"),
    "charged": ("确认已经扣费", "it was charged"),
    "not_charged": ("确认没有扣费", "it was not charged"),
    "user_id": (
        "谁的偏好、限额和历史；不会离开本机",
        "whose preferences, limits and history; never leaves this machine",
    ),
    "api_key": (
        "IMA 密钥；会出现在进程列表里，建议用环境变量 IMA_API_KEY",
        "IMA API key; process lists show it, so prefer the variable IMA_API_KEY",
    ),
    "language": (
        "zh 或 en；默认由提示词决定，没有提示词时由 IMA_LANGUAGE、LC_ALL、LANG 决定",
        "zh or en; by default the prompt decides, and without one IMA_LANGUAGE, LC_ALL, LANG",
    ),
    "quiet": ("不显示进度，只有结果和错误", "no progress; only the result, and what went wrong"),
    "verbose": ("在标准错误上显示日志（不含密钥和提示词）", "the log on standard error too (without keys and prompts)"),
    "sandbox": (
        "使用内置的模拟服务：无需密钥、网络和积分",
        "use the built-in simulated service: no key, no network, no points",
    ),
    "sandbox_scene": (
        "演练一个故障（见 nano-banana sandbox scenes）",
        "rehearse a fault (see nano-banana sandbox scenes)",
    ),
    "token_file": (
        "mcp --http 和 studio：客户端必须带上这个文件里的令牌（Authorization: Bearer）",
        "mcp --http and studio: clients must send the token in this file (Authorization: Bearer)",
    ),
    "port": ("端口号", "port number"),
    "host": (
        "监听的地址（默认只有本机）；其他地址需要 --token-file",
        "address to listen on (default: this machine alone); others need --token-file",
    ),
    "no_open": ("不打开浏览器", "do not open the browser"),
    "http": (
        "在本机 HTTP 上提供服务，而不是标准输入输出",
        "serve on loopback HTTP instead of standard input and output",
    ),
    "no_spend": ("从不创建要付费的任务", "never create a task that costs points"),
    "confirm_above": (
        "价格超过 N 积分时先询问（默认 0，即每次都问）",
        "ask before spending more than N points (default 0: always)",
    ),
    "allow_path": (
        "也允许从这个文件夹读取输入图片；可重复",
        "also take input images from this folder; may be repeated",
    ),
    "output_json": ("标准输出只有一个 JSON 对象", "one JSON object on standard output and nothing else"),
    "events": ("标准输出为逐行 JSON 事件", "JSON lines of events on standard output"),
}
