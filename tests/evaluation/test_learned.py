"""What a process learned last."""

from boxwright.evaluation.learned import Learned


def test_what_was_used_the_longest_ago_is_forgotten() -> None:
    """Noting, hearing and asking count as use."""
    learned: Learned[str, int] = Learned(3)
    learned.note("a", 1)
    learned.hear("b", 2)
    learned.note("c", 3)
    assert learned.get("a") == 1
    learned.hear("d", 4)
    assert [each for each in "abcd" if each in learned] == ["a", "c", "d"]
    assert learned.get("b") is None


def test_news_is_what_was_noted_here_since_it_was_asked_for() -> None:
    """The first time all that is known; what was heard is no news, and nothing is said twice."""
    learned: Learned[str, int] = Learned(3)
    learned.note("a", 1)
    learned.hear("b", 2)
    assert learned.news() == {"a": 1, "b": 2}
    learned.hear("c", 3)
    learned.note("d", 4)
    assert learned.news() == {"d": 4}
    assert learned.news() == {}


def test_no_news_is_kept_for_nobody() -> None:
    """A process that is alone, or whose news nobody asks for, holds no more than it remembers."""
    learned: Learned[int, int] = Learned(2)
    for number in range(10):
        learned.note(number, number)
    assert learned.news() == {8: 8, 9: 9}
