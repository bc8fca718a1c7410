"""The hosts that the simulated service answers for, and which of them may see what."""

from __future__ import annotations

API = "api.imastudio.com"
TOKENS = "imapi.liveme.com"
STORAGE = "zhubite-imagent-bot.oss-us-east-1.aliyuncs.com"
INPUTS = "ima-ga.esxscloud.com"
RESULTS = "ws.esxscloud.com"

SERVICE = (API, TOKENS, STORAGE, INPUTS, RESULTS)
"""Every host of the real service that a client may talk to."""

CONTROL = "control.sandbox.invalid"
"""Where a test in another process reads the books and chooses scenes. ``.invalid`` never resolves."""

ELSEWHERE = "evil.example"
"""Where redirects lead. Nothing answers there; a visit is written into the books."""

MARK = "/sandbox/"
"""Every path that the sandbox hands out starts with it, so that none is mistaken for a real one."""
