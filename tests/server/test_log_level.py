"""The level of the log is changed while the server runs, for the processes that plan too."""

import json
import os
import runpy
import signal
import threading
from pathlib import Path

import grpc

from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

RUNNING = runpy.run_path(str(Path(__file__).parents[1] / "interop" / "running_server.py"))


def said(server, message):
    """Wait for a line and return those with its message."""
    for _ in range(600):
        found = [line for line in map(json.loads, server.log) if line["message"] == message]
        if found:
            return found
        threading.Event().wait(0.05)
    raise AssertionError(f"{message} is not logged: {server.log}")


def test_the_level_goes_down_and_up_by_signals(pack_request):
    """Work of those who plan is written with its ids until the level is as it was set; other signals end nobody."""
    with (
        RUNNING["running_server"](workers=1, log_level="WARNING", start=SAYING) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        stub = PackingServiceStub(channel)

        def pack(order_id):
            pack_request.order.order_id, pack_request.request_id = order_id, f"r-{order_id}"
            stub.Pack(pack_request)

        pack("before")
        server.process.send_signal(signal.SIGUSR1)
        (changed,) = said(server, "log level changed")
        assert (changed["from"], changed["to"], changed["why"]) == ("WARNING", "DEBUG", "SIGUSR1")
        pack("while")
        (ended,) = said(server, "work ends")
        assert (ended["order_id"], ended["request_id"], ended["method"]) == ("while", "r-while", "Pack")
        assert ended["pid"] != server.process.pid
        assert ended["units"] == sum(line.quantity for line in pack_request.order.lines)
        os.kill(ended["pid"], signal.SIGUSR2)  # a service manager may send it to all
        server.process.send_signal(signal.SIGUSR2)
        while len(said(server, "log level changed")) < 2:
            threading.Event().wait(0.05)
        pack("after")
    lines = [json.loads(line) for line in server.log]
    assert {line.get("order_id") for line in lines} == {None, "while"}
    assert [line["message"] for line in lines if line["level"] == "ERROR"] == []


SAYING = """
import logging
from boxwright.server import Settings, lifecycle, serve
from boxwright.server.logs import LOGGER

begin = lifecycle.Server.start

async def start(self):
    LOGGER.setLevel(logging.INFO)
    await begin(self)
    LOGGER.setLevel(logging.WARNING)

lifecycle.Server.start = start
serve(Settings.from_environment())
"""
"""A server that says in its log where it listens, whatever its level."""
