"""Makes the two pictures of the README. They come out the same every time."""

import shutil
import sys
import tempfile
from pathlib import Path

from ima_nano_banana import Client

PANDA = "a panda and a red sailboat at sunset, 夕阳下的红帆船"
OIL = "turn into oil painting, 变成油画"


def main(folder: Path) -> None:
    """Write both into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, Client(sandbox=True) as ima:
        panda = ima.generate(PANDA, aspect_ratio="16:9", output_dir=scratch)
        oil = ima.generate(OIL, images=[panda.files[0]], model="pro", aspect_ratio="16:9", output_dir=scratch)
        for made, name in ((panda, "panda.png"), (oil, "panda-oil.jpg")):
            shutil.copyfile(made.files[0], folder / name)
            print(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "images"))
