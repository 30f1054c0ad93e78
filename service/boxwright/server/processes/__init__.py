"""Planning in processes of their own: one loads all, and each that plans is a copy of it.

They may use the rooms of the server but no gRPC server: the door starts them and hands them bytes.
"""
