"""The Procedures page: a trainee's recording beside the gold one, played through the alignment, scored, explained."""
