"""Tiers that people draw themselves: marks, edits in one transaction each, undo and redo that survive a restart."""
