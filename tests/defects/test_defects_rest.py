"""What else the first client of this service got wrong, from D15 on: crashes, secrets and bad manners."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ima_nano_banana.clock import SystemClock
from ima_nano_banana.local import preferences

if TYPE_CHECKING:
    from conftest import Shop

FLASH = "gemini-3.1-flash-image"
EVIL = "evil.example"
PROMPT = "a cat in a very private hat"


def everything(folder: Path) -> str:
    """Return all text that a run left below ``folder``, but for the simulated service's own books."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("ima_sandbox")]
    return "\n".join(path.read_bytes().decode("latin-1") for path in files)


@pytest.mark.parametrize("scene", ["fails", "fails-early", "failed-null", "failed-one", "task-failed", "deleted"])
def test_d15_every_way_to_fail_ends_the_wait(shop: Shop, scene: str) -> None:
    """D15: a failure in another field than expected was polled for ten minutes."""
    outcome = shop.make(scenes=scene)

    assert (outcome.code, outcome.error["kind"]) == (7, "generation")
    assert outcome.error["charged"] != "no"
    assert shop.clock.skipped < 60


def test_d16_the_services_own_reason_reaches_the_user(shop: Shop) -> None:
    """D16: the real reason was swallowed, and a guess at it was made from the text."""
    error = shop.make(scenes="fails-policy").error
    assert "safety rules" in error["message"]
    assert "safety policy" in error["detail"]


@pytest.mark.parametrize("prompt", ["UNAUTHORIZED insufficient points", "error code: 401, invalid product attribute"])
def test_d16_words_in_the_prompt_are_no_diagnosis(shop: Shop, prompt: str) -> None:
    outcome = shop.run("--prompt", prompt, scenes="unknown-code")

    assert (outcome.code, outcome.error["kind"], outcome.error["ima_code"]) == (6, "rejected", 7311)
    assert len(shop.creates) == 1


@pytest.mark.parametrize("extra", ["[1]", '"abc"', "null", "{", '{"size":512}', '{"size":{"a":1}}', '{"":1}', "1e999"])
def test_d17_extra_parameters_of_any_shape_are_answered_with_words(shop: Shop, extra: str) -> None:
    """D17: each of these ended in a traceback."""
    outcome = shop.make("--extra-params", extra)

    # 512 as a number is a size like any other.
    assert outcome.code == (0 if extra == '{"size":512}' else 2)


@pytest.mark.parametrize("scene", ["token-null", "list-odd", "list-null", "unknown-status", "token-html", "list-empty"])
def test_d17_answers_of_any_shape_are_answered_with_words(shop: Shop, scene: str) -> None:
    outcome = shop.make("--input-images", shop.photo(), scenes=scene)

    assert outcome.code in (0, 6, 10)
    assert outcome.code == 0 or outcome.error["charged"] == "no"


def test_d17_a_picture_that_cannot_be_read_is_refused(shop: Shop) -> None:
    folder = shop.work / "folder.png"
    folder.mkdir()
    assert shop.make("--input-images", str(folder)).code == 2


def test_d18_numeric_types_and_codes_in_strings_are_understood(shop: Shop) -> None:
    """D18: a leaf of type 3 was invisible, a code of "0" an error."""
    assert shop.make(scenes="list-numeric-types").code == 0


@pytest.mark.parametrize(
    "argv",
    [
        ("--extra-params", '{"aspect_ratio":"7:3"}'),
        ("--extra-params", '{"foo":"bar"}'),
        ("--size", "2K", "--extra-params", '{"size":"4K"}'),
        ("--aspect-ratio", "16:9", "--extra-params", '{"aspect_ratio":"1:1"}'),
    ],
)
def test_d19_what_the_live_form_does_not_have_is_not_sent(shop: Shop, argv: tuple[str, ...]) -> None:
    """D19: unknown and contradicting parameters went to the call that costs."""
    outcome = shop.make(*argv)

    assert (outcome.code, outcome.error["kind"]) == (2, "usage")
    assert shop.creates == []


@pytest.mark.parametrize(
    ("scene", "credit"), [("list-other-key", 6), ("list-virtual", 6), ("list-default-rule", 6), ("list-reordered", 6)]
)
def test_d20_to_d22_prices_are_found_by_the_keys_that_the_rules_carry(shop: Shop, scene: str, credit: int) -> None:
    """D20 to D22: matching was wired to three keys, virtual fields were not mapped, "default" was a condition."""
    outcome = shop.make(scenes=scene)

    assert (outcome.code, outcome.json["size"], outcome.json["credit"]) == (0, "1K", credit)
    assert shop.books.points_charged() == credit


def test_d23_another_skills_preference_neither_stops_a_run_nor_is_lost(shop: Shop) -> None:
    """D23: a sibling's model in the shared file ended the run, and was overwritten."""
    other = {"model_id": "doubao-seedream-4.5", "model_name": "Seedream", "credit": 5, "last_used": "2026-01-01"}
    prefs = shop.root / "memory" / "ima_prefs.json"
    prefs.parent.mkdir(parents=True)
    prefs.write_text(json.dumps({"user_default": {"text_to_image": other, "text_to_video": other}, "user_b": {"x": 1}}))

    assert shop.make().json["model_id"] == FLASH
    assert json.loads(prefs.read_text())["user_default"]["text_to_image"] == other

    assert shop.make("--remember-model").code == 0
    after = json.loads(prefs.read_text())
    assert after["user_default"]["text_to_video"] == other
    assert after["user_b"] == {"x": 1}


def test_d24_many_writers_of_preferences_lose_nothing(tmp_path: Path) -> None:
    """D24: six processes with fifty writes each left 2 of 300 entries."""
    with ThreadPoolExecutor(6) as pool:
        told = pool.map(
            lambda n: preferences.remember(tmp_path, f"u{n}", "text_to_image", FLASH, "Flash", 6), range(60)
        )
        assert set(told) == {None}

    kept = json.loads((tmp_path / "memory" / "ima_prefs.json").read_text())
    assert len(kept) == 60


def test_d24_a_broken_file_of_preferences_is_set_aside_and_not_overwritten(shop: Shop) -> None:
    memory = shop.root / "memory"
    memory.mkdir(parents=True)
    (memory / "ima_prefs.json").write_text('{"user_a": {"text_to_image"')

    assert shop.make("--remember-model").code == 0

    assert '{"user_a": {"text_to_image"' in [path.read_text() for path in memory.glob("ima_prefs*") if path.is_file()]


def test_d25_a_run_that_happens_to_succeed_teaches_nothing(shop: Shop) -> None:
    """D25: the model of every success became the preference."""
    assert shop.make("--model-id", "pro").code == 0
    assert not (shop.root / "memory" / "ima_prefs.json").exists()
    assert shop.make().json["model_id"] == FLASH


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
def test_d26_a_wall_clock_that_jumps_neither_shortens_nor_lengthens_the_wait(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    """D26: deadlines were measured with the clock that people and time servers set."""
    sleep, jumped = shop.clock.sleep, [0.0]

    async def sleep_and_jump(seconds: float) -> None:
        jumped[0] += jump
        await sleep(seconds)

    monkeypatch.setattr(SystemClock, "sleep", staticmethod(sleep_and_jump))
    monkeypatch.setattr(SystemClock, "time", staticmethod(lambda: shop.clock.time() + jumped[0]))

    assert shop.make("--timeout", "100").code == 0
    assert shop.clock.skipped < 60


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"a secret plan"),
        ("id_rsa", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA"),
        ("cat.png", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA"),
        ("cat.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("empty.png", b""),
    ],
)
def test_d28_only_pictures_leave_the_machine_whatever_a_file_is_called(shop: Shop, name: str, content: bytes) -> None:
    """D28: any readable file went to a public host, named image/jpeg if need be."""
    (shop.work / name).write_bytes(content)

    outcome = shop.make("--input-images", shop.photo(), name)

    assert (outcome.code, outcome.error["kind"]) == (2, "usage")
    assert not (shop.root / "memory" / "ima_sandbox.sqlite3").exists()


@pytest.mark.parametrize(
    "scene",
    ["list-redirect", "token-redirect", "put-redirect", "create-redirect", "create-redirect-302", "poll-redirect"],
)
def test_d29_no_redirect_is_followed_with_a_key_a_prompt_or_a_picture(shop: Shop, scene: str) -> None:
    """D29: the key, the prompt and the picture were sent wherever a redirect pointed."""
    outcome = shop.run("--prompt", PROMPT, "--input-images", shop.photo(), scenes=scene)

    assert outcome.code == (0 if scene == "poll-redirect" else 10)
    assert EVIL not in shop.books.hosts()


@pytest.mark.parametrize("scene", ["", "put-403", "lost-create", "fails", "download-404", "unknown-code", "key-in-fdl"])
def test_d30_and_d35_key_prompt_and_signatures_stay_out_of_logs_and_errors(shop: Shop, scene: str) -> None:
    """D30, D35: signed addresses, whole requests and the start of the key were printed and logged."""
    outcome = shop.run("--prompt", PROMPT, "--input-images", shop.photo(), scenes=scene)

    logged = everything(shop.root / "logs")
    assert logged
    for text in (outcome.out, outcome.err, logged):
        assert "ima_sandbox" not in text
        assert "Signature=" not in text
        assert "Expires=" not in text
    assert "private hat" not in logged


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps files private in another way")
def test_d30_what_is_kept_is_kept_private(shop: Shop) -> None:
    assert shop.make("--remember-model").code == 0

    kept = [path for folder in ("memory", "logs") for path in (shop.root / folder).rglob("*")]
    assert len(kept) >= 4
    for path in kept:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_d31_a_key_on_the_command_line_is_warned_about_and_not_repeated(shop: Shop) -> None:
    """D31: the only way to give the key was where every process list shows it."""
    outcome = shop.make("--api-key", "ima_very_secret_key_1234567890")

    assert "--api-key" in outcome.err
    assert "secret_key" not in outcome.out + outcome.err + everything(shop.root)


@pytest.mark.parametrize("scene", ["token-http", "token-private", "token-fdl-private"])
def test_d33_an_upload_address_that_is_not_public_https_gets_nothing(shop: Shop, scene: str) -> None:
    """D33: pictures were put to whatever host the answer named, in plain text if it said so."""
    outcome = shop.make("--input-images", shop.photo(), scenes=scene)

    assert (outcome.code, outcome.error["charged"]) in ((6, "no"), (10, "no"))
    assert (shop.books.count("put"), shop.creates) == (0, [])
    assert not shop.books.hosts() & {"169.254.169.254", "10.0.0.1"}


@pytest.mark.parametrize("scene", ["download-http", "download-private", "download-userinfo"])
def test_d33_a_result_address_that_is_not_public_https_is_not_fetched(shop: Shop, scene: str) -> None:
    outcome = shop.make(scenes=scene)

    assert (outcome.code, outcome.error["kind"], outcome.error["charged"]) == (12, "download", "yes")
    assert shop.books.count("result") == 0
    assert "127.0.0.1" not in shop.books.hosts()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "https://169.254.169.254/latest",
        "https://user:pw@example.com/a.png",
        "https://localhost/a.png",
        "https://127.1/a.png",
        "https://2130706433/a.png",
        "https://[::1]/a.png",
        "https://intranet/a.png",
    ],
)
def test_d34_an_input_address_that_is_not_public_https_is_refused(shop: Shop, url: str) -> None:
    """D34: addresses of metadata services and with passwords were passed on, and logged."""
    outcome = shop.make("--input-images", url)

    assert (outcome.code, outcome.error["kind"]) == (2, "usage")
    assert "user:pw" not in outcome.out + outcome.err


def test_d36_pictures_are_uploaded_once_each_and_at_the_same_time(shop: Shop) -> None:
    """D36: uploads were one after the other, and the same file went up twice."""
    photos = [shop.photo(f"{colour}.png", colour) for colour in ("red", "green", "blue")]

    outcome = shop.make("--input-images", *photos, photos[0])

    assert outcome.code == 0
    assert (shop.books.count("token"), shop.books.count("put")) == (3, 3)
    assert len(shop.creates[0]["parameters"]["input_images"]) == 4
    assert shop.books.peak("token") >= 2


def test_d39_a_missing_second_file_is_found_before_the_first_is_sent(shop: Shop) -> None:
    """D39: what could be checked here was checked after the network had been asked."""
    assert shop.make("--input-images", shop.photo(), "missing.png").code == 2
    assert not (shop.root / "memory" / "ima_sandbox.sqlite3").exists()


@pytest.mark.parametrize(
    ("argv", "scenes", "code"),
    [
        ((), "", 0),
        (("--list-models",), "", 0),
        (("--dry-run",), "", 0),
        ((), "fails", 7),
        ((), "lost-create", 9),
        ((), "list-down", 10),
        (("--nonsense",), "", 2),
    ],
)
def test_d42_standard_output_is_one_object_whatever_happens(
    shop: Shop, argv: tuple[str, ...], scenes: str, code: int
) -> None:
    """D42: progress and JSON shared a stream, and failures had no JSON at all."""
    outcome = shop.run(*argv, scenes=scenes) if "--list-models" in argv else shop.make(*argv, scenes=scenes)

    assert outcome.code == code
    assert outcome.json


def test_d43_every_kind_of_failure_has_an_exit_code_of_its_own(shop: Shop) -> None:
    """D43: everything from a bad flag to a charge of unknown outcome was exit 1."""
    rows = {
        "usage": ("--size", "3K"),
        "auth": "bad-key",
        "credits": "no-credits",
        "budget": ("--max-credits", "1"),
        "rejected": "refused-content",
        "generation": "fails",
        "uncertain": "lost-create",
        "network": "list-down",
        "partial": "partial",
        "download": "download-404",
    }
    seen = {}
    for kind, what in rows.items():
        argv = ("--prompt", kind, "--count", "2" if kind == "partial" else "1")
        outcome = shop.run(*argv, scenes=what) if isinstance(what, str) else shop.run(*argv, *what)
        seen[outcome.error["kind"]] = outcome.code

    assert seen == dict(zip(rows, (2, 3, 4, 5, 6, 7, 9, 10, 11, 12), strict=True))


@pytest.mark.parametrize("how", ["file://{}", " {} ", "~/photo.png"])
def test_d47_paths_are_understood_as_people_write_them(shop: Shop, how: str) -> None:
    """D47: a leading blank, a home sign or a file address made a picture "missing"."""
    photo = shop.photo()
    Path.home().joinpath("photo.png").write_bytes(Path(photo).read_bytes())

    assert shop.make("--input-images", how.format(photo)).code == 0


def test_d50_an_import_leaves_no_trace(tmp_path: Path) -> None:
    """D50: the log folder was made, and old logs deleted, before a flag was read."""
    source = "import ima_nano_banana, ima_nano_banana.doors.skill, ima_nano_banana.local.logs"
    env = {**os.environ, "OPENCLAW_STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run([sys.executable, "-c", source], env=env, cwd=tmp_path, capture_output=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not (tmp_path / "state").exists()
