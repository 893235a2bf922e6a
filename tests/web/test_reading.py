"""`onrecord read` with addresses and archives, from the command to the report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import onrecord
from onrecord.capture.fetch import Fetcher
from onrecord.capture.warc import read_warc
from onrecord.cli import main
from tests.web.archives import build_page, build_wacz
from tests.web.server import HTML, Site

STORY = "<!doctype html><title>Locks</title><article>" + (
    "<p>The harbour master, Mara Quill, said on Monday that the locks would open again in June. "
    "“We have waited long enough,” she said. The works began last year and have cost more than was planned.</p>" * 3
)


def test_an_address_is_read(site: Site, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    site.pages["/a"] = (200, HTML, STORY.encode())
    url = f"http://127.0.0.1:{site.port}/a"
    warc = tmp_path / "kept.warc.gz"
    assert main(["read", url, "--json", "--allow-private-addresses", "--agent", "Desk/1 (+https://desk.example)", "--warc", str(warc)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["document"]["url"] == url
    assert report["statements"]
    assert site.headers[0]["User-Agent"] == "Desk/1 (+https://desk.example)"
    assert [found.url for found in read_warc(str(warc)) if not isinstance(found, onrecord.Skipped)] == [url]


def test_private_addresses_are_refused_unless_asked_for(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", f"http://127.0.0.1:{site.port}/a"]) == 1
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert "--allow-private-addresses" in complaint
    assert not site.asked


def test_a_feed_is_read_as_its_pages(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.pages["/feed"] = (200, {}, b"<rss version='2.0'><channel><item><link>/a</link></item><item><link>/b</link></item></channel></rss>")
    site.pages["/a"] = site.pages["/b"] = (200, HTML, STORY.encode())
    assert main(["read", f"http://127.0.0.1:{site.port}/feed", "--json", "--allow-private-addresses"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_archives_are_read_beside_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(STORY)
    (tmp_path / "b.warc").write_bytes(build_page(1, STORY.encode()) + build_page(2, b""))
    (tmp_path / "c.wacz").write_bytes(build_wacz(changes={"bytes": 1}))
    assert main(["read", str(tmp_path), "--jsonl"]) == 1
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert ["skipped" in line for line in lines] == [False, False, True, True]
    assert err.count("is empty") == 1
    assert err.count("datapackage.json says 1") == 1


def test_addresses_from_python(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = (200, HTML, STORY.encode())
    assert onrecord.read(site.url("/a"), fetcher=fetcher).document.url == site.url("/a")
    results = list(onrecord.read_many([site.url("/a"), site.url("/none")], fetcher=fetcher))
    assert [type(result) for result in results] == [onrecord.Report, onrecord.Skipped]


@pytest.mark.parametrize("agent", ["", "a\nb", "naïve"])
def test_names_that_no_header_takes(agent: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "http://news.example/", "--agent", agent]) == 2
    assert capsys.readouterr().err.startswith("onrecord: --agent: ")


def test_files_are_read_without_the_webs_libraries() -> None:
    code = (
        "import sys, onrecord.pipeline, onrecord.cli.reading; "
        "print([m for m in ('httpx2', 'httpcore2', 'feedparser', 'fastwarc', 'warcio', 'protego') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True, timeout=60)
    assert found.stdout == "[]\n"
