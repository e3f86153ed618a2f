"""The audit trail: an append-only, hash-chained log of what was done in a library, and its signed export."""
