"""Order, throttle, repetition and the end of patience, without a process."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from ima_nano_banana.deliver.courier import Courier
from ima_nano_banana.deliver.message import Message
from ima_nano_banana.deliver.messenger import Sent

STARTED = Message("started", "one")
DONE = Message("succeeded", "three", ("/a.png",))
REFUSED = Sent("deliver.exit", {"code": 1}, again=True)
TOO_SLOW = Sent("deliver.too_slow", {"seconds": 60})


def progress(percent: int) -> Message:
    return Message("progress", f"{percent}%")


@dataclass
class Chat:
    """Answers each send as planned; with a gate, the first one waits for it."""

    answers: list[Sent] = field(default_factory=list)
    gate: threading.Event | None = None
    sent: list[Message] = field(default_factory=list)
    busy: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    def send(self, message: Message) -> Sent:
        self.sent.append(message)
        self.busy.set()
        if self.gate is not None:
            self.gate.wait(90)
        if self.stopped.is_set():
            return Sent("deliver.stopped")
        return self.answers.pop(0) if self.answers else Sent()

    def stop(self) -> None:
        self.stopped.set()
        if self.gate is not None:
            self.gate.set()


def courier(chat: Chat, patience: float = 5.0) -> Courier:
    return Courier(chat, patience=patience, pause=0.0)


def steps(chat: Chat) -> list[str]:
    return [message.step for message in chat.sent]


def test_messages_arrive_in_order_and_once():
    chat = Chat()
    mail = courier(chat)
    mail.tell(STARTED)
    receipts = mail.finish(DONE)
    assert steps(chat) == ["started", "succeeded"]
    assert [(one.step, one.sent.ok) for one in receipts] == [("started", True), ("succeeded", True)]


def test_telling_never_waits_for_a_slow_chat_and_old_progress_is_dropped():
    chat = Chat(gate=threading.Event())
    mail = courier(chat)
    mail.tell(STARTED)
    assert chat.busy.wait(90)
    for percent in (10, 20, 30):
        mail.tell(progress(percent))  # returns while the first message still hangs
    chat.gate.set()
    mail.finish(DONE)
    assert [message.text for message in chat.sent] in (["one", "30%", "three"], ["one", "three"])


def test_the_last_message_takes_the_place_of_waiting_progress():
    chat = Chat(gate=threading.Event())
    mail = courier(chat)
    mail.tell(STARTED)
    assert chat.busy.wait(90)
    mail.tell(progress(50))
    threading.Timer(0.05, chat.gate.set).start()
    mail.finish(DONE)
    assert steps(chat) == ["started", "succeeded"]


def test_a_refused_message_is_sent_once_more():
    chat = Chat([REFUSED])
    mail = courier(chat)
    receipts = mail.finish(STARTED)
    assert steps(chat) == ["started", "started"]
    assert receipts[0].sent.ok


def test_a_message_that_is_refused_twice_is_reported_and_the_next_one_goes_out():
    chat = Chat([REFUSED, REFUSED])
    mail = courier(chat)
    mail.tell(STARTED)
    receipts = mail.finish(DONE)
    assert steps(chat) == ["started", "started", "succeeded"]
    assert [one.sent.ok for one in receipts] == [False, True]


def test_a_message_that_may_have_arrived_is_never_repeated():
    chat = Chat([TOO_SLOW])
    receipts = courier(chat).finish(DONE)
    assert steps(chat) == ["succeeded"]
    assert not receipts[0].sent.ok


def test_a_chat_that_takes_words_but_no_picture_gets_the_link():
    chat = Chat([Sent(), REFUSED, REFUSED])
    mail = courier(chat)
    mail.tell(STARTED)
    receipts = mail.finish(DONE)
    assert [(one.step, one.sent.ok) for one in receipts] == [("started", True), ("succeeded", False), ("link", True)]
    assert chat.sent[-1] == Message("link", "three", ())


def test_a_chat_that_takes_nothing_is_left_alone_after_two_tries_each():
    chat = Chat([REFUSED] * 9)
    mail = courier(chat)
    mail.tell(STARTED)
    mail.finish(DONE)
    assert steps(chat) == ["started", "started", "succeeded", "succeeded"]


def test_patience_ends_and_the_run_goes_on():
    chat = Chat(gate=threading.Event())
    receipts = courier(chat, patience=0.05).finish(DONE)
    assert chat.stopped.is_set()
    assert [one.sent.code for one in receipts] == ["deliver.stopped"]


def test_a_run_that_never_began_tells_nobody():
    chat = Chat()
    assert courier(chat).finish() == ()
    assert chat.sent == []


def test_an_interrupted_run_stops_what_is_under_way_and_waits_for_nothing():
    chat = Chat(gate=threading.Event())
    mail = courier(chat)
    mail.tell(STARTED)
    assert chat.busy.wait(90)
    receipts = mail.finish()
    assert chat.stopped.is_set()
    assert [one.sent.code for one in receipts] == ["deliver.stopped"]


def test_nothing_is_taken_after_the_end():
    chat = Chat()
    mail = courier(chat)
    mail.finish(DONE)
    mail.tell(progress(99))
    assert steps(chat) == ["succeeded"]
