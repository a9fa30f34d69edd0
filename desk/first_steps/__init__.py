"""What somebody who begins still has to do before clients can book them."""
