"""Joining trusts nothing but the digest in the token: not the broker, not who answers first."""

import queue
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.edge.clocks import NOW, ManualClock

from pinnace_cloud.signing import keys
from pinnace_cloud.signing.signer import Signer
from pinnace_edge.adapters import identity
from pinnace_edge.adapters.identity import NodeKey
from pinnace_edge.adapters.verifier import TufVerifier, first_trust
from pinnace_edge.model import Trust
from pinnace_edge.ports import Arrived, Connected, Disconnected, Happening
from pinnace_edge.services.joining import Joining, Keys
from pinnace_schemas import control, topics
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.messages import JoinOutcome, JoinReply
from pinnace_schemas.reasons import Reason
from pinnace_schemas.tokens import JoinToken

TOKEN_ID = "1" * 32


class Answering:
    """A broker whose other side gives the prepared answers, one for each request."""

    def __init__(self, answers: Iterator[bytes], emit: Callable[[Happening], None]) -> None:
        self._answers = answers
        self._emit = emit
        self.asked = 0

    def start(self) -> None:
        self._emit(Connected())

    def stop(self) -> None: ...

    def subscribe(self, topic: str) -> None: ...

    def unsubscribe(self, topic: str) -> None: ...

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        self.asked += 1
        answer = next(self._answers, None)
        if answer is not None:
            self._emit(Arrived(topics.build("default", topics.Kind.ENROLL_REPLY, TOKEN_ID), answer))
        return True


class Case:
    """A controller, a node and a token between them."""

    def __init__(self, folder: Path) -> None:
        self.signer = Signer(keys.init(folder / "keys", "default", NOW - timedelta(days=1)), "default")
        self.stranger = Signer(keys.init(folder / "others", "default", NOW - timedelta(days=1)), "default")
        self.key: NodeKey = identity.create(folder / "node.key")
        digest = self.signer.root_digest
        self.token = JoinToken(
            tenant="default", node="site-1", id=TOKEN_ID, secret="2" * 64, root=digest, broker="mqtt://localhost"
        )
        self.reply = JoinReply(
            tenant="default",
            node="site-1",
            token=TOKEN_ID,
            public_key=self.key.public_key,
            outcome=JoinOutcome.ACCEPTED,
        )

    def sealed(self, reply: JoinReply, signer: Signer | None = None) -> bytes:
        message = (signer or self.signer).control(reply, with_targets=True, with_root=True)
        return control.encode(message, DEFAULT_LIMITS, "reply")

    def run(self, *answers: bytes, timeout_s: float = 0.4) -> Trust:
        events: queue.Queue[Happening] = queue.Queue()
        broker = Answering(iter(answers), events.put)
        known = Keys(self.key.public_key, self.key.join_envelope, first_trust)
        clock = Ticking()
        verifier = TufVerifier("default", DEFAULT_LIMITS)
        joining = Joining(self.token, known, verifier, broker, events, clock, DEFAULT_LIMITS, "0")
        return joining.run(timeout_s)


class Ticking(ManualClock):
    """Each look at the clock costs a little of the time that is left, so that waiting ends without sleeping."""

    def monotonic(self) -> float:
        self.seconds += 0.1
        return self.seconds


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_an_accepted_request_gives_the_root_of_the_token_and_the_control_keys(case: Case) -> None:
    trust = case.run(case.sealed(case.reply))
    assert trust.root == case.signer.root_text
    assert trust.control
    assert trust.versions["nodes/* targets"] >= 1


def test_a_refusal_is_told_in_the_words_of_the_controller(case: Case) -> None:
    refusal = case.reply.model_copy(update={"outcome": JoinOutcome.REFUSED, "message": "the token has expired"})
    with pytest.raises(Rejected, match="the token has expired") as caught:
        case.run(case.sealed(refusal))
    assert caught.value.reason is Reason.TOKEN_REFUSED


def test_an_answer_of_another_controller_is_not_believed(case: Case) -> None:
    with pytest.raises(Unavailable, match="not signed by the controller of this token"):
        case.run(case.sealed(case.reply, case.stranger))


def test_a_forged_refusal_does_not_end_the_attempt(case: Case) -> None:
    """Anyone may write to the topic; the true answer behind the false one counts."""
    forged = case.sealed(case.reply.model_copy(update={"outcome": JoinOutcome.REFUSED}), case.stranger)
    events: queue.Queue[Happening] = queue.Queue()
    topic = topics.build("default", topics.Kind.ENROLL_REPLY, TOKEN_ID)
    broker = Answering(iter([forged]), events.put)
    known = Keys(case.key.public_key, case.key.join_envelope, first_trust)
    verifier = TufVerifier("default", DEFAULT_LIMITS)
    joining = Joining(case.token, known, verifier, broker, events, ManualClock(), DEFAULT_LIMITS, "0")
    events.put(Arrived(topic, b"garbage"))
    events.put(Arrived(topic, forged))
    events.put(Arrived(topic, case.sealed(case.reply)))
    assert joining.run(5).root == case.signer.root_text


@pytest.mark.parametrize(
    "wrong",
    [{"token": "3" * 32}, {"node": "site-2"}, {"tenant": "other"}, {"public_key": "4" * 64}],
    ids=["another token", "another node", "another tenant", "another key"],
)
def test_an_answer_that_is_not_for_this_request_is_passed_over(case: Case, wrong: dict[str, str]) -> None:
    with pytest.raises(Unavailable):
        case.run(case.sealed(case.reply.model_copy(update=wrong)))


def test_without_an_answer_the_last_known_cause_is_told(case: Case) -> None:
    with pytest.raises(Unavailable, match="no controller answers; the token can be used again"):
        case.run()


def test_a_broker_that_cannot_be_reached_is_told_with_its_cause(case: Case) -> None:
    events: queue.Queue[Happening] = queue.Queue()
    broker = Answering(iter(()), lambda _: events.put(Disconnected("wrong password")))
    known = Keys(case.key.public_key, case.key.join_envelope, first_trust)
    verifier = TufVerifier("default", DEFAULT_LIMITS)
    joining = Joining(case.token, known, verifier, broker, events, Ticking(), DEFAULT_LIMITS, "0")
    with pytest.raises(Unavailable, match="wrong password"):
        joining.run(0.4)


def test_a_token_of_another_root_makes_every_answer_unbelievable(case: Case) -> None:
    case.token = case.token.model_copy(update={"root": "5" * 64})
    with pytest.raises(Unavailable, match="the join token names 555555555555"):
        case.run(case.sealed(case.reply))
