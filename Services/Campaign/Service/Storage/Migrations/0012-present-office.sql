-- Who a contact reached is shown to those alone who may see the customer as the customer is now: also who sees the campaign
-- loses sight of a customer that has moved to another office. A function, because profile may come up later than we do: a
-- view of its view could not be made before. And each customer is asked for through the key: joined like any other table,
-- those of the whole bank would be read for one page.
CREATE FUNCTION campaign.sees_customer(partition_key smallint, customer bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM profile.published_customer p WHERE p.partition = partition_key AND p.customer_id = customer);
END
$$;

CREATE OR REPLACE VIEW campaign.visible_contact WITH (security_invoker = true) AS
SELECT t.partition, t.customer_id, t.campaign_id, t.wave, t.channel, t.delivery_id, t.campaign_version, t.state, t.reason,
    t.changed_at, t.fencing_token, t.attempt, t.traceparent, coalesce(a.customer_number, '') AS customer_number
FROM campaign.campaign c
JOIN campaign.contact t ON t.campaign_id = c.campaign_id
LEFT JOIN campaign.audience a
    ON a.partition = t.partition AND a.campaign_id = t.campaign_id AND a.customer_id = t.customer_id
WHERE campaign.sees_customer(t.partition, t.customer_id);

-- What a campaign has come to counts all its contacts, wherever their customers are now, and names none.
CREATE VIEW campaign.visible_contact_state WITH (security_invoker = true) AS
SELECT t.campaign_id, t.channel, t.state, t.reason
FROM campaign.campaign c
JOIN campaign.contact t ON t.campaign_id = c.campaign_id;

GRANT SELECT ON campaign.visible_contact_state TO zhike_campaign_request;
