"""What goes wrong, all at once, and whether every promise holds meanwhile: `make chaos`."""
