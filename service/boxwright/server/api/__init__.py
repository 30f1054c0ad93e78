"""The services of the contract, one class each: a method reads its request, has it answered, and answers."""
