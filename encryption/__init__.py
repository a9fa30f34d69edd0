"""Columns that are unreadable without the practice's own key. Knows no app."""
