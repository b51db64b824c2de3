-- The running totals. Each partition of the log has its own rows, so that two consumers never write the same row.
CREATE TABLE kpi.cell (
    partition smallint NOT NULL,
    campaign_id bigint NOT NULL,
    office_path text NOT NULL,
    day text NOT NULL,
    arm text NOT NULL,
    is_control boolean NOT NULL,
    measure smallint NOT NULL,
    reason text NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (partition, campaign_id, office_path, day, arm, is_control, measure, reason)
);

CREATE INDEX cell_campaign ON kpi.cell (campaign_id);

-- Names for reports. Reference table.
CREATE TABLE kpi.campaign (
    campaign_id bigint PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL,
    currency text NOT NULL
);
