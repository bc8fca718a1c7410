"""Pictures that were made and paid for, but are not on disk yet."""

_AGAIN = (
    "图片已生成并已扣分。可用恢复命令免费再取一次，或直接打开链接：{url}",
    "The picture is made and paid for. Fetch it again for free with the resume command, or open {url}",
)

TEXTS: dict[str, tuple[str, str]] = {
    "unreachable": ("图片已生成，但下载时网络中断", "The picture was made, but the download failed"),
    "unreachable.do": _AGAIN,
    "gone": (
        "图片已生成，但存储服务器没有给出文件",
        "The picture was made, but the storage server did not hand it out",
    ),
    "gone.do": _AGAIN,
    "truncated": ("图片已生成，但下载不完整", "The picture was made, but only a part of it arrived"),
    "truncated.do": _AGAIN,
    "not_a_picture": (
        "图片已生成，但下载到的内容不是图片",
        "The picture was made, but what arrived is not a picture",
    ),
    "not_a_picture.do": _AGAIN,
    "damaged": ("图片已生成，但下载到的文件已损坏", "The picture was made, but what arrived is damaged"),
    "damaged.do": _AGAIN,
    "too_large": (
        "图片已生成，但文件大得异常，没有保存",
        "The picture was made, but the file is abnormally large and was not saved",
    ),
    "too_large.do": _AGAIN,
    "unusable_url": (
        "图片已生成，但服务给出的链接不能安全打开",
        "The picture was made, but the address that the service gave can't be opened safely",
    ),
    "unusable_url.do": (
        "稍后用恢复命令免费再取一次",
        "Fetch it again for free with the resume command, a little later",
    ),
    "disk": (
        "图片已生成，但无法保存到磁盘（{reason}）",
        "The picture was made, but it could not be saved to disk ({reason})",
    ),
    "disk.do": (
        "请检查磁盘空间和文件夹权限，再用恢复命令免费取回；也可以直接打开链接：{url}",
        "Check the free space and the folder's permissions, then use the resume command (free), or open {url}",
    ),
    "not_told": (
        "任务 {id} 已结束，但标准输出无法写入（{reason}），结果没有交到",
        "Task {id} has ended, but standard output could not be written ({reason}), so its result reached nobody",
    ),
    "not_told.do": (
        "请让输出可写，再运行同一命令：会直接交出结果，不再扣分",
        "Give the output somewhere to go and run the same command again: it hands the result over and pays nothing",
    ),
    "folder": (
        "无法写入保存图片的文件夹 {folder}({reason})",
        "Pictures can't be saved in the folder {folder} ({reason})",
    ),
    "folder.do": ("请换一个可写的文件夹", "Choose a folder that can be written"),
}
