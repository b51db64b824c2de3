CREATE TABLE profile.consent (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    purpose text NOT NULL,
    channel text NOT NULL,
    granted boolean NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    source text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (partition, customer_id, purpose, channel),
    FOREIGN KEY (partition, customer_id) REFERENCES profile.customer (partition, customer_id)
);

CREATE TABLE profile.suppression (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    suppressed boolean NOT NULL,
    reason text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (partition, customer_id),
    FOREIGN KEY (partition, customer_id) REFERENCES profile.customer (partition, customer_id)
);

-- The one lock across schemas. Who reserves or sends a contact reads consent and suppression under FOR SHARE on this row; who
-- changes them updates it. So no contact leaves after an opt-out was acknowledged.
CREATE TABLE profile.consent_guard (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    lock_only bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (partition, customer_id),
    FOREIGN KEY (partition, customer_id) REFERENCES profile.customer (partition, customer_id)
);
