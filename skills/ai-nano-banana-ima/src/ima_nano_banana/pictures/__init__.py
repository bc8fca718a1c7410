"""Picture files: what comes in is recognised by content, what comes back is checked, measured and named."""
