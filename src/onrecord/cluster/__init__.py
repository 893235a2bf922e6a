"""Many articles at once: archives and folders into Parquet shards, on one machine or on many.

One input in, one shard of statements, one of documents and one manifest out (`reading`), whoever runs it: all processors of one
machine (`local`), or a Ray cluster (`on_ray`). A manifest is written last, so what has one is done (`manifests`); a run that was
killed goes on where it was. Shards are loaded into a store in bulk (`loading`), and the versions of utterances in them are grouped
without one (`grouping`).
"""
