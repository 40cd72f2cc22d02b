"""The supervisor's desk: what waits for a decision, and doing a matter again."""
