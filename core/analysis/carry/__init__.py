"""What people decided, carried over to a new run: the same faces are found by time and box."""
