-- What customers read is fixed with each version of the plan, so that it is what a checker has seen. Versions from before take
-- the words that their offer has now.
UPDATE campaign.campaign_version v SET offer_title = o.title, offer_text = o.text
FROM campaign.offer o WHERE v.offer_title IS NULL AND o.code = v.plan ->> 'offer_code';

CREATE OR REPLACE VIEW campaign.visible_campaign WITH (security_invoker = true) AS
SELECT c.campaign_id, c.office_path, c.state, c.version, c.maker, c.makers, c.checker, c.created_at, c.started_at,
    c.closed_at, c.is_imported, v.plan, coalesce(v.offer_title, '') AS offer_title, coalesce(v.offer_text, '') AS offer_text
FROM campaign.campaign c
JOIN campaign.campaign_version v ON v.campaign_id = c.campaign_id AND v.version = c.version;

-- Everybody reads the libraries; an entry is changed by the office that made it.
ALTER TABLE campaign.product ADD COLUMN office_path text NOT NULL DEFAULT '/';

ALTER TABLE campaign.offer ADD COLUMN office_path text NOT NULL DEFAULT '/';

CREATE VIEW campaign.visible_product AS
SELECT p.code, p.name, p.class
FROM campaign.product p;

GRANT SELECT ON campaign.visible_product TO zhike_campaign_request;

REVOKE UPDATE ON campaign.campaign_version FROM zhike_campaign_request;

-- A campaign that is to stop: from here to the moment named nobody begins anything for it any more, so that whoever stops it
-- waits for those alone who have begun.
CREATE TABLE campaign.stop_wish (
    campaign_id bigint PRIMARY KEY REFERENCES campaign.campaign (campaign_id),
    until timestamptz NOT NULL
);

ALTER TABLE campaign.stop_wish ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_scope ON campaign.stop_wish TO zhike_campaign_request
USING (length(current_setting('zhike.office_path', true)) > 0);

GRANT SELECT, INSERT, UPDATE, DELETE ON campaign.stop_wish TO zhike_campaign_request;
