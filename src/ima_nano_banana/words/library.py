"""What a program that uses the library is told about its arguments and its client."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "text": ("{name} 应为文本，收到的是 {given}", "{name} must be text, not {given}"),
    "text.do": ("请传入一个非空的字符串", "Pass a string that is not empty"),
    "no_images": ("edit 至少需要一张输入图片", "edit needs at least one input image"),
    "no_images.do": (
        "请用 images 传入图片；只有提示词时请用 generate",
        "Pass it as images; a prompt alone is for generate",
    ),
    "whole": (
        "{name} 应为不小于 {least} 的整数，收到的是 {given}",
        "{name} must be a whole number from {least} up, not {given}",
    ),
    "whole.do": ("请传入一个整数，或不填", "Pass a whole number, or leave it out"),
    "seconds": (
        "{name} 应为大于 0 的秒数，收到的是 {given}",
        "{name} must be a number of seconds above 0, not {given}",
    ),
    "seconds.do": ("请传入大于 0 的秒数；None 表示不限时", "Pass seconds above 0; None means no limit"),
    "moment": ("{name} 应为一个时刻，收到的是 {given}", "{name} must be a moment, not {given}"),
    "moment.do": ("请传入 datetime 或 Unix 秒数", "Pass a datetime, or Unix seconds"),
    "switch": ("{name} 应为 True 或 False，收到的是 {given}", "{name} must be True or False, not {given}"),
    "switch.do": ("请传入 True 或 False", "Pass True or False"),
    "folder": ("{name} 应为文件夹的路径，收到的是 {given}", "{name} must be the path of a folder, not {given}"),
    "folder.do": ("请传入字符串或 pathlib.Path", "Pass a string or a pathlib.Path"),
    "mapping": (
        "{name} 应为以文本为键的映射，收到的是 {given}",
        "{name} must be a mapping with text as its keys, not {given}",
    ),
    "mapping.do": ("请传入一个 dict，或不填", "Pass a dict, or leave it out"),
    "callable": (
        "{name} 应为可调用的对象，收到的是 {given}",
        "{name} must be something that can be called, not {given}",
    ),
    "callable.do": ("请传入一个接收事件的函数，或不填", "Pass a function that takes an event, or leave it out"),
    "rows": (
        "{name} 应为文件路径或若干行，收到的是 {given}",
        "{name} must be the path of a file or several rows, not {given}",
    ),
    "rows.do": (
        '例如 batch("rows.csv")，或 batch（[{{"prompt": "一只猫"}}]）',
        'For example batch("rows.csv"), or batch([{{"prompt": "a cat"}}])',
    ),
    "ratio": ("{name} 应为 16:9 这样的文本，收到的是 {given}", "{name} must be text such as 16:9, not {given}"),
    "ratio.do": ("请传入文本，或两个整数", "Pass text, or two whole numbers"),
    "choice": ("{name} 不能是 {given}", "{name} can't be {given}"),
    "choice.do": ("可以使用：{options}", "Use one of these: {options}"),
    "picture": ("{name} 不是图片，收到的是 {given}", "{name} is no picture but {given}"),
    "picture.do": (
        "图片可以是路径、https:// 地址、字节、打开的文件或 PIL 图片，也可以是它们的列表",
        "A picture is a path, an https:// address, bytes, an open file or a PIL image, or a list of them",
    ),
    "unreadable": ("{name} 无法读取：{reason}", "{name} can't be read: {reason}"),
    "unreadable.do": (
        "请传入以二进制方式打开、且仍未关闭的文件",
        "Pass a file that is open, for reading, in binary mode",
    ),
    "not_open": ("客户端还没有打开", "The client is not open"),
    "not_open.do": (
        "请写 {how}，或者先调用 open()，最后调用 close()",
        "Write {how}, or call open() first and close() at the end",
    ),
    "closed": ("客户端已经关闭", "The client is closed"),
    "closed.do": ("请在 with 代码块之内使用，或新建一个客户端", "Use it inside its with block, or make a new client"),
    "elsewhere": (
        "这个客户端是在另一个事件循环或另一个进程中打开的",
        "This client was opened in another event loop or another process",
    ),
    "elsewhere.do": ("请在使用它的地方新建一个客户端", "Make a client where it is used"),
    "own_thread": (
        "同步客户端不能在它自己的事件循环里调用",
        "The sync client can't be called from its own event loop",
    ),
    "own_thread.do": (
        "请在异步回调中使用 AsyncClient，或者改用普通函数作为回调",
        "Use a plain function as the callback, or AsyncClient in an async one",
    ),
    "saved": (
        "任务 {task_id} 已付费；再次调用同一请求或 resume() 即可取回",
        "task {task_id} is paid for; the same call again, or resume(), fetches it",
    ),
}
