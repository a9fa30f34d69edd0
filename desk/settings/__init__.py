"""What is set up once and then seldom: two pages of links, in words."""
