"""Views parse, call and render: the steps of a booking, its private page, and the site around."""
