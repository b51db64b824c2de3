-- One row per fact about one customer in one campaign, taken from campaign.log. The key makes a fact that is read again the
-- same fact, so that what is counted is a set and not a sequence.
CREATE TABLE kpi.fact (
    partition smallint NOT NULL,
    campaign_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    kind smallint NOT NULL,
    fact_key text NOT NULL,
    occurred_at timestamptz NOT NULL,
    office_path text NOT NULL,
    manager text NOT NULL,
    arm text NOT NULL,
    is_control boolean NOT NULL,
    wave integer NOT NULL,
    channel text NOT NULL,
    window_micros bigint NOT NULL,
    flag boolean NOT NULL,
    value_minor bigint NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (partition, campaign_id, customer_id, kind, fact_key)
);
