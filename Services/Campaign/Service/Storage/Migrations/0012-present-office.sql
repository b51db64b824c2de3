-- Who a contact reached is shown to those alone who may see the customer as the customer is now: also who sees the campaign
-- loses sight of a customer that has moved to another office.
CREATE OR REPLACE VIEW campaign.visible_contact WITH (security_invoker = true) AS
SELECT t.partition, t.customer_id, t.campaign_id, t.wave, t.channel, t.delivery_id, t.campaign_version, t.state, t.reason,
    t.changed_at, t.fencing_token, t.attempt, t.traceparent, coalesce(a.customer_number, '') AS customer_number
FROM campaign.campaign c
JOIN campaign.contact t ON t.campaign_id = c.campaign_id
JOIN profile.published_customer p ON p.partition = t.partition AND p.customer_id = t.customer_id
LEFT JOIN campaign.audience a
    ON a.partition = t.partition AND a.campaign_id = t.campaign_id AND a.customer_id = t.customer_id;

-- What a campaign has come to counts all its contacts, wherever their customers are now, and names none.
CREATE VIEW campaign.visible_contact_state WITH (security_invoker = true) AS
SELECT t.campaign_id, t.channel, t.state, t.reason
FROM campaign.campaign c
JOIN campaign.contact t ON t.campaign_id = c.campaign_id;

GRANT SELECT ON campaign.visible_contact_state TO zhike_campaign_request;
