"""Names, addresses and telephone numbers of nobody: example.com, and numbers reserved for fiction."""

import unicodedata

import numpy as np
import pandas as pd

FIRST = (
    "Mette Søren Anna Lars Ingrid Jürgen Zoë Niamh Emil Freja Björn Karin Lukas Sofie Ole Marie-Luise Åse "
    "Pieter Hanne Jörg Siobhán Elif Noah Ida Mikkel Åsa Femke Günther Clara Aoife Torben Émilie Jan Lena "
    "Rasmus Saskia"
)
LAST = (
    "Jensen Müller Nielsen Schmidt Hansen O'Brien Petersen Groß Sørensen Åkesson Weiß Christiansen Lindqvist "
    "Bakker Yılmaz Kjær Schröder Van-Dijk Møller Hoffmann Østergaard Lund Johansson Köhler Bruun "
    "Ní-Dhomhnaill Thomsen Fuchs Nygård Visser Krüger Holm Andersson Böhm Dahl Jäger Bergström Lehmann"
)
PLACES = ["Förde", "Nørregade", "Am Hafen", "Ved Broen", "Torget", "Quay", "Zum Anker", "Lille Torv"]
_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "Æ": "Ae", "ı": "i"})


def draw_contacts(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """name, email, phone of each customer; some empty, some with commas, quotes and accents."""
    size = len(people)
    first, last = rng.choice(FIRST.split(), size), rng.choice(LAST.split(), size)
    style, number = rng.random(size), rng.integers(0, 1000, size)
    rows = []
    for index in range(size):
        name = _name(first[index], last[index], style[index], people.type[index], rng.choice(PLACES))
        email = f"{_plain(first[index])}.{_plain(last[index])}.{index + 1}@example.com"
        rows.append((name, email, _phone(people.country[index], int(number[index]))))
    contacts = pd.DataFrame(rows, columns=["name", "email", "phone"])
    contacts.loc[rng.random(size) < 0.04, "email"] = None
    contacts.loc[rng.random(size) < 0.25, "phone"] = None
    return contacts


def _name(first: str, last: str, style: float, kind: str, place: str) -> str:
    if kind == "café":
        return f'Café "{place}", {last}' if style < 0.5 else f"{last}s Kaffebar"
    if kind == "office":
        return f"{last} & {first} GmbH" if style < 0.5 else f"Office {last}, {place}"
    return f"{last}, {first}" if style < 0.05 else f"{first} {last}"


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum()).lower()


def _phone(country: str, number: int) -> str | None:
    """A number from the range that the country's regulator keeps for films; none where there is no range."""
    if country == "Germany":
        return f"+49 30 23125 {number:03d}"
    if country == "Sweden":
        return f"+46 70 174 06 {5 + number % 95:02d}"
    if country == "Ireland":
        return f"+353 20 911 {number:04d}"
    return None
