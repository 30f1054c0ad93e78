"""The services of the contract, one class per service: read the request, have it answered, return the answer."""
