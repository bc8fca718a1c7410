"""Where finished pictures go: the worker's own folder, or a place that all workers reach (``--files``)."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.errors import DownloadFault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Sequence

_USER_INFO = re.compile(r"(?<=://)[^/]*@")


class Files:
    """A place behind ``s3://…``, ``file://…`` or any other URL that fsspec knows.

    Args:
        url: The folder there. Its own library (``s3fs`` and so on) finds the credentials in the environment.

    Raises:
        UsageFault: nothing that is installed knows such a URL.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        # A password opens the place and belongs neither into the books nor on a screen.
        self.shown = _USER_INFO.sub("", self.url)
        try:
            import fsspec

            self._system, self._root = fsspec.core.url_to_fs(self.url)
        except ImportError as missing:
            from ima_nano_banana.local.installs import needs_extra

            raise needs_extra("cluster", missing.name or "fsspec") from missing
        except (ValueError, OSError) as wrong:
            raise UsageFault("cluster.bad_files", url=self.shown) from wrong

    async def keep(self, files: Sequence[str], below: Path, folder: str) -> tuple[str, ...]:
        """Carry files that lie below ``below`` to ``folder`` and return where they are now.

        Raises:
            DownloadFault: one could not be written; it stays here, and the next run tries again.
        """
        return tuple([await asyncio.to_thread(self._keep, Path(one), below, folder) for one in files])

    def _keep(self, file: Path, below: Path, folder: str) -> str:
        name = f"{folder}/{file.relative_to(below).as_posix()}"
        target = f"{self._root}/{name}"
        try:
            self._system.makedirs(target.rpartition("/")[0], exist_ok=True)
            with file.open("rb") as source, self._system.open(target, "wb") as sink:
                shutil.copyfileobj(source, sink)
        except Exception as broken:  # each store has exceptions of its own
            raise DownloadFault("cluster.not_stored", phase="download", charged="yes", url=self.shown) from broken
        file.unlink(missing_ok=True)
        return f"{self.shown}/{name}"
