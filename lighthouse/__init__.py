"""What Lighthouse makes of the site on a slow phone: `make lighthouse`."""
