"""peers.py FILE [PAGE…]: what other readers see in a PDF, as one JSON object on standard output.

"text" holds the lines of each page as poppler, PDFium and MuPDF give them; "characters" the characters of each page
with their boxes as PDFium places them, in fractions of the page from its upper left corner; "tables" what
pdfplumber, PyMuPDF and Camelot take for tables on the pages that are named.
"""

import json
import logging
import subprocess
import sys
import warnings

import camelot
import pdfplumber
import pymupdf
import pypdfium2

# PDFium marks a hyphen at a line's end with this.
HYPHENS = str.maketrans({"\ufffe": "-", "\x02": "-"})


def poppler_lines(path):
    out = subprocess.run(["pdftotext", "-raw", "-enc", "UTF-8", path, "-"], check=True, capture_output=True)
    pages = out.stdout.decode("utf-8", "replace").split("\f")
    return [page.split("\n") for page in pages[:-1]]


def mupdf_lines(path):
    with pymupdf.open(path) as document:
        return [page.get_text("text").split("\n") for page in document]


def shown(page, box):
    """A box of the page's own coordinates as fractions of the page as it is shown."""
    left, bottom, right, top = page.get_cropbox()
    across = [(x - left) / (right - left) for x in (box[0], box[2])]
    up = [(y - bottom) / (top - bottom) for y in (box[1], box[3])]
    rotation = page.get_rotation()
    if rotation == 90:
        x, y = up, across
    elif rotation == 180:
        x, y = [1 - v for v in across], up
    elif rotation == 270:
        x, y = [1 - v for v in up], [1 - v for v in across]
    else:
        x, y = across, [1 - v for v in up]
    return [round(v, 5) for v in (min(x), min(y), max(x), max(y))]


def pdfium(path):
    document = pypdfium2.PdfDocument(path)
    lines, characters = [], []
    for page in document:
        text = page.get_textpage()
        whole = text.get_text_range().translate(HYPHENS)
        lines.append(whole.split("\r\n"))
        placed = []
        for index in range(text.count_chars()):
            character = chr(pypdfium2.raw.FPDFText_GetUnicode(text.raw, index)).translate(HYPHENS)
            if character.strip():
                placed.append([character, *shown(page, text.get_charbox(index, loose=True))])
        characters.append(placed)
    return lines, characters


def tables_of_pdfplumber(path, pages):
    with pdfplumber.open(path) as document:
        return [(page, table) for page in pages for table in document.pages[page - 1].extract_tables()]


def tables_of_pymupdf(path, pages):
    with pymupdf.open(path) as document:
        return [(page, table.extract()) for page in pages for table in document[page - 1].find_tables().tables]


def tables_of_camelot(path, pages):
    if not pages:
        return []
    found = camelot.read_pdf(path, pages=",".join(map(str, pages)), flavor="lattice", suppress_stdout=True)
    return [(table.page, table.df.values.tolist()) for table in found]


def main():
    path, pages = sys.argv[1], [int(page) for page in sys.argv[2:]]
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    pdfium_lines, characters = pdfium(path)
    json.dump(
        {
            "text": {"poppler": poppler_lines(path), "PDFium": pdfium_lines, "MuPDF": mupdf_lines(path)},
            "characters": characters,
            "tables": {
                "pdfplumber": tables_of_pdfplumber(path, pages),
                "PyMuPDF find_tables": tables_of_pymupdf(path, pages),
                "Camelot lattice": tables_of_camelot(path, pages),
            },
        },
        sys.stdout,
    )


if __name__ == "__main__":
    # PyMuPDF prints hints on standard output, where the answer goes.
    pymupdf.set_messages(stream=sys.stderr)
    main()
