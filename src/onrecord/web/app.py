"""The site as one ASGI application: what stands before it, its pages, its API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from onrecord.store import Store
from onrecord.web import api, login, pages
from onrecord.web.guard import Guard
from onrecord.web.pages.home import start_counting
from onrecord.web.problems import handle_problems
from onrecord.web.reading import start_reader
from onrecord.web.site import Settings, Site

_SMALLEST = 600  # bytes of an answer from which on it is compressed


def build_app(store: Store, settings: Settings) -> FastAPI:
    """The application that serves `store`; whoever opened the store closes it."""
    app = FastAPI(title="onrecord", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_live)
    app.state.site = Site(store, settings)
    app.include_router(login.router)
    app.include_router(pages.router)
    app.include_router(api.router)
    app.mount("/static", StaticFiles(directory=str(files("onrecord.web") / "static")))
    app.add_middleware(GZipMiddleware, minimum_size=_SMALLEST, compresslevel=5)
    app.add_middleware(Guard, settings=settings)
    handle_problems(app)
    return app


@asynccontextmanager
async def _live(app: FastAPI) -> AsyncIterator[None]:
    """What takes seconds is made ready while the first pages are looked at. The process must not end under the reader: it would abort."""
    begun = (start_counting(app.state.site), start_reader())
    yield
    for thread in begun:
        await run_in_threadpool(thread.join)
