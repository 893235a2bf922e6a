"""The store's tables, one definition for both databases.

Two kinds of tables, and the line between them is the design. Append-only: `content` (bytes by their SHA-256), `capture` (where and when
they were found, every clock), `exchange` (what was sent and received), `observation` (what was seen of posts), `judgement` (what
somebody decided of two sources), `review` (what somebody said of a statement as it was read), `audit` (who changed what through the
pages), `log` (a hash chain over everything that was added) and `stamp` (time stamps on it); triggers refuse any change to them.
Derived: `document`, `reading`, `statement`, `source` and `address`, which can be made again from the captures. A reading is kept whole,
as the report's JSON; `statement` and `source` hold the current readings' statements and who says them once more, flat, because that is
what is searched and traced, `address` where their evidence stands, and `logged` where the log tells of what. Storing reports only as
rows was rejected: a report would have to be put together from eight tables, and a key that a later version adds would be lost.
`polling`, what is known of watched lists, and `account`, `token` and `session`, who may use the pages, are neither.

Moments are ISO 8601 text in UTC and days ISO 8601 text: they sort, and come back as they went in, on both databases.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
)
from sqlalchemy.engine import Connection

metadata = MetaData()

_HASH = String(64)
_KEY = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for its own integer type

migration = Table("migration", metadata, Column("name", Text, primary_key=True), Column("at", Text, nullable=False))

content = Table(
    "content",
    metadata,
    Column("sha256", _HASH, primary_key=True),  # of the bytes as they were found
    Column("size", BigInteger, nullable=False),  # bytes, before packing
    Column("packed", LargeBinary, nullable=False),  # zlib
)

capture = Table(
    "capture",
    metadata,
    Column("id", _HASH, primary_key=True),  # digest of content, location and URL
    Column("content", _HASH, ForeignKey("content.sha256"), nullable=False, index=True),
    Column("location", Text, nullable=False),
    Column("url", Text),
    Column("media_type", Text),
    Column("charset", Text),
    Column("captured", Text),
    Column("served", Text),  # HTTP Date
    Column("last_modified", Text),  # HTTP Last-Modified
    Column("etag", Text),
    Column("status", Integer),  # HTTP status
    Column("warc", _HASH),  # the exchange in which the bytes came, where they were fetched
)

exchange = Table(
    "exchange",
    metadata,
    Column("id", _HASH, primary_key=True),  # SHA-256 of the records
    Column("records", LargeBinary, nullable=False),  # WARC 1.1, gzipped record by record: answers and requests, redirects first
)

document = Table(
    "document",
    metadata,
    Column("key", _KEY, primary_key=True),
    Column("id", _HASH, ForeignKey("content.sha256"), nullable=False, unique=True),
    Column("capture", _HASH, ForeignKey("capture.id"), nullable=False),  # the first, from which it is read
    Column("reading", _HASH, nullable=False),  # the current one
    Column("given", Text),  # the day of publication that a user gave, where the page has none
    Column("forced", Boolean, nullable=False),  # read although it does not look like an English report
    Column("title", Text),
    Column("url", Text),
    Column("outlet", Text),
    Column("published", Text, index=True),
    Column("modified", Text),
    Column("language", Text),
    Column("credits", Text),  # whose report it says it is, as JSON
    Column("sketch", LargeBinary),  # of its text, see `trace.sketch`
)

reading = Table(
    "reading",
    metadata,
    Column("id", _HASH, primary_key=True),  # digest of document, reader and given day
    Column("document", _HASH, ForeignKey("document.id"), nullable=False, index=True),
    Column("reader", Text, nullable=False, index=True),
    Column("given", Text),
    Column("at", Text, nullable=False),
    Column("sha256", _HASH, nullable=False),  # of the payload before packing
    Column("packed", LargeBinary, nullable=False),  # zlib; the report and its origins as canonical JSON
)

statement = Table(
    "statement",
    metadata,
    Column("key", _KEY, primary_key=True),
    Column("document", _HASH, ForeignKey("document.id"), nullable=False),
    Column("id", Text, nullable=False),  # in its report
    Column("content", Text, nullable=False),
    Column("source", Text),
    Column("source_kind", Text),
    Column("source_id", Text),  # in its report
    Column("title", Text),
    Column("outlet", Text),
    Column("url", Text),
    Column("published", Text, index=True),
    Column("said_from", Text),
    Column("said_to", Text),
    Column("kind", Text, nullable=False),
    Column("medium", Text),
    Column("certainty", Float),
    Column("status", Text),  # of its evidence
    Column("confidence", Float, nullable=False),
    Column("within", Text),  # the statement that holds it
    Column("translated", Boolean),  # whether the article says that its words are a translation
    Column("chain", Text),  # [name, medium] of each hop but the publisher, as JSON
    Column("through", Text),  # outlets that it was told to, and translators, as JSON: [name, whether that is sure] of each
    Column("pairs", Text),  # tokens by which its versions are found, see `trace.pairs`
)

DOUBTFUL = 0.6  # confidence below which a person is asked to look
IS_DOUBTFUL = statement.c.confidence < literal_column(str(DOUBTFUL))  # no parameter, so that the index is used
Index("statement_document", statement.c.document, statement.c.source_id)
Index("statement_doubtful", statement.c.key, sqlite_where=IS_DOUBTFUL, postgresql_where=IS_DOUBTFUL)

source = Table(  # who says something in the current readings, for finding them across documents
    "source",
    metadata,
    Column("key", _KEY, primary_key=True),
    Column("document", _HASH, ForeignKey("document.id"), nullable=False, index=True),
    Column("id", Text, nullable=False),  # in its report
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("folded", Text, nullable=False, index=True),  # the last word of a person's name, all of a body's
    Column("handle", Text, index=True),  # the first, in small letters
    Column("roles", Text, nullable=False),  # JSON, as the following
    Column("affiliations", Text, nullable=False),
    Column("handles", Text, nullable=False),
    Column("beside", Text, nullable=False),  # the folded names of the document's other sources
)

judgement = Table(  # what somebody decided by hand of two sources
    "judgement",
    metadata,
    Column("id", _HASH, primary_key=True),  # digest of the rest
    Column("kind", Text, nullable=False),  # join, split
    Column("a", Text, nullable=False),  # a document and a source of it: 3fa9c1…/p4
    Column("b", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("note", Text, nullable=False),
)

address = Table(  # where the evidence of the current readings is said to stand
    "address",
    metadata,
    Column("key", _KEY, primary_key=True),
    Column("document", _HASH, ForeignKey("document.id"), nullable=False, index=True),
    Column("statement", Text),  # in its report; None where the evidence is nobody's
    Column("evidence", Text, nullable=False),  # likewise
    Column("url", Text, nullable=False, index=True),
    Column("words", Text),  # the first of what stands there, as the report has them
)

observation = Table(
    "observation",
    metadata,
    Column("id", _HASH, primary_key=True),  # digest of the rest
    Column("url", Text, nullable=False),
    Column("time", Text, nullable=False),  # of the look; of a memento, when the archive made it
    Column("method", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("http_status", Integer),
    Column("answered", Text),  # the address that answered in the end
    Column("digest", Text),  # of the answer's decoded body
)

polling = Table(  # what is known of the lists that are watched
    "polling",
    metadata,
    Column("url", Text, primary_key=True),
    Column("version", Text, nullable=False),  # ETag and Last-Modified, as JSON
    Column("seen", Text, nullable=False),  # keys of the entries that were dealt with, as JSON
)

log = Table(
    "log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("entry", Text, nullable=False),  # canonical JSON
    Column("previous", _HASH, nullable=False),
    Column("hash", _HASH, nullable=False),  # of previous, a line feed, and entry
)

logged = Table(  # where the log tells of what
    "logged",
    metadata,
    Column("id", _HASH, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

Index("observation_url", observation.c.url, observation.c.time)
Index("log_hash", log.c.hash, unique=True)

stamp = Table(
    "stamp",
    metadata,
    Column("id", _HASH, primary_key=True),  # SHA-256 of the token
    Column("seq", BigInteger, nullable=False),  # of the entry that was stamped
    Column("head", _HASH, nullable=False),  # its hash
    Column("authority", Text, nullable=False),
    Column("time", Text, nullable=False),  # that the token tells
    Column("token", LargeBinary, nullable=False),  # RFC 3161, DER
)

review = Table(  # what a person said of a statement as it was read
    "review",
    metadata,
    Column("id", _HASH, primary_key=True),  # digest of the rest
    Column("subject", Text, nullable=False),  # a document and a statement of it: 3fa9c1…/s4
    Column("verdict", Text, nullable=False),  # accept, mend, reject
    Column("mended", Text),  # JSON
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("note", Text, nullable=False),
)
Index("review_subject", review.c.subject, review.c.at)

account = Table(  # who may use the pages and the API
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password", Text, nullable=False),  # argon2id
    Column("role", Text, nullable=False),
    Column("made", Text, nullable=False),
    Column("disabled", Text),
)

token = Table(  # what programs show instead of a password
    "token",
    metadata,
    Column("id", _HASH, primary_key=True),  # SHA-256 of the token
    Column("account", Text, ForeignKey("account.name"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("made", Text, nullable=False),
    Column("expires", Text),
    Column("revoked", Text),
)

session = Table(  # open sessions, and links that open one
    "session",
    metadata,
    Column("id", _HASH, primary_key=True),  # SHA-256 of the secret
    Column("kind", Text, nullable=False),  # session, link
    Column("account", Text),  # None of a link's: whoever started the server
    Column("role", Text, nullable=False),
    Column("expires", Text, nullable=False),
)

audit = Table(  # who changed what through the pages and the API
    "audit",
    metadata,
    Column("key", _KEY, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("where", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

APPEND_ONLY = (content, capture, exchange, log, stamp, observation, judgement, review, audit)

_TOKENS = "tokenize='porter unicode61 remove_diacritics 2'"
_SQLITE = (
    f"CREATE VIRTUAL TABLE statement_words USING fts5(content, source, title, outlet, content='statement', content_rowid='key', {_TOKENS})",
    f"CREATE VIRTUAL TABLE document_words USING fts5(title, text, outlet, content='', {_TOKENS})",
    """CREATE TRIGGER statement_words_insert AFTER INSERT ON statement BEGIN
        INSERT INTO statement_words(rowid, content, source, title, outlet)
        VALUES (new.key, new.content, new.source, new.title, new.outlet);
    END""",
    """CREATE TRIGGER statement_words_delete AFTER DELETE ON statement BEGIN
        INSERT INTO statement_words(statement_words, rowid, content, source, title, outlet)
        VALUES ('delete', old.key, old.content, old.source, old.title, old.outlet);
    END""",
)

# What is searched of a statement's pairs is only in which statements a token is.
_PAIRS_IN_SQLITE = (
    """CREATE VIRTUAL TABLE statement_pairs USING fts5(pairs, content='statement', content_rowid='key', detail=none, columnsize=0,
        tokenize='unicode61')""",
    """CREATE TRIGGER statement_pairs_insert AFTER INSERT ON statement BEGIN
        INSERT INTO statement_pairs(rowid, pairs) VALUES (new.key, new.pairs);
    END""",
    """CREATE TRIGGER statement_pairs_delete AFTER DELETE ON statement BEGIN
        INSERT INTO statement_pairs(statement_pairs, rowid, pairs) VALUES ('delete', old.key, old.pairs);
    END""",
)

# A stemmer without stop words, so that both databases find the same.
PAIRS_IN_POSTGRESQL = "string_to_array(pairs, ' ')"

_POSTGRESQL = (
    "CREATE TEXT SEARCH DICTIONARY onrecord_stem (TEMPLATE = snowball, Language = english)",
    "CREATE TEXT SEARCH CONFIGURATION onrecord (COPY = simple)",
    "ALTER TEXT SEARCH CONFIGURATION onrecord ALTER MAPPING FOR asciiword, word, numword WITH onrecord_stem",
    "ALTER TABLE statement ADD COLUMN words tsvector",
    "CREATE INDEX statement_words ON statement USING gin (words)",
    f"CREATE INDEX statement_pairs ON statement USING gin (({PAIRS_IN_POSTGRESQL}))",
    "CREATE INDEX statement_latest ON statement (published DESC NULLS LAST, key DESC)",
    "ALTER TABLE document ADD COLUMN words tsvector",
    "CREATE INDEX document_words ON document USING gin (words)",
    """CREATE FUNCTION onrecord_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END$$""",
)


def create_tables(connection: Connection) -> None:
    """Make every table, index and trigger in an empty database."""
    metadata.create_all(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    for command in (*_SQLITE, *_PAIRS_IN_SQLITE) if is_sqlite else _POSTGRESQL:
        connection.exec_driver_sql(command)
    for table in APPEND_ONLY:
        for event in ("update", "delete"):
            connection.exec_driver_sql(_refuse(table.name, event, is_sqlite))


def create_statement_table(connection: Connection) -> None:
    """Make no more than versions are found by, the statements and their indexes, in an empty database of SQLite."""
    statement.create(connection)
    for command in (*_SQLITE, *_PAIRS_IN_SQLITE):
        if "document_words" not in command:
            connection.exec_driver_sql(command)


def _refuse(table: str, event: str, is_sqlite: bool) -> str:
    name = f"{table}_no_{event}"
    if is_sqlite:
        return f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION onrecord_refuse()"
