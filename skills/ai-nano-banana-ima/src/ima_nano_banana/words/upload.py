"""A local picture could not be put where the service reads it. Nothing was charged."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "refused": ("存储服务器没有接受这张图片", "The storage server did not accept the picture"),
    "refused.do": (
        "请再试一次；如果还是不行，换一张图片或使用 https 图片链接",
        "Try again; if it stays so, use another picture or the https address of one",
    ),
    "untrusted_place": (
        "服务给出的上传地址不安全，图片没有发送",
        "The service named an unsafe place for the upload; the picture was not sent",
    ),
    "untrusted_place.do": (
        "请稍后再试，或使用 https 图片链接",
        "Try again later, or use the https address of a picture",
    ),
    "unreadable": ("读不了要上传的图片文件", "The picture to upload can't be read"),
    "unreadable.do": ("请确认文件还在、没有被占用，再试一次", "Check that the file is still there and try again"),
}
