-- Libraries: small, the same on every node of a distributed database.
CREATE TABLE campaign.product (
    code text PRIMARY KEY,
    name text NOT NULL,
    class text NOT NULL
);

CREATE TABLE campaign.offer (
    code text PRIMARY KEY,
    product_code text NOT NULL REFERENCES campaign.product (code),
    title text NOT NULL,
    text text NOT NULL
);

-- Caps and quiet hours of the bank; the newest version counts, and none was ever lost.
CREATE TABLE campaign.contact_policy (
    version bigint PRIMARY KEY,
    policy jsonb NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL
);
