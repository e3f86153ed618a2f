"""A library folder: its database, its migrations, its artifacts and its media."""
