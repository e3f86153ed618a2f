"""The Cast page: the people of a show, their reference photos, and where they appear."""
