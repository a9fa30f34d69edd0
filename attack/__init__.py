"""What somebody who means harm would try, and whether any of it gets through: `make attack`."""
