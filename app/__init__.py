"""The application: what a person or a script talks to."""
