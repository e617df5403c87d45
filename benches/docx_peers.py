"""docx_peers.py FOLDER: what Python's DOCX readers find of the fixture tender, and how fast they are.

FOLDER is written by the example docx_measure with --write. A fact counts as found when its words stand anywhere
in the reader's text, blanks aside: laxer than what Bidlens is asked for, which is the right block and cell too.
Needs python-docx and docx2txt.
"""

import re
import statistics
import sys
import time
from pathlib import Path

import docx
import docx2txt


def python_docx(path):
    """Paragraphs and table cells, nested ones too, headers and footers: what its documentation offers."""
    document = docx.Document(path)
    texts = []

    def container(parent):
        for paragraph in parent.paragraphs:
            texts.append(paragraph.text)
        for table in parent.tables:
            for row in table.rows:
                for cell in row.cells:
                    container(cell)

    container(document)
    for section in document.sections:
        for part in (section.header, section.first_page_header, section.even_page_header, section.footer):
            container(part)
    return "\n".join(texts)


READERS = {"python-docx": python_docx, "docx2txt": docx2txt.process}


def squeeze(text):
    return re.sub(r"\s+", "", text)


def lines(path):
    return [line.split("\t", 1) for line in path.read_text("utf-8").splitlines() if line]


def main():
    folder = Path(sys.argv[1])
    facts = lines(folder / "facts.tsv")
    numbers = lines(folder / "numbers.tsv")
    print(f"{'':14}{'facts':>12}{'numbers':>12}{'pages/s':>10}")
    for name, read in READERS.items():
        text = squeeze(read(str(folder / "tender.docx")))
        right = sum((squeeze(words) in text) == sign.startswith("+") for sign, words in facts)
        shown = squeeze(read(str(folder / "numbers.docx")))
        counted = sum(squeeze(number) in shown for _, number in numbers)
        times = []
        for _ in range(3):
            started = time.process_time()
            long = read(str(folder / "long.docx"))
            times.append(time.process_time() - started)
        pages = len(squeeze(long)) / 900
        speed = pages / statistics.median(times)
        print(f"{name:14}{f'{right}/{len(facts)}':>12}{f'{counted}/{len(numbers)}':>12}{speed:10.0f}")


if __name__ == "__main__":
    main()
