"""Today: who is next, the day, what waits for an answer. Where one lands after signing in."""
