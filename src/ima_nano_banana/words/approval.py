"""Plans that somebody has to approve before they are spent. Nothing was sent or charged."""

from __future__ import annotations

_ANEW = (
    "请用 `nano-banana plan` 重新提交计划",
    "Propose it anew with `nano-banana plan`",
)
_WHO = (
    "请由 `limits set --approver` 指定的人来批准，或由账本的主人在自己的终端里批准",
    "Somebody whom `limits set --approver` names may approve it, or the owner of the ledger at a shell of their own",
)

TEXTS: dict[str, tuple[str, str]] = {
    "needed": (
        "需要 {credit} 积分，超过了无需批准的限额；没有扣费",
        "This costs {credit:point}, more than may be spent without approval; nothing was charged",
    ),
    "needed.do": (
        "请付费的人批准计划 {plan_id}，批准后再运行同一命令",
        "Ask whoever pays to approve plan {plan_id}, then run the same command again",
    ),
    "refused": (
        "计划 {plan_id}（{credit} 积分）被拒绝了（原因：{reason}）；没有扣费",
        "Plan {plan_id} over {credit:point} was refused (reason: {reason}); nothing was charged",
    ),
    "refused.do": (
        "换更小的尺寸或更少的张数，或和付费的人商量",
        "Choose a smaller size or fewer images, or talk to whoever pays",
    ),
    "expired": (
        "计划 {plan_id}（{credit} 积分）已在 {at} 过期；没有扣费",
        "Plan {plan_id} over {credit:point} expired at {at}; nothing was charged",
    ),
    "expired.do": _ANEW,
    "spent": (
        "计划 {plan_id}（{credit} 积分）已经用掉了",
        "Plan {plan_id} over {credit:point} is spent already",
    ),
    "spent.do": (
        "用 `nano-banana run {plan_id}` 再次取得它的结果，不会再次扣费",
        "`nano-banana run {plan_id}` gives its result again, at no further cost",
    ),
    "changed": (
        "计划 {plan_id} 批准的是 {quoted} 积分的另一笔请求，现在会花 {credit} 积分；没有扣费",
        (
            "Plan {plan_id} was made for {quoted:point} and other terms than those of now ({credit:point}); "
            "nothing was charged"
        ),
    ),
    "changed.do": _ANEW,
    "gone": (
        "价格表上已经没有计划 {plan_id} 要买的东西；没有扣费",
        "What plan {plan_id} is for is not on the price list any more; nothing was charged",
    ),
    "gone.do": _ANEW,
    "inputs_changed": (
        "计划 {plan_id} 的输入图片已经变了：{names}；没有扣费",
        "An input image of plan {plan_id} is another one now: {names}; nothing was charged",
    ),
    "inputs_changed.do": (
        "放回原来的图片，或用 `nano-banana plan` 重新提交计划",
        "Put the former image back, or propose it anew with `nano-banana plan`",
    ),
    "forgotten": (
        "计划 {plan_id} 的内容已被删除",
        "The words of plan {plan_id} were removed",
    ),
    "forgotten.do": _ANEW,
    "no_plan": ("没有计划 {plan_id}", "There is no plan {plan_id}"),
    "no_plan.do": (
        "用 `nano-banana plans` 查看所有计划；沙盒的计划要加 --sandbox",
        "`nano-banana plans` lists them; those of the sandbox need --sandbox",
    ),
    "digest": ("摘要（批准时可用 --digest 核对）：", "Digest (approve can check it with --digest):"),
    "other_digest": (
        "计划 {plan_id} 的摘要不是这一个",
        "The digest of plan {plan_id} is another one",
    ),
    "other_digest.do": (
        "用 `nano-banana show {plan_id}` 看清楚要批准的是什么",
        "Look at what is to be approved with `nano-banana show {plan_id}`",
    ),
    "own": (
        "{user} 不能批准自己的计划 {plan_id}",
        "{user} may not approve plan {plan_id}: it is their own",
    ),
    "own.do": _WHO,
    "not_approver": (
        "{user} 无权决定计划 {plan_id}",
        "{user} may not decide about plan {plan_id}",
    ),
    "not_approver.do": _WHO,
    "no_sender": (
        "无法知道是谁要决定计划 {plan_id}：这里没有说明发送者",
        "Nobody can tell who decides about plan {plan_id}: the sender is not named here",
    ),
    "no_sender.do": _WHO,
    "not_owner": (
        "只有账本文件的主人可以决定计划 {plan_id}",
        "Only the owner of the ledger's files may decide about plan {plan_id}",
    ),
    "not_owner.do": _WHO,
    "not_yours": (
        "计划 {plan_id} 属于另一位用户",
        "Plan {plan_id} belongs to another user",
    ),
    "not_yours.do": (
        "请提出计划的人自己运行它",
        "Whoever proposed it runs it",
    ),
    "settled": (
        "批准的规则不能在这里更改",
        "The rules of approval can't be changed here",
    ),
    "settled.do": (
        "账本的主人可以在自己的终端里更改它们",
        "The owner of the ledger changes them at a shell of their own",
    ),
    # The state of a plan, and what is done about it
    "state_proposed": ("待批准", "proposed"),
    "state_approved": ("已批准", "approved"),
    "state_spent": ("已使用", "spent"),
    "state_refused": ("已拒绝", "refused"),
    "state_expired": ("已过期", "expired"),
    "none": ("没有计划。", "There are no plans."),
    "proposed": (
        "已记下计划 {plan_id}：{credit} 积分，{at} 前有效。没有扣费。",
        "Plan {plan_id} is written down: {credit:point}, good until {at}. Nothing was charged.",
    ),
    "how_approve": ("批准：{command}", "Approve it: {command}"),
    "how_run": ("批准后运行：{command}", "Once approved, run: {command}"),
    "was_approved": ("已批准计划 {plan_id}（{credit} 积分）。", "Plan {plan_id} over {credit:point} is approved."),
    "was_refused": ("已拒绝计划 {plan_id}（{credit} 积分）。", "Plan {plan_id} over {credit:point} is refused."),
    "threshold_all": ("超过 {points} 积分的请求需要批准", "A request above {points:point} needs approval"),
    "threshold_each_user": (
        "每个用户超过 {points} 积分的请求需要批准",
        "A request of any user above {points:point} needs approval",
    ),
    "threshold_user": (
        "用户 {user} 超过 {points} 积分的请求需要批准",
        "A request of user {user} above {points:point} needs approval",
    ),
    "approvers": ("可以批准的人：{users}", "Who may approve: {users}"),
    # What the owner's chat is told: no command, since whoever reads it may be somebody else
    "owner": (
        (
            "🧾 用户 {user} 请求批准计划 {plan_id}：{credit} 积分\n• 模型：{model}\n"
            "• 尺寸：{size}，{aspect_ratio}\n• 数量：{count}\n• {at} 前有效"
        ),
        (
            "🧾 User {user} asks to approve plan {plan_id}: {credit:point}\n• Model: {model}\n"
            "• Size: {size}, {aspect_ratio}\n• Images: {count}\n• Good until {at}"
        ),
    ),
    "owner_prompt": ("• 提示词：{prompt}", "• Prompt: {prompt}"),
}
