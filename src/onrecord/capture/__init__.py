"""Bytes as they were found, with their hash and every clock that was on them.

A capture is never altered: everything later points into it. Files and standard input are read by `files`; what comes from the web
goes through one guarded door (`guard`, `transport`, `fetch`), and what holds many pages (feeds, sitemaps, WARC and WACZ archives) has a
module each. The web's libraries are imported when they are first used.
"""

from __future__ import annotations

from onrecord.capture.files import STDIN, SUFFIXES, build_capture, find_locations, is_url, read_capture
from onrecord.capture.sources import holds_many, read_captures, read_one

__all__ = [
    "STDIN",
    "SUFFIXES",
    "build_capture",
    "find_locations",
    "holds_many",
    "is_url",
    "read_capture",
    "read_captures",
    "read_one",
]
