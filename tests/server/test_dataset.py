"""Catalogs and sites of files, catalogs written over the API, and parts of requests that were read before."""

import pytest

from boxwright.errors import DataFileError, InvalidInputError
from boxwright.findings import Findings
from boxwright.server.answers.dataset import BYTES_OF_ONE, MOST_BYTES, Dataset, LoadedFiles, Remembered
from boxwright.server.settings import Settings
from boxwright.server.stored.written import Written, content_of
from boxwright.store import VersionRecord
from boxwright.v1 import catalog_service_pb2 as messages
from boxwright.v1 import lane_pb2, policy_pb2

BOX = """
[[box_types]]
box_type_id = "S"
inner_length_mm = 300
inner_width_mm = 200
inner_height_mm = 150
board_id = "{board}"
"""


def version(name="hall", revision=1, board="b-flute"):
    """Return a version of a catalog with one box."""
    sent = messages.CreateCatalogRequest(toml=f'catalog_id = "{name}"\n{BOX.format(board=board)}')
    return VersionRecord(name, revision, 0, False, "1", "sha256:x", content_of(sent))


def written(*versions):
    """Return the content of a store with these versions."""
    return Written(versions, {version.catalog_id: version.revision for version in versions})


@pytest.fixture(scope="module")
def read():
    """A function that reads the files of settings."""

    def made(folder, sites="", **settings):
        if sites:
            (folder / "sites.toml").write_text(sites)
            settings["sites"] = str(folder / "sites.toml")
        return LoadedFiles.read(Settings(**settings))

    return made


def test_written_catalogs_stand_with_those_of_files(tmp_path, read):
    """Both are served by id, and a new revision changes the dataset's hash."""
    files = read(tmp_path, default_catalog="hall")
    dataset = Dataset.of(files, written(version()))
    assert dataset.catalogs["hall"].box_types[0].box_type_id == "S"
    assert set(dataset.catalogs) == {"hall", *files.shipped}
    assert dataset.versions["hall"].revision == 1
    assert dataset.content_hash != Dataset.of(files, written(version(revision=2))).content_hash


def test_a_written_catalog_replaces_only_a_shipped_one(tmp_path, read):
    """It replaces a shipped catalog; a file of the operator with the same id is an error."""
    dataset = Dataset.of(read(tmp_path), written(version("china-post")))
    assert [box.box_type_id for box in dataset.catalogs["china-post"].box_types] == ["S"]
    (tmp_path / "hall.toml").write_text(f'catalog_id = "hall"\n{BOX.format(board="b-flute")}')
    files = read(tmp_path, catalogs=(str(tmp_path / "hall.toml"),))
    with pytest.raises(InvalidInputError, match=r"^catalogs: .*hall"):
        Dataset.of(files, written(version()))


def test_what_breaks_rules_of_the_data_is_left_out_at_the_start_alone(tmp_path, read):
    """At the start a faulty written catalog is left out with its reason; a reload refuses it."""
    bad = written(version("china-post", 3, "no-such-board"))
    sites = '[[sites]]\nsite_id = "a"\ncatalog_id = "china-post"\n'
    files = read(tmp_path, sites, default_catalog="china-post")
    dataset = Dataset.of(files, bad, strict=False)
    assert "china-post" not in dataset.catalogs
    assert dataset.lacks.left_out["china-post"].startswith("catalogs/china-post@3.toml.box_types[0].board_id: ")
    with pytest.raises(InvalidInputError, match="catalogs/china-post@3"):
        Dataset.of(files, bad)


def test_names_are_looked_for_in_what_is_known(tmp_path, read):
    """Sites and the default may name written catalogs, and any name while the store is unreadable."""
    sites = '[[sites]]\nsite_id = "a"\ncatalog_id = "hall"\navailability = { S = 3 }\n'
    files = read(tmp_path, sites, default_catalog="hall")
    assert Dataset.of(files, written(version())).sites["a"].catalog_id == "hall"
    assert Dataset.of(files, Written(unread=True)).lacks.unread
    with pytest.raises(InvalidInputError, match=r"^default_catalog: "):
        Dataset.of(files)
    with pytest.raises(DataFileError, match=r"sites.toml: sites\[0\].catalog_id: "):
        Dataset.of(read(tmp_path, sites))
    with pytest.raises(DataFileError, match=r"availability.L: .*hall"):
        Dataset.of(read(tmp_path, sites.replace("S =", "L =")), written(version()))


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
