"""What is fast, measured beside its floor: `make bench`."""
