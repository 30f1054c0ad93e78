"""Sources of settings: precedence, refusals, and names of faults."""

import pytest

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.server.health import addressed
from boxwright.server.settings import Settings
from boxwright.server.settings.sources import DEFAULT, read_settings

from .wire import broken


@pytest.fixture
def written(tmp_path):
    """A function that writes a settings file and returns its path."""

    def write(text):
        path = tmp_path / "hall.toml"
        path.write_text(text)
        return str(path)

    return write


def faults(environment=None, **given):
    """Return the faults by name."""
    return broken(read_settings, environment or {}, given)


def test_options_beat_the_environment_which_beats_the_file(written):
    """The first source of a setting counts, and its origin is known."""
    file = written('workers = 2\ngrace_s = 5\nmax_units_per_order = 7\n\nlog_format = "json"\n')
    environment = {"BOXWRIGHT_CONFIG": file, "BOXWRIGHT_GRACE_S": "6", "BOXWRIGHT_MAX_UNITS_PER_ORDER": "8"}
    sourced = read_settings(environment, {"max_units_per_order": 9, "sites": None})
    settings = sourced.settings
    assert (settings.workers, settings.grace_s, settings.max_units_per_order, settings.log_format) == (
        "2",
        6.0,
        9,
        "json",
    )
    assert {name: origin.shown for name, origin in sourced.origins.items() if origin.shown != DEFAULT} == {
        "workers": "hall.toml, line 1",
        "grace_s": "BOXWRIGHT_GRACE_S",
        "max_units_per_order": "--max-units-per-order",
        "log_format": "hall.toml, line 5",
    }
    assert sourced.origins["sites"].shown == "default"


def test_the_option_names_another_file_than_the_environment(written):
    """Only the file named by the option is read."""
    file = written("grace_s = 5\n")
    assert read_settings({"BOXWRIGHT_CONFIG": "/nowhere"}, {"config": file}).settings.grace_s == 5


def test_paths_start_from_the_folder_of_the_file(written, tmp_path):
    """Relative paths in a settings file are relative to its folder."""
    file = written('catalogs = ["a.toml", "/b.csv"]\nsites = "in/sites.toml"\ndefault_catalog = "a"\n')
    settings = Settings.from_environment({"BOXWRIGHT_CONFIG": file})
    assert settings.catalogs == (str(tmp_path / "a.toml"), "/b.csv")
    assert settings.sites == str(tmp_path / "in" / "sites.toml")
    assert settings.default_catalog == "a"


def test_every_fault_is_listed_as_it_is_called_where_it_comes_from(written):
    """Faults of all sources are listed under their names there."""
    file = written('max_units_per_order = 0\nworkers = true\ntls_key = "key.pem"\nlog_levle = "INFO"\n')
    environment = {"BOXWRIGHT_CONFIG": file, "BOXWRIGHT_GRACE_S": "soon", "BOXWRIGHT_MAX_CPU_S_PER_ORDER": "0"}
    found = faults(environment, log_format="xml")
    assert set(found) == {
        "hall.toml, line 4: log_levle",
        "hall.toml, line 2: workers",
        "BOXWRIGHT_GRACE_S",
        "hall.toml, line 1: max_units_per_order",
        "BOXWRIGHT_MAX_CPU_S_PER_ORDER",
        "tls_certificate",
        "--log-format",
    }
    assert "log_level" in found["hall.toml, line 4: log_levle"]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("grace_s = [", "hall.toml"),
        ("[server]\ngrace_s = 5", "hall.toml, line 1: server"),
        ('grace_s = "5"', "hall.toml, line 1: grace_s"),
        ("max_units_per_order = 1.5", "hall.toml, line 1: max_units_per_order"),
        ("max_units_per_order = true", "hall.toml, line 1: max_units_per_order"),
        ("grace_s = nan", "hall.toml, line 1: grace_s"),
        ("store_texts = 1", "hall.toml, line 1: store_texts"),
        ('catalogs = "a.toml"', "hall.toml, line 1: catalogs"),
        ("link_key_file = 1", "hall.toml, line 1: link_key_file"),
        ("a.b = 1", "hall.toml, line 1: a"),
        (f"grace_s = {'9' * 5_000}", "hall.toml"),
    ],
)
def test_what_a_file_may_not_hold(written, text, called):
    """Each fault is named with its line, and nothing else is reported."""
    ((field, said),) = faults({"BOXWRIGHT_CONFIG": written(text)}).items()
    assert field == called
    assert len(said) < 300


@pytest.mark.parametrize("content", [None, b"\xff", b"#" * (1 << 20) + b"\n"])
def test_a_file_that_cannot_be_read_is_named_with_what_names_it(tmp_path, content):
    """An unreadable settings file is an error."""
    path = tmp_path / "hall.toml"
    if content is not None:
        path.write_bytes(content)
    assert next(iter(faults(config=str(path)))) == "--config"
    assert "BOXWRIGHT_CONFIG" in faults({"BOXWRIGHT_CONFIG": str(path)})


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("link_key", "hunter2hunter2hunter2"),
        ("order_id_key", "hunter2"),
        ("store", "postgresql://a:hunter2@db/plans"),
    ],
)
def test_a_settings_file_holds_no_secret(written, name, secret):
    """A secret in the file is refused, unrepeated, with the setting that names a file for it."""
    ((field, said),) = faults({"BOXWRIGHT_CONFIG": written(f'{name} = "{secret}"')}).items()
    assert field == f"hall.toml, line 1: {name}"
    assert f"{name}_file" in said
    assert "hunter2" not in said


def test_options_hold_no_password():
    """Options are visible to every user of the machine."""
    assert list(faults(store="postgresql://a:hunter2@db/plans")) == ["--store"]
    assert Settings.from_environment({}, store="postgresql://a@db/plans").store == "postgresql://a@db/plans"


def test_secrets_come_from_files_that_any_source_names(written, tmp_path):
    """The file of a secret has the precedence of the source that names it."""
    for name in ("one", "two", "three"):
        (tmp_path / name).write_text(f"{name} {'x' * 16}\n")
    file = written('link_key_file = "three"\n')
    environment = {"BOXWRIGHT_CONFIG": file}

    def key(**given):
        return Settings.from_environment(environment, **given).link_key.split()[0]

    assert key() == "three"
    environment["BOXWRIGHT_LINK_KEY_FILE"] = str(tmp_path / "two")
    assert key() == "two"
    assert key(link_key_file=str(tmp_path / "one")) == "one"


def test_an_option_and_a_file_in_its_place_are_refused_together(tmp_path):
    """A secret and its file in one source are ambiguous."""
    (tmp_path / "url").write_text("sqlite:////a.db\n")
    assert list(faults(store="sqlite:////b.db", store_file=str(tmp_path / "url"))) == ["--store-file"]


def test_an_empty_variable_that_names_a_file_is_not_set():
    """Templates may leave such a variable empty."""
    environment = {"BOXWRIGHT_STORE_FILE": "", "BOXWRIGHT_STORE": "sqlite:////a.db"}
    assert Settings.from_environment(environment).store == "sqlite:////a.db"
    assert Settings.from_environment({"BOXWRIGHT_STORE_FILE": ""}).store == ""


def test_what_a_fault_hides_is_not_complained_about(written):
    """Rules about a setting that could not be read are not reported."""
    file = written('address = "0.0.0.0:1"\ntokens_file = 5\n')
    assert list(faults({"BOXWRIGHT_CONFIG": file})) == ["hall.toml, line 2: tokens_file"]


def test_an_unknown_variable_is_refused():
    """The error suggests a similar name; variables of Kubernetes and tests are ignored."""
    environment = {"BOXWRIGHT_WORKER": "3", "BOXWRIGHT_PORT_8080_TCP": "x", "BOXWRIGHT_SERVICE_HOST": "y"}
    found = faults({**environment, "BOXWRIGHT_XYZ": "1"})
    assert list(found) == ["BOXWRIGHT_WORKER", "BOXWRIGHT_XYZ"]
    assert "BOXWRIGHT_WORKERS" in found["BOXWRIGHT_WORKER"]


def test_later_faults_are_called_as_the_setting_was(written):
    """A later fault, such as of a certificate, is named as at its source."""
    sourced = read_settings({"BOXWRIGHT_CONFIG": written('default_catalog = "nothing"\n')}, {})
    error = InvalidInputError([FieldViolation(setting, "is broken") for setting in ("default_catalog", "grace_s")])
    assert [violation.field for violation in sourced.named(error).violations] == [
        "hall.toml, line 1: default_catalog",
        "grace_s",
    ]


def test_a_health_check_asks_the_server_of_the_settings_file(written, tmp_path):
    """The probe reads its address from the settings file."""
    file = written('admin_address = "0.0.0.0:2"\ntls_certificate = "tls.pem"\n')
    assert addressed({"BOXWRIGHT_CONFIG": file}) == ("0.0.0.0:2", str(tmp_path / "tls.pem"))
    environment = {
        "BOXWRIGHT_CONFIG": file,
        "BOXWRIGHT_ADMIN_ADDRESS": "0.0.0.0:3",
        "BOXWRIGHT_TLS_CERTIFICATE": "x.pem",
    }
    assert addressed(environment) == ("0.0.0.0:3", "x.pem")
    assert addressed({"BOXWRIGHT_CONFIG": "/nowhere"}) == addressed({})
