"""documents.py BIDLENS TENDER DOCX WORK PAGES RUNS: speed and memory of reading documents and of drawing their pages,
beside other readers.

Each figure is CPU time (user and system) of a whole process and its peak memory, the median of RUNS runs taken in
turn after one that is not counted. Bars that are missed are named at the end, which is then 3.

The long PDFs repeat the tender's pages with a page object and a content stream of their own for each page, so that
nothing read for one page serves another but fonts and pictures, as in a real file.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import zipfile

PDFPLUMBER = """
import sys, pdfplumber
with pdfplumber.open(sys.argv[1]) as pdf:
    for page in pdf.pages:
        page.extract_words()
        page.extract_tables()
        page.close()
"""
WORD_PAGES = 234
DOTS_PER_INCH = 150
# The end of a run that measured everything and missed a bar; any failure ends with 1.
MISSED = 3
MEMORY_PAGES = (100, 400, 1000)


def measure(command, stdin=None):
    """CPU seconds and peak megabytes of one run."""
    with open(stdin or os.devnull, "rb") as given:
        child = subprocess.Popen(command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def in_turn(commands, runs):
    """Medians of each command; `commands` gives a command line, a file for its input, and at most how many runs."""
    results = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, (command, stdin, most) in commands.items():
            if run > most or (run == 0 and most < runs):
                continue
            figures = measure(command, stdin)
            if run > 0:
                results[name].append(figures)
    return {name: tuple(statistics.median(r[n] for r in figures) for n in (0, 1)) for name, figures in results.items()}


def repeated_pdf(source, target, pages):
    """Writes the pages of `source` again and again until there are `pages`."""
    import pypdf
    from pypdf.generic import NameObject, StreamObject

    reader = pypdf.PdfReader(source)
    writer = pypdf.PdfWriter()
    for number in range(pages):
        page = writer.add_page(reader.pages[number % len(reader.pages)])
        stream = StreamObject()
        stream.set_data(page.get_contents().get_data() + b"\n%% page %d\n" % (number + 1))
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    with open(target, "wb") as out:
        writer.write(out)


def repeated_docx(source, target, times):
    """Writes the body of `source` `times` times, each on a new page."""
    with zipfile.ZipFile(source) as parts, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            content = parts.read(name)
            if name == "word/document.xml":
                text = content.decode("utf-8")
                start = re.search(r"<w:body[^>]*>", text).end()
                end = text.rindex("<w:sectPr") if "<w:sectPr" in text else text.rindex("</w:body>")
                new_page = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
                body = new_page.join([text[start:end]] * times)
                content = (text[:start] + body + text[end:]).encode("utf-8")
            out.writestr(name, content)


class Table:
    def __init__(self):
        self.missed = []
        print(f"{'':64}{'CPU s':>8}{'pages/s':>9}{'peak MB':>9}")

    def row(self, name, pages, cpu, memory):
        print(f"{name:64}{cpu:8.3f}{pages / cpu:9.0f}{memory:9.0f}")

    def bar(self, what, figure, least=None, most=None):
        kept = (least is None or figure >= least) and (most is None or figure <= most)
        limit = f"at least {least:g}" if least is not None else f"at most {most:g}"
        line = f"{what}: {figure:.2f} ({limit})"
        print(f"  {'kept  ' if kept else 'MISSED'} {line}")
        if not kept:
            self.missed.append(line)

    def end(self):
        """Names what was missed and ends the program."""
        if not self.missed:
            sys.exit(0)
        print("\nmissed:", *self.missed, sep="\n  ", flush=True)
        sys.exit(MISSED)


def child(program, name, *more):
    return [program, "parse-child", f"--name={name}", "--memory-mb", "4096", "--cpu-s", "600", *more]


def speed(table, program, files, runs):
    """Text, layout, tables, boxes, section tree and JSON out of PDFs."""
    for path, pages in files:
        own, bbox, plumber = f"bidlens, {pages} pages", "pdftotext -bbox-layout", "pdfplumber, words and tables"
        medians = in_turn(
            {
                own: (child(program, "a.pdf"), path, runs),
                f"bidlens, {pages} pages, one thread": (child(program, "a.pdf", "--threads", "1"), path, runs),
                "bidlens parse --json": ([program, "parse", path, "--json"], None, runs),
                bbox: (["pdftotext", "-bbox-layout", path, os.devnull], None, runs),
                plumber: ([sys.executable, "-c", PDFPLUMBER, path], None, 1),
            },
            runs,
        )
        for name, figures in medians.items():
            table.row(name, pages, *figures)
        cpu = medians[own][0]
        table.bar(f"pages a second and core, {pages} pages", pages / cpu, least=700)
        table.bar(f"times faster than pdftotext -bbox-layout, {pages} pages", medians[bbox][0] / cpu, least=1.4)
        table.bar(f"times faster than pdfplumber with tables, {pages} pages", medians[plumber][0] / cpu, least=40)


def memory(table, program, files, runs):
    """Peak memory by length of the PDF."""
    peaks = {}
    for path, pages in files:
        cpu, peaks[pages] = in_turn({"": (child(program, "a.pdf"), path, runs)}, runs)[""]
        table.row(f"bidlens, {pages} pages", pages, cpu, peaks[pages])
    table.bar("peak MB, 400 pages", peaks[400], most=120)
    table.bar("peak of 1,000 pages by that of 100", peaks[1000] / peaks[100], most=1.2)


def word(table, program, path, pages, runs):
    name = f"bidlens, DOCX of {pages} pages"
    figures = in_turn({name: (child(program, "a.docx"), path, runs)}, runs)[name]
    table.row(name, pages, *figures)
    table.bar("pages a second and core, DOCX", pages / figures[0], least=3000)


def pictures(table, program, path, pages, runs):
    """Pages drawn as PNG, ours in the process with limits that draws them for people. The dots alone, which poppler
    writes as PPM, are compared by `cargo xtask bench pages`."""
    dots, numbers = str(DOTS_PER_INCH), ",".join(str(number + 1) for number in range(pages))
    own, peer = f"bidlens, pages drawn at {dots} dpi, PNG", f"pdftoppm -r {dots} -png"
    draw = [program, "draw-child", "--name=a.pdf", "--page", numbers, "--dots-per-inch", dots]
    medians = in_turn(
        {
            own: (draw, path, runs),
            peer: (["pdftoppm", "-r", dots, "-png", path], None, 1),
            f"pdftoppm -r {dots}, PPM": (["pdftoppm", "-r", dots, path], None, runs),
        },
        runs,
    )
    for name, figures in medians.items():
        table.row(name, pages, *figures)
    table.bar(f"times faster than pdftoppm -png, {pages} pages", medians[peer][0] / medians[own][0], least=1.5)


def prepare(tender, docx, work, pages):
    """Makes the files and prints how many pages the given ones have."""
    import pypdf

    os.makedirs(work, exist_ok=True)
    for length in {pages, *MEMORY_PAGES}:
        repeated_pdf(tender, length_path(work, length), length)
    sample_pages = len(pypdf.PdfReader(os.path.splitext(docx)[0] + ".pdf").pages)
    times = -(-WORD_PAGES // sample_pages)
    repeated_docx(docx, os.path.join(work, "long.docx"), times)
    print(json.dumps([len(pypdf.PdfReader(tender).pages), times * sample_pages]))


def length_path(work, length):
    return os.path.join(work, f"{length}-pages.pdf")


def main():
    if sys.argv[1] == "prepare":
        tender, docx, work, pages = sys.argv[2:6]
        return prepare(tender, docx, work, int(pages))
    program, tender, docx, work, pages, runs = sys.argv[1:7]
    pages, runs = int(pages), int(runs)
    # In a process of its own: the peak of a child is at least that of the process that started it.
    prepared = [sys.executable, __file__, "prepare", tender, docx, work, str(pages)]
    own_pages, word_pages = json.loads(subprocess.run(prepared, check=True, stdout=subprocess.PIPE).stdout)
    table = Table()
    speed(table, program, [(tender, own_pages), (length_path(work, pages), pages)], runs)
    memory(table, program, [(length_path(work, length), length) for length in MEMORY_PAGES], runs)
    word(table, program, os.path.join(work, "long.docx"), word_pages, runs)
    pictures(table, program, tender, own_pages, runs)
    table.end()


if __name__ == "__main__":
    main()
