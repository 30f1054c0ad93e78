"""Server reflection under both of its names: tools of today ask for v1 first, older ones know v1alpha only.

The Python package of gRPC has v1alpha alone. The messages of v1 are the same under another package name, so that one
servicer answers for both.
"""

from collections.abc import Callable, Sequence
from typing import Any

import grpc
import grpc.aio
from google.protobuf import descriptor_pb2, descriptor_pool, text_format
from grpc_reflection.v1alpha import reflection, reflection_pb2

OLD, NEW = "grpc.reflection.v1alpha", "grpc.reflection.v1"
NAMES = (f"{NEW}.ServerReflection", reflection.SERVICE_NAME)
"""Full names of the reflection services, newest first."""


def add_reflection(services: Sequence[str], server: grpc.aio.Server, wrap: Callable[[Any], Any]) -> None:
    """Let a server describe its services.

    Parameters
    ----------
    services : sequence of str
        Full names of the services, without those of reflection.
    server : grpc.aio.Server
        Not started yet.
    wrap : callable
        Returns what is called in place of the behaviour.
    """
    pool = _pool()
    servicer = reflection.aio.ReflectionServicer((*services, *NAMES), pool=pool)
    handler = grpc.stream_stream_rpc_method_handler(
        wrap(servicer.ServerReflectionInfo),
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    handlers = [grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": handler}) for name in NAMES]
    server.add_generic_rpc_handlers(handlers)


def _pool() -> descriptor_pool.DescriptorPool:
    """Return the process's descriptors, with those of v1 made from v1alpha's."""
    pool = descriptor_pool.Default()
    old = descriptor_pb2.FileDescriptorProto()
    reflection_pb2.DESCRIPTOR.CopyToProto(old)
    text = text_format.MessageToString(old).replace(OLD, NEW).replace("v1alpha/", "v1/")
    pool.AddSerializedFile(text_format.Parse(text, descriptor_pb2.FileDescriptorProto()).SerializeToString())
    return pool
