"""``boxwright plans``: the stored plans of a server, on the command line."""

import contextlib
import json
import os
import sqlite3
import stat

import pytest

from boxwright.cli.files import whole_file
from boxwright.server.settings import Settings
from boxwright.server.stored.plan_record import kept_order_id, packed

from . import running
from .stored import answer_of, store_of


@pytest.fixture
def url(tmp_path):
    """A store with three plans, one with a recorded outcome."""
    return store_of(tmp_path / "plans.db")


def run(*arguments, code=0):
    """Run the command, and return its output."""
    return running.run("plans", *arguments, code=code, env={"BOXWRIGHT_STORE": ""}).output


def test_plans_are_listed_newest_first(url):
    """A row has name, time, order, boxes and remarks; filter, sorting and limit work as in ListPlans."""
    lines = run("list", "--store", url).splitlines()[2:]
    assert [line.split()[0] for line in lines] == ["plans/c", "plans/b", "plans/a"]
    assert "1970-01-01 00:00" in lines[0]
    assert "partial, cut short" in lines[0]
    assert "outcome" in lines[2]
    assert "A-2" in run("list", "--store", url, "--filter", "order_id = A-2")
    assert "A-1" not in run("list", "--store", url, "--filter", "order_id = A-2")
    assert run("list", "--store", url, "--order-by", "order_id", "--limit", "1").splitlines()[2].startswith("plans/a")
    assert "filter:" in run("list", "--store", url, "--filter", "a = b", code=2)


def test_a_plan_is_shown_whole(url):
    """The name may lack the prefix; the outcome is shown, and with --all the request."""
    shown = json.loads(run("show", "--store", url, "plans/a"))
    assert (shown["name"], shown["order_id"], shown["outcome"]["station"]) == ("plans/a", "A-1", "hall 1")
    whole = json.loads(run("show", "--store", url, "--all", "a"))
    assert whole["plan"] == shown
    assert whole["request"]["order"]["order_id"] == "A-1"
    assert "'nothing'" in run("show", "--store", url, "nothing", code=2)


def test_plans_are_exported_oldest_first(url, tmp_path):
    """A line has one object; an existing file stays if the filter cannot be read."""
    out = tmp_path / "plans.jsonl"
    assert run("export", "--store", url, "--out", str(out)).startswith("3 plans")
    assert [json.loads(line)["plan"]["name"] for line in out.read_text().splitlines()] == [
        "plans/a",
        "plans/b",
        "plans/c",
    ]
    assert run("export", "--store", url, "--out", str(out), "--filter", "order_id = A-1").startswith("1 plan ")
    before = out.read_text()
    run("export", "--store", url, "--out", str(out), "--filter", "a = b", code=2)
    assert out.read_text() == before


def test_plans_are_exported_for_their_owner_alone(url, tmp_path):
    """Only the owner may read the file in either form, even if it replaces one that others could read."""
    for command, name in (("export", "plans.jsonl"), ("orders", "orders.csv"), ("orders", "orders.parquet")):
        out = tmp_path / name
        out.touch()
        out.chmod(0o664)
        run(command, "--store", url, "--out", str(out), "--filter", "order_id = A-2")
        assert stat.S_IMODE(out.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("command", "name"), [("export", "plans.jsonl"), ("orders", "orders.csv"), ("orders", "orders.parquet")]
)
def test_no_plan_is_written_through_a_link_or_pipe(url, tmp_path, command, name):
    """In a folder that others can write to, a link may lead to any file, so links are refused and nothing written."""
    shared, ours = tmp_path / "shared", tmp_path / "ours"
    shared.mkdir()
    ours.write_text("precious")
    out = shared / name
    for target in (ours, tmp_path / "not-there", tmp_path):
        out.symlink_to(target)
        run(command, "--store", url, "--out", str(out), code=2)
        assert out.is_symlink()
        out.unlink()
    os.mkfifo(tmp_path / "pipe")
    for make in (lambda: out.symlink_to(tmp_path / "pipe"), lambda: os.mkfifo(out)):
        make()
        run(command, "--store", url, "--out", str(out), code=2)
        out.unlink()
    assert ours.read_text() == "precious"
    assert list(shared.iterdir()) == []
    assert not (tmp_path / "not-there").exists()


def test_a_link_made_during_writing_is_replaced_and_not_followed(tmp_path):
    """Another user may create a link after the test of the address."""
    ours, out = tmp_path / "ours", tmp_path / "plans.jsonl"
    ours.write_text("precious")
    with whole_file(out, private=True, follow=False) as file:
        file.write("plans")
        out.symlink_to(ours)
    assert (ours.read_text(), out.is_symlink(), out.read_text()) == ("precious", False, "plans")


def test_plans_are_exported_into_a_pipe_of_the_system(url):
    """Another command can read from a named pipe as from standard output."""
    reader, writer = os.pipe()
    run("export", "--store", url, "--out", f"/dev/fd/{writer}")
    os.close(writer)
    with os.fdopen(reader) as lines:
        assert [json.loads(line)["plan"]["name"] for line in lines] == ["plans/a", "plans/b", "plans/c"]


def test_a_dash_is_not_a_file_name(url, tmp_path, monkeypatch):
    """The error for ``--out -`` names /dev/stdout; no file called ``-`` is left."""
    monkeypatch.chdir(tmp_path)
    assert "/dev/stdout" in run("export", "--store", url, "--out", "-", code=2)
    assert not (tmp_path / "-").exists()


def test_rows_for_a_pipe_are_not_wrapped(url):
    """A script that looks for a box type finds it, however narrow the terminal."""
    result = running.run("plans", "list", "--store", url, columns=40)
    assert len(result.output.splitlines()) == 5


def test_the_error_about_a_missing_store_names_its_variable():
    """The error names both the option and the variable."""
    said = run("list", code=2)
    assert "--store" in said
    assert "BOXWRIGHT_STORE" in said


@pytest.mark.parametrize("command", [("list",), ("prune", "--keep-days", "1")], ids=lambda command: command[0])
def test_tables_of_a_later_version_are_neither_read_nor_swept(url, tmp_path, monkeypatch, command):
    """Commands refuse stores of other versions, as a server does, since their columns have an unknown meaning."""
    monkeypatch.chdir(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "plans.db")) as database:
        with database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
        said = run(command[0], "--store", url, *command[1:], code=1)
        assert "9999" in said
        assert len(said.splitlines()) == 1
        assert database.execute("SELECT count(*) FROM plans").fetchone() == (3,)
    assert [path.name for path in tmp_path.iterdir() if "plans.db" not in path.name] == []


def test_plans_are_pruned_by_age_and_size(url):
    """Without a limit nothing is deleted."""
    assert "--keep-days:" in run("prune", "--store", url, code=2)
    size = len(packed(answer_of("A-1", "a").SerializeToString()))
    said = run("prune", "--store", url, "--keep-bytes", str(2 * size + 60))
    assert said.startswith("1 plan deleted, 2 plans")
    assert "plans/a" not in run("list", "--store", url)
    assert run("prune", "--store", url, "--keep-days", "1").startswith("2 plans deleted, 0 plans")


def test_plans_of_an_order_are_deleted(url):
    """Outcomes of deleted plans are deleted too; other plans stay, and without a filter nothing is deleted."""
    assert "--filter:" in run("delete", "--store", url, "--filter", " ", code=2)
    assert "--filter:" in run("delete", "--store", url, code=2)
    assert "filter:" in run("delete", "--store", url, "--filter", "a = b", code=2)
    assert run("delete", "--store", url, "--filter", "order_id = none").startswith("0 ")
    assert run("delete", "--store", url, "--filter", "order_id = A-1").startswith("1 ")
    run("show", "--store", url, "plans/a", code=2)
    assert [line.split()[0] for line in run("list", "--store", url).splitlines()[2:]] == ["plans/c", "plans/b"]
    assert run("delete", "--store", url, "--filter", "outcome = NONE").startswith("2 ")


def test_a_search_for_hashed_orders_without_the_key_gives_a_remark(tmp_path):
    """The original id finds nothing; the hashed id, as a list shows it, needs no key."""
    key = "a key of some length"
    (tmp_path / "key").write_text(key)
    (plain, hashed) = "A-1", kept_order_id("A-1", Settings(order_id_key=key))
    url = store_of(tmp_path / "of_hashes.db", hashed)
    for where in (f"order_id = {plain}", f"order_id != {plain}"):
        assert "--filter:" in run("delete", "--store", url, "--filter", where, code=2)
    assert "ids are hashed" not in run("list", "--store", url, "--filter", f'order_id = "{hashed[:-1]}0"')
    for command, *more in (["list"], ["export", "--out", str(tmp_path / "out.jsonl")]):
        assert "ids are hashed" in run(command, "--store", url, *more, "--filter", f"order_id = {plain}")
        assert "ids are hashed" not in run(command, "--store", url, *more, "--filter", "purpose = REPLAY")
    for order_id, given in ((plain, ["--order-id-key-file", str(tmp_path / "key")]), (f'"{hashed}"', [])):
        assert "plans/a" in run("list", "--store", url, *given, "--filter", f"order_id = {order_id}")
    assert run("delete", "--store", url, "--filter", f'order_id = "{hashed}"').startswith("1 ")


def test_an_address_that_is_not_a_store_is_refused(tmp_path):
    """A path without a file creates none; a wrong URL, and a file that is not a store, are named."""
    missing = f"sqlite:///{tmp_path}/none.db"
    run("list", "--store", missing, code=1)
    assert not (tmp_path / "none.db").exists()
    assert "store:" in run("list", "--store", "mysql://x/y", code=2)
    (tmp_path / "none.db").write_bytes(b"no database" * 500)
    run("list", "--store", missing, code=1)


def test_secrets_come_from_the_environment_or_files(url, tmp_path):
    """Every user of the machine can see options."""
    (tmp_path / "url").write_text(url)
    given = {"BOXWRIGHT_STORE": None, "BOXWRIGHT_STORE_FILE": str(tmp_path / "url")}
    assert "A-2" in running.run("plans", "list", env=given).output
    said = run("list", "--store", "postgresql://a:hunter2@db/plans", code=2)
    assert "hunter2" not in said
    missing = run("list", "--store", url, "--order-id-key-file", str(tmp_path / "gone"), code=2)
    assert "--order-id-key-file:" in missing


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["plans/none"], "NAME:"),
        (["01m8c36zhkc9xprtetetsdkddc", "--base-url", "boxwright.example"], "--base-url:"),
        (["01m8c36zhkc9xprtetetsdkddc"], ""),
        (["plans/01m8c36zhkc9xprtetetsdkddc", "--days", "0"], "--days"),
        (["plans/01m8c36zhkc9xprtetetsdkddc", "--days", "nan"], "--days"),
    ],
)
def test_a_link_that_servers_would_refuse_is_not_signed(arguments, rule):
    """Each error names its option."""
    given = {"BOXWRIGHT_LINK_KEY": "a key of at least sixteen characters"}
    assert rule in running.run("plans", "link", *arguments, env=given, code=2 if rule else 0).output
    for key in ("short", ""):
        refused = running.run("plans", "link", *arguments[:1], env={"BOXWRIGHT_LINK_KEY": key}, code=2)
        assert "--link-key-file" in refused.output
