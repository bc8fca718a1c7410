"""The words, Chinese and English, by which a prompt steers the sandbox's picture.

Each table maps a name of the house to the words for it. Latin words are matched whole, with a plural ending;
Chinese ones anywhere, as Chinese writes no spaces.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Words = dict[str, tuple[str, ...]]

COLOURS: Words = {
    "red": ("red", "crimson", "scarlet", "红", "绯"),
    "orange": ("orange", "橙", "橘"),
    "yellow": ("yellow", "黄"),
    "gold": ("gold", "golden", "金色", "金黄", "鎏金"),
    "green": ("green", "emerald", "mint", "绿", "翠", "青草"),
    "cyan": ("cyan", "turquoise", "teal", "青色", "青蓝", "湖蓝"),
    "blue": ("blue", "azure", "navy", "蓝"),
    "purple": ("purple", "violet", "lavender", "紫", "薰衣草"),
    "pink": ("pink", "rose", "粉"),
    "brown": ("brown", "wooden", "棕", "褐", "咖啡色"),
    "white": ("white", "白色", "洁白", "雪白", "纯白", "白猫", "白狗"),
    "black": ("black", "黑色", "漆黑", "黑猫", "黑狗"),
    "grey": ("grey", "gray", "silver", "灰", "银"),
}

MOODS: Words = {
    "night": ("night", "midnight", "moonlight", "starry", "dark", "夜", "星空", "月光", "黑暗"),
    "sunset": ("sunset", "dusk", "twilight", "日落", "夕阳", "黄昏", "晚霞"),
    "dawn": ("dawn", "sunrise", "morning", "日出", "清晨", "黎明", "朝阳"),
    "space": ("space", "galaxy", "cosmos", "planet", "astronaut", "宇宙", "太空", "银河", "星球", "宇航员"),
    "snow": ("snow", "snowy", "winter", "ice", "雪", "冬", "冰"),
    "forest": ("forest", "jungle", "woods", "森林", "丛林", "竹林", "树林"),
    "storm": ("storm", "stormy", "thunder", "rain", "rainy", "雨", "暴风"),
    "sea": ("sea", "ocean", "beach", "wave", "underwater", "海", "沙滩", "波浪"),
    "desert": ("desert", "dune", "沙漠", "沙丘", "戈壁"),
    "autumn": ("autumn", "fall leaves", "maple", "秋", "枫"),
    "spring": ("spring", "blossom", "sakura", "春", "樱花", "桃花"),
    "neon": ("neon", "cyberpunk", "futuristic", "赛博", "霓虹", "未来"),
    "meadow": ("meadow", "grass", "grassland", "park", "garden", "草地", "草原", "公园", "花园"),
}

BACKDROPS: Words = {
    "space": MOODS["space"],
    "city": ("city", "street", "skyline", "skyscraper", "town", *MOODS["neon"], "城市", "都市", "街", "高楼", "上海"),
    "sea": (*MOODS["sea"], "boat", "ship", "lighthouse", "lake", "river", "船", "帆", "灯塔", "湖", "河", "江"),
    "mountains": ("mountain", "peak", "alps", "cliff", "山", "峰", "雪山"),
    "hills": (
        *MOODS["meadow"],
        *MOODS["forest"],
        "hill",
        "field",
        "desert",
        "countryside",
        "田野",
        "山坡",
        "沙漠",
        "乡村",
        "户外",
    ),
}

LIGHTS: Words = {
    "moon": ("moon", "moonlight", "crescent", "月"),
    "sun": ("sun", "sunny", "sunset", "sunrise", "sunshine", "太阳", "阳光", "日落", "日出", "夕阳"),
}

SUBJECTS: Words = {
    "banana": ("banana", "香蕉", "蕉"),
    "cat": ("cat", "kitten", "kitty", "猫", "喵"),
    "dog": ("dog", "puppy", "puppies", "corgi", "shiba", "狗", "犬", "柯基"),
    "fox": ("fox", "foxes", "狐"),
    "panda": ("panda", "熊猫"),
    "bird": ("bird", "eagle", "parrot", "owl", "鸟", "鹰", "鹦鹉", "燕子"),
    "fish": ("fish", "whale", "goldfish", "shark", "鱼", "鲸"),
    "flower": ("flower", "floral", "rose", "tulip", "sunflower", "花", "玫瑰", "向日葵"),
    "tree": ("tree", "oak", "pine", "树", "松"),
    "house": ("house", "cottage", "cabin", "home", "房", "屋"),
    "lighthouse": ("lighthouse", "灯塔"),
    "boat": ("boat", "ship", "sailboat", "yacht", "船", "帆"),
    "astronaut": ("astronaut", "cosmonaut", "spaceman", "宇航员", "航天员"),
    "person": (
        *("person", "people", "child", "children", "portrait", "man", "boy", "men", "woman", "women", "girl", "lady"),
        *("人像", "人物", "肖像", "孩", "男", "女", "少年", "公主"),
    ),
}  # fmt: skip

STYLES: Words = {
    "oil": ("oil painting", "oil", "impressionist", "van gogh", "油画", "梵高", "印象派"),
    "sketch": ("sketch", "pencil", "drawing", "line art", "素描", "铅笔", "线稿", "速写"),
    "mono": ("black and white", "monochrome", "grayscale", "b&w", "黑白", "单色"),
    "night": MOODS["night"],
    "warm": ("warm", "sunset", "golden hour", "暖", "日落", "夕阳"),
    "cold": ("cold", "cool", "snow", "winter", "冷色", "冷调", "雪", "冬"),
}

# Characters that mean something else inside these words: a poster (海报) is no sea.
_OTHER_WORDS = re.compile("海报|海绵|花费|花园|女款|男款|山寨|树立|鱼香|猫眼")


def found(text: str, table: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The names whose words occur in ``text``, in the order in which they first do."""
    lowered = _OTHER_WORDS.sub("  ", text.lower())
    places = {name: min(_places(lowered, words), default=-1) for name, words in table.items()}
    return sorted((name for name, place in places.items() if place >= 0), key=places.__getitem__)


def colour_of(text: str, subject: str) -> str | None:
    """The colour that the text gives to a subject: ``a red sports car``, but not ``a cat on a red sofa``."""
    lowered = text.lower()
    for place in _places(lowered, SUBJECTS[subject]):
        # Two Latin words or four hanzi may stand between the two, but no comma.
        before = re.split(r"[,.;，。；、]", lowered[:place])[-1]
        near = re.search(r"(?:[a-z&'-]+\s+){0,3}$", before) if text[place].isascii() else re.search(r".{0,5}$", before)
        # A Chinese colour may be part of the subject's own word: 黑猫.
        named = found((near.group() if near else "") + lowered[place : place + 2], COLOURS)
        if named:
            return named[-1]
    return None


def _places(text: str, words: tuple[str, ...]) -> list[int]:
    hits = (re.search(_pattern(word), text) for word in words)
    return [hit.start() for hit in hits if hit]


def _pattern(word: str) -> str:
    # Not \b: a hanzi counts as a letter there, and 画一只cat has no boundary before the cat.
    return rf"(?<![a-z]){re.escape(word)}(?:s|es)?(?![a-z])" if word.isascii() else re.escape(word)
