"""The ``nano-banana`` command, one file a command."""
