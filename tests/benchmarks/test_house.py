"""The figures on the size of the code."""

import subprocess

import pytest

from benchmarks import house

REDESIGN = "087b448"


def test_each_new_place_is_there_and_the_earlier_version_had_none_of_its_name() -> None:
    """No line is left out of the comparison by a name that has moved, or that the earlier version had anywhere."""
    files = house.sources()
    house.lines_for(files, "new")  # raises where there is no such place
    try:
        before = house.sources(REDESIGN)
    except subprocess.CalledProcessError:
        pytest.skip("the history of git is not at hand")
    house.lines_for(before, "gone")
    for which, others in (("new", before), ("gone", files)):
        known = {name for text in others.values() for name in house.definitions(text)}
        places = [place for of_one in house.listed(which).values() for place in of_one]
        for below, _, name in (place.partition("::") for place in places):
            if name:
                assert name not in known, f"{below}::{name}"
            else:
                assert not any(path.startswith(house.PACKAGE + below) for path in others), below


def test_each_commit_of_new_function_is_one_since_the_earlier_version() -> None:
    """A commit is listed once, by its subject, and no function without one."""
    named = [each for commits in house.listed("commits").values() for each in commits]
    assert len(named) == len(set(named))
    try:
        since = house.commits_since(REDESIGN)
    except subprocess.CalledProcessError:
        pytest.skip("the history of git is not at hand")
    house.lines_by_commits(dict(since))  # raises where there is no such commit


def test_no_line_counts_twice() -> None:
    """A definition is not listed with its class, its file or its folder."""
    places = {place for which in ("new", "gone") for of_one in house.listed(which).values() for place in of_one}
    for place in places:
        within = {other for other in places - {place} if place.startswith((f"{other}::", f"{other}."))}
        assert not within, (place, within)
        assert not any(place != other and other.endswith("/") and place.startswith(other) for other in places), place


def test_definitions_take_their_decorators_and_the_docstrings_of_fields_along() -> None:
    """Lines are those that go with a definition: a reader who deletes it deletes just these."""
    text = '''A = 1
"""What A is."""

@cache
def f() -> int:
    return A

class B:
    c: int
    """What c is."""

    def d(self) -> None: ...
'''
    found = house.definitions(text)
    assert {name: (lines.start, lines.stop) for name, lines in found.items()} == {
        "A": (0, 2),
        "f": (3, 6),
        "B": (7, 12),
        "B.c": (8, 10),
        "B.d": (11, 12),
    }
    assert house.lines_of({"service/boxwright/a.py": text}, "a.py::B.c") == {"service/boxwright/a.py": {8, 9}}
    assert house.lines_of({"service/boxwright/a/b.py": text}, "a/") == {"service/boxwright/a/b.py": set(range(12))}
