-- Events that fit a trigger of a campaign whose audience was not read to its end when they came: whether their customers
-- are members was not known yet. They wait here until it is.
CREATE TABLE campaign.early_trigger (
    partition smallint NOT NULL,
    campaign_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    channel text NOT NULL,
    PRIMARY KEY (partition, campaign_id, customer_id, channel)
);
