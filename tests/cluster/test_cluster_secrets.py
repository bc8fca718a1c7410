"""Passwords of the places that workers share are shown nowhere."""

from __future__ import annotations

import asyncio

import pytest

from ima_nano_banana.errors import UsageFault

pytest.importorskip("fsspec")
pytest.importorskip("psycopg")

from ima_nano_banana.cluster.files import Files
from ima_nano_banana.ledger.postgres.trouble import place_of


def test_a_password_in_the_address_of_the_files_stays_out_of_the_books(tmp_path):
    (tmp_path / "a.png").write_bytes(b"picture")

    kept = asyncio.run(Files("memory://bob:s3cret@host/dir").keep([str(tmp_path / "a.png")], tmp_path, "batch"))

    assert kept == ("memory://host/dir/batch/a.png",)


def test_a_password_in_an_unusable_address_of_files_stays_out_of_the_error():
    with pytest.raises(UsageFault) as refused:
        Files("nosuch://bob:s3cret@host/dir")

    assert refused.value.params["url"] == "nosuch://host/dir"


def test_a_password_with_an_unescaped_at_sign_is_no_part_of_the_place():
    assert place_of("postgresql://ima:one@two@db:5432/books") == "postgresql://db:5432/books"
