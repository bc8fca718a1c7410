"""A disk under SQLite that loses what was not synced, fills up, fails, and is locked by somebody else.

The program's own SQLite is used as it is; only its way to the operating system is overheard (a VFS over the default
one, registered in the same library that Python loaded). What was written since the last sync of a file is kept apart:
a power cut leaves a drawn part of it, torn at sectors.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from simulation.machine import Process

OK, FULL, CANTOPEN = 0, 13, 14
IOERR_WRITE, IOERR_FSYNC = 10 | (3 << 8), 10 | (4 << 8)
SECTOR = 512

_P, _I, _L = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_OPEN = ctypes.CFUNCTYPE(_I, _P, _P, _P, _I, _P)
_DELETE = ctypes.CFUNCTYPE(_I, _P, _P, _I)
_SLEEP = ctypes.CFUNCTYPE(_I, _P, _I)
_CLOSE = ctypes.CFUNCTYPE(_I, _P)
_WRITE = ctypes.CFUNCTYPE(_I, _P, _P, _I, _L)
_TRUNCATE = ctypes.CFUNCTYPE(_I, _P, _L)
_SYNC = ctypes.CFUNCTYPE(_I, _P, _I)


class _Vfs(ctypes.Structure):
    _fields_: ClassVar = [
        ("version", _I),
        ("file_size", _I),
        ("longest_path", _I),
        ("next", _P),
        ("name", ctypes.c_char_p),
        ("data", _P),
        ("open", _P),
        ("delete", _P),
        ("access", _P),
        ("full_path", _P),
        ("dl", _P * 4),
        ("randomness", _P),
        ("sleep", _P),
        ("rest", _P * 6),
    ]


class _Methods(ctypes.Structure):
    _fields_: ClassVar = [
        ("version", _I),
        ("close", _P),
        ("read", _P),
        ("write", _P),
        ("truncate", _P),
        ("sync", _P),
        ("rest", _P * 13),
    ]


@dataclass
class Kept:
    """One file: what is certain to be there, and what was written since."""

    path: str
    safe: bytearray
    since: list[tuple[int, bytes]] = field(default_factory=list)

    def sync(self) -> None:
        for at, data in self.since:
            _apply(self.safe, at, data)
        self.since.clear()

    def after_cut(self, chance: random.Random) -> bytes:
        """Return what a power cut leaves."""
        left, way = bytearray(self.safe), chance.random()
        if way < 0.3:
            return bytes(left)
        until = chance.randrange(len(self.since) + 1)
        for number, (at, data) in enumerate(self.since):
            if way < 0.6:  # in order, the last one torn
                if number > until:
                    break
                whole = number < until
                _apply(left, at, data if whole or at < 0 else data[: _sectors(at, len(data), chance)])
            elif chance.random() < 0.5:
                _apply(left, at, data)
        return bytes(left)


def _sectors(at: int, length: int, chance: random.Random) -> int:
    return min(length, chance.randrange(length // SECTOR + 2) * SECTOR)


def _apply(content: bytearray, at: int, data: bytes) -> None:
    if at < 0:  # cut to a length
        length = -at - 1
        del content[length:]
        content.extend(bytes(length - len(content)))
        return
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


class Disk:
    """The disk of one run. At most one is open at a time."""

    def __init__(self, root: str, mover: Callable[[], Process | None], sleep: Callable[[float], None]) -> None:
        self.root = root
        self.full = False
        self.sync_fails = False
        self.writes = self.syncs = 0
        self._mover, self._sleep = mover, sleep
        self._files: dict[str, Kept] = {}
        self._open: dict[int, tuple[Kept, Process | None]] = {}
        self._synced: dict[int, int] = {}

    # --- what SQLite asks ---

    def opened(self, handle: int, path: str) -> None:
        kept = self._files.get(path)
        if kept is None:
            there = Path(path)
            kept = self._files[path] = Kept(path, bytearray(there.read_bytes() if there.is_file() else b""))
        self._open[handle] = kept, self._mover()

    def may_open(self) -> bool:
        process = self._mover()
        return process is None or not process.dead

    def closed(self, handle: int) -> None:
        self._open.pop(handle, None)

    def write(self, handle: int, at: int, data: bytes) -> int:
        """Return whether the write may happen; it is only noted here."""
        kept, process = self._open[handle]
        if process is not None and process.may_not_write():
            return IOERR_WRITE
        if self.full and process is not None and at + len(data) > 0:
            return FULL
        self.writes += 1
        kept.since.append((at, data))
        return OK

    def truncate(self, handle: int, length: int) -> int:
        kept, process = self._open[handle]
        if process is not None and process.dead:
            return IOERR_WRITE
        kept.since.append((-length - 1, b""))
        return OK

    def sync(self, handle: int) -> int:
        kept, process = self._open[handle]
        if process is not None and (process.dead or self.sync_fails):
            return IOERR_FSYNC
        self.syncs += 1
        kept.sync()
        return OK

    def may_delete(self) -> bool:
        process = self._mover()
        return process is None or not process.dead

    def deleted(self, path: str) -> None:
        self._files.pop(path, None)

    def waits(self, seconds: float) -> None:
        self._sleep(seconds)

    # --- other files ---

    def fsync(self, descriptor: int) -> None:
        """Note that a file is on the disk as it is now."""
        process = self._mover()
        if process is not None and process.dead:
            return
        if self.full or self.sync_fails:
            import errno

            raise OSError(errno.ENOSPC if self.full else errno.EIO, "the disk is full" if self.full else "failed")
        found = os.fstat(descriptor)
        self._synced[found.st_ino] = found.st_size

    def cut(self, chance: random.Random) -> int:
        """Take the power away. Returns how many writes were lost or torn. No file may be open."""
        lost = 0
        for path, kept in list(self._files.items()):
            there = Path(path)
            if kept.since and there.is_file():
                lost += len(kept.since)
                there.write_bytes(kept.after_cut(chance))
        self._files.clear()
        for shared in Path(self.root).rglob("*-shm"):
            shared.unlink()
        mine = (*Path(self.root, "out").rglob("*"), *Path(self.root).rglob("*.jsonl"))
        for file in sorted(one for one in mine if one.is_file()):
            found = file.stat()
            kept_size = self._synced.get(found.st_ino, 0)
            if found.st_size > kept_size:
                lost += 1
                os.truncate(file, chance.randint(kept_size, found.st_size - 1))
        return lost


class _Overheard:
    """The VFS itself; it lives as long as the program, as SQLite keeps pointers to it."""

    def __init__(self) -> None:
        self.disk: Disk | None = None
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
        library.sqlite3_vfs_register.argtypes = [_P, _I]
        library.sqlite3_vfs_unregister.argtypes = [_P]
        self._library = library
        self._under = library.sqlite3_vfs_find(None)
        self._vfs = _Vfs()
        ctypes.memmove(ctypes.byref(self._vfs), self._under, ctypes.sizeof(_Vfs))
        self._name = b"simulated"
        self._vfs.name = self._name
        self._methods: dict[int, tuple[_Methods, Any]] = {}
        self._kept = (_OPEN(self._xopen), _DELETE(self._xdelete), _SLEEP(self._xsleep))
        self._old_open = _OPEN(self._under.contents.open)
        self._old_delete = _DELETE(self._under.contents.delete)
        self._vfs.open, self._vfs.delete, self._vfs.sleep = (ctypes.cast(one, _P) for one in self._kept)

    def put(self, disk: Disk) -> None:
        self.disk = disk
        self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)

    def away(self) -> None:
        self.disk = None
        self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs))

    def _xopen(self, vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        disk = self.disk
        if disk is not None and name and not disk.may_open():
            ctypes.c_void_p.from_address(file).value = None
            return CANTOPEN
        code = int(self._old_open(vfs, name, file, flags, out))
        pointer = ctypes.c_void_p.from_address(file)
        if code == OK and pointer.value and name and disk is not None:
            path = ctypes.string_at(name).decode()
            pointer.value = self._overhear(pointer.value)
            disk.opened(file, path)
        return code

    def _xdelete(self, vfs: int, name: int, sync: int) -> int:
        if self.disk is not None and not self.disk.may_delete():
            return IOERR_WRITE
        code = int(self._old_delete(vfs, name, sync))
        if self.disk is not None:
            self.disk.deleted(ctypes.string_at(name).decode())
        return code

    def _xsleep(self, _vfs: int, microseconds: int) -> int:
        if self.disk is not None:
            self.disk.waits(microseconds / 1e6)
        return microseconds

    def _overhear(self, address: int) -> int:
        """Return methods that do the same as those at ``address``, and tell the disk of it."""
        known = self._methods.get(address)
        if known is None:
            known = self._methods[address] = self._copied(address)
        return ctypes.addressof(known[0])

    def _copied(self, address: int) -> tuple[_Methods, Any]:
        methods = _Methods()
        ctypes.memmove(ctypes.byref(methods), address, ctypes.sizeof(_Methods))
        close, write = _CLOSE(methods.close), _WRITE(methods.write)
        truncate, sync = _TRUNCATE(methods.truncate), _SYNC(methods.sync)

        def xclose(file: int) -> int:
            if self.disk is not None:
                self.disk.closed(file)
            return int(close(file))

        def xwrite(file: int, data: int, length: int, at: int) -> int:
            code = self.disk.write(file, at, ctypes.string_at(data, length)) if self.disk is not None else OK
            return code or int(write(file, data, length, at))

        def xtruncate(file: int, length: int) -> int:
            code = self.disk.truncate(file, length) if self.disk is not None else OK
            return code or int(truncate(file, length))

        def xsync(file: int, _flags: int) -> int:
            # The bytes need not reach the real disk: whoever loses power here is simulated.
            return self.disk.sync(file) if self.disk is not None else OK

        kept = _CLOSE(xclose), _WRITE(xwrite), _TRUNCATE(xtruncate), _SYNC(xsync)
        methods.close, methods.write, methods.truncate, methods.sync = (ctypes.cast(one, _P) for one in kept)
        return methods, (kept, close, write, truncate, sync)


_overheard: list[_Overheard] = []


def can_be_overheard() -> bool:
    """Tell whether this Python's SQLite is a library that can be given a VFS."""
    try:
        return bool(ctypes.CDLL(_sqlite3.__file__).sqlite3_vfs_find)
    except (OSError, AttributeError):
        return False


def put_under(disk: Disk) -> None:
    """Put ``disk`` under every SQLite file that is opened from now on."""
    if not _overheard:
        _overheard.append(_Overheard())
    _overheard[0].put(disk)


def take_away() -> None:
    """Give SQLite its own way back."""
    _overheard[0].away()
