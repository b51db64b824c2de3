-- What a call made for a person reads: everything through the campaign, whose policy knows the person's office. The audience
-- of a campaign lies within the campaign's office, so who sees the campaign may see its contacts.
CREATE VIEW campaign.visible_campaign WITH (security_invoker = true) AS
SELECT c.campaign_id, c.office_path, c.state, c.version, c.maker, c.makers, c.checker, c.created_at, c.started_at,
    c.closed_at, c.is_imported, v.plan
FROM campaign.campaign c
JOIN campaign.campaign_version v ON v.campaign_id = c.campaign_id AND v.version = c.version;

CREATE VIEW campaign.visible_contact WITH (security_invoker = true) AS
SELECT t.partition, t.customer_id, t.campaign_id, t.wave, t.channel, t.delivery_id, t.campaign_version, t.state, t.reason,
    t.changed_at, t.fencing_token, t.attempt, t.traceparent, coalesce(a.customer_number, '') AS customer_number
FROM campaign.campaign c
JOIN campaign.contact t ON t.campaign_id = c.campaign_id
LEFT JOIN campaign.audience a
    ON a.partition = t.partition AND a.campaign_id = t.campaign_id AND a.customer_id = t.customer_id;

CREATE VIEW campaign.visible_progress WITH (security_invoker = true) AS
SELECT p.campaign_id, p.wave, p.done
FROM campaign.campaign c
JOIN campaign.wave_progress p ON p.campaign_id = c.campaign_id;

CREATE VIEW campaign.visible_audience_count WITH (security_invoker = true) AS
SELECT n.campaign_id, n.members
FROM campaign.campaign c
JOIN campaign.audience_count n ON n.campaign_id = c.campaign_id;

CREATE VIEW campaign.visible_dead_letter WITH (security_invoker = true) AS
SELECT d.partition, d.delivery_id, d.reason, d.attempts, d.created_at, d.is_redriven
FROM campaign.visible_contact t
JOIN campaign.delivery_dead_letter d ON d.partition = t.partition AND d.delivery_id = t.delivery_id;

CREATE VIEW campaign.visible_offer AS
SELECT o.code, o.product_code, o.title, o.text
FROM campaign.offer o;

CREATE VIEW campaign.visible_contact_policy AS
SELECT p.version, p.policy
FROM campaign.contact_policy p;
