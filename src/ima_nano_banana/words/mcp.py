"""What the MCP server tells: its tools and arguments, the question before a spend, and its own refusals."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    # The server and its tools
    "title": ("IMA Nano Banana 图片", "IMA Nano Banana images"),
    "instructions": (
        (
            "用 Nano Banana 生成和编辑图片，按 IMA 积分计费。先用 quote_image 报价；"
            "generate_image 和 edit_image 会消耗积分。"
            "结果为 running 时图片已付费，用 resume_task 取回，不会再次扣费；不要重新生成。"
            "出错时先看 error.charged:yes 或 unknown 表示可能已扣费，不要重复请求。"
            "error.code 为 approval.needed 时，把 plan_id 告诉付费的人，批准后再用同样的参数调用。"
            "把 message 里的文字原样告诉用户。"
        ),
        (
            "Makes and edits images with Nano Banana; each costs IMA points. Ask quote_image for the price first; "
            "generate_image and edit_image spend points. When a result says running, the image is paid for: fetch it "
            "with resume_task at no further cost and do not generate it again. After an error look at error.charged: "
            "yes or unknown means points may be gone, so do not repeat the request. When error.code is "
            "approval.needed tell whoever pays the plan_id, and call again with the same arguments once it is "
            "approved. Relay the text of message to the "
            "user as it is."
        ),
    ),
    "propose_image.title": ("提交计划", "Propose an image"),
    "propose_image": (
        (
            "把一次请求连同价格记成计划，交给付费的人批准。generate_image 或 edit_image 因 approval.needed 被拒时"
            "计划已自动建立，不必再用它；想先征得同意时用它。不要用它只查价格"
            "（用 quote_image）。免费：不创建、不上传、不扣费。"
            "返回 plan:编号、摘要、总价、有效期。批准后用同样的参数调用 generate_image 或 edit_image 即可；"
            "你自己不能批准。"
        ),
        (
            "Write a request down as a plan with its price, for whoever pays to approve. Use it to ask for approval "
            "first; when generate_image or edit_image is refused with approval.needed the plan exists already. Do not "
            "use it for a price alone (quote_image). Free: nothing is created, uploaded or charged. Returns plan: its "
            "id, digest, price and expiry. Once it is approved call generate_image or edit_image with the same "
            "arguments; you can't approve it yourself."
        ),
    ),
    "quote_image.title": ("报价", "Price an image"),
    "quote_image": (
        (
            "查询一张图片要多少积分，在花费之前使用。用户问价格、或要在几种模型和尺寸之间选择时用它；要真正出图请用 "
            "generate_image 或 edit_image。免费：不创建、不上传、不扣费。返回 quote:总价和单价、实际采用的模型、"
            "尺寸、宽高比、预计秒数，以及和要求不同之处（adjustments）。"
        ),
        (
            "Tell what images would cost in IMA points, before anything is spent. Use it when the user asks for "
            "the price "
            "or has to choose between models or sizes. Do not use it to make the image: that is generate_image or "
            "edit_image. Free: nothing is created, uploaded or charged. Returns quote: the points for all images "
            "and for "
            "one, the model, size and aspect ratio that would be used, the seconds to expect, and adjustments for "
            "what "
            "would differ from the request."
        ),
    ),
    "generate_image.title": ("生成图片", "Generate an image"),
    "generate_image": (
        (
            "根据文字生成 1 到 4 张新图片并保存到本机。用户要一张新的图、海报、插画、照片时用它。不要用它修改已有的"
            "图片"
            "（用 edit_image）、查价格（用 quote_image），也不要为仍在生成或已付费的任务再调用（用 resume_task）。"
            "费用：消耗 IMA 积分，按张计，取决于模型和尺寸；客户端支持时会先询问金额。"
            "完全相同且尚未结束的请求会接着等，"
            "不会重复扣费。一般要 20 到 120 秒。返回 files（路径）、urls、resources、"
            "实际扣的 credit、adjustments、"
            "要原样转告用户的 message 和小预览图；或 status 为 running 和 task_id；"
            "或 error，其中 charged 说明是否扣费。"
        ),
        (
            "Make 1 to 4 new images from a text description and save them on this machine. Use it when the user "
            "wants a "
            "new picture, poster, illustration or photo. Do not use it to change an existing image (edit_image), "
            "to learn "
            "the price (quote_image), or again for a task that still runs or is paid for (resume_task). Cost: "
            "spends IMA "
            "points for each image, by model and size; the user is asked first, with the amount, where the client can "
            "ask. An identical request that is still open is joined, never paid for twice. Takes 20 to 120 seconds. "
            "Returns files (absolute paths), urls, resources, the credit charged, adjustments, a message to relay "
            "to the "
            "user as it is, and a small preview; or status running with a task_id; or an error whose charged tells "
            "whether points are gone."
        ),
    ),
    "edit_image.title": ("编辑图片", "Edit an image"),
    "edit_image": (
        (
            "根据文字修改或合成 1 到 14 张输入图片，结果保存到本机。换背景、换风格、去除或添加东西、把几张图合在一起"
            "时用它。"
            "没有输入图片时不要用（用 generate_image）。费用：消耗 IMA 积分，和 generate_image 相同的规则。本机图片会先"
            "检查"
            "是否完整，去掉拍摄地点等附加信息后上传，并得到公开链接；原文件不变。返回的内容和 generate_image 相同。"
        ),
        (
            "Change or combine 1 to 14 input images as a text says and save the result on this machine. Use it to "
            "replace "
            "a background, change a style, remove or add things, or merge pictures. Do not use it without an input "
            "image "
            "(generate_image). Cost: spends IMA points under the same rules as generate_image. Local files are "
            "checked to "
            "be whole, uploaded without place and other metadata, and get a public URL; the originals stay as they "
            "are. "
            "Returns the same as generate_image."
        ),
    ),
    "resume_task.title": ("取回已付费的图片", "Fetch a paid image"),
    "resume_task": (
        (
            "继续等待并取回已付费任务的图片。结果为 running、等待超时、下载失败，或用户问「还没好吗」时用它。"
            "不要用它要新图片，也不能取消任务。免费：不会再次扣费，可以反复调用。返回的内容和 generate_image 相同。"
        ),
        (
            "Go on waiting for a task that is already paid for and fetch its images. Use it after status running, a "
            "timeout or a failed download, or when the user asks whether the picture is ready. Do not use it for a "
            "new "
            "picture; it cancels nothing. Free: never charges again and may be repeated. Returns the same as "
            "generate_image."
        ),
    ),
    "list_tasks.title": ("任务记录", "List tasks"),
    "list_tasks": (
        (
            "列出本机记录的图片任务，最新的在前。用户问以前的图片、花费，或要找任务编号时用它。不会联网查询进度"
            "（用 resume_task）。免费、只读。返回 tasks:任务编号、状态、模型、尺寸、积分、时间、文件、提示词开头。"
        ),
        (
            "List the image tasks in this machine's books, newest first. Use it to find an earlier picture, what "
            "it cost, "
            "or a task id. Do not use it to wait for a running task (resume_task). Free, read-only and local. Returns "
            "tasks: id, state, model, size, points, time, files and the beginning of the prompt."
        ),
    ),
    "list_models.title": ("模型与价格", "List models"),
    "list_models": (
        (
            "列出可用的模型，以及每种尺寸的实时价格和支持的宽高比。用户要比较模型或想知道有哪些选项时用它；"
            "不要用它查某一次请求的价格（用 quote_image）。免费、只读。"
            "返回 models:编号、版本、各尺寸的积分、宽高比、预计秒数。"
        ),
        (
            "List the models with their live price for each size and the aspect ratios they take. Use it when the "
            "user compares models or asks what is possible. Do not use it for the price of one request "
            "(quote_image). Free and read-only. Returns models: id, version, sizes with points, aspect ratios, "
            "seconds to expect."
        ),
    ),
    "get_limits.title": ("积分限额", "Show limits"),
    "get_limits": (
        (
            "查看积分限额、已用和剩余，以及本服务器的消费规则。请求因预算被拒绝（budget），或用户问还能花多少时用它。"
            "不能修改限额，也不显示账户余额。免费、只读、不联网。返回 limits 和 server。"
        ),
        (
            "Show the stored spending limits with what is used and left, and this server's own rules. Use it after a "
            "refusal of kind budget, or when the user asks how much may still be spent. It changes no limit and "
            "does not "
            "know the balance of the account. Free, read-only and local. Returns limits and server."
        ),
    ),
    # Prompts to begin with
    "prompt.product_shot.title": ("产品图", "Product shot"),
    "prompt.product_shot": ("给一件产品拍一张干净的棚拍图", "A clean studio photo of a product"),
    "prompt.product_shot.text": (
        (
            "请制作一张产品图：{product}。背景：{background}。柔和的棚拍光，主体清晰，不要文字。先用 quote_image 报价并"
            "告诉我，我同意后再用 generate_image（如果我给了产品照片，用 edit_image），宽高比 1:1。"
        ),
        (
            "Make a product photo of {product}. Background: {background}. Soft studio light, the product sharp and "
            "whole, "
            "no text. Tell me the price with quote_image first; when I agree, use generate_image, or edit_image if "
            "I gave "
            "a photo of the product, with aspect ratio 1:1."
        ),
    ),
    "prompt.product": ("要拍的产品", "The product to show"),
    "prompt.background": ("背景（可选）", "The background (optional)"),
    "prompt.background_default": ("纯净的浅色", "plain and light"),
    "prompt.backgrounds": ("纯白|浅灰|木桌|大理石|户外自然光", "pure white|light grey|wooden table|marble|outdoors"),
    "prompt.poster.title": ("海报", "Poster"),
    "prompt.poster": ("带标题文字的海报", "A poster with a title on it"),
    "prompt.poster.text": (
        (
            "请制作一张海报。标题文字「{title}」要一字不差、清楚易读。画面：{subject}。先用 quote_image 报价并告诉我，"
            "我同意后再用 generate_image,model 用 pro，宽高比 {aspect_ratio}。"
        ),
        (
            'Make a poster. The title "{title}" must be spelled exactly so and easy to read. It shows {subject}. '
            "Tell me "
            "the price with quote_image first; when I agree, use generate_image with model pro and aspect ratio "
            "{aspect_ratio}."
        ),
    ),
    "prompt.title": ("海报上的标题文字", "The words on the poster"),
    "prompt.subject": ("画面内容（可选）", "What it shows (optional)"),
    "prompt.restyle.title": ("换一种风格", "Restyle an image"),
    "prompt.restyle": ("保留内容，把图片换成另一种风格", "Keep what an image shows and change its style"),
    "prompt.restyle.text": (
        (
            "请把图片 {image} 改成这种风格：{style}。人物、构图和文字保持不变。先用 quote_image 报价并告诉我，"
            "我同意后再用 edit_image。"
        ),
        (
            "Change the image {image} to this style: {style}. Keep people, composition and any text as they are. "
            "Tell me "
            "the price with quote_image first; when I agree, use edit_image."
        ),
    ),
    "prompt.style": ("想要的风格", "The style to change to"),
    "prompt.styles": (
        "水彩|油画|铅笔素描|像素画|动漫|剪纸|3D 黏土|复古海报",
        "watercolour|oil painting|pencil sketch|pixel art|anime|paper cut|3D clay|vintage poster",
    ),
    "prompt.image": ("图片：路径、链接或 @last（默认）", "The image: a path, a URL or @last (the default)"),
    # Arguments
    "arg.prompt": ("图片内容的描述", "What the image should show, in any language"),
    "arg.edit_prompt": ("要如何修改", "What should become of the input images, in any language"),
    "arg.images": (
        "输入图片：本机文件路径、https 链接、@last（最近一张）、@2、@任务编号，或 base64 数据（可带 data: 前缀）",
        (
            "Input images: a path on this machine, an https URL, @last (the newest image made here), @2 (the one "
            "before), @TASK_ID, or base64 data with or without a data: prefix"
        ),
    ),
    "arg.model": (
        "flash（默认，平衡）、pro（最好）或 budget（最便宜）",
        "flash (default, balanced), pro (best) or budget (cheapest)",
    ),
    "arg.size": ("512px、1K、2K 或 4K；可选项取决于模型", "512px, 1K, 2K or 4K; the model decides which"),
    "arg.aspect_ratio": ("例如 1:1、16:9、9:16", "Such as 1:1, 16:9 or 9:16"),
    "arg.count": ("图片数量，1 到 4；按张计费", "How many images, 1 to 4; each is charged"),
    "arg.max_credits": (
        "总价超过这个积分就拒绝；只能收紧，不能放宽服务器的规则",
        "Refuse when all images together cost more points; can only tighten the server's own rules",
    ),
    "arg.keep_size": ("宁可失败也不缩小尺寸", "Fail rather than step down to a smaller size"),
    "arg.again": (
        "用户明确要求为完全相同、尚未结束或结果未知的请求再付一次费",
        "The user expressly wants to pay a second time for an identical request that is open or of unknown outcome",
    ),
    "arg.idempotency_key": (
        (
            "这次请求的名字（1 到 200 个字符），最好取自提出请求的消息编号；"
            "可能重复调用时请务必提供：同名同内容只付费一次，再次调用得到同样的结果（replayed: true）；内容不同则拒绝"
        ),
        (
            "A name for this one request (1 to 200 characters), best made of the id of the message that asked. Give "
            "one whenever you may call twice: the same name and request is paid for once and answered alike "
            "(replayed: true); with another request it is refused"
        ),
    ),
    "arg.wait_seconds": (
        "最多等待的秒数；之后返回任务编号，任务继续进行",
        "Wait at most this long; then the task id is returned and the task goes on",
    ),
    "arg.language": ("给用户的文字：zh 或 en；不填则按提示词判断", "Texts for the user: zh or en; the prompt decides"),
    "arg.task_id": ("任务编号（可以只给唯一的一段）", "The task's id, or an unmistakable part of it"),
    "arg.task_type": ("只列出 text_to_image 或 image_to_image", "Only text_to_image or image_to_image"),
    "arg.state": (
        "只列出这种状态的任务；open 表示已付费但未取回",
        "Only tasks in this state; open is paid but not fetched",
    ),
    "arg.limit": ("最多列出多少条", "List at most this many"),
    # The question before a spend
    "consent": (
        "要花费 {credit} 积分生成图片吗？\n• 模型：{model}\n• 尺寸：{size}，{aspect_ratio}\n• 数量：{count}",
        "Spend {credit:point} on this image?\n• Model: {model}\n• Size: {size}, {aspect_ratio}\n• Images: {count}",
    ),
    "consent_sandbox": (
        (
            "要花费 {credit} 个模拟积分吗？（沙盒，不会真的扣费）\n• 模型：{model}\n"
            "• 尺寸：{size}，{aspect_ratio}\n• 数量：{count}"
        ),
        (
            "Spend {credit} simulated {credit:point|points}? (Sandbox: nothing is really charged)\n• Model: {model}\n"
            "• Size: {size}, {aspect_ratio}\n• Images: {count}"
        ),
    ),
    "consent_field": ("花费 {credit} 积分", "Spend {credit:point}"),
    # While it lasts, and afterwards
    "running": (
        "⏳ 图片仍在生成，已付费。稍后用 resume_task 和任务编号 {task_id} 取回，不会再次扣费。",
        (
            "⏳ The image is still being made and is paid for. Fetch it later with resume_task and the task id "
            "{task_id}; it costs nothing more."
        ),
    ),
    "stopped": (
        "已停止等待。图片已付费，用 resume_task 和任务编号 {task_id} 可以取回。",
        "No longer waiting. The image is paid for; resume_task with the task id {task_id} fetches it.",
    ),
    "waiting": ("仍在等待", "Still waiting"),
    "picture": ("图片 {number}（任务 {task_id}）", "Image {number} of task {task_id}"),
    "preview_of": ("完整图片", "The full image"),
    # Refusals
    "declined": ("用户没有同意花费 {credit} 积分", "The user did not agree to spend {credit:point}"),
    "declined.do": (
        "没有扣费。请先和用户确认要什么、花多少，再重试",
        "Nothing was charged. Settle with the user what to make and at which price, then try again",
    ),
    "needs_consent": (
        "这张图片要 {credit} 积分，但这个客户端无法询问用户，服务器也没有设置限额",
        "This image costs {credit:point}, but this client can't ask the user and no ceiling was set for the server",
    ),
    "needs_consent.do": (
        "请用户以 nano-banana mcp --max-credits {credit} 启动服务器，或用 nano-banana limits 设置每日限额",
        (
            "Let the user start the server as nano-banana mcp --max-credits {credit}, or set a daily limit with "
            "nano-banana limits"
        ),
    ),
    "outside": (
        "不允许读取这个位置的文件：{path}",
        "Files in this place may not be read: {path}",
    ),
    "outside.do": (
        "可以用的文件夹：{folders}。请把图片放进去，或以 --allow-path 启动服务器，或直接传 base64 数据",
        "Allowed folders: {folders}. Put the image there, start the server with --allow-path, or pass base64 data",
    ),
    "bad_data": (
        "第 {number} 张输入图片的 base64 数据无法解读",
        "The base64 data of input image {number} can't be read",
    ),
    "bad_data.do": (
        "传入完整的 JPEG、PNG 或 WebP 文件内容，或改用文件路径或 https 链接",
        "Pass the whole content of a JPEG, PNG or WebP file, or a file path or an https URL instead",
    ),
    "field_missing": ("缺少 {name}", "{name} is missing"),
    "field_text": ("{name} 应为文本", "{name} must be text"),
    "field_whole": ("{name} 应为整数", "{name} must be a whole number"),
    "field_range": ("{name} 超出了范围", "{name} is out of range"),
    "field_empty": ("{name} 不能为空", "{name} must not be empty"),
    "field_list": ("{name} 应为列表", "{name} must be a list"),
    "field_switch": ("{name} 应为 true 或 false", "{name} must be true or false"),
    "field_other": ("{name} 的值不对", "the value of {name} won't do"),
    "bad_arguments": ("参数不符合要求：{fields}", "These arguments won't do: {fields}"),
    "bad_arguments.do": ("按工具说明修改参数后重试", "Correct them as the tool's description says and try again"),
    "unknown_arguments": (
        "这个工具没有这些参数：{unknown}",
        "This tool does not have these arguments: {unknown}",
    ),
    "unknown_arguments.do": (
        "没有创建任务，也没有扣费。可用的参数：{known}",
        "Nothing was made or charged. Its arguments are: {known}",
    ),
    "unknown_hint": ("{name}（是不是 {meant}？）", "{name} (did you mean {meant}?)"),
    "bad_answer": ("客户端对询问的回答无法解读", "The client's answer to the question can't be read"),
    "bad_answer.do": ("没有扣费；请重试", "Nothing was charged; try again"),
    "no_text": (
        "这条消息里有不是 Unicode 的文字（例如半个表情符号），没有执行",
        "This message holds text that is no Unicode (such as half an emoji); nothing was done",
    ),
    "no_json": ("这一行不是 JSON，没有执行", "This line is no JSON; nothing was done"),
    "no_message": ("这一行不是 JSON-RPC 消息，没有执行", "This line is no JSON-RPC message; nothing was done"),
    # Starting it
    "token_needs_http": ("--token-file 要和 --http 一起使用", "--token-file goes with --http"),
    "token_needs_http.do": ("加上 --http，或去掉 --token-file", "Add --http, or leave out --token-file"),
    "token_unreadable": ("无法读取令牌文件 {path}", "The token file {path} can't be read"),
    "token_unreadable.do": ("检查路径和权限", "Check its path and permissions"),
    "token_bad": (
        "令牌文件 {path} 里没有可用的令牌",
        "The token file {path} holds no token that will do",
    ),
    "token_bad.do": (
        "写入一行至少 {least} 个字符、不含空格的 ASCII 文字，例如 openssl rand -hex 32 的输出",
        "Put one line of at least {least} ASCII characters without spaces into it, such as openssl rand -hex 32 prints",
    ),
    "port_needs_http": ("--port 要和 --http 一起使用", "--port goes with --http"),
    "port_needs_http.do": ("加上 --http，或去掉 --port", "Add --http, or leave out --port"),
    "listening": ("MCP 服务器：{url}（Ctrl-C 停止）", "MCP server: {url} (Ctrl-C stops it)"),
    "port_taken": ("端口 {port} 无法使用", "Port {port} can't be used"),
    "port_taken.do": ("用 --port 换一个端口", "Choose another with --port"),
}
