-- An event counts once for a campaign, whatever is replayed.
CREATE TABLE campaign.outcome (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    event_id text NOT NULL,
    PRIMARY KEY (partition, customer_id, campaign_id, event_id)
);

-- A finished campaign of the past on its way in; the same file and mapping is the same import.
CREATE TABLE campaign.past_import (
    import_key text PRIMARY KEY,
    campaign_id bigint NOT NULL UNIQUE REFERENCES campaign.campaign (campaign_id),
    arms jsonb NOT NULL,
    next_chunk bigint NOT NULL
);

-- What was answered to each chunk, for a sender that asks again.
CREATE TABLE campaign.past_chunk (
    campaign_id bigint NOT NULL REFERENCES campaign.campaign (campaign_id),
    chunk bigint NOT NULL,
    reply bytea NOT NULL,
    PRIMARY KEY (campaign_id, chunk)
);
