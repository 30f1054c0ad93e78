"""Pages for operators are true: their commands run, and their figures are those of the benchmarks."""

import os
import runpy
import secrets
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECURED = runpy.run_path(str(ROOT / "tests" / "interop" / "secured_service.py"))
BACKUPS = runpy.run_path(str(ROOT / "tests" / "interop" / "backups.py"))


def test_the_page_of_the_secured_service_keeps_its_promises(curl, openssl, promtool, tmp_path):
    """The commands of the page lead to a service that needs a token; set-up and Prometheus are left to CI."""
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    text = SECURED["PAGE"].read_text(encoding="utf-8")
    before, _, after = text.partition("## 1. ")
    text = f"{before}## {after.partition(chr(10) + '## ')[2]}".partition("## 6. ")[0]
    said = SECURED["follow"](SECURED["Follower"](tmp_path, lambda *_: None), text)
    missing = [each for each in SECURED["lacking"](said) if each[0] in "345"]
    assert missing == []


FULL_DISK = "trap '' XFSZ\nulimit -f 8\n"
"""Limits files of a shell to 4 KiB (8 blocks of 512 bytes): larger writes fail, as on a full disk."""


def only_the_old_copy_stays_of(tmp_path, store, heading, change):
    """Run a changed backup block, and return whether only the copy of 40 days ago is left."""
    operator = BACKUPS["Operator"](tmp_path, store, lambda line: None)
    (backup, _) = BACKUPS["commands"](heading)
    old = tmp_path / "backup" / ("plans-2026-01-01T0000" + {"SQLite": ".db", "PostgreSQL": ".dump"}[heading])
    old.write_bytes(b"old and whole")
    os.utime(old, (old.stat().st_mtime - 40 * 86_400,) * 2)
    with pytest.raises(RuntimeError, match="exit code"):
        operator.run(change(backup))
    return [each.name for each in old.parent.iterdir()] == [old.name]


def in_another_folder(block):
    """Back up from a folder that does not exist."""
    return block.replace("/var/lib/boxwright/plans.db", "/nowhere/plans.db")


def of_another_name(block):
    """Back up a file that does not exist."""
    return block.replace("boxwright/plans.db", "boxwright/plan.db")


def onto_a_full_disk(block):
    """Back up to a nearly full disk."""
    return FULL_DISK + block


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="needs sqlite3")
@pytest.mark.parametrize("change", [in_another_folder, of_another_name, onto_a_full_disk, str])
def test_old_copies_of_a_store_in_sqlite_stay_where_the_new_one_is_bad(change, tmp_path):
    """A failed backup leaves old copies and no new one, also if the file is not a store."""
    (tmp_path / "lib").mkdir()
    file = tmp_path / "lib" / "plans.db"
    with sqlite3.connect(file) as database:
        name = "alembic_version" if change is not str else "others"
        database.execute(f"CREATE TABLE {name} AS SELECT '0007' AS version_num, zeroblob(100000) AS much")
    database.close()
    assert only_the_old_copy_stays_of(tmp_path, f"sqlite:///{file}", "SQLite", change)
    assert list(file.parent.glob("*.db")) == [file]


def to_no_server(block):
    """Dump from a port on which nothing listens."""
    return block.replace("postgresql://boxwright@db.example/boxwright", "postgresql://boxwright@127.0.0.1:1/boxwright")


def cut_without_a_word(block):
    """Dump by a program that does not report a missing end."""
    return f'pg_dump() {{ command pg_dump "$@"; truncate -s -3000 "$3"; }}\n{block}'.replace("--format custom", "-Fc")


@pytest.mark.parametrize("change", [to_no_server, onto_a_full_disk, cut_without_a_word, str])
def test_old_dumps_of_a_store_in_postgresql_stay_where_the_new_one_is_bad(change, postgresql, tmp_path):
    """A failed dump leaves old dumps and no new one."""
    name = f"dumped_{secrets.token_hex(4)}"
    url = postgresql.make_database(name)
    table = "alembic_version" if change is not str else "others"
    much = "SELECT n, md5(n::text) FROM generate_series(1, 2000) AS n"
    postgresql.psql(f"CREATE TABLE {table} AS {much}", name)
    assert only_the_old_copy_stays_of(tmp_path, url, "PostgreSQL", change)
