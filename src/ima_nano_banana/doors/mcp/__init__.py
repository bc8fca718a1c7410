"""The MCP server's room, and the only one that imports ``mcp``: it costs a second at start and 33 MB.

:mod:`~ima_nano_banana.doors.mcp.server` puts it together. Same engine, same ledger, same words as every
other door; what is special here is that a run belongs to the server and not to the call that began it,
so that a client which loses patience loses no picture.
"""
