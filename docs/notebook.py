"""The example notebook, executed: `python docs/notebook.py` makes docs/notebook.ipynb anew. A test runs it and compares what it gives."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HERE = Path(__file__).parent
PATH = HERE / "notebook.ipynb"
CELLS = (
    "# From a folder of articles to who is quoted, and how\n\n"
    "The articles are onrecord's own; their people, places and outlets are invented.",
    "A report shows itself as a table.",
    ">import onrecord\n\nreport = onrecord.read('../examples/harbour-offer.html')\nreport",
    "As a data frame it has a row for each statement; `to_pandas('hops')` has one for each link of each chain.",
    ">frame = report.to_pandas()\nframe[['id', 'kind', 'source', 'content', 'said_from', 'certainty', 'confidence']].head(6)",
    ">report.to_pandas('hops').query(\"statement == @frame.id[2]\")[['hop', 'source', 'source_kind', 'medium']]",
    "A whole folder; what cannot be read comes as a `Skipped`, with the reason.",
    ">import pandas\n\n"
    "read = [each for each in onrecord.read_many(['../examples/*.txt']) if isinstance(each, onrecord.Report)]\n"
    "statements = pandas.concat([each.to_pandas() for each in read], ignore_index=True)\n"
    "f'{len(read)} articles, {len(statements)} statements'",
    "Who is given the word, and whose word is only told?",
    ">sure = statements[statements.confidence >= 0.7]\n"
    "kinds = sure.groupby(['source_kind', 'kind']).size().unstack(fill_value=0)\n"
    "kinds['direct share'] = (kinds['direct'] / kinds.sum(axis=1)).round(2)\n"
    "kinds.style.bar(subset=['direct share'], color='#9cc7c2', vmin=0, vmax=1).format({'direct share': '{:.0%}'})",
    "A store finds every version of an utterance, over all articles.",
    ">import tempfile\n\n"
    "from onrecord.store import add, open_store, trace\n\n"
    "store = open_store(f'{tempfile.mkdtemp()}/story.db', make=True)\n"
    "kept = list(add(store, ['../examples/story']))\n"
    "found = trace(store, 'not close a single berth before April')\n"
    "pandas.DataFrame(\n"
    "    {\n"
    "        'outlet': [v.told.outlet for v in found.versions],\n"
    "        'day': [v.told.published for v in found.versions],\n"
    "        'words': [v.told.words for v in found.versions],\n"
    "    }\n"
    ")",
)


def build_notebook() -> NotebookNode:
    """The notebook, with what its cells give."""
    cells = [new_code_cell(cell[1:]) if cell.startswith(">") else new_markdown_cell(cell) for cell in CELLS]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}, "language_info": {"name": "python"}}
    notebook = new_notebook(cells=cells, metadata=kernel)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(HERE)}}, record_timing=False).execute()
    notebook.metadata = kernel
    return notebook


if __name__ == "__main__":
    nbformat.write(build_notebook(), sys.argv[1] if len(sys.argv) > 1 else PATH)
