"""What an attack is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import grpc

from benchmarks.attacks.server import AttackedServer
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

OPTIONS = (("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1))


@dataclass(frozen=True)
class Attack:
    """Something hostile to do to a server.

    Attributes
    ----------
    name : str
        What is done, as the table says it.
    run : callable
        Does it, returns once the server has answered or refused everything, and says in a few words what came.
    settings : mapping of str to object
        Settings of the server beside the usual ones.
    soft_files : int
        Soft limit of open files under which the server starts; 0 leaves it as it is.
    """

    name: str
    run: Callable[[AttackedServer], str]
    settings: Mapping[str, object] = field(default_factory=dict)
    soft_files: int = 0


def channel_to(server: AttackedServer, number: int = 0) -> grpc.Channel:
    """Return a channel over a connection of its own; another number is another connection."""
    return grpc.insecure_channel(server.target, options=(*OPTIONS, ("boxwright.connection", number)))


def code_of(call: Callable[[], object]) -> str:
    """Return the status code that a call ends with."""
    try:
        call()
    except grpc.RpcError as error:
        code: grpc.StatusCode = error.code()
        return code.name
    return "OK"


def tally(codes: list[str]) -> str:
    """Return how often each code came."""
    return ", ".join(f"{codes.count(code)} {code}" for code in sorted(set(codes)))


def packing(channel: grpc.Channel) -> PackingServiceStub:
    """Return the packing service."""
    return PackingServiceStub(channel)
