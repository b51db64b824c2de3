-- Whether the channel of the last worker takes each dedupe key once, so that a lapsed claim may be posted again; and whether
-- such a claim may have reached the customer, so that the contact cannot end as one that never left.
ALTER TABLE campaign.contact
    ADD COLUMN is_repeatable boolean NOT NULL DEFAULT false,
    ADD COLUMN may_have_left boolean NOT NULL DEFAULT false;
