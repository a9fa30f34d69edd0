"""What a therapist writes down of a client for themselves: sealed, kept version by version."""
