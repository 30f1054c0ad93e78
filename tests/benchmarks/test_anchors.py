"""Code is found by name and tokens: wherever it stands and however it is laid out, but only if it stands once."""

from pathlib import Path

import pytest
from benchmarks.anchors import AnchorError, Place, definitions, place_of

OLD = """
total = first + second
if total > most:
    return most"""
NEW = """
total = first - second
if total >= most:
    return most"""
FLAT = """
LIMIT = 3


def capped(first, second, most):
    total = first + second
    if total > most:
        return most
    return total
"""
NESTED = """
class Sum:
    @staticmethod
    def capped(first, second, most):
        while True:
            total = (first  # the one
                     + second)
            total = first + \\
                second
            # not more than the most

            if total > most:
                return most
            return total
"""


def found(code: str, fragment: str, name: str, folder: Path) -> Place:
    """Find a fragment in code that is the only file below a folder."""
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "code.py").write_text(code)
    return place_of(fragment, name, definitions(folder))


@pytest.mark.parametrize(("code", "name"), [(FLAT, "capped"), (NESTED, "Sum.capped")], ids=["function", "method"])
def test_code_is_found_and_replaced_wherever_it_stands(code: str, name: str, tmp_path: Path) -> None:
    """Line breaks, comments and depth do not matter; the new lines stand as deep as the old, all else is as it was."""
    place = found(code, OLD, name, tmp_path)
    sown = place.replaced(OLD, NEW)
    indent = " " * (4 if name == "capped" else 12)
    lines = (
        f"{indent}total = first - second\n{indent}if total >= most:\n{indent}    return most\n{indent}return total\n"
    )
    assert sown.endswith(lines)
    assert code.startswith(sown.removesuffix(lines))
    compile(sown, "sown", "exec")


@pytest.mark.parametrize(
    ("code", "old", "new", "sown"),
    [
        ("A = f(one, two)\n", "two", "three", "A = f(one, three)\n"),
        ("A = f(\n    one,\n    two,\n)\n", "f(one, two)", "g()", "A = g()\n"),
        ("A = 1.5 + x1\n", "1.5", "5", "A = 5 + x1\n"),
        ("A = 'a  b'\n", "'a  b'", "'a b'", "A = 'a b'\n"),
        ("A = f(one)\nB = f(one)\n", "one", "two", "A = f(two)\nB = f(one)\n"),
    ],
)
def test_a_constant_is_found_by_its_name(code: str, old: str, new: str, sown: str, tmp_path: Path) -> None:
    """Only what is assigned to it is looked at, and a comma before a closing bracket does not matter."""
    assert found(code, old, "A", tmp_path).replaced(old, new) == sown


def test_statements_at_the_end_of_a_deeper_block_keep_their_depth(tmp_path: Path) -> None:
    """A fragment may begin deeper than it ends."""
    code = "class A:\n    def f(x):\n        if x:\n            x = 1\n        return x\n"
    old, new = "    x = 1\nreturn x", "    x = 2\nreturn -x"
    sown = found(code, old, "A.f", tmp_path).replaced(old, new)
    assert sown == "class A:\n    def f(x):\n        if x:\n            x = 2\n        return -x\n"


@pytest.mark.parametrize(
    ("fragment", "name", "said"),
    [
        ("first + third", "capped", "'first + third' stands 0 times in capped"),
        ("total", "capped", "'total' stands 3 times in capped"),
        ("3", "capped", "'3' stands 0 times in capped"),
        ("rst + second", "capped", "stands 0 times"),
        ("total", "Sum.capped", "no function, class or constant Sum.capped"),
    ],
)
def test_what_does_not_stand_exactly_once_is_an_error(fragment: str, name: str, said: str, tmp_path: Path) -> None:
    """Neither nothing nor several places will do, and half a word is not found; the message says which it is."""
    with pytest.raises(AnchorError, match=said.replace("+", r"\+")):
        found(FLAT, fragment, name, tmp_path)


def test_functions_of_one_name_are_told_apart_by_the_fragment(tmp_path: Path) -> None:
    """Of two files that define a name, that which holds the fragment is meant; if both do, neither is."""
    (tmp_path / "one.py").write_text("def f():\n    return 1 + 1\n")
    (tmp_path / "two.py").write_text("def f():\n    return 1 + 2\n")
    defined = definitions(tmp_path)
    assert place_of("1 + 2", "f", defined).file.name == "two.py"
    with pytest.raises(AnchorError, match=r"stands 2 times in f \(one.py, two.py\)"):
        place_of("return 1", "f", defined)
