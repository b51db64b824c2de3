-- One row per customer, for its lock alone: whoever counts a customer's contacts and reserves another holds it.
CREATE TABLE campaign.contact_state (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    PRIMARY KEY (partition, customer_id)
);

CREATE SEQUENCE campaign.delivery_id AS bigint;

-- One row per dedupe key. decided_at and contacted_at are business time (contacted_at: when it was handed out to leave, the
-- moment that counts for caps and windows); due_at and lease_until are machine time.
CREATE TABLE campaign.contact (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    wave integer NOT NULL,
    channel text NOT NULL,
    delivery_id bigint NOT NULL,
    campaign_version bigint NOT NULL,
    state text NOT NULL
        CHECK (state IN ('reserved', 'sending', 'sent', 'unknown', 'failed', 'held', 'refused')),
    reason text NOT NULL,
    decided_at timestamptz NOT NULL,
    contacted_at timestamptz,
    changed_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    lease_until timestamptz,
    fencing_token bigint NOT NULL DEFAULT 0,
    attempt integer NOT NULL DEFAULT 0,
    traceparent text NOT NULL DEFAULT '',
    PRIMARY KEY (partition, customer_id, campaign_id, wave, channel)
);

CREATE UNIQUE INDEX contact_delivery ON campaign.contact (partition, delivery_id);

-- The queue: what waits for a worker, oldest first, for each campaign and channel.
CREATE INDEX contact_queue ON campaign.contact (campaign_id, channel, due_at, partition) WHERE state = 'reserved';

CREATE INDEX contact_lease ON campaign.contact (lease_until) WHERE state = 'sending';

CREATE INDEX contact_open ON campaign.contact (partition, delivery_id) WHERE state IN ('sending', 'unknown');

CREATE INDEX contact_count ON campaign.contact (campaign_id, state, reason);

-- Contacts that the channel did not take so often that a person has to look.
CREATE TABLE campaign.delivery_dead_letter (
    partition smallint NOT NULL,
    delivery_id bigint NOT NULL,
    reason text NOT NULL,
    attempts integer NOT NULL,
    created_at timestamptz NOT NULL,
    is_redriven boolean NOT NULL,
    PRIMARY KEY (partition, delivery_id)
);
