"""No reply repeats a key that an agent put in the wrong place, and none comes back endless."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mcp_kit import Rig

pytestmark = pytest.mark.anyio

KEY = "ima_9f8e7d6c5b4a39281706f5e4d3c2b1a0"


@pytest.mark.parametrize("word", [KEY, "A" * 100_000], ids=["key", "endless"])
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("generate_image", {"prompt": "a cat", "size": "{}"}),
        ("generate_image", {"prompt": "a cat", "model_id": "{}"}),
        ("generate_image", {"prompt": "a cat", "{}": "1"}),
        ("generate_image", {"prompt": "a cat", "count": "{}"}),
        ("edit_image", {"prompt": "a cat", "images": ["{}.png"]}),
        ("edit_image", {"prompt": "a cat", "images": ["https://x:y@example.com/{}.png"]}),
        ("resume_task", {"task_id": "{}"}),
    ],
)
async def test_no_reply_repeats_a_key_or_all_of_an_endless_argument(
    rig: Rig, era: str, tool: str, arguments: dict[str, Any], word: str
) -> None:
    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(one) for one in value]
        return str(value).format(word)

    async with rig.client(era) as client:
        result = await client.call_tool(tool, {filled(name): filled(value) for name, value in arguments.items()})
    told = result.model_dump_json()
    assert result.is_error
    assert KEY not in told
    assert "A" * 1000 not in told
