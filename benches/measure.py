"""measure.py BIDLENS FILE: CPU seconds and peak memory of whole processes, medians of five runs in turn.

Python's readers run in a process of their own, as a user would run them. Standard library only, but for the
two readers that are measured.
"""

import os
import statistics
import subprocess
import sys

PYPDF = "import sys, pypdf; [page.extract_text() for page in pypdf.PdfReader(sys.argv[1]).pages]"
PDFPLUMBER = (
    "import sys, pdfplumber\n"
    "with pdfplumber.open(sys.argv[1]) as pdf: [page.extract_text() for page in pdf.pages]"
)
RUNS = 5


def measure(command):
    """CPU seconds and peak megabytes of one run."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    program, file = sys.argv[1:3]
    commands = {
        "bidlens extract (text, tables, structure, facts)": [program, "extract", file, "--json"],
        "bidlens parse (text, tables, structure)": [program, "parse", file, "--json"],
        "pypdf (text alone)": [sys.executable, "-c", PYPDF, file],
        "pdfplumber (text alone)": [sys.executable, "-c", PDFPLUMBER, file],
    }
    results = {name: [] for name in commands}
    for run in range(RUNS + 1):
        for name, command in commands.items():
            figures = measure(command)
            if run > 0:
                results[name].append(figures)
    print(f"{os.path.basename(file)}: median of {RUNS} runs after one warm-up")
    print(f"{'':52}{'CPU s':>8}{'peak MB':>9}")
    for name, runs in results.items():
        cpu = statistics.median(r[0] for r in runs)
        memory = statistics.median(r[1] for r in runs)
        print(f"{name:52}{cpu:8.2f}{memory:9.0f}")


if __name__ == "__main__":
    main()
