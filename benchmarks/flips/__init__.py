"""How many plans change when the objective, the lane, the cushioning or the accounting profile does."""
