"""What waits for its caller gives way, the oldest of the caller with the most first."""

from boxwright.server.waiting import Waiting


def test_the_oldest_of_the_caller_with_the_most_ends_first():
    """One that has little is not touched while another has more."""
    ended, waiting = [], Waiting()
    for who, what in (("a", 1), ("b", 2), ("b", 3), ("b", 4)):
        waiting.add(who, what, lambda what=what: ended.append(what))
    waiting.remove("b", 3)
    waiting.remove("c", 9)
    assert len(waiting) == 3
    assert [waiting.end_one() for _ in range(2)] == [True, True]
    assert ended == [2, 1]


def test_a_caller_is_asked_alone_where_it_is_named():
    """The others keep what they have; where it has nothing, nothing ends."""
    ended, waiting = [], Waiting()
    waiting.add("a", 1, lambda: ended.append(1))
    assert not waiting.end_one("b")
    assert waiting.end_one("a")
    assert not waiting.end_one()
    assert ended == [1]
