"""What a worker takes from the shared books, judged again.

Whoever may write there can make workers spend. They must not also choose which files of a worker's machine
are written or sent away: rows hold names below the worker's folder, digests and public addresses only.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from ima_nano_banana.batch.plan import checked_stem
from ima_nano_banana.domain.request import is_url
from ima_nano_banana.errors import UsageFault

_STORED = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,5}")
_FOLDER = re.compile(r"[^\x00-\x1f/\\:]{1,200}")


def stem(told: str) -> PurePosixPath:
    """Return where a row's pictures go, below the folder of its batch.

    Raises:
        UsageFault: it leads elsewhere.
    """
    return PurePosixPath(checked_stem(told))


def folder(batch_id: str) -> str:
    """Return the folder of a batch, below the worker's own.

    Raises:
        UsageFault: it leads elsewhere.
    """
    if not _FOLDER.fullmatch(batch_id) or batch_id.strip(". ") == "":
        raise UsageFault("batch.bad_output", output=batch_id[:80])
    return batch_id


def stored_name(told: str) -> str:
    """Return the name of a stored input: its digest and suffix.

    Raises:
        UsageFault: it is none.
    """
    if not _STORED.fullmatch(told):
        raise UsageFault("cluster.strange_image")
    return told


def address(told: str) -> str:
    """Return the address of an input that lies elsewhere; a file of this machine is never meant.

    Raises:
        UsageFault: it is no address.
    """
    if not is_url(told):
        raise UsageFault("cluster.strange_image")
    return told
