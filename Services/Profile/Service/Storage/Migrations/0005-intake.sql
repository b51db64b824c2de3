-- What was refused of a batch, with its reason, so that the sender's mistake can be found and the item sent again.
CREATE TABLE profile.refused_item (
    refused_id uuid PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    caller text NOT NULL,
    field text NOT NULL,
    code text NOT NULL,
    item bytea NOT NULL
);

CREATE INDEX refused_item_recorded ON profile.refused_item (recorded_at);

CREATE SEQUENCE profile.import_id AS bigint;

CREATE TABLE profile.import (
    import_key text PRIMARY KEY,
    import_id bigint NOT NULL UNIQUE,
    title text NOT NULL,
    mapping jsonb NOT NULL,
    next_chunk bigint NOT NULL DEFAULT 0,
    rows_accepted bigint NOT NULL DEFAULT 0,
    rows_rejected bigint NOT NULL DEFAULT 0,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz
);

-- The stored reply of each chunk: a chunk sent again after a lost reply is answered, not stored twice.
CREATE TABLE profile.import_chunk (
    import_id bigint NOT NULL,
    chunk bigint NOT NULL,
    reply bytea NOT NULL,
    PRIMARY KEY (import_id, chunk)
);
