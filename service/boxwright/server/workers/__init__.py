"""Planning processes: bytes in, bytes out. A process that dies, hangs or outgrows its memory costs its order alone.

They are copies of one process that has loaded kernels and data (``preload``). May be used by all of the server; uses no
gRPC server.
"""
