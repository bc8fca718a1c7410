"""This machine: where things lie, preferences, the key, the log, and the doctor who looks at all of it."""
