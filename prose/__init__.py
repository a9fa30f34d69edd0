"""Prose as people type it, made into what may stand on a public page. It knows no app."""
