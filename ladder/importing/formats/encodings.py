"""Which encoding a text is in: certain for Unicode, for the older ones the reading that looks most like language.

Single bytes above 127 mean something in every older encoding, so each candidate reads them, and the readings are
judged: signs in the middle of words, a capital after a small letter, Cyrillic inside a Latin word speak against one;
among those with the fewest such faults wins the one whose letters come from the fewest languages.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = (
    "cp1252", "cp1250", "iso8859-2", "cp1251", "koi8-r", "cp1253", "cp1254", "cp1257", "mac-roman", "cp850",
    "cp932", "gb18030", "big5", "cp949", "euc-jp",
)  # fmt: skip
_ALPHABETS = tuple(
    map(
        frozenset,
        (
            "äöüß", "æøåé", "åäöé", "àâæçèéêëîïôœùûüÿ", "áéíñóúü", "àãáâçéêíóôõúü", "àèéìíòóùú", "ëéèïöüó",
            "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîșşțţ",
            "çğıöşü", "āčēģīķļņšūž", "ąčęėįšųūž", "õäöüšž", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
            "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
        ),
    )
)  # fmt: skip
_WESTERN = frozenset[str]().union(*_ALPHABETS[:8])
_SIGNS = frozenset("€£¥§°«»“”„‘’‚–—…®™©×²³½¼ºª¿¡•№\u00a0、。・ー「」（）！？：，￥　")
_WORDS = re.compile(r"[^\W\d_]+")
_SIGN_IN_WORD = re.compile(
    r"[^\W\d_](?![’ー・」）、。，：])[^\w\s\x00-\x7f][^\W\d_]|(?:^|[\s,;|\"])[€£¥§°®™©×²³½¼•][^\W\d_]|[a-z]\xa0[a-z]"
)
_COMMON = {"gb2312": 0xD7, "cp932": 0x97, "euc-kr": 0xC8, "big5": 0xC6}
_INNER = bytes(range(0x80, 0xC0))
_SAMPLE_LINES, _SAMPLE_BYTES, _LONGEST_LINE = 300, 1 << 15, 1 << 12
_DOUBT = 0.1


@dataclass(frozen=True)
class Guess:
    """The likeliest encoding; `others` are further ones and `words` depend on the choice, likeliest first. It is
    doubtful when even the best reading has many faults."""

    encoding: str
    others: tuple[str, ...] = ()
    words: tuple[bytes, ...] = ()
    doubtful: bool = False


def guess(windows: Iterable[bytes]) -> Guess:
    """The encoding of a text seen through windows: its beginning first, then further parts."""
    sample, valid = bytearray(), True
    for place, window in enumerate(windows):
        told = _by_marks(window) if place == 0 else ""
        if told:
            return Guess(told)
        if not window.isascii():
            valid = valid and _is_utf8(window)
            sample += _telling(window) if len(sample) < _SAMPLE_BYTES else b""
    return Guess("utf-8") if valid else _legacy(bytes(sample))


def _telling(window: bytes) -> bytes:
    """Lines with a byte above 127; of one endless line the part that begins there."""
    lines = [line for line in window.splitlines() if not line.isascii() and len(line) <= _LONGEST_LINE]
    if lines:
        return b"\n".join(lines[:_SAMPLE_LINES]) + b"\n"
    first = re.search(rb"[\x80-\xff]", window)
    return window[first.start() :][:_LONGEST_LINE] if first else b""


def _by_marks(head: bytes) -> str:
    """The encoding that a byte order mark or the places of NUL bytes tell, or nothing."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    even, odd = head[:4096:2].count(0), head[1:4096:2].count(0)
    if max(even, odd) * 20 > len(head[:4096]) and min(even, odd) * 20 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return ""


def _is_utf8(window: bytes) -> bool:
    """Whether it is valid, the character aside that the end, or the beginning of a later window, may cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(window.lstrip(_INNER), False)
    except UnicodeDecodeError:
        return False
    return True


def _legacy(sample: bytes) -> Guess:
    detected = [match.encoding for match in from_bytes(sample)]
    readings = _readings(sample, _CANDIDATES)
    if not readings or min(_faults(text) for text in readings.values()) > _DOUBT:
        readings |= _readings(sample, (*detected, "latin-1"))
    order = list(readings)

    def rank(name: str) -> tuple[float, int, int, int]:
        text = readings[name]
        plain = name.replace("-", "_")
        seen = detected.index(plain) if plain in detected else len(detected)
        return _faults(text), _languages(text), 0 if _is_latin(text) else seen, order.index(name)

    best, *others = sorted(readings, key=rank)
    words = dict.fromkeys(word for word in re.split(rb"[\s,;|\"]+", sample) if not word.isascii())
    return Guess(best, tuple(others[:3]), tuple(islice(words, 3)), _faults(readings[best]) > _DOUBT)


def _readings(sample: bytes, names: Iterable[str]) -> dict[str, str]:
    """What each encoding makes of the bytes, where it can; of equal readings the first."""
    found: dict[str, str] = {}
    for name in names:
        with suppress(UnicodeDecodeError, LookupError):
            text = codecs.getincrementaldecoder(name)().decode(sample)
            if text not in found.values():
                found[name] = text
    return found


def _faults(text: str) -> float:
    """Share of the characters above 127 that look wrong."""
    strange = [character for character in text if not character.isascii()]
    wrong = sum(_is_unlikely(character) for character in strange) + len(_SIGN_IN_WORD.findall(text))
    wrong += sum(_is_mixed(word) for word in _WORDS.findall(text) if not word.isascii())
    return round(wrong / max(1, len(strange)), 2)


@cache
def _is_unlikely(character: str) -> bool:
    if character in _SIGNS or any(_small(character) in alphabet for alphabet in _ALPHABETS):
        return False
    return not _is_common_ideograph(character)


def _is_common_ideograph(character: str) -> bool:
    """Kana, Hangul, and the half of the Chinese characters that its national standards list as common."""
    if _script(character) not in ("CJK", "HANGUL"):
        return False
    for encoding, last in _COMMON.items():
        code = character.encode(encoding, "ignore")
        if len(code) == 2 and code[0] <= last:
            return True
    return False


def _is_mixed(word: str) -> bool:
    """A capital after a small letter, two before one, or letters of two scripts."""
    scripts = {_script(letter) for letter in word}
    two = any(one.islower() and two.isupper() for one, two in pairwise(word))
    three = word[:2].isupper() and word[2:3].islower()
    return len(scripts) > 1 or two or three


def _small(letter: str) -> str:
    """The small letter; that of the Turkish İ would be two characters."""
    return "ı" if letter == "İ" else letter.lower()


@cache
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ")[0]
    return "CJK" if name in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA") else name


def _is_latin(text: str) -> bool:
    return all(_script(letter) == "LATIN" for letter in text if letter.isalpha())


def _languages(text: str) -> int:
    """How few alphabets hold all of these letters, taken greedily; kana and Chinese characters are one more each.

    Western ones are two at most: customers of many of its countries often stand in one file.
    """
    letters = {_small(letter) for letter in text if letter.isalpha() and not letter.isascii()}
    left = letters & frozenset[str]().union(*_ALPHABETS)
    count = sum(
        any(first <= letter <= last for letter in letters) for first, last in ("ぁヿ", "一鿿", "가힣")
    )
    while left:
        left -= max(_ALPHABETS, key=lambda alphabet: len(left & alphabet))
        count += 1
    return min(count, 2) if letters and letters <= _WESTERN else count
