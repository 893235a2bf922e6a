"""The pages, one module a screen: each makes a view, values that are safe to show, which its template draws and its `.json` twin gives."""

from fastapi import APIRouter

from onrecord.web.pages import article, download, home, post, receipt, review, searching, send, source, statement

router = APIRouter(include_in_schema=False)
for _screen in (home, article, download, statement, source, post, receipt, searching, review, send):
    router.include_router(_screen.router)

__all__ = ["router"]
