"""The pipelines that come with Rushes, a module each with the constant PIPELINE; importing them loads nothing heavy."""
