"""Input pictures that can't be used."""

_CONVERT = (
    "请换成 JPEG、PNG 或 WebP 图片(例如先另存为 JPEG 或 PNG)",
    "Use a JPEG, PNG or WebP picture (save it as JPEG or PNG first)",
)
_CHECK = ("请检查图片路径是否正确", "Check the path of the picture")

TEXTS: dict[str, tuple[str, str]] = {
    "scheme": (
        "不支持 {scheme} 类型的图片地址",
        "Picture addresses of the kind {scheme} are not supported",
    ),
    "scheme.do": (
        "请提供 https:// 链接或本地图片文件",
        "Give an https:// URL or a local picture file",
    ),
    "remote_file": (
        "file:// 地址指向了另一台机器({host})",
        "The file:// address points to another machine ({host})",
    ),
    "remote_file.do": (
        "请提供 https:// 链接或本地图片文件",
        "Give an https:// URL or a local picture file",
    ),
    "empty_reference": ("有一张参考图片是空白的", "One of the input pictures is blank"),
    "empty_reference.do": _CHECK,
    "missing": ("找不到图片文件:{path}", "There is no picture file {path}"),
    "missing.do": _CHECK,
    "not_a_file": ("{path} 不是普通文件", "{path} is not a plain file"),
    "not_a_file.do": _CHECK,
    "unreadable": ("无法读取图片 {path}({reason})", "The picture {path} can't be read ({reason})"),
    "unreadable.do": ("请检查文件权限", "Check the permissions of the file"),
    "changed": (
        "图片 {path} 在上传之前被改动了",
        "The picture {path} was changed before it could be uploaded",
    ),
    "changed.do": ("请确认文件后再运行一次", "Check the file and run the command again"),
    "empty": ("图片文件是空的:{path}", "The picture file {path} is empty"),
    "empty.do": _CHECK,
    "unknown": (
        "{path} 的内容不是 JPEG、PNG 或 WebP 图片",
        "The content of {path} is not a JPEG, PNG or WebP picture",
    ),
    "unknown.do": _CONVERT,
    "format": (
        "{path} 的内容是 {format},只能使用 JPEG、PNG 或 WebP 图片",
        "The content of {path} is {format}; only JPEG, PNG and WebP pictures can be used",
    ),
    "format.do": _CONVERT,
    "too_large": ("图片 {path} 超过 {limit} MB", "The picture {path} is larger than {limit} MB"),
    "too_large.do": ("请先缩小或压缩图片", "Make the picture smaller first"),
}
