"""The Transcript page: what is said in an episode, and where in the library something was said."""
