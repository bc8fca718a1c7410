"""Cut the sandbox's font out of Noto Sans CJK SC.

The pictures of the sandbox carry their prompt in a font that can draw Chinese. The whole of Noto Sans CJK is
19 MB; what :mod:`ima_nano_banana.sandbox.pictures.coverage` lists, without hints and layout tables and on a
grid of 500 units, is below 1 MB once it is packed with xz. 500 units are fine enough: at 80 pixels an em, one unit
is a sixth of a pixel.

Run it with fontTools installed, and Debian's ``fonts-noto-cjk`` or the same file from the Noto project::

    python tools/make_font.py [NotoSansCJK-Regular.ttc]

The same input and the same fontTools give the same bytes.
"""

from __future__ import annotations

import io
import lzma
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

from ima_nano_banana.sandbox.pictures import coverage

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
TARGET = Path(coverage.__file__).parent / "fonts" / "BananaSandboxSans.otf.xz"
SIMPLIFIED_CHINESE = 2
"""The face inside the collection whose plain glyphs are the mainland's."""
UNITS = 500
CEILING = 1_000_000
FAMILY = "Banana Sandbox Sans"


def cut(source: Path) -> TTFont:
    """The wanted glyphs only, with no hints, no layout and nothing for vertical text."""
    # The creation date inside is kept and the modification date isn't touched, so that runs agree.
    font = TTFont(source, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False)
    wanted = [ord(character) for character in coverage.all_covered()]
    missing = [chr(code) for code in wanted if code not in font.getBestCmap()]
    if missing:
        raise SystemExit(f"the source font lacks {''.join(missing)}")
    options = subset.Options(hinting=False, desubroutinize=True, layout_features=[], notdef_outline=False)
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG", "GSUB", "GPOS", "GDEF"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    scale_upem(font, UNITS)
    return font


def rename(font: TTFont) -> None:
    """Give it a name of its own: a changed font must not pass for the original."""
    postscript = FAMILY.replace(" ", "") + "-Regular"
    for name_id, text in {1: FAMILY, 3: postscript, 4: FAMILY, 6: postscript}.items():
        font["name"].removeNames(nameID=name_id)
        font["name"].setName(text, name_id, 3, 1, 0x409)
    inner = font["CFF "].cff
    inner.fontNames = [postscript]
    inner.topDictIndex[0].FullName = FAMILY
    inner.topDictIndex[0].FamilyName = FAMILY


def packed(font: TTFont) -> bytes:
    """The font file, compressed with what every Python can undo."""
    buffer = io.BytesIO()
    font.save(buffer)
    return lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def main(source: Path = SOURCE) -> None:
    font = cut(source)
    rename(font)
    data = packed(font)
    if len(data) >= CEILING:
        raise SystemExit(f"{len(data)} bytes; the font must stay below {CEILING}")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(data)
    print(f"{TARGET.name}: {len(data)} bytes, {len(coverage.all_covered())} characters")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
