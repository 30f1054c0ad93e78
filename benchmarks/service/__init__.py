"""The service under load: admission, lanes, overload and soak; clients are processes of their own."""
