"""SQLite's own full-text ranking beside ours: JSON on standard input, JSON on standard output.

In: {"segments": [{"text": …, "words": …}], "queries": [{"text": …, "words": …}]}, words parted by spaces.
Out: {"trigram": [[segment, …], …], "unicode61": …}: for each query the numbers of its segments, best first.
"""

import json
import sqlite3
import sys

HITS = 50


def ranks(tokenizer, rows, queries):
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE VIRTUAL TABLE segments USING fts5(content, tokenize='{tokenizer}')")
    database.executemany("INSERT INTO segments (rowid, content) VALUES (?, ?)", enumerate(rows))
    found = []
    for terms in queries:
        match = " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)
        select = "SELECT rowid FROM segments WHERE segments MATCH ? ORDER BY rank, rowid LIMIT ?"
        found.append([row[0] for row in database.execute(select, (match, HITS))] if match else [])
    return found


def trigrams(text):
    text = "".join(c for c in text if c.isalnum())
    return list(dict.fromkeys(text[i : i + 3] for i in range(len(text) - 2)))


def main():
    asked = json.load(sys.stdin)
    segments, queries = asked["segments"], asked["queries"]
    answer = {
        "trigram": ranks("trigram", [s["text"] for s in segments], [trigrams(q["text"]) for q in queries]),
        "unicode61": ranks("unicode61", [s["words"] for s in segments], [q["words"].split() for q in queries]),
    }
    json.dump(answer, sys.stdout)


main()
