"""What the MCP server tells: its tools and arguments, the question before a spend, and its own refusals."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    # The server and its tools
    "title": ("IMA Nano Banana 图片", "IMA Nano Banana images"),
    "instructions": (
        (
            "用 Nano Banana 生成和编辑图片,按 IMA 积分计费。先用 quote_image 报价;"
            "generate_image 和 edit_image 会消耗积分。"
            "结果为 running 时图片已付费,用 resume_task 取回,不会再次扣费;不要重新生成。"
            "出错时先看 error.charged:yes 或 unknown 表示可能已扣费,不要重复请求。"
            "把 message 里的文字原样告诉用户。"
        ),
        (
            "Makes and edits images with Nano Banana; each costs IMA points. Ask quote_image for the price first; "
            "generate_image and edit_image spend points. When a result says running, the image is paid for: fetch it "
            "with resume_task at no further cost and do not generate it again. After an error look at error.charged: "
            "yes or unknown means points may be gone, so do not repeat the request. Relay the text of message to the "
            "user as it is."
        ),
    ),
    "quote_image.title": ("报价", "Price an image"),
    "quote_image": (
        "查询一张图片要多少积分。不创建、不上传、不扣费。",
        "Tell what an image would cost in points. Nothing is created, uploaded or charged.",
    ),
    "generate_image.title": ("生成图片", "Generate an image"),
    "generate_image": (
        "根据文字生成图片并保存到本机。会消耗积分;客户端支持时会先询问金额。完全相同且尚未结束的请求会接着等,不会重复扣费。",
        (
            "Make an image from text and save it on this machine. Spends points; asks the user first, naming the "
            "amount, where the client can ask. An identical request that is still open is joined, never paid for twice."
        ),
    ),
    "edit_image.title": ("编辑图片", "Edit an image"),
    "edit_image": (
        "根据文字修改一张或多张输入图片(最多 14 张),并保存到本机。会消耗积分;输入图片会上传,并得到公开链接。",
        (
            "Change one or more input images (at most 14) as the text says and save the result on this machine. Spends "
            "points. Input files are uploaded and get a public URL."
        ),
    ),
    "resume_task.title": ("取回已付费的图片", "Fetch a paid image"),
    "resume_task": (
        "继续等待并取回已付费任务的图片,不会再次扣费。",
        "Go on waiting for a task that is already paid and fetch its images. Costs nothing more.",
    ),
    "list_tasks.title": ("任务记录", "List tasks"),
    "list_tasks": (
        "列出本机记录的任务,最新的在前:状态、积分、文件。",
        "List the tasks in this machine's books, newest first: state, points, files.",
    ),
    "list_models.title": ("模型与价格", "List models"),
    "list_models": (
        "列出可用模型的尺寸、价格和宽高比(实时)。",
        "List the models with their live sizes, prices and aspect ratios.",
    ),
    "get_limits.title": ("积分限额", "Show limits"),
    "get_limits": (
        "查看积分限额、已用和剩余,以及本服务器的消费规则。",
        "Show the stored limits with what is used and left, and this server's own rules for spending.",
    ),
    # Arguments
    "arg.prompt": ("图片内容的描述", "What the image should show, in any language"),
    "arg.edit_prompt": ("要如何修改", "What should become of the input images, in any language"),
    "arg.images": (
        "输入图片:本机文件路径、https 链接、@last(最近一张)、@2、@任务编号,或 base64 数据(可带 data: 前缀)",
        (
            "Input images: a path on this machine, an https URL, @last (the newest image made here), @2 (the one "
            "before), @TASK_ID, or base64 data with or without a data: prefix"
        ),
    ),
    "arg.model": (
        "flash(默认,平衡)、pro(最好)或 budget(最便宜)",
        "flash (default, balanced), pro (best) or budget (cheapest)",
    ),
    "arg.size": ("512px、1K、2K 或 4K;可选项取决于模型", "512px, 1K, 2K or 4K; the model decides which"),
    "arg.aspect_ratio": ("例如 1:1、16:9、9:16", "Such as 1:1, 16:9 or 9:16"),
    "arg.count": ("图片数量,1 到 4;按张计费", "How many images, 1 to 4; each is charged"),
    "arg.max_credits": (
        "总价超过这个积分就拒绝;只能收紧,不能放宽服务器的规则",
        "Refuse when all images together cost more points; can only tighten the server's own rules",
    ),
    "arg.keep_size": ("宁可失败也不缩小尺寸", "Fail rather than step down to a smaller size"),
    "arg.again": (
        "用户明确要求为完全相同、尚未结束或结果未知的请求再付一次费",
        "The user expressly wants to pay a second time for an identical request that is open or of unknown outcome",
    ),
    "arg.wait_seconds": (
        "最多等待的秒数;之后返回任务编号,任务继续进行",
        "Wait at most this long; then the task id is returned and the task goes on",
    ),
    "arg.language": ("给用户的文字:zh 或 en;不填则按提示词判断", "Texts for the user: zh or en; the prompt decides"),
    "arg.task_id": ("任务编号(可以只给唯一的一段)", "The task's id, or an unmistakable part of it"),
    "arg.task_type": ("只列出 text_to_image 或 image_to_image", "Only text_to_image or image_to_image"),
    "arg.state": (
        "只列出这种状态的任务;open 表示已付费但未取回",
        "Only tasks in this state; open is paid but not fetched",
    ),
    "arg.limit": ("最多列出多少条", "List at most this many"),
    # The question before a spend
    "consent": (
        "要花费 {credit} 积分生成图片吗?\n• 模型:{model}\n• 尺寸:{size},{aspect_ratio}\n• 数量:{count}",
        "Spend {credit} points on this image?\n• Model: {model}\n• Size: {size}, {aspect_ratio}\n• Images: {count}",
    ),
    "consent_sandbox": (
        (
            "要花费 {credit} 个模拟积分吗?(沙盒,不会真的扣费)\n• 模型:{model}\n"
            "• 尺寸:{size},{aspect_ratio}\n• 数量:{count}"
        ),
        (
            "Spend {credit} simulated points? (Sandbox: nothing is really charged)\n• Model: {model}\n"
            "• Size: {size}, {aspect_ratio}\n• Images: {count}"
        ),
    ),
    "consent_field": ("花费 {credit} 积分", "Spend {credit} points"),
    # While it lasts, and afterwards
    "running": (
        "⏳ 图片仍在生成,已付费。稍后用 resume_task 和任务编号 {task_id} 取回,不会再次扣费。",
        (
            "⏳ The image is still being made and is paid for. Fetch it later with resume_task and the task id "
            "{task_id}; it costs nothing more."
        ),
    ),
    "stopped": (
        "已停止等待。图片已付费,用 resume_task 和任务编号 {task_id} 可以取回。",
        "No longer waiting. The image is paid for; resume_task with the task id {task_id} fetches it.",
    ),
    "waiting": ("仍在等待", "Still waiting"),
    "picture": ("图片 {number}(任务 {task_id})", "Image {number} of task {task_id}"),
    "preview_of": ("完整图片", "The full image"),
    # Refusals
    "declined": ("用户没有同意花费 {credit} 积分", "The user did not agree to spend {credit} points"),
    "declined.do": (
        "没有扣费。请先和用户确认要什么、花多少,再重试",
        "Nothing was charged. Settle with the user what to make and at which price, then try again",
    ),
    "needs_consent": (
        "这张图片要 {credit} 积分,但这个客户端无法询问用户,服务器也没有设置上限",
        "This image costs {credit} points, but this client can't ask the user and no ceiling was set for the server",
    ),
    "needs_consent.do": (
        "请用户以 nano-banana mcp --max-credits {credit} 启动服务器,或用 nano-banana limits 设置每日限额",
        (
            "Let the user start the server as nano-banana mcp --max-credits {credit}, or set a daily limit with "
            "nano-banana limits"
        ),
    ),
    "outside": (
        "不允许读取这个位置的文件:{path}",
        "Files in this place may not be read: {path}",
    ),
    "outside.do": (
        "可以用的文件夹:{folders}。请把图片放进去,或以 --allow-path 启动服务器,或直接传 base64 数据",
        "Allowed folders: {folders}. Put the image there, start the server with --allow-path, or pass base64 data",
    ),
    "bad_data": (
        "第 {number} 张输入图片的 base64 数据无法解读",
        "The base64 data of input image {number} can't be read",
    ),
    "bad_data.do": (
        "传入完整的 JPEG、PNG 或 WebP 文件内容,或改用文件路径或 https 链接",
        "Pass the whole content of a JPEG, PNG or WebP file, or a file path or an https URL instead",
    ),
    "bad_arguments": ("参数不符合要求:{fields}", "These arguments won't do: {fields}"),
    "bad_arguments.do": ("按工具说明修改参数后重试", "Correct them as the tool's description says and try again"),
    "unknown_arguments": (
        "这个工具没有这些参数:{unknown}",
        "This tool does not have these arguments: {unknown}",
    ),
    "unknown_arguments.do": (
        "没有创建任务,也没有扣费。可用的参数:{known}",
        "Nothing was made or charged. Its arguments are: {known}",
    ),
    "unknown_hint": ("{name}(是不是 {meant}?)", "{name} (did you mean {meant}?)"),
    "bad_answer": ("客户端对询问的回答无法解读", "The client's answer to the question can't be read"),
    "bad_answer.do": ("没有扣费;请重试", "Nothing was charged; try again"),
    # Starting it
    "port_needs_http": ("--port 要和 --http 一起使用", "--port goes with --http"),
    "port_needs_http.do": ("加上 --http,或去掉 --port", "Add --http, or leave out --port"),
    "listening": ("MCP 服务器:{url}(Ctrl-C 停止)", "MCP server: {url} (Ctrl-C stops it)"),
    "port_taken": ("端口 {port} 无法使用", "Port {port} can't be used"),
    "port_taken.do": ("用 --port 换一个端口", "Choose another with --port"),
}
