"""What waits for its caller gives way, the oldest of the caller with the most first."""

from boxwright.server.waiting import gives_way


def test_the_oldest_of_the_caller_with_the_most_ends_first():
    """One that has little is not touched while another has more; where nothing waits, nothing ends."""
    waiting, ended = {1: "a", 2: "b", 4: "b"}, []
    while (oldest := gives_way(waiting, waiting.__getitem__)) is not None:
        ended.append(oldest)
        del waiting[oldest]
    assert ended == [2, 1, 4]
