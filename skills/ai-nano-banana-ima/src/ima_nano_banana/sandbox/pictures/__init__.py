"""The sandbox's picture maker: real files of the size a model would give, visibly made from the prompt."""

from __future__ import annotations

from ima_nano_banana.sandbox.pictures.maker import Picture, picture_for
from ima_nano_banana.sandbox.pictures.pixels import pixel_size

__all__ = ["Picture", "picture_for", "pixel_size"]
