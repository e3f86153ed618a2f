"""Speech in sound: what is said, in which language, by how many people. Knows files and models, no library."""
