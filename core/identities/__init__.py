"""What people decide about identities: edits that are rows, with their undo."""
