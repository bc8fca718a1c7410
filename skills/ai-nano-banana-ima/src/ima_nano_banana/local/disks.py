"""Which disks can hold books that several processes write: those whose locks and shared memory hold.

SQLite's write-ahead log needs memory that all processes share, and byte locks that hold between them. A file
system that several machines see (or a host and its guest) gives neither, and then two of them could each pay
for the same request. What is known to be such is refused. What nobody knows, any program may have written
(FUSE): it is refused too, until the owner of the machine names its type in ``IMA_TRUST_DISK``.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Verdict = Literal["network", "shared", "unknown", "synced"]

SWITCH = "IMA_TRUST_DISK"
"""Names types of file systems whose locks the owner vouches for, with commas between them."""

NETWORK = re.compile(
    r"(nfs\d*|cifs|smb\w*|ncpfs|ncp|afs|afpfs|coda|webdav|davfs2?|ftpfs|sshfs|9pnet"
    r"|ceph|glusterfs|lustre(_lite)?|beegfs|fhgfs|gpfs|mmfs|ocfs2?|gfs2?|orangefs|pvfs2?|panfs|wekafs|quobyte|moosefs|mfs"
    r"|lizardfs|acfs|acfs2|cvfs|snfs|xsan|vxfs_cluster|pohmelfs|juicefs|alluxio\w*|efs|objectivefs|s3fs|rclone\w*|gcsfuse|goofys|blobfuse2?|hdfs|dfs|curlftpfs|xrootdfs)"
)
"""Many machines see these."""

SHARED = re.compile(
    r"(9p|v9fs|virtiofs|virtio_fs|drvfs|vboxsf|vboxvfs|vmhgfs|prl_fs|prlfs|parallels\w*|hgfs|osxfs|fakeowner|grpcfuse|sharefs|vmblock)"
)
"""A machine and its guest see these: drives of Windows in WSL, shared folders of virtual machines and containers."""

# File systems that a program provides, and that have one machine's disk below them.
_LOCAL_FUSE = {"fuseblk", "fuse.fuse-overlayfs", "fuse.ext2", "fuse.ext4", "fuse.ntfs", "fuse.ntfs-3g", "fuse.exfat"}
_LOCAL_FUSE |= {"fuse.zfs", "fuse.apfs"}
_FUSE = re.compile(r"(fuse|fuse\..*|fusefs|\w*fuse|osxfuse\w*|macfuse\w*|fusefs\..*|lifs|fskit)")

# Folders that macOS keeps the same on several machines, though they lie on a disk of this one.
_SYNCED = re.compile(r"/Library/(Mobile Documents|CloudStorage)(/|$)")
_DRIVE_REMOTE = 4


def judge(folder: str, mounts: str | None = None, *, trusted: str | None = None) -> tuple[Verdict, str] | None:
    """Return why the books can't lie in a folder, and on what; ``None`` if they can, or nothing is known.

    Args:
        folder: What is meant is what it resolves to, whether or not it is there yet.
        mounts: The table of mounts, as ``/proc/self/mounts`` or ``mount`` shows it; asked for if it is not given.
        trusted: Stands in for :data:`SWITCH`.
    """
    place = os.path.realpath(folder)
    if sys.platform == "win32" and mounts is None:
        return ("network", place) if _remote(place) else None
    if sys.platform == "darwin" and _SYNCED.search(place):
        return "synced", place
    kind = kind_of(place, table(_asked() if mounts is None else mounts))
    verdict = verdict_on(kind)
    named = (os.environ.get(SWITCH, "") if trusted is None else trusted).lower().split(",")
    if verdict is None or (verdict != "network" and kind in {one.strip() for one in named}):
        return None
    return verdict, kind


def verdict_on(kind: str) -> Verdict | None:
    """Return what is wrong with a type of file system."""
    name = kind.removeprefix("fuse.").removeprefix("fusefs.").replace("-fuse", "").replace("fuse-", "")
    if NETWORK.fullmatch(name) or NETWORK.fullmatch(kind):
        return "network"
    if SHARED.fullmatch(name) or SHARED.fullmatch(kind):
        return "shared"
    return "unknown" if _FUSE.fullmatch(kind) and kind not in _LOCAL_FUSE else None


def kind_of(place: str, mounts: Iterable[tuple[str, str]]) -> str:
    """Return the type of the mount that a place lies on: the longest prefix wins, the last if stacked."""
    best, kind = "", ""
    for point, told in mounts:
        inside = place == point or place.startswith(point + "/")
        if inside and len(point) >= len(best):
            best, kind = point, told
    return kind


def table(text: str) -> list[tuple[str, str]]:
    """Return the places and types that a table of mounts names, Linux' or the one of macOS."""
    found = []
    for line in text.splitlines():
        if told := re.match(r".*? on (/.*) \((\w[^,)]*)[,)]", line):
            found.append((told[1].rstrip("/"), told[2].lower()))
        elif len(parts := line.split()) >= 3:
            found.append((_plain(parts[1]).rstrip("/"), parts[2].lower()))
    return found


def _plain(escaped: str) -> str:
    """Read what the kernel writes in octal: blanks, tabs, line ends and backslashes."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), escaped)


def _asked() -> str:
    """Return the system's table of mounts, or nothing where it can't be had."""
    return _asked_mount() if sys.platform == "darwin" else _asked_kernel()


def _asked_mount() -> str:
    import subprocess

    try:
        told = subprocess.run(["/sbin/mount"], check=False, capture_output=True, timeout=5.0).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.decode("utf-8", "replace")


def _asked_kernel() -> str:
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="replace") as told:  # noqa: PTH123 -- no pathlib here
            return told.read()
    except OSError:
        return ""


def _remote(place: str) -> bool:
    """Tell whether Windows fetches a place from elsewhere: a share, another system's files, a mapped drive."""
    plain = place.removeprefix("\\\\?\\").removeprefix("\\\\.\\")
    if plain.upper().startswith("UNC\\") or plain.startswith("\\\\"):
        return True
    import ctypes

    asked = getattr(ctypes, "windll", None)
    return bool(asked and asked.kernel32.GetDriveTypeW(plain[:3]) == _DRIVE_REMOTE)
