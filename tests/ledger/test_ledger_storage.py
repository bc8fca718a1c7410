"""Disks and files that can't be trusted: nothing is spent, nothing is overwritten."""

from __future__ import annotations

import os
import sqlite3
import stat
from typing import TYPE_CHECKING

import pytest
from ledger_world import ask, paid, reserve

from ima_nano_banana import words
from ima_nano_banana.errors import StorageFault
from ima_nano_banana.ledger import Ledger, connection, schema
from ima_nano_banana.ledger.storage import refuse_network_disk, storage_fault

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("path")


def _fault(path: Path) -> StorageFault:
    with Ledger(path) as ledger:
        for use in (ledger.peek, ledger.reserve):
            with pytest.raises(StorageFault) as told:
                use(ask())
        with pytest.raises(StorageFault):
            ledger.tasks()
    for language in ("zh", "en"):
        assert words.text(told.value.code, language, **told.value.params)
        assert words.text(told.value.code + ".do", language, **told.value.params)
    assert (told.value.charged, told.value.exit_code) == ("no", 13)
    return told.value


def test_a_file_where_the_folder_should_be(path: Path):
    path.parent.write_text("I am in the way")

    assert _fault(path).code == "storage.no_folder"


def test_a_folder_where_the_file_should_be(path: Path):
    path.mkdir(parents=True)

    assert _fault(path).code == "storage.no_file"


@pytest.mark.parametrize("content", [b"", b"these are no books", b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_file_is_left_as_it_is(path: Path, content: bytes):
    path.parent.mkdir()
    path.write_bytes(content)

    assert _fault(path).code == "storage.damaged"
    assert path.read_bytes() == content
    assert not path.with_name(path.name + "-wal").exists()


def test_somebody_elses_database_is_not_written_to(path: Path):
    path.parent.mkdir()
    stranger = sqlite3.connect(path)
    stranger.execute("CREATE TABLE items (name TEXT)")
    stranger.commit()
    stranger.close()
    before = path.read_bytes()

    assert _fault(path).code == "storage.damaged"
    assert path.read_bytes() == before


def test_damage_in_the_middle_is_found_by_the_check(path: Path):
    with Ledger(path) as ledger:
        for number in range(50):
            paid(ledger, ask(str(number)), f"task_{number}")
    size = path.stat().st_size
    with path.open("r+b") as file:
        for page in range(1, size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)

    with Ledger(path) as ledger, pytest.raises(StorageFault) as told:
        ledger.check()

    assert told.value.code == "storage.damaged"


def test_a_ledger_of_a_newer_program_is_not_touched(path: Path):
    with Ledger(path) as ledger:
        ledger.limits_show()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()

    assert _fault(path).code == "storage.newer"


def test_an_older_ledger_is_brought_up_to_date_and_keeps_its_books(path: Path, monkeypatch: pytest.MonkeyPatch):
    with Ledger(path) as ledger:
        paid(ledger)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE later (name TEXT)",)))

    with Ledger(path) as ledger:
        assert ledger.find("task_1") is not None
        assert ledger.database.read(lambda tx: tx.execute("SELECT COUNT(*) FROM later").fetchone()[0]) == 0
        assert ledger.database.read(schema.version_of) == len(schema.MIGRATIONS)


def test_a_long_run_writes_nothing_where_a_newer_program_has_been_meanwhile(path: Path):
    with Ledger(path) as long:
        reservation = reserve(long)
        newer = sqlite3.connect(path)
        newer.execute("PRAGMA user_version = 999")
        newer.close()
        for use in (long.reserve, long.peek):
            with pytest.raises(StorageFault) as refused:
                use(ask("another"))
            assert refused.value.code == "storage.newer"
        pieces = [lambda: long.requeue(reservation), lambda: long.reserve(ask("third"))]
        with pytest.raises(StorageFault) as refused:
            long.database.together(pieces)
        assert refused.value.code == "storage.newer"
        with pytest.raises(StorageFault) as unbooked:
            long.created(reservation, "task_1")
        assert (unbooked.value.charged, unbooked.value.task_id) == ("yes", "task_1")


def test_a_file_restored_under_a_long_run_is_the_one_that_is_written_to(path: Path, tmp_path: Path):
    with Ledger(path) as before:
        paid(before, ask("old"), "task_old")
    backup = tmp_path / "backup"
    backup.write_bytes(path.read_bytes())
    with Ledger(path) as long:
        paid(long, ask("lost with the disk"), "task_lost")
        for left in path.parent.glob(path.name + "*"):
            left.unlink()
        backup.replace(path)
        paid(long, ask("new"), "task_new")
        with Ledger(path) as other:
            assert {item.task_id for item in other.tasks()} == {"task_old", "task_new"}


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch):
    with Ledger(path) as ledger:
        paid(ledger)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE later (name TEXT)", "NONSENSE")))
        assert _fault(path).code == "storage.failed"

    with Ledger(path) as ledger:
        assert ledger.find("task_1") is not None


def test_a_full_disk_refuses_to_spend_and_keeps_what_is_there(ledger: Ledger):
    reserve(ledger, ask("before"))
    pages = ledger.database.read(lambda tx: tx.execute("PRAGMA page_count").fetchone()[0])
    ledger.database.read(lambda tx: tx.execute(f"PRAGMA max_page_count = {pages}").fetchone())

    with pytest.raises(StorageFault) as told:
        for number in range(2000):
            reserve(ledger, ask(f"{number} " + "long " * 200))

    assert told.value.code == "storage.full"
    ledger.check()
    assert ledger.peek(ask("before")).state == "sending"


def test_a_read_only_ledger_refuses_before_anything_is_uploaded(ledger: Ledger):
    paid(ledger)
    ledger.database.read(lambda tx: None)
    ledger.database._opened().execute("PRAGMA query_only = ON")

    with pytest.raises(StorageFault) as told:
        ledger.reserve(ask("another"))

    assert told.value.code == "storage.no_access"
    assert [item.task_id for item in ledger.tasks()] == ["task_1"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_folder_without_permission(path: Path):
    path.parent.mkdir(mode=0o500)

    assert _fault(path).code == "storage.no_access"


def test_a_task_id_that_cannot_be_written_is_told_so_that_it_is_not_lost(ledger: Ledger):
    reservation = reserve(ledger)
    ledger.database._opened().execute("PRAGMA query_only = ON")

    with pytest.raises(StorageFault) as told:
        ledger.created(reservation, "task_1")

    assert (told.value.charged, told.value.task_id, told.value.phase) == ("yes", "task_1", "create")


def test_a_lock_that_is_never_given_back_is_told_in_the_end(
    ledger: Ledger, path: Path, monkeypatch: pytest.MonkeyPatch
):
    paid(ledger)
    monkeypatch.setattr(connection, "PATIENCE_SECONDS", 0.0)
    ledger.database._opened().execute("PRAGMA busy_timeout = 0").fetchone()
    hog = sqlite3.connect(path, isolation_level=None)
    hog.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageFault) as told:
        ledger.reserve(ask("another"))

    hog.close()
    assert told.value.code == "storage.busy"


def test_a_failed_commit_stores_nothing(ledger: Ledger):
    commit = ledger.database.commit

    def broken() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    ledger.database.commit = broken  # type: ignore[method-assign]
    with pytest.raises(StorageFault):
        ledger.reserve(ask())

    ledger.database.commit = commit  # type: ignore[method-assign]
    assert ledger.tasks() == []


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/ann/local\\040disk xfs rw 0 0
tmpfs /run tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        ("/home/ann/.openclaw", True),
        ("/home/ann/local disk/state", False),
        ("/homework", False),
        ("/", False),
        ("/run/x", False),
    ],
)
def test_books_on_a_network_disk_are_refused(folder: str, network: bool):
    from pathlib import PurePosixPath

    if network:
        with pytest.raises(StorageFault) as told:
            refuse_network_disk(PurePosixPath(folder), MOUNTS)  # type: ignore[arg-type]
        assert told.value.code == "storage.network"
    else:
        refuse_network_disk(PurePosixPath(folder), MOUNTS)  # type: ignore[arg-type]


NETWORK = "nfs nfs4 cifs smb3 smbfs afs ceph glusterfs lustre beegfs gpfs ocfs2 fuse.sshfs fuse.s3fs fuse.rclone"
NETWORK += " fuse.glusterfs fuse.ceph-fuse fuse.ceph fuse.davfs2 fuse.davfs fuse.gcsfuse gcsfuse fuse.juicefs"
SHARED = "9p virtiofs vboxsf prl_fs fuse.vmhgfs-fuse vmhgfs drvfs fuse.prl_fs fakeowner fuse.grpcfuse osxfs"
UNKNOWN = "fuse fuse.JuiceFS_of_somebody fuse.gvfsd-fuse fuse.portal fuse.bindfs macfuse osxfuse fuse.onedriver"
LOCAL = "ext4 xfs btrfs zfs tmpfs overlay apfs hfs fuseblk fuse.fuse-overlayfs f2fs bcachefs ext3 ntfs3 vfat wslfs lxfs"
KINDS = [(kind, "network") for kind in NETWORK.split()] + [(kind, "shared") for kind in SHARED.split()]
KINDS += [(kind, "unknown") for kind in UNKNOWN.split()] + [(kind, None) for kind in LOCAL.split()]


def _judged(folder: Path, mounts: str) -> str | None:
    try:
        refuse_network_disk(folder, mounts)
    except StorageFault as told:
        for language in ("zh", "en"):
            assert "{" not in words.text(told.code, language, **told.params)
            assert "{" not in words.text(told.code + ".do", language, **told.params)
        return told.code.removeprefix("storage.")
    return None


@pytest.mark.parametrize(("kind", "verdict"), KINDS)
def test_books_lie_only_on_disks_whose_locks_hold(tmp_path: Path, kind: str, verdict: str | None):
    assert _judged(tmp_path, f"/dev/a / ext4 rw 0 0\nx {tmp_path} {kind} rw 0 0\n") == verdict


def test_a_link_to_a_network_disk_is_one(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from ima_nano_banana.local import disks

    far, near = tmp_path / "far away", tmp_path / "near"
    far.mkdir()
    near.symlink_to(far)
    monkeypatch.setattr(disks, "_asked", lambda: f"server:/x {far}".replace(" a", "\\040a") + " nfs4 rw 0 0\n")
    assert _fault(near / "state" / "books").code == "storage.network"
    assert not (far / "state" / "books").exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(far / "books")
    assert _fault(path).code == "storage.network"


def test_the_owner_may_vouch_for_a_disk_that_nobody_knows_but_not_for_a_network(tmp_path, monkeypatch):
    for kind, verdict in (("fuse.mine", None), ("9p", None), ("nfs4", "network"), ("fuse.other", "unknown")):
        monkeypatch.setenv("IMA_TRUST_DISK", "fuse.mine, 9P,nfs4")
        assert _judged(tmp_path, f"x {tmp_path} {kind} rw 0 0\n") == verdict


def test_the_table_of_macos_is_read(tmp_path):
    told = f"/dev/disk3s5 on / (apfs, local, journaled)\n//ann@nas/my share on {tmp_path} (smbfs, nodev, nosuid)\n"
    assert _judged(tmp_path / "x", told) == "network"
    assert _judged(tmp_path, "/dev/disk3s5 on / (apfs, local, journaled)\n") is None


def test_drives_of_windows_in_wsl_are_no_place_for_books():
    from pathlib import PurePosixPath

    told = "/dev/sdd / ext4 rw 0 0\nC:\\134 /mnt/c 9p rw,aname=drvfs;path=C:\\ 0 0\nD: /mnt/d drvfs rw 0 0\n"
    for folder, verdict in (("/mnt/c/Users/ann", "shared"), ("/mnt/d/x", "shared"), ("/home/ann", None)):
        assert _judged(PurePosixPath(folder), told) == verdict


def test_shares_of_windows_are_told_by_their_path():
    from ima_nano_banana.local import disks

    for place in ("\\\\server\\x", "\\\\?\\UNC\\server\\x", "\\\\wsl.localhost\\Ubuntu\\home"):
        assert disks._remote(place)
    assert not disks._remote("C:\\Users\\ann")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device"), "storage.full"),
        (PermissionError(13, "Permission denied"), "storage.no_access"),
        (OSError("odd"), "storage.failed"),
        (sqlite3.ProgrammingError("odd"), "storage.failed"),
    ],
)
def test_every_complaint_of_the_disk_has_a_name(tmp_path: Path, error: sqlite3.Error | OSError, code: str):
    assert storage_fault(error, tmp_path).code == code


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_nobody_else_may_read_the_books(path: Path):
    path.parent.mkdir(mode=0o755)
    old = os.umask(0)
    try:
        with Ledger(path) as ledger:
            reserve(ledger)
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.rglob("*")}
    finally:
        os.umask(old)

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert modes.pop("ima_alive") == 0o700
    assert len(modes) >= 4
    assert set(modes.values()) == {0o600}


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_books_that_were_open_to_others_are_closed(path: Path):
    with Ledger(path) as ledger:
        reserve(ledger)
    path.chmod(0o644)

    with Ledger(path) as ledger:
        ledger.tasks()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_commit_is_synced_to_the_disk(ledger: Ledger):
    def setting(name: str) -> object:
        return ledger.database.read(lambda tx: tx.execute(f"PRAGMA {name}").fetchone()[0])

    assert (setting("journal_mode"), setting("synchronous"), setting("fullfsync")) == ("wal", 2, 1)
