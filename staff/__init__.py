"""Who works here: each person's role, and what happened that bears on security."""
