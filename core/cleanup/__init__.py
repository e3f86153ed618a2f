"""Cleaning up an analysed episode in four phases, as one edit that can be undone."""
