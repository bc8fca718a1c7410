"""The ways in. Each builds the same request, runs the same engine and renders the same events."""
