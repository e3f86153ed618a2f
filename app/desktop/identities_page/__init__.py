"""The Identities page: who is who in one episode, put right by a person."""
