"""The house stands as it is drawn: who may import whom, what is pure, and where the sentences live."""

from __future__ import annotations

import ast
import importlib
import re
import string
from functools import cache
from pathlib import Path

import pytest

from ima_nano_banana import words

PACKAGE = "ima_nano_banana"
ROOT = Path(words.__file__).parents[1]
FILES = sorted(ROOT.rglob("*.py"))
PURE = [path for path in FILES if path.relative_to(ROOT).parts[0] in ("domain", "wire")]

# doors -> engine -> (service, ledger, pictures, local, words) -> (domain, wire) -> errors
RANKS = {
    "errors": 0,
    "clock": 0,
    "domain": 1,
    "wire": 1,
    "words": 2,
    "service": 2,
    "ledger": 2,
    "pictures": 2,
    "local": 2,
    "engine": 3,
    "batch": 3,
    "deliver": 3,
    "assembly": 4,
    "cluster": 4,
    "doors": 5,
    "": 6,
}
# A fault turns its key into an English sentence when it is printed; nothing else below words speaks.
SPEAKS = ("errors.py", "words")

# What a pure room may lean on. Whatever reads a file, a socket, a clock, the environment or chance is not here.
HARMLESS = {
    *("__future__", "base64", "binascii", "collections", "dataclasses", "enum", "email", "functools", "hashlib"),
    *("http", "ipaddress", "itertools", "json", "math", "re", "string", "types", "typing", "unicodedata", "urllib"),
    *("datetime", "codecs", "zlib"),
}
# Parts of the harmless ones that are not.
HARMFUL = re.compile(r"(urllib\.request|urllib\.robotparser|http\.(client|server|cookiejar)|email\.mime)")
IMPURE_CALLS = {"open", "print", "input", "now", "today", "utcnow", "localtime", "getenv", "exec", "eval"}

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
SENTENCE = re.compile(r"^[A-Z][a-z']+,?( [a-z'0-9]+,?){3,}")
# Words that people type, words that are painted, and pictures of words: not sentences for users.
HAN_ALLOWED = {"domain/aliases.py", "domain/catalogue.py", "domain/scope.py", "wire/gateways.py", "wire/reasons.py"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Every module that a file imports when it runs, late imports included, type-checking ones not."""
    found: set[str] = set()
    waiting: list[ast.AST] = [tree_of(path)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}: relative import"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        waiting.extend(ast.iter_child_nodes(node))
    return found


def room(module: str) -> str:
    """The room of ``ima_nano_banana.room.rest``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in {*RANKS, "sandbox"} else ""


def own_room(path: Path) -> str:
    first = path.relative_to(ROOT).parts[0].removesuffix(".py")
    return "" if first in ("__init__", "__main__") else first


def ours(path: Path) -> set[str]:
    return {name for name in imports(path) if name.split(".")[0] == PACKAGE}


def literals(path: Path) -> list[str]:
    """Every string of a file that is not a docstring, an annotation or a message for programmers."""
    found: list[str] = []
    waiting: list[ast.AST] = [tree_of(path)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, (ast.Assert, ast.Raise)) or _is_log(node):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        waiting.extend(ast.iter_child_nodes(node))
    return found


def _is_log(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("debug", "info", "warning", "error", "exception", "critical")
    )


@pytest.mark.parametrize("path", FILES, ids=named)
def test_imports_point_inward(path):
    if own_room(path) == "sandbox":
        return
    own = RANKS[own_room(path)]
    for name in ours(path) - {f"{PACKAGE}.__version__"}:
        if named(path) == SPEAKS[0] and room(name) == SPEAKS[1]:
            continue
        # The sandbox stands beside the house: only who puts the pieces together may open its door.
        allowed = own >= RANKS["assembly"] if room(name) == "sandbox" else RANKS[room(name)] <= own
        assert allowed, f"{named(path)} imports {name}"


# What a door may know of a batch: how to order one, what it costs, how to run it, and what it is told meanwhile.
BATCH_FOR_DOORS = {"order", "offer", "session", "model", "paper", "sheet"}


@pytest.mark.parametrize("path", [path for path in FILES if own_room(path) == "doors"], ids=named)
def test_no_door_decides_about_a_batch(path):
    for name in ours(path):
        if room(name) == "batch":
            parts = name.split(".")
            asked = parts[2] if len(parts) > 2 else ""
            assert asked in BATCH_FOR_DOORS, f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", [path for path in FILES if own_room(path) == "sandbox"], ids=named)
def test_the_sandbox_shares_no_parser_with_the_client(path):
    """A wrong parser must not be able to agree with a wrong server."""
    for name in ours(path):
        assert room(name) == "sandbox", f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", PURE, ids=named)
def test_the_core_is_pure(path):
    """No file, socket, clock, environment or chance: those are arguments."""
    for name in imports(path):
        assert name.split(".")[0] in {*HARMLESS, PACKAGE}, f"{named(path)} imports {name}"
        assert not HARMFUL.match(name), f"{named(path)} imports {name}"
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called not in IMPURE_CALLS, f"{named(path)}:{node.lineno} calls {called}"


@pytest.mark.parametrize("path", [path for path in FILES if own_room(path) not in ("words", "sandbox")], ids=named)
def test_sentences_live_in_words_alone(path):
    for text in literals(path):
        if named(path) not in HAN_ALLOWED:
            assert not HAN.search(text), f"{named(path)}: {text!r}"
        assert not SENTENCE.match(text), f"{named(path)}: {text!r}"


TOPICS = sorted(path.stem for path in (ROOT / "words").glob("*.py") if path.stem != "__init__")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_say_the_same(topic):
    texts = importlib.import_module(f"{PACKAGE}.words.{topic}").TEXTS
    assert texts
    for key, pair in texts.items():
        assert len(pair) == 2, f"{topic}.{key}"
        zh, en = pair
        assert zh.strip(), f"{topic}.{key}"
        assert en.strip(), f"{topic}.{key}"
        assert placeholders(zh) == placeholders(en), f"{topic}.{key}"
        assert not HAN.search(en), f"{topic}.{key}"


def faults(path: Path) -> list[tuple[str, ast.Call]]:
    """Every fault that a file makes with a key written out."""
    found = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called.endswith("Fault") and isinstance(node.args[0].value, str):
                found.append((node.args[0].value, node))
    return found


MAKERS = [path for path in FILES if faults(path)]


@pytest.mark.parametrize("path", MAKERS, ids=named)
def test_every_fault_has_a_reason_and_its_values(path):
    for key, call in faults(path):
        where = f"{named(path)}:{call.lineno} {key}"
        assert words.has(key), where
        given = {word.arg for word in call.keywords}
        if None in given:
            continue
        for name in (key, f"{key}.do"):
            if words.has(name):
                assert placeholders(words.template(name, "en")) <= given, where


def reasons(path: Path) -> set[str]:
    """Every key of an adjustment that a file writes out."""
    return {text for text in literals(path) if re.fullmatch(r"adjust\.[a-z_]+", text)}


@pytest.mark.parametrize("path", [path for path in FILES if reasons(path)], ids=named)
def test_every_adjustment_says_why(path):
    for key in reasons(path):
        assert placeholders(words.template(key, "en")) <= {"field", "from_", "to"}


@pytest.mark.parametrize("path", [path for path in FILES if own_room(path) != "words"], ids=named)
def test_files_and_functions_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500
    for node in ast.walk(tree_of(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # A docstring may be as long as it is useful.
            start = node.body[0].end_lineno if ast.get_docstring(node) else node.lineno
            assert (node.end_lineno or 0) - (start or 0) < 60, f"{named(path)}:{node.lineno} {node.name}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_the_type_checker_is_told_the_truth(path):
    """A cast says why, and nothing forwards whatever name it is asked for."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "cast":
            around = lines[max(0, node.lineno - 3) : node.lineno]
            assert any("# " in line for line in around), f"{named(path)}:{node.lineno} casts without a reason"
        if isinstance(node, ast.ClassDef):
            defined = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
            assert not defined & {"__getattr__", "__getattribute__"}, f"{named(path)}:{node.lineno} {node.name}"


def test_the_guards_of_this_page_catch_what_they_are_for(tmp_path):
    guilty = tmp_path / "guilty.py"
    guilty.write_text("import time\nfrom os import environ\nx = 'This is a sentence for users.'\ny = '你好'\n", "utf-8")
    assert imports(guilty) == {"time", "os.environ"}
    assert [text for text in literals(guilty) if SENTENCE.match(text) or HAN.search(text)] != []


# A number that stands before a plural would also stand before one thing; ``{count:point}`` agrees with it.
PLURAL = re.compile(r"\{(\w+)\} (?:[a-z]+ )?(points|rows|images|pictures|tasks|faults|cells|columns|seconds|minutes)\b")


@pytest.mark.parametrize("topic", TOPICS)
def test_english_nouns_agree_with_their_numbers(topic):
    for key, (_, english) in importlib.import_module(f"{PACKAGE}.words.{topic}").TEXTS.items():
        assert not PLURAL.search(english), f"{topic}.{key}: {english}"


@pytest.mark.parametrize(("number", "told"), [(0, "0 points"), (1, "1 point"), (2, "2 points"), ("1", "1 point")])
def test_one_point_is_a_point(number, told):
    assert words.text("batch.points", "en", credit=number) == told
    assert words.text("batch.points", "zh", credit=number) == f"{number} 积分"


@pytest.mark.parametrize("topic", TOPICS)
def test_one_thing_has_one_name_in_chinese(topic):
    for key, (chinese, _) in importlib.import_module(f"{PACKAGE}.words.{topic}").TEXTS.items():
        for stray in ("API Key", "API key", "点数", "配额", "额度"):
            assert stray not in chinese, f"{topic}.{key}: {chinese}"
