"""Input pictures that can't be used."""

_CONVERT = (
    "请换成 JPEG、PNG 或 WebP 图片（例如先另存为 JPEG 或 PNG）",
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
        "file:// 地址指向了另一台机器（{host}）",
        "The file:// address points to another machine ({host})",
    ),
    "remote_file.do": (
        "请提供 https:// 链接或本地图片文件",
        "Give an https:// URL or a local picture file",
    ),
    "empty_reference": ("有一张参考图片是空白的", "One of the input pictures is blank"),
    "empty_reference.do": _CHECK,
    "missing": ("找不到图片文件：{path}", "There is no picture file {path}"),
    "missing.do": _CHECK,
    "missing_near": ("找不到图片文件：{path}", "There is no picture file {path}"),
    "missing_near.do": ("是不是这个：{names}", "Did you mean {names}?"),
    "ambiguous": (
        "没有叫 {path} 的图片，但有几个名字看起来一样的",
        "There is no picture of the exact name {path}, but several that look like it",
    ),
    "ambiguous.do": ("请写出其中一个的准确名字：{names}", "Give the exact name of one of them: {names}"),
    "damaged": ("图片 {path} 已损坏或不完整", "The picture {path} is damaged or incomplete"),
    "damaged.do": (
        "没有上传，也没有扣费。请重新下载或导出这张图片，再试一次",
        "Nothing was uploaded or charged. Download or save the picture again, then try once more",
    ),
    "too_many_pixels": ("图片 {path} 的像素太多", "The picture {path} has too many pixels"),
    "too_many_pixels.do": (
        "请先把图片缩小到 8000 万像素以内",
        "Make it smaller first; up to 80 million pixels are fine",
    ),
    "needs_heif": (
        "{path} 是 HEIC 照片，这里还不能读取",
        "The picture {path} is a HEIC photo, which can't be read here yet",
    ),
    "needs_heif.do": (
        "请另存为 JPEG 或 PNG；或给程序所用的 Python 安装 pillow-heif，之后会自动转换",
        (
            "Save it as JPEG or PNG, or install the package pillow-heif for the program's Python; "
            "then it is converted by itself"
        ),
    ),
    "note_alike": (
        "没有叫 {asked} 的文件，用了唯一一个看起来一样的：{name}",
        "There is no file of the exact name {asked}; the only one that looks like it was taken: {name}",
    ),
    "note_stripped": (
        "上传的副本去掉了拍摄地点等附加信息：{names}",
        "The uploaded copy goes without its place, time and other metadata: {names}",
    ),
    "note_turned": (
        "上传的副本已按照片记录的方向摆正：{names}",
        "The uploaded copy is turned upright, as the photo says: {names}",
    ),
    "note_converted": (
        "服务不接受这种格式，上传的副本已转换：{names}",
        "The service does not read this format; the uploaded copy was converted: {names}",
    ),
    "not_a_file": ("{path} 不是普通文件", "{path} is not a plain file"),
    "not_a_file.do": _CHECK,
    "unreadable": ("无法读取图片 {path}({reason})", "The picture {path} can't be read ({reason})"),
    "unreadable.do": ("请检查文件权限", "Check the permissions of the file"),
    "changed": (
        "图片 {path} 在上传之前被改动了",
        "The picture {path} was changed before it could be uploaded",
    ),
    "changed.do": ("请确认文件后再运行一次", "Check the file and run the command again"),
    "empty": ("图片文件是空的：{path}", "The picture file {path} is empty"),
    "empty.do": _CHECK,
    "unknown": (
        "{path} 的内容不是 JPEG、PNG 或 WebP 图片",
        "The content of {path} is not a JPEG, PNG or WebP picture",
    ),
    "unknown.do": _CONVERT,
    "format": (
        "{path} 的内容是 {format}，只能使用 JPEG、PNG 或 WebP 图片",
        "The content of {path} is {format}; only JPEG, PNG and WebP pictures can be used",
    ),
    "format.do": _CONVERT,
    "too_large": ("图片 {path} 超过 {limit} MB", "The picture {path} is larger than {limit} MB"),
    "too_large.do": ("请先缩小或压缩图片", "Make the picture smaller first"),
}
