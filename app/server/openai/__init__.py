"""Speech for programs written for OpenAI's audio API: a thin adapter, off unless a preference turns it on."""
