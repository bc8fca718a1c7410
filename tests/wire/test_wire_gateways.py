"""A refusal proves that nothing was charged only if the service itself wrote it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.errors import CreditsFault, Fault, RejectedFault, UncertainFault
from ima_nano_banana.wire import answers

NOW = 1_789_305_859


def fault_of(body: object, status: int = 200) -> Fault:
    with pytest.raises(Fault) as caught:
        answers.created(status, {}, json.dumps(body).encode())
    return caught.value


@pytest.mark.parametrize("status", [200, 500, 502, 503, 504])
@pytest.mark.parametrize("code", [500, 502, 503, 504, "500", 504.0, 520, 524])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"message": ""},
        {"message": None},
        {"message": "Internal Server Error"},
        {"message": "internal error"},
        {"message": "Bad Gateway"},
        {"message": "Service Unavailable"},
        {"message": "Service Temporarily Unavailable"},
        {"message": "Gateway Time-out"},
        {"message": "Gateway Timeout", "requestId": "x"},
        {"message": "upstream request timeout"},
        {"message": "upstream connect error or disconnect/reset before headers. reset reason: connection failure"},
        {"message": "no healthy upstream"},
        {"message": "Endpoint request timed out"},
        {"message": "Network error communicating with endpoint"},
        {"message": "The upstream server is timing out"},
        {"message": "An invalid response was received from the upstream server"},
        {"message": "failure to get a peer from the ring-balancer"},
        {"message": "context deadline exceeded"},
        {"message": "Error 503 Backend fetch failed"},
        {"message": "error code: 502"},
        {"message": "no available server"},
        {"message": "网关超时"},
        {"message": "服务器内部错误"},
        {"message": "error"},
        {"message": "Internal Server Error", "timestamp": "2026-09-13T12:00:00.000+00:00", "path": "/open/v1"},
        {"message": "Internal Server Error", "timestamp": NOW * 1000 + 7},
        {"timestamp": True},
        {"timestamp": 0},
    ],
)
def test_a_code_that_a_gateway_may_have_written_is_uncertain(code, status, more):
    fault = fault_of({"code": code, **more}, status)
    assert (type(fault), fault.charged, fault.exit_code) == (UncertainFault, "unknown", 9)


@pytest.mark.parametrize("code", [500, 502, 503, 504])
@pytest.mark.parametrize(
    "more",
    [
        {"timestamp": NOW},
        {"timestamp": str(NOW), "message": "internal error"},
        {"message": "backend busy or parameters too complex"},
        {"message": "Invalid product attribute"},
        {"message": "参数过于复杂"},
        {"message": "model offline"},
    ],
)
def test_a_code_with_the_mark_of_the_service_is_a_refusal(code, more):
    for status in (200, 500):
        fault = fault_of({"code": code, **more}, status)
        assert (type(fault), fault.charged) == (RejectedFault, "no")


def test_insufficient_points_under_http_500_stay_a_refusal():
    fault = fault_of({"code": 4008, "message": "Insufficient points", "timestamp": NOW}, 500)
    assert (type(fault), fault.charged) == (CreditsFault, "no")
    assert type(fault_of({"code": 4008}, 500)) is CreditsFault


@given(st.integers(500, 599), st.text(max_size=60), st.integers(100, 599))
def test_any_message_leaves_a_code_of_gateways_either_refused_or_uncertain(code, message, status):
    fault = fault_of({"code": code, "message": message}, status)
    assert fault.charged == ("unknown" if isinstance(fault, UncertainFault) else "no")
