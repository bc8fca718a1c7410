"""What is said while a picture is made: steps 0 to 4 of the skill's messaging protocol, line by line."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    # Step 0
    "acknowledged": ("收到,马上开始生成。", "OK, generating now."),
    # Step 1
    "started": ("🎨 开始生成图片,请稍候…", "🎨 Generating your image, please wait…"),
    "started_joined": (
        "🎨 这张图片之前已付费，正在继续等待，不会再次扣费…",
        "🎨 This image was paid for earlier; picking it up again at no further cost…",
    ),
    "started_ended": (
        "🎨 这次请求之前已付费，也已经结束，直接告诉你结果，不会再次扣费…",
        "🎨 This request was paid for earlier and has ended; here is what came of it, at no further cost…",
    ),
    "waiting_sibling": (
        "⏳ 同样的请求正由另一个程序发送，先等它的结果，不会重复扣费…",
        "⏳ The same request is being sent by another program; waiting for its answer instead of paying twice…",
    ),
    "waiting_pace": (
        "⏳ 这一批的发送速度有上限，正在排队…",
        "⏳ This batch sends at a limited pace; waiting for its turn…",
    ),
    "waiting_approval": (
        "⏳ 需要 {credit} 积分，要先由付费的人批准计划 {plan_id}；最多等待 {seconds} 秒…",
        "⏳ This costs {credit:point}; waiting up to {seconds} s for whoever pays to approve plan {plan_id}…",
    ),
    "model": ("• 模型:{model}", "• Model: {model}"),
    "expected": ("• 预计耗时:{low}~{high} 秒", "• Expected time: {low}~{high} s"),
    "credit": ("• 消耗积分:{credit} pts", "• Cost: {credit:pt}"),
    # Step 2
    "progress": ("⏳ 正在生成中… {percent}%", "⏳ Generating… {percent}%"),
    "waited": ("已等待 {elapsed}s,预计最长 {max}s", "Waited {elapsed}s, expected at most {max}s"),
    "waited_late": (
        "已等待 {elapsed}s，比预计的 {max}s 久一点，仍在生成，请再稍等",
        "Waited {elapsed}s, a little longer than the expected {max}s; still working, thanks for your patience",
    ),
    # Step 3
    "succeeded": ("✅ 图片生成成功!", "✅ Image generated!"),
    "took": ("• 耗时:预计 {low}~{high}s,实际 {actual}s", "• Time: expected {low}~{high}s, actual {actual}s"),
    "link": ("🔗 原始链接:{url}", "🔗 Original link: {url}"),
    # Step 4
    "failed": ("❌ 图片生成失败", "❌ Image generation failed"),
    "refused": ("❌ {reason}", "❌ {reason}"),
    "interrupted": ("⏹ 已中断", "⏹ Interrupted"),
    "reason": ("• 原因:{reason}", "• Reason: {reason}"),
    "suggestion": ("• 建议:{suggestion}", "• Suggestion: {suggestion}"),
    # Before a spend
    "quoted": (
        "💰 这次需要 {credit} 积分，还没有花费\n• 模型：{model}\n• 尺寸：{size}，{aspect_ratio}\n• 张数：{count}",
        (
            "💰 This costs {credit} pts; nothing is spent yet\n• Model: {model}\n• Size: {size}, {aspect_ratio}\n"
            "• Images: {count}"
        ),
    ),
    "offer_begin": ("要开始生成吗？", "Shall I go ahead?"),
    "offer_retry": ("需要我帮你重试吗?", "Would you like me to try again?"),
    "offer_fetch": (
        "需要我继续取回这张图片吗？不会再次扣费。",
        "Shall I go on and fetch this image? It costs nothing more.",
    ),
    # The seed's fallback, for a failure that has no suggestion of its own.
    "fallback": (
        "图片生成遇到问题,请稍后重试或换个模型试试。",
        "Image generation encountered an issue, please retry or switch model.",
    ),
    # Beside the steps
    "note_joined": (
        "同样的请求之前已经付费，这就是它的图片，没有再次扣费；想另要一张请说一声",
        (
            "The same request was already paid for, and this is its image; nothing was charged again. Ask for another "
            "one if a second image was meant"
        ),
    ),
    "adjusted": ("ℹ️ {text}", "ℹ️ {text}"),
    "created": ("任务已创建：{task_id}", "Task created: {task_id}"),
}
