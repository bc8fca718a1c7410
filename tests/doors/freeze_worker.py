"""Make one picture after another until somebody freezes the ledger; or be the one who does."""

from __future__ import annotations

import contextlib
import io
import sys

from ima_nano_banana.doors.cli.main import main

if sys.argv[1] == "freeze":
    sys.exit(main(["limits", "freeze", "--sandbox"]))
for number in range(10_000):
    with contextlib.redirect_stdout(io.StringIO()):
        prompt = f"cat {sys.argv[1]}-{number}"
        code = main(["generate", prompt, "--sandbox", "--json", "--no-download", "--timeout", "0.01"])
    if code == 5:
        sys.exit(code)
    if number == 0:
        sys.stdout.write("made\n")
        sys.stdout.flush()
