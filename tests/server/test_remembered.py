"""Repeated parts of requests are read once; those with findings are read again."""

from boxwright.findings import Findings
from boxwright.server.answers.dataset import BYTES_OF_ONE, MOST_BYTES, Remembered
from boxwright.v1 import lane_pb2, policy_pb2


def policy(rule="one"):
    """Return a policy that differs by a word."""
    return policy_pb2.Policy(tape_rule=rule)


def test_the_same_bytes_are_read_once_and_others_again():
    """Another message or another context is read separately."""
    kept, found = Remembered(), Findings()
    first = kept.read(policy(), ("eu",), found, object)
    assert kept.read(policy(), ("eu",), found, object) is first
    assert kept.read(policy("two"), ("eu",), found, object) is not first
    assert kept.read(policy(), ("us",), found, object) is not first


def test_messages_of_two_kinds_are_distinguished():
    """An empty policy and an empty lane have the same bytes."""
    kept, found = Remembered(), Findings()
    first = kept.read(policy_pb2.Policy(), (), found, object)
    assert kept.read(lane_pb2.Lane(), (), found, object) is not first


def test_a_message_with_findings_is_read_again():
    """Every request with a fault gets its findings."""
    kept = Remembered()

    def read():
        found.add("tape_rule", "must be known")
        return object()

    for _ in range(2):
        found = Findings()
        kept.read(policy(), (), found, read)
        assert len(found) == 1


def test_long_messages_and_many_are_not_kept():
    """The cache is bounded."""
    kept, found = Remembered(), Findings()
    long = policy("x" * MOST_BYTES)
    assert kept.read(long, (), found, object) is not kept.read(long, (), found, object)
    first = kept.read(policy(), (), found, object)
    for number in range(MOST_BYTES // BYTES_OF_ONE):
        kept.read(policy(f"{number}"), (), found, object)
    assert kept.read(policy(), (), found, object) is not first
