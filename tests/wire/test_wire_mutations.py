"""Whatever the service answers, each decipher function gives a value of its type or a fault."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ima_nano_banana.domain.model import TaskView
from ima_nano_banana.errors import Fault
from ima_nano_banana.wire import answers
from samples.answers import KEY, sample

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=20),
    st.builds(list),
    st.builds(dict),
    st.builds(lambda: [[[[{}]]]]),
    st.just(KEY),
    st.just("9" * 5000),
)
STATUSES = st.one_of(st.sampled_from([200, 204, 302, 400, 401, 404, 429, 500, 502]), st.integers(100, 999))
HEADERS = st.dictionaries(st.sampled_from(["retry-after", "Date", "Location"]), st.text(max_size=30))

ENDPOINTS = {
    "list_ok": (answers.products, list),
    "create_ok": (answers.created, str),
    "detail_mixed": (lambda *args, **more: answers.detail("t", *args, **more), TaskView),
    "token_ok": (answers.token, answers.UploadTicket),
}


def paths(node: object, here: tuple = ()):
    yield here
    if isinstance(node, dict):
        for key, child in node.items():
            yield from paths(child, (*here, key))
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from paths(child, (*here, index))


def mutated(node: object, path: tuple, draw) -> object:
    if not path:
        return draw(ODD)
    parent = node
    for step in path[:-1]:
        parent = parent[step]
    if draw(st.booleans()):
        parent[path[-1]] = draw(ODD)
    else:
        del parent[path[-1]]
    return node


@pytest.mark.parametrize("case", ENDPOINTS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_mutated_answer_is_a_value_or_a_fault(case: str, data: st.DataObject):
    read, kind = ENDPOINTS[case]
    content = json.loads(sample(case)[2])
    for _ in range(data.draw(st.integers(1, 3))):
        content = mutated(content, data.draw(st.sampled_from(list(paths(content)))), data.draw)
    body = json.dumps(content).encode()
    if data.draw(st.booleans()):
        body = body[: data.draw(st.integers(0, len(body)))]

    try:
        value = read(data.draw(STATUSES), data.draw(HEADERS), body, key=KEY)
    except Fault as fault:
        assert KEY not in str(fault) + repr(fault.params)
    else:
        assert isinstance(value, kind)


@pytest.mark.parametrize("case", ENDPOINTS)
@given(status=STATUSES, body=st.binary(max_size=200))
def test_arbitrary_bytes_are_a_fault(case: str, status: int, body: bytes):
    read, _ = ENDPOINTS[case]

    with pytest.raises(Fault):
        read(status, {}, body)
