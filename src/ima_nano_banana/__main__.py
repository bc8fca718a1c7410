"""``python -m ima_nano_banana`` is ``nano-banana``: for a machine where the command is not on the path."""

from __future__ import annotations

import sys

from ima_nano_banana.doors.cli.main import main

sys.exit(main())
