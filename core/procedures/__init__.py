"""Procedures: whether a trainee did what the gold recording shows, step by step, and how well."""
