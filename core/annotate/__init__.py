"""Annotation pipelines over videos, what they find as tiers, and the exchange formats of researchers."""
