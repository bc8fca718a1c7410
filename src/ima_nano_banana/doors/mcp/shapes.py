"""The shapes of structured results, for the tools' output schemas. Programs and models read them.

Only the schema is used: the objects themselves are those of every other door (interface, sections 4 and 9).
"""

from typing import Literal

from pydantic import BaseModel, Field


class Adjustment(BaseModel):
    """One thing that is not what was asked."""

    field: str
    from_: str = Field(alias="from")
    to: str
    reason: str


class Error(BaseModel):
    """What went wrong. ``charged`` "yes" or "unknown" means: do not simply repeat."""

    kind: str
    message: str
    suggestion: str
    phase: str
    ima_code: int | None = None
    http_status: int | None = None
    task_id: str | None = None
    retryable: bool
    charged: Literal["no", "yes", "unknown"]
    resume_command: str | None = None
    resume_tool: str | None = None
    language: str
    sandbox: bool


class QuoteBody(BaseModel):
    """A price: ``credit`` is for all images, ``credit_each`` for one."""

    task_type: str
    model_id: str
    model_name: str
    version_id: str
    size: str
    aspect_ratio: str
    count: int
    credit_each: int
    credit: int
    expected_seconds: list[int]
    adjustments: list[Adjustment]
    sandbox: bool


class Quote(BaseModel):
    """The result of ``quote_image``."""

    quote: QuoteBody


class Picture(BaseModel):
    """The result of a tool that makes or fetches images.

    ``message`` is the exact text for the user, ``credit`` the points charged for all images. ``files`` are
    absolute paths on the server's machine, ``resources`` the addresses of the same images for resources/read.
    """

    status: Literal["done", "running", "failed"]
    task_id: str | None = None
    url: str | None = None
    urls: list[str] = []
    files: list[str] = []
    resources: list[str] = []
    cover_url: str | None = None
    model_id: str | None = None
    model_name: str | None = None
    version_id: str | None = None
    task_type: str | None = None
    credit: int | None = None
    size: str | None = None
    aspect_ratio: str | None = None
    count: int | None = None
    width: int | None = None
    height: int | None = None
    requested: dict[str, str | int | None] = {}
    adjustments: list[Adjustment] = []
    notes: list[str] = []
    expected_seconds: list[int] = []
    elapsed_seconds: float | None = None
    sandbox: bool
    language: str
    message: str | None = None
    charged: str | None = None
    resume_tool: str | None = None
    resume_command: str | None = None
    error: Error | None = None


class TaskRow(BaseModel):
    """One task of the books."""

    task_id: str | None
    state: str
    user: str
    model_id: str | None
    size: str | None
    aspect_ratio: str | None
    count: int | None
    credit: int | None
    created_at: str | None
    files: list[str]
    prompt: str | None = None


class Tasks(BaseModel):
    """The result of ``list_tasks``, newest first."""

    tasks: list[TaskRow]


class SizePrice(BaseModel):
    """The price of one size, for one image."""

    size: str
    credit: int


class ModelRow(BaseModel):
    """One version of a model for one task type."""

    name: str
    model_id: str
    version_id: str
    task_type: str
    sizes: list[SizePrice]
    default_size: str
    aspect_ratios: list[str]
    expected_seconds: list[int]


class Models(BaseModel):
    """The result of ``list_models``."""

    models: list[ModelRow]


class LimitRow(BaseModel):
    """A stored limit. ``used``, ``left`` and ``resets_at`` have no meaning for a limit on one run."""

    scope: str
    user: str | None
    period: str
    points: int
    used: int | None
    left: int | None
    resets_at: str | None


class ServerRules(BaseModel):
    """What the person who started this server allows."""

    no_spend: bool
    confirm_above: int
    max_credits: int | None
    sandbox: bool


class Limits(BaseModel):
    """The result of ``get_limits``."""

    limits: list[LimitRow]
    server: ServerRules
