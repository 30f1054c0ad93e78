"""A server over gRPC whose one method does nothing: what a call costs before any of this service's code runs.

python -m benchmarks.service.empty

A process of its own, which prints its port and answers until it is killed.
"""

import asyncio
from typing import Any

import grpc
import grpc.aio

from boxwright.server.lifecycle import new_event_loop

METHOD = "/benchmarks.Empty/Call"
ANSWER = bytes(600)
"""As long as the answer to a small order."""


async def _answer(request: bytes, context: Any) -> bytes:
    return ANSWER


async def _serve() -> None:
    server = grpc.aio.server()
    _, service, method = METHOD.split("/")
    handlers = {method: grpc.unary_unary_rpc_method_handler(_answer)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()


def main() -> None:
    """Answer; see the module."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve())


if __name__ == "__main__":
    main()
