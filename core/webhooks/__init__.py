"""Telling other programs what happened: signed POST requests, retried."""
