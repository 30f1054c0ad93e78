"""No method is registered with gRPC, which would wait anew for each of them with every call; all are found by name."""

from types import SimpleNamespace

from boxwright.server.by_name import by_name
from boxwright.v1.packing_service_pb2_grpc import PackingServiceServicer, add_PackingServiceServicer_to_server


def test_generated_code_adds_handlers_by_name_alone():
    """What a server is given holds the methods of the service, and it has nothing to register them with."""
    given = []
    server = SimpleNamespace(add_generic_rpc_handlers=given.extend)
    add_PackingServiceServicer_to_server(PackingServiceServicer(), by_name(server))
    [handlers] = given
    details = SimpleNamespace(method="/boxwright.v1.PackingService/Pack", invocation_metadata=())
    assert handlers.service(details).unary_unary is not None
