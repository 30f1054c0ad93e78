"""Files that are read whole: regular ones of a bounded size."""

import os
import socket

import pytest

from boxwright.regular_file import read_regular


def test_a_link_leads_to_a_regular_file(tmp_path):
    """Links are followed, as in a mounted ConfigMap."""
    (tmp_path / "..2026").mkdir()
    (tmp_path / "..2026" / "hall.toml").write_bytes(b"12345")
    (tmp_path / "..data").symlink_to("..2026")
    (tmp_path / "hall.toml").symlink_to("..data/hall.toml")
    assert read_regular(tmp_path / "hall.toml", 5) == b"12345"


@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_is_refused_at_once(tmp_path, linked):
    """A pipe without a writer is refused without waiting."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    if linked:
        (tmp_path / "link").symlink_to(path)
        path = tmp_path / "link"
    with pytest.raises(OSError, match="regular file"):
        read_regular(path, 1_000)


def test_nothing_else_that_has_a_name_is_read(tmp_path):
    """Devices, folders, sockets and missing files are refused."""
    with pytest.raises(OSError, match="regular file"):
        read_regular("/dev/zero", 1_000)
    with pytest.raises(IsADirectoryError):
        read_regular(tmp_path, 1_000)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "none", 1_000)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        with pytest.raises(OSError, match="No such device"):
            read_regular(tmp_path / "socket", 1_000)


def test_a_file_is_of_a_bounded_size(tmp_path):
    """The limit holds for the stated size, and for the bytes read if no size is stated."""
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    for name, most in ((path, 64 << 20), ("/proc/self/status", 10)):
        with pytest.raises(OSError, match=f"{most:,} bytes"):
            read_regular(name, most)
