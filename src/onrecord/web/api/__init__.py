"""The API under /api/v1: the store's functions as operations, described in OpenAPI.

`questions` has what may be asked, `answers` what is in an answer, `operations` and `answering` what the operations have in common; the
other modules have the operations, which run in threads, as the store's functions wait for a database. `description` makes the OpenAPI
document of all that, and `page` what a person reads of it.
"""

from onrecord.web.api.routes import router

__all__ = ["router"]
