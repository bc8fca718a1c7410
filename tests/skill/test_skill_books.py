"""The script answers "is it ready?", "what did I spend?" and "last week's one": the bundle has no command."""

from __future__ import annotations

import json

import pytest


def said(skill, *argv: str, code: int = 0) -> dict:
    got, out = skill([*argv, "--sandbox", "--output-json"])
    assert got == code, out
    return json.loads(out)


def made(skill, *more: str) -> dict:
    return said(skill, "--prompt", "a cat", *more)


def test_tasks_are_those_of_the_user_of_the_run_newest_first(skill):
    first, second = made(skill), made(skill, "--prompt", "a dog")
    made(skill, "--user-id", "alice")
    rows = said(skill, "--tasks")["tasks"]
    assert [row["task_id"] for row in rows] == [second["task_id"], first["task_id"]]
    assert {row["user"] for row in rows} == {"default"}
    assert len(said(skill, "--tasks", "--limit", "1")["tasks"]) == 1
    assert said(skill, "--tasks", "--since", "2999-01-01")["tasks"] == []
    assert said(skill, "--tasks", "--open")["tasks"] == []


def test_costs_are_those_of_the_user_of_the_run(skill):
    price = made(skill)["credit"]
    made(skill, "--user-id", "alice", "--size", "4K")
    told = said(skill, "--costs")
    assert told["total"] == price
    assert str(price) in told["message"]


def test_everything_that_is_paid_is_fetched_at_once(skill):
    slow = ["--timeout", "0.1", "--sandbox-scene", "slow"]
    left = said(skill, "--prompt", "a cat", *slow, code=8)["error"]["task_id"]
    assert [row["task_id"] for row in said(skill, "--tasks", "--open")["tasks"]] == [left]
    assert [one["task_id"] for one in said(skill, "--resume-all")["results"]] == [left]
    assert said(skill, "--resume-all")["results"] == []


@pytest.mark.parametrize(
    "line",
    [
        ["--tasks", "--costs"],
        ["--tasks", "--resume", "x"],
        ["--resume-all", "--prompt", "a cat"],
        ["--costs", "--prompt", "a cat"],
        ["--costs", "--dry-run"],
        ["--prompt", "a cat", "--since", "2026-01-01"],
        ["--prompt", "a cat", "--open"],
        ["--costs", "--limit", "3"],
        ["--list-models", "--limit", "3"],
    ],
)
def test_a_run_has_one_purpose_and_spends_nothing_if_it_has_two(line, skill):
    assert said(skill, *line, code=2)["error"]["charged"] == "no"
    assert said(skill, "--tasks")["tasks"] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_people_read_them_as_tables(language, skill):
    made(skill)
    for flag in ("--tasks", "--costs"):
        code, out = skill([flag, "--sandbox", "--language", language])
        assert code == 0
        assert len(out.splitlines()) > 1
