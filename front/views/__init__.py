"""Views parse, call and render: the steps of a booking, and the site around them."""
