"""A defect in this program, told without a technical word."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "defect": ("程序内部出错（报告编号 {report}）", "Something went wrong inside the program (report {report})"),
    "defect.do": (
        "请把报告编号告诉维护者；如果任务已经付费，运行同一命令会继续取回，不会再次扣费",
        (
            "Please give the report number to the maintainers; a task already paid for is picked up again "
            "by running the same command, at no further cost"
        ),
    ),
}
