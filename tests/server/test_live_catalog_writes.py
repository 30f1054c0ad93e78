"""Catalogs written to a live server: what is served, and what is refused."""

import contextlib
import itertools
import json
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format
from grpc_status import rpc_status

from boxwright.v1 import catalog_pb2
from boxwright.v1 import catalog_service_pb2 as messages
from boxwright.v1 import packing_service_pb2 as packing_messages
from boxwright.v1.catalog_service_pb2_grpc import CatalogServiceStub
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .here import server_here
from .live_calls import BOOK, WHOLE, ask, bad_fields, failure, reason, request, wait_until

NAMES = (f"hall-{number}" for number in itertools.count())
"""Names of catalogs that no other test has."""

TOML = """catalog_id = "{name}"
version = "7"

[[box_types]]
box_type_id = "T"
inner_length_mm = 300
inner_width_mm = 200
inner_height_mm = {height_mm}
board_id = "b-flute"
"""


def catalog(name, box="S", **fields):
    """Return a catalog with one box."""
    inner = {"length_mm": 300, "width_mm": 200, "height_mm": 150}
    kind = {"box_type_id": box, "style": "BOX_STYLE_RSC_0201", "inner": inner, "tare_g": 90}
    return json_format.ParseDict({"catalog_id": name, "box_types": [kind], **fields}, catalog_pb2.Catalog())


class Server:
    """A server with the calls that the tests need."""

    def __init__(self, running, channel):
        self.running = running
        self.catalogs = CatalogServiceStub(channel)
        self.packing = PackingServiceStub(channel)

    def create(self, sent, **fields):
        """Write a new catalog."""
        return self.catalogs.CreateCatalog(messages.CreateCatalogRequest(catalog=sent, **fields), timeout=120)

    def update(self, sent, **fields):
        """Write a catalog in place of another."""
        return self.catalogs.UpdateCatalog(messages.UpdateCatalogRequest(catalog=sent, **fields), timeout=120)

    def delete(self, name, **fields):
        """Delete a catalog."""
        wanted = messages.DeleteCatalogRequest(name=f"catalogs/{name}", **fields)
        return self.catalogs.DeleteCatalog(wanted, timeout=120)

    def get(self, name):
        """Read a catalog."""
        return self.catalogs.GetCatalog(messages.GetCatalogRequest(name=f"catalogs/{name}"), timeout=60)

    def versions(self, name):
        """List the versions of a catalog."""
        wanted = messages.ListCatalogRevisionsRequest(parent=f"catalogs/{name}")
        return list(self.catalogs.ListCatalogRevisions(wanted, timeout=60).catalogs)

    def listed(self):
        """Return the etag of each listed catalog."""
        found = self.catalogs.ListCatalogs(messages.ListCatalogsRequest(), timeout=60).catalogs
        return {catalog.catalog_id: catalog.etag for catalog in found}

    def plan(self, name, **fields):
        """Plan an order with a catalog."""
        asked = request(BOOK, catalog=f"catalogs/{name}", read_mask=WHOLE, **fields)
        return self.packing.Pack(asked, timeout=60).plan

    def page(self, path):
        """Return the answer of a GET."""
        return ask(self.running.http_address, path)[2].decode()


@contextmanager
def serving(store, running=server_here, **settings):
    """A server with a store."""
    given = {"workers": "1", "default_catalog": "china-post", **settings}
    with running(store=store, **given) as made, grpc.insecure_channel(made.address) as channel:
        yield Server(made, channel)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One server for tests that use names of their own."""
    folder = tmp_path_factory.mktemp("writes")
    (folder / "sites.toml").write_text(
        '[[sites]]\nsite_id = "lyon"\ncatalog_id = "eu-webshop"\n[[sites]]\nsite_id = "soon"\n'
    )
    with serving(f"sqlite:///{folder}/plans.db", sites=folder / "sites.toml") as made:
        yield made


@pytest.fixture
def name():
    """An unused catalog name."""
    return next(NAMES)


def refused(method, *given, **fields):
    """Return code, reason and message of a call that must fail."""
    with pytest.raises(grpc.RpcError) as caught:
        method(*given, **fields)
    status = rpc_status.from_call(caught.value)
    return caught.value.code(), reason(status), status.message


def test_the_next_plan_is_made_with_what_was_written(tmp_path):
    """Each write counts for the next order, and plans name the revision."""
    with serving(f"sqlite:///{tmp_path}/plans.db") as server:
        made = server.create(catalog("hall", version="1"))
        assert (made.name, made.revision, made.box_types[0].name) == ("catalogs/hall", 1, "catalogs/hall/boxTypes/S")
        first = server.plan("hall", persist=True)
        assert (first.versions.catalog, first.versions.catalog_hash) == ("catalogs/hall", made.hash)
        assert server.get("hall") == made
        changed = server.update(catalog("hall", "L", version="2"), etag=made.etag)
        assert changed.etag != made.etag
        second = server.plan("hall")
        assert second.versions.catalog_hash == changed.hash != made.hash
        assert [parcel.box_type_id for parcel in second.parcels] == ["L"]
        assert server.listed()["hall"] == changed.etag
        server.delete("hall", etag=changed.etag)
        assert refused(server.plan, "hall")[0] == grpc.StatusCode.NOT_FOUND
        assert refused(server.get, "hall")[0] == grpc.StatusCode.NOT_FOUND
        # A plan made with the first version is still shown and checked with it.
        assert "are computed with data" not in server.page(f"/{first.name}")
        old = server.get(f"hall@{first.versions.catalog_hash}")
        assert [box.box_type_id for box in old.box_types] == ["S"]
        check = request(BOOK, kind=packing_messages.CheckPlanRequest)
        check.plan.CopyFrom(server.packing.GetPlan(packing_messages.GetPlanRequest(name=first.name), timeout=60))
        check.inline_catalog.CopyFrom(old)
        answer = server.packing.CheckPlan(check, timeout=60)
        assert answer.valid, answer.violations
        assert [version.revision for version in server.versions("hall")] == [2, 1]


def test_a_version_is_planned_with_where_it_is_sent_along(server, name):
    """A revision's name is refused with the remedy: read it and send it inline."""
    server.create(catalog(name, "first"))
    server.update(catalog(name, "second"))
    asked = request(BOOK, catalog=f"catalogs/{name}@1", read_mask=WHOLE)
    _, status = failure(server.packing.Pack, asked)
    assert bad_fields(status) == ["catalog"]
    assert all(text in status.message for text in (f"'catalogs/{name}@1'", f"catalogs/{name};", "inline_catalog"))
    asked.inline_catalog.CopyFrom(server.get(f"{name}@1"))
    plan = server.packing.Pack(asked, timeout=60).plan
    assert plan.parcels[0].box_type_id == "first"


def test_a_file_in_toml_is_written_as_it_is(server, name):
    """Derived figures are computed again when the text is read."""
    sent = messages.CreateCatalogRequest(toml=TOML.format(name=name, height_mm=150))
    made = server.catalogs.CreateCatalog(sent, timeout=60)
    assert (made.version, made.box_types[0].box_type_id) == ("7", "T")
    assert server.get(f"{name}@1").hash == made.hash == server.plan(name).versions.catalog_hash
    assert json.loads(server.page(f"/v1/catalogs/{name}@1"))["revision"] == 1


def test_a_catalog_that_breaks_rules_is_not_written(server, name):
    """The error names every field as it was sent."""
    bad = catalog(name)
    bad.box_types[0].inner.length_mm = -1
    bad.box_types[0].tare_g = -1
    code, status = failure(server.catalogs.CreateCatalog, messages.CreateCatalogRequest(catalog=bad))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert "catalog.box_types[0].tare_g" in bad_fields(status)
    toml = messages.CreateCatalogRequest(toml=TOML.format(name=name, height_mm=-3))
    assert bad_fields(failure(server.catalogs.CreateCatalog, toml)[1]) == ["toml.box_types[0].inner_height_mm"]
    for wrong in ("a/b", "a@1", "-a", "ä", "a" * 64):
        status = failure(server.catalogs.CreateCatalog, messages.CreateCatalogRequest(catalog=catalog(wrong)))[1]
        assert bad_fields(status) == ["catalog.catalog_id"]
    assert bad_fields(failure(server.catalogs.CreateCatalog, messages.CreateCatalogRequest())[1]) == [""]
    assert refused(server.versions, name)[:2] == (grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND")


def test_what_is_there_is_not_created_again(server, name):
    """Existing catalogs are not created again, whether written or from a file; deleted ones are."""
    server.create(catalog(name))
    exists = (grpc.StatusCode.ALREADY_EXISTS, "CATALOG_EXISTS")
    assert refused(server.create, catalog(name))[:2] == exists
    assert refused(server.create, catalog("us-stock"))[:2] == exists
    assert refused(server.update, catalog("us-stock"), allow_missing=True)[:2] == exists
    server.delete(name)
    assert server.create(catalog(name)).revision == 3


def test_what_is_not_there_is_not_replaced(server, name):
    """Update and delete need an existing catalog, unless allow_missing is set."""
    missing = (grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND")
    assert refused(server.update, catalog(name))[:2] == missing
    assert refused(server.delete, name)[:2] == missing
    assert refused(server.get, f"{name}@1")[:2] == missing
    assert server.update(catalog(name), allow_missing=True).revision == 1
    assert server.update(catalog(name, "L"), allow_missing=True).revision == 2
    assert refused(server.get, f"{name}@3")[:2] == missing
    assert refused(server.get, f"{name}@sha256:0")[:2] == missing


def test_catalogs_of_files_are_read_only(server):
    """They have no revisions and no etag."""
    read_only = (grpc.StatusCode.FAILED_PRECONDITION, "CATALOG_READ_ONLY")
    assert refused(server.update, catalog("us-stock"))[:2] == read_only
    assert refused(server.delete, "us-stock")[:2] == read_only
    assert server.versions("us-stock") == []
    found = server.get("us-stock")
    assert (found.etag, found.revision) == ("", 0)


def test_a_version_of_a_file_is_found_by_its_hash_where_a_plan_was_stored(server):
    """Only its hash works as a revision; the error suggests no list."""
    for named in ("us-stock@1", f"us-stock@{server.get('us-stock').version}"):
        code, reason, said = refused(server.get, named)
        assert (code, reason) == (grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND")
        assert "ListCatalogRevisions" not in said
    plan = server.plan("us-stock", persist=True)
    assert server.get(f"us-stock@{plan.versions.catalog_hash}").hash == plan.versions.catalog_hash


def test_an_etag_of_before_is_refused(server, name):
    """The etag may be in the request or in the catalog."""
    made = server.create(catalog(name))
    changed = server.update(catalog(name, "L"))
    aborted = (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")
    assert refused(server.update, catalog(name), etag=made.etag)[:2] == aborted
    assert refused(server.update, catalog(name, etag=made.etag))[:2] == aborted
    assert refused(server.delete, name, etag=made.etag)[:2] == aborted
    assert refused(server.update, catalog(name, etag=made.etag), etag=changed.etag)[:2] == aborted
    read = server.get(name)
    read.display_name = "renamed"
    assert server.update(read).revision == 3  # the catalog as it was read, with its etag


def test_the_same_again_makes_no_new_version(server, name):
    """Fields that the service sets do not count as a change."""
    made = server.create(catalog(name))
    assert server.update(catalog(name)) == made
    assert server.update(catalog(name, etag=made.etag, hash="x", revision=9)) == made
    assert [version.revision for version in server.versions(name)] == [1]


def test_a_catalog_that_is_only_validated_is_not_written(server, name):
    """validate_only gives the answer and errors of the write."""
    judged = server.create(catalog(name), validate_only=True)
    assert (judged.name, judged.revision) == (f"catalogs/{name}", 1)
    assert refused(server.get, name)[1] == "RESOURCE_NOT_FOUND"
    assert refused(server.update, catalog(name), validate_only=True)[1] == "RESOURCE_NOT_FOUND"
    made = server.create(catalog(name))
    assert refused(server.create, catalog(name), validate_only=True)[1] == "CATALOG_EXISTS"
    assert server.update(catalog(name, "L"), validate_only=True).revision == 2
    assert server.get(name) == made


def test_repeated_calls_get_the_first_answer(tmp_path):
    """Repeats by request id work after a restart; another payload is refused."""
    store = f"sqlite:///{tmp_path}/plans.db"
    with serving(store) as server:
        made = server.create(catalog("hall"), request_id="1")
        assert server.create(catalog("hall"), request_id="1") == made
        assert refused(server.create, catalog("other"), request_id="1")[1] == "REQUEST_ID_REUSED"
        changed = server.update(catalog("hall", "L"), request_id="2")
        same = server.update(catalog("hall", "L"), request_id="3")
    with serving(store) as server:
        assert server.create(catalog("hall"), request_id="1") == made
        assert server.update(catalog("hall", "L"), request_id="2") == changed == same
        assert [version.revision for version in server.versions("hall")] == [2, 1]
        server.delete("hall", request_id="4")
    with serving(store) as server:
        server.delete("hall", request_id="4")
        assert refused(server.delete, "hall")[0] == grpc.StatusCode.NOT_FOUND


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def shared_store(request, tmp_path):
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/plans.db"
    return request.getfixturevalue("postgresql").make_database("shared_catalogs")


def test_servers_that_share_a_store_serve_what_one_of_them_wrote(shared_store):
    """Other servers follow within seconds, and refuse at once what is based on an earlier version."""
    with serving(shared_store) as one, serving(shared_store, watch_store_s=0.2) as other:
        made = one.create(catalog("hall"))
        wait_until(lambda: other.listed().get("hall") == made.etag)
        assert other.plan("hall").versions.catalog_hash == made.hash
        changed = one.update(catalog("hall", "A"), etag=made.etag)
        assert refused(other.update, catalog("hall", "B"), etag=made.etag)[:2] == (
            grpc.StatusCode.ABORTED,
            "ETAG_MISMATCH",
        )
        wait_until(lambda: other.listed().get("hall") == changed.etag)
        other.delete("hall")
        wait_until(lambda: "hall" not in one.listed())


def test_without_a_store_nothing_is_written():
    """The error names the missing setting; catalogs of files are served."""
    with serving("") as server:
        off = (grpc.StatusCode.FAILED_PRECONDITION, "STORE_OFF")
        for method, given in (
            *((server.create, catalog("hall")), (server.update, catalog("hall")), (server.delete, "hall")),
            *((server.versions, "us-stock"), (server.get, "us-stock@1")),
        ):
            assert refused(method, given)[:2] == off
        assert server.get("us-stock").box_types


def test_what_a_site_needs_is_not_taken_away(tmp_path):
    """A catalog and box types in use by a site cannot be removed; a faulty file blocks no write."""
    store, sites = f"sqlite:///{tmp_path}/plans.db", tmp_path / "sites.toml"
    with serving(store) as server:
        server.create(catalog("hall"))
        server.create(catalog("main"))
    sites.write_text('[[sites]]\nsite_id = "a"\ncatalog_id = "hall"\navailability = { S = 3 }\n')
    with serving(store, sites=sites, default_catalog="main", watch_files_s=0.1) as server:
        in_use = (grpc.StatusCode.FAILED_PRECONDITION, "CATALOG_IN_USE")
        for method, given, users in (
            (server.delete, "hall", ("sites/a",)),
            (server.delete, "main", ("default_catalog",)),
            (server.update, catalog("hall", "L"), ("'S'", "sites/a")),
        ):
            code, reason, said = refused(method, given)
            assert (code, reason, [user for user in users if user not in said]) == (*in_use, [])
        sites.write_text("broken")
        wait_until(lambda: "sites.toml" in _health(server))
        assert server.create(catalog("more")).revision == 1
        assert server.plan("more").versions.catalog == "catalogs/more"
        assert "sites.toml" in _health(server)
        assert server.packing.Pack(request(BOOK, site="sites/a"), timeout=60).plan.versions.catalog == "catalogs/hall"
        sites.write_text('[[sites]]\nsite_id = "a"\n')
        wait_until(lambda: _health(server) == "SERVING\n")
        server.delete("hall")


def _health(server):
    return ask(server.running.admin_address, "/healthz")[2].decode()


def test_a_server_starts_although_its_store_cannot_be_read(tmp_path):
    """Catalogs of files are served at once, stored ones when the store can be read."""
    path = tmp_path / "plans.db"
    with serving(f"sqlite:///{path}") as server:
        server.create(catalog("hall"))
    path.rename(tmp_path / "kept.db")
    path.write_bytes(b"no database at all, and of some length" * 100)
    for rest in ("-wal", "-shm"):
        Path(f"{path}{rest}").unlink(missing_ok=True)
    with serving(f"sqlite:///{path}", watch_store_s=0.2) as server:
        assert server.plan("us-stock").parcels
        assert refused(server.plan, "hall")[:2] == (grpc.StatusCode.UNAVAILABLE, "STORE_UNREACHABLE")
        assert _health(server) != "SERVING\n"
        with contextlib.closing(sqlite3.connect(tmp_path / "kept.db")) as kept:
            assert kept.execute("SELECT count(*) FROM catalog_versions").fetchone() == (1,)
        path.write_bytes((tmp_path / "kept.db").read_bytes())
        wait_until(lambda: _health(server) == "SERVING\n")
        assert server.plan("hall").versions.catalog == "catalogs/hall"
