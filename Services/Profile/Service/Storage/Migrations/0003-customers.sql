CREATE SEQUENCE profile.customer_id AS bigint;

CREATE TABLE profile.customer (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    customer_number text,
    office_path text NOT NULL,
    manager text NOT NULL,
    tags text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    PRIMARY KEY (partition, customer_id)
);

CREATE INDEX customer_office ON profile.customer (office_path text_pattern_ops);

-- One column per trait is added when the trait is declared; provenance: trait -> [source, time].
CREATE TABLE profile.customer_trait (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    provenance jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (partition, customer_id),
    FOREIGN KEY (partition, customer_id) REFERENCES profile.customer (partition, customer_id)
);

CREATE TABLE profile.identity (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (partition, customer_id, kind, value),
    FOREIGN KEY (partition, customer_id) REFERENCES profile.customer (partition, customer_id)
);

-- For readers in bulk that look for customers by identity.
CREATE INDEX identity_value ON profile.identity (kind, value);

-- Uniqueness of an identity over all partitions, and the way from an identity to its home. A row never changes: an identity
-- keeps for ever the customer it was first given, which is why services may remember what they looked up here.
CREATE TABLE profile.identity_claim (
    kind text NOT NULL,
    value text NOT NULL,
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    PRIMARY KEY (kind, value)
);

-- Append-only: home -> ONE_ID, written by merge and split. The newest row of a home counts; none means the home itself.
CREATE TABLE profile.link (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    change_id bigint NOT NULL,
    one_id bigint NOT NULL,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (partition, customer_id, change_id),
    FOREIGN KEY (partition, customer_id) REFERENCES profile.customer (partition, customer_id)
);
