"""Drawing the frames of a cut: any frame from the plan and its number alone."""
