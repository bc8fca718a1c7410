"""What people call the fields of a request."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "prompt": ("提示词", "prompt"),
    "input_images": ("输入图片", "input image"),
    "task_type": ("任务类型", "task type"),
    "task_id": ("任务编号", "task id"),
    "model_id": ("模型", "model"),
    "version_id": ("模型版本", "model version"),
    "size": ("尺寸", "size"),
    "aspect_ratio": ("宽高比", "aspect ratio"),
    "count": ("图片数量", "number of images"),
    "extra_params": ("其他参数", "other parameters"),
    "n": ("图片数量", "number of images"),
}
