"""The shapes of structured results, for the tools' output schemas. Programs and models read them.

Only the schema is used: the objects themselves are those of every other door (interface, sections 4 and 9).
A failure is an answer of its tool as well and fits its schema: there are clients that throw away what does not,
and with it the reason.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Adjustment(BaseModel):
    """One thing that is not what was asked."""

    field: str
    from_: str = Field(alias="from")
    to: str
    reason: str


class Error(BaseModel):
    """What went wrong. ``charged`` "yes" or "unknown" means: do not simply repeat.

    ``message_full`` is the exact text for the user, ``hint`` for the caller alone: what is wrong in technical words.
    """

    kind: str
    code: str | None = None
    message: str
    suggestion: str
    message_full: str
    hint: str | None = None
    credit: int | None = None
    detail: str | None = None
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
    plan_id: str | None = None
    approve_command: str | None = None


def _either(*keys: str) -> ConfigDict:
    """Ask for one of these keys at least."""
    return ConfigDict(json_schema_extra={"anyOf": [{"required": [key]} for key in keys]})


class Answer(BaseModel):
    """What every answer may hold: a failure says what went wrong.

    ``idle_limits`` are limits that hold nothing here, and ``notice`` says so to the user.
    """

    status: Literal["done", "running", "failed"] | None = None
    error: Error | None = None
    idle_limits: list[str] | None = None
    notice: str | None = None


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
    message: str


class Quote(Answer):
    """The price, or an error."""

    model_config = _either("quote", "error")
    quote: QuoteBody | None = None


class PlanBody(BaseModel):
    """A request frozen with its price; nothing is spent before somebody has approved it."""

    plan_id: str
    digest: str
    state: Literal["proposed", "approved", "spent", "refused", "expired"]
    credit: int
    credit_each: int
    expires_at: str
    user: str
    task_type: str
    model_id: str
    version_id: str
    size: str
    aspect_ratio: str
    count: int
    adjustments: list[Adjustment]
    approve_command: str | None
    run_command: str
    sandbox: bool


class Plan(Answer):
    """The plan, or an error."""

    model_config = _either("plan", "error")
    plan: PlanBody | None = None


class Picture(Answer):
    """The images, the task that goes on making them, or an error; with it the price that was not agreed to.

    ``message`` is the exact text for the user, ``credit`` the points charged for all images. ``files`` are
    absolute paths on the server's machine, ``resources`` the addresses of the same images for resources/read.
    """

    model_config = _either("error", "sandbox")
    quote: QuoteBody | None = None
    plan: PlanBody | None = None
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
    sandbox: bool | None = None
    language: str | None = None
    message: str | None = None
    charged: Literal["no", "yes", "unknown"] | None = None
    resume_tool: str | None = None
    resume_command: str | None = None


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


class Tasks(Answer):
    """The tasks, newest first, or an error."""

    model_config = _either("tasks", "error")
    tasks: list[TaskRow] | None = None


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


class Models(Answer):
    """The models, or an error."""

    model_config = _either("models", "error")
    models: list[ModelRow] | None = None


class LimitRow(BaseModel):
    """A stored limit. ``used``, ``left`` and ``resets_at`` have no meaning for a limit on one run."""

    scope: str
    user: str | None
    period: str
    points: int
    used: int | None
    left: int | None
    resets_at: str | None


class FreezeRow(BaseModel):
    """Why no picture can be begun, and of which user; ``None`` is everybody."""

    user: str | None
    reason: str | None


class ThresholdRow(BaseModel):
    """A request of more points than ``above`` needs an approved plan."""

    scope: str
    user: str | None
    above: int


class ServerRules(BaseModel):
    """What the person who started this server allows."""

    no_spend: bool
    confirm_above: int
    max_credits: int | None
    sandbox: bool


class Limits(Answer):
    """The limits and the server's own rules, or an error."""

    model_config = _either("limits", "error")
    frozen: list[FreezeRow] | None = None
    approvals: list[ThresholdRow] | None = None
    approvers: list[str] | None = None
    limits: list[LimitRow] | None = None
    time_zone: str | None = None
    server: ServerRules | None = None
