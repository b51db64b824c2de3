-- How far the audience of a campaign was read from its snapshot: the cursor of the next page.
CREATE TABLE campaign.audience_load (
    campaign_id bigint PRIMARY KEY REFERENCES campaign.campaign (campaign_id),
    page_cursor text NOT NULL,
    is_complete boolean NOT NULL
);

-- The customers of a campaign as they were when the snapshot was read; office and manager go into every log entry.
CREATE TABLE campaign.audience (
    partition smallint NOT NULL,
    campaign_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    customer_number text NOT NULL,
    office_path text NOT NULL,
    manager text NOT NULL,
    is_control boolean NOT NULL,
    PRIMARY KEY (partition, campaign_id, customer_id)
);

CREATE TABLE campaign.audience_count (
    partition smallint NOT NULL,
    campaign_id bigint NOT NULL,
    members bigint NOT NULL,
    PRIMARY KEY (partition, campaign_id)
);

CREATE TABLE campaign.wave_run (
    campaign_id bigint NOT NULL REFERENCES campaign.campaign (campaign_id),
    wave integer NOT NULL,
    opened_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (campaign_id, wave)
);

-- How far a wave went through one partition. It moves in the transaction that reserves, and only for the planner with the
-- newest token: a planner that was killed is resumed exactly, one that was paused can write no more.
CREATE TABLE campaign.wave_progress (
    partition smallint NOT NULL,
    campaign_id bigint NOT NULL,
    wave integer NOT NULL,
    last_customer_id bigint NOT NULL,
    done bigint NOT NULL,
    is_finished boolean NOT NULL,
    fencing_token bigint NOT NULL,
    PRIMARY KEY (partition, campaign_id, wave)
);

CREATE TABLE campaign.planner_lease (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    owner text NOT NULL,
    lease_until timestamptz NOT NULL,
    fencing_token bigint NOT NULL
);

INSERT INTO campaign.planner_lease (owner, lease_until, fencing_token) VALUES ('', '-infinity', 0);
