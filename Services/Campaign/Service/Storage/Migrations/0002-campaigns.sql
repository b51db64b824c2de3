CREATE SEQUENCE campaign.campaign_id AS bigint;

-- makers: everybody who made a version of the plan. State and version move together with the row's lock: whoever reserves or
-- sends holds it FOR SHARE, so a pause that was answered has stopped everything.
CREATE TABLE campaign.campaign (
    campaign_id bigint PRIMARY KEY,
    office_path text NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'approved', 'running', 'paused', 'closed')),
    version bigint NOT NULL CHECK (version >= 1),
    maker text NOT NULL,
    makers text[] NOT NULL,
    checker text NOT NULL,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    closed_at timestamptz,
    is_imported boolean NOT NULL
);

CREATE INDEX campaign_office ON campaign.campaign (office_path text_pattern_ops);

-- Every version of the plan that ever was. What the customer reads is kept with the approval: changing the offer later
-- changes no approved campaign.
CREATE TABLE campaign.campaign_version (
    campaign_id bigint NOT NULL REFERENCES campaign.campaign (campaign_id),
    version bigint NOT NULL,
    plan jsonb NOT NULL,
    maker text NOT NULL,
    made_at timestamptz NOT NULL,
    offer_title text,
    offer_text text,
    PRIMARY KEY (campaign_id, version)
);

-- Grows with every change of any campaign, so that readers know when what they remember is old.
CREATE TABLE campaign.revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    number bigint NOT NULL
);

INSERT INTO campaign.revision (number) VALUES (0);
