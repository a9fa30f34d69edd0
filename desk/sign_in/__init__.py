"""Signing in: the password, the second factor, and what somebody sees of their own sign-ins."""
