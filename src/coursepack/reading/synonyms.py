"""Synonyms that authors write for the names of a course: of other tools, and in their own language."""

from __future__ import annotations

from collections.abc import Iterable

from coursepack.problems import Message, Quoted, nearest

_FIELDS = {
    "alt": "alternativtext alttext alt-text altext",
    "answer": "svar facit rätt-svar correct-answer",
    "answers": "svar alternativ svarsalternativ options choices alternatives",
    "audience": "målgrupp target-group",
    "caption": "bildtext legend",
    "captions": "undertexter undertext subtitles",
    "chapters": "kapitel sections",
    "checked": "kontrollerad verified",
    "contacts": "kontakter",
    "core": "obligatorisk mandatory required",
    "decorative": "dekorativ",
    "description": "beskrivning summary ingress",
    "duration": "längd length",
    "feedback": "återkoppling kommentar comment explanation förklaring",
    "height": "höjd",
    "hours": "öppettider",
    "items": "punkter steg",
    "keywords": "nyckelord tags",
    "language": "språk lang",
    "licence": "licens license",
    "minutes": "minuter tid time",
    "multiple": "flera flerval",
    "name": "namn",
    "objectives": "mål goals",
    "pages": "sidor lessons",
    "parts": "delar moduler modules",
    "phone": "telefon telefonnummer tel telephone",
    "pictures": "bilder images",
    "publisher": "utgivare förlag organisation organization author",
    "purpose": "ändamål syfte",
    "question": "fråga fråga-text prompt stem",
    "right": "correct korrekt rätt ratt is-correct",
    "scale": "skala",
    "sources": "källor references",
    "src": "bild fil file path image url source källa",
    "subtitle": "underrubrik undertitel",
    "term": "ord begrepp word",
    "text": "label definition",
    "title": "titel rubrik namn name heading",
    "tolerance": "tolerans",
    "transcript": "textversion transkript",
    "version": "utgåva",
    "width": "bredd",
}
_BLOCKS = {
    "accordion": "dragspel details fold folds collapse expander faq",
    "audio": "ljud sound podcast",
    "before-after": "före-efter compare slider",
    "cards": "kort",
    "checklist": "checklista todo tasks",
    "choice": "fråga question quiz multiple-choice flerval flervalsfråga true-false mcq poll",
    "code": "kod python javascript bash html",
    "contact": "kontakt contacts",
    "document": "dokument pdf",
    "download": "fil file nedladdning",
    "fill-in": "lucka lucktext cloze gap fritext",
    "gallery": "bildspel carousel slideshow galleri",
    "hotspots": "bildpunkter hotspot",
    "image": "bild picture photo figure foto",
    "key": "nyckel takeaway viktigast",
    "law": "lag",
    "likert": "skala scale survey enkät",
    "matching": "para para-ihop match pairs",
    "math": "formel formula latex",
    "note": "warning varning tip tips info information caution danger obs viktigt important hint notera callout "
    "faktaruta",
    "numeric": "tal number siffra",
    "ordering": "sortering sort order ordna",
    "reflection": "reflektion reflektera reflect",
    "scenario": "dialog simulation",
    "steps": "steg",
    "table": "tabell",
    "tabs": "flik flikar tab",
    "timeline": "tidslinje",
    "video": "film movie youtube",
}


def meant_name(word: str, known: Iterable[str]) -> str | None:
    """The known word that an author means by `word`, or None."""
    names = list(known)
    plain = word.strip("“”„\"'").casefold()
    for table in (_FIELDS, _BLOCKS):
        for name, others in table.items():
            if name in names and plain in others.split():
                return name
    hint = nearest(word, names, most=0)
    return str(hint.values[0].text) if hint and isinstance(hint.values[0], Quoted) else None


def meant(word: str, known: Iterable[str], most: int = 12) -> Message:
    """A hint: the known word that an author means, or all known words if at most `most`, or nothing."""
    names = list(known)
    name = meant_name(word, names)
    return Message("Did you mean {0}?", Quoted(name)) if name else nearest(word, names, most)
