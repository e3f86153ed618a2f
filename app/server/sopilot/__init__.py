"""The SOPilot API: whether a procedure was followed, gold against trainee."""
