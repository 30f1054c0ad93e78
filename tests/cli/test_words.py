"""Words and figures of the command line."""

import os
import re
from pathlib import Path

import pytest

from boxwright.cli.files import whole_file, write_whole
from boxwright.cli.options import parse_leg
from boxwright.domain.certificate_words import in_words
from boxwright.domain.factor import Component, Stage
from boxwright.domain.lack import Lack
from boxwright.domain.lack import in_words as not_counted
from boxwright.domain.lane import Leg, TransportMode
from boxwright.domain.plan import Certificate, OpenCandidate, ProofScope, ProofStatus, RefusedCandidate
from boxwright.domain.proof import Proof
from boxwright.domain.rounded import grams, length, percent, stated


def test_a_proof_is_shown_with_its_premises():
    """A proved certificate names the profile, the constraints and the first refused boxes."""
    certificate = Certificate(
        ProofStatus.PROVED,
        ProofScope.ALL_PLANS,
        constraints=("inside the box", "load bearing"),
        objectives=("parcel_count", "emissions"),
        profile_id="uk-desnz@2026",
        allocation="mass",
        refused_candidates=tuple(RefusedCandidate(f"b{index}", Proof.VOLUME, "") for index in range(6)),
    )
    words = in_words(certificate)
    for part in ("uk-desnz@2026", *certificate.constraints, "b0, b1, b2, b3 and 2 more"):
        assert part in words


def test_an_open_certificate_states_its_gap():
    """An open certificate states the largest possible saving and the boxes that are not excluded."""
    certificate = Certificate(
        ProofStatus.OPEN,
        ProofScope.SINGLE_PARCEL,
        objectives=("inner_volume",),
        open_candidates=(OpenCandidate("small"),),
        lower_bound=75,
        value=100,
        bounded_objective="inner_volume",
    )
    words = in_words(certificate)
    assert "25.0 %" in words
    assert "small" in words


@pytest.mark.parametrize(
    ("mass_mg", "text"),
    [(0, "0 g"), (23_800, "23.8 g"), (100_000, "100 g"), (4_891_600, "4,892 g"), (1_492_819_000, "1,492.8 kg")],
)
def test_masses_are_short(mass_mg, text):
    """A mass is rounded according to its size."""
    assert grams(mass_mg) == text


@pytest.mark.parametrize(("value_mm", "text"), [(10.0, "10"), (95.25, "95.2"), (0.04, "0"), (1234.56, "1234.6")])
def test_lengths_are_shown_to_tenths(value_mm, text):
    """A length shows tenths of a mm if there are any."""
    assert length(value_mm) == text


def test_missing_is_never_zero():
    """An incomplete sum is marked; a sum without any known part is unknown."""
    assert stated("12.5", lacking=True) == "12.5 + ?"
    assert stated("0.0", lacking=True) == "?"
    assert stated("0.0", lacking=False) == "0.0"
    assert percent(0.4217) == "42.2 %"
    assert percent(-0.0001) == "0.0 %"


def test_missing_stages_are_listed_once_per_subject():
    """Stages of the same subject are listed together."""
    missing = [
        Lack(Component.TRANSPORT, Stage.TRANSPORT_TTW, "truck"),
        Lack(Component.TRANSPORT, Stage.TRANSPORT_WTT, "truck"),
        Lack(Component.BOX, Stage.END_OF_LIFE, "bagasse"),
    ]
    assert not_counted(missing).count("truck") == 1


def test_a_leg_is_mode_distance_and_vehicle():
    """The third part of a leg is the transport class."""
    assert parse_leg("road:20.5:van_diesel_avg") == Leg(TransportMode.ROAD, 20.5, vehicle="van_diesel_avg")
    assert parse_leg("air:9000") == Leg(TransportMode.AIR, 9000.0)


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    """During a write and after a failed one only the earlier file exists; permissions are those of any new file."""
    path = tmp_path / "out.txt"
    write_whole(path, "former")

    def fail_half_way():
        with whole_file(path) as file:
            file.write("half")
            file.flush()
            assert path.read_text() == "former"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]
    (tmp_path / "plain").write_text("")
    write_whole(tmp_path / "whole", "")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_device_is_written_to_and_not_replaced(tmp_path):
    """A pipe stays a pipe. Replacing /dev/null by a file would break the machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, "text")
    assert os.read(reader, 100) == b"text"
    os.close(reader)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_an_open_pipe_is_written_to():
    """``--out /dev/stdout | jq`` works, although the pipe has no folder."""
    reader, writer = os.pipe()
    write_whole(Path(f"/dev/fd/{writer}"), "text")
    os.close(writer)
    assert os.read(reader, 10) == b"text"
    os.close(reader)


def test_a_link_stays_a_link(tmp_path):
    """The target of a link is replaced, not the link."""
    (tmp_path / "file").write_text("former")
    link = tmp_path / "link"
    link.symlink_to("file")
    write_whole(link, "text")
    assert link.is_symlink()
    assert (tmp_path / "file").read_text() == "text"


@pytest.mark.parametrize("name", ["folder", "nowhere/file"])
def test_a_file_that_cannot_be_written_is_named(tmp_path, name):
    """The error names the given path, not that of the temporary file."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=re.escape(repr(str(tmp_path / name)))):
        write_whole(tmp_path / name, "text")
