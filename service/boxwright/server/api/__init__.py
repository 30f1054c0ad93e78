"""The services of the contract. Each is a class that reads requests, has them answered, and returns the answers."""
