"""The pages and the API: `onrecord serve`.

    app = build_app(open_store("onrecord.db"), Settings(url="http://127.0.0.1:8321"))

Server-rendered pages that read without JavaScript (`pages`, `templates`, `static`), the same values as JSON, and a REST API beside them
(`api`). `guard` stands before everything: hosts, origins, sizes, rates, headers. `access` knows who is asking. All that is shown was
put into words by `onrecord.view` and found by `onrecord.store`; there is no logic of its own here.
"""

from onrecord.web.app import build_app
from onrecord.web.site import Settings, Site

__all__ = ["Settings", "Site", "build_app"]
