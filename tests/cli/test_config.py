"""``boxwright config``: values with their origins, and no secret."""

import json

import pytest

from . import running


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Return a settings file, which the environment names."""
    path = tmp_path / "hall.toml"
    (tmp_path / "key").write_text("hunter2 hunter2 hunter2")
    (tmp_path / "key").chmod(0o600)
    path.write_text('link_key_file = "key"\nworkers = 2\n')
    monkeypatch.setenv("BOXWRIGHT_CONFIG", str(path))
    return path


def run(*words, code=0):
    """Run the command and return its output on both streams."""
    return running.run("config", *words, code=code).output


@pytest.mark.usefixtures("file")
def test_settings_are_shown_with_their_origin(monkeypatch):
    """Secrets and passwords in URLs are not shown."""
    monkeypatch.setenv("BOXWRIGHT_STORE", "postgresql://a:hunter2@db/plans")
    said = run("show", "--log-format", "json")
    assert "hunter2" not in said
    found = json.loads(run("show", "--log-format", "json", "--json"))
    assert "hunter2" not in str(found)
    assert found["workers"] == {"value": "2", "from": "hall.toml, line 2"}
    assert found["link_key"]["from"] == "hall.toml, line 1"
    assert found["store"]["from"] == "BOXWRIGHT_STORE"
    assert found["log_format"] == {"value": "json", "from": "--log-format"}
    assert found["grace_s"] == {"value": 20.0, "from": "default"}
    assert found["order_id_key"] == {"value": "", "from": "default"}
    assert set(json.loads(run("show", "--changed", "--json"))) == {"workers", "link_key", "store"}


def test_other_options_and_faults_are_refused(file):
    """The error names the command and the option; every fault of the settings is listed."""
    assert "config show" in run("show", "--bogus", code=2)
    file.write_text('grace_s = "x"\nworkerz = 1\n')
    said = run("show", "--max-units-per-order", "0", code=2)
    assert all(part in said for part in ("line 1: grace_s:", "line 2: workerz:", "--max-units-per-order:"))


def test_faults_found_at_the_start_name_the_origin_of_the_setting(file):
    """A named file that cannot be read is found later than a bad value; its setting is named as well."""
    file.write_text('tokens_file = "none.json"\n')
    ports = [word for name in ("address", "http-address", "admin-address") for word in (f"--{name}", "127.0.0.1:0")]
    assert "hall.toml, line 1: tokens_file:" in running.run("serve", *ports, code=2).stderr


@pytest.mark.parametrize("called", ["config show", "serve"])
def test_an_unknown_option_is_refused_by_the_called_command(called):
    """Usage line and hint name the called command, also if it shares the options of `boxwright serve`."""
    said = running.run(*called.split(), "--nope", code=2, prog_name="boxwright").stderr
    assert f"boxwright {called} [OPTIONS]" in said
    assert f"boxwright {called} --help" in said


def test_no_table_is_shown_where_nothing_is_changed(monkeypatch):
    """No table is printed if all settings have their defaults."""
    monkeypatch.delenv("BOXWRIGHT_CONFIG", raising=False)
    assert len(run("show", "--changed").splitlines()) == 1
