"""Calls of a live server with tokens, over gRPC and HTTP."""

import grpc

from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub
from boxwright_client.errors import error_of_call

from .live_calls import ORDER, ask, pack_request_of

PACK = "/boxwright.v1.PackingService/Pack"


def bearer(text):
    """Return the authorization header of a token as metadata."""
    return {"authorization": f"Bearer {text}"} if text else {}


def over_grpc(server, text, request=None):
    """Pack over gRPC; return the answer or the error."""
    with grpc.insecure_channel(server.address) as channel:
        metadata = tuple(bearer(text).items())
        try:
            return PackingServiceStub(channel).Pack(request or pack_request_of(ORDER), timeout=60, metadata=metadata)
        except grpc.RpcError as error:
            return error_of_call(error)


def over_http(address, text, path=PACK, body=ORDER, **headers):
    """Return status, headers and body of a request."""
    return ask(address, path, body, **bearer(text), **headers)
