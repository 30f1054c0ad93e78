"""The figures on the size of the code."""

from benchmarks import house


def test_every_file_of_new_function_is_there() -> None:
    """Each path of the list names a file of the service, so that no file is left out by a name that has moved."""
    names = {name.removeprefix("service/boxwright/") for name in house.sources()}
    for paths in house.NEW_FUNCTION.values():
        for path in paths:
            assert any(name == path or (path.endswith("/") and name.startswith(path)) for name in names), path


def test_only_files_that_the_earlier_version_lacks_are_new_function() -> None:
    """A file of the list that the earlier version has too is compared, and so is a new file that is not listed."""
    now = {f"service/boxwright/{name}": "\n" * 3 for name in ("server/http/door.py", "catalog/weighed.py", "new.py")}
    before = {"service/boxwright/catalog/weighed.py": "\n"}
    found = list(house.new_function(now, before))
    assert found == [("service/boxwright/server/http/door.py", "answers JSON over HTTP", 3)]
