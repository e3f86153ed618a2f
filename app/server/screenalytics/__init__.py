"""The Screenalytics API: episodes, jobs, identities, cast. Enveloped, but where its document shows bare bodies."""
