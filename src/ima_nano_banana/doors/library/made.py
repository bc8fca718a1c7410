"""A result as a program likes it: with its pictures at hand."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import Result

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Result):
    """A :class:`Result` whose saved pictures can be opened. A notebook shows the first of them."""

    def images(self) -> list[Image]:
        """Open every saved picture with Pillow; none if nothing was saved (``download=False``).

        Raises:
            FileNotFoundError: a picture was moved away meanwhile; ``resume(result.task_id)`` fetches it again.
        """
        from PIL import Image

        found: list[Image.Image] = []
        for path in self.files:
            with Image.open(path) as image:
                image.load()
                found.append(image)
        return found

    def _repr_png_(self) -> bytes | None:
        """Return the first picture for a notebook, or nothing if it is not here."""
        import io

        try:
            pictures = self.images()
        except OSError:
            return None
        if not pictures:
            return None
        out = io.BytesIO()
        pictures[0].save(out, "PNG")
        return out.getvalue()


def made(result: Result) -> Made:
    """Return the same result with its pictures at hand."""
    if isinstance(result, Made):
        return result
    return Made(**{one.name: getattr(result, one.name) for one in fields(result)})
