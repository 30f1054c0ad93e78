"""The services of the contract. Each reads requests and passes them to workers or to the store."""
