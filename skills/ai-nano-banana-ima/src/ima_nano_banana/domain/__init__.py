"""The pure core: what is wanted, what it costs, what becomes of it. No sockets, files, clocks or environment."""
