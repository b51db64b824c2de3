-- What happened to customers, counted from profile.log and segmentation.log. The counts of all partitions stand together:
-- a count for each of 256 would seldom be above one.
CREATE TABLE kpi.activity (
    office_path text NOT NULL,
    day text NOT NULL,
    measure smallint NOT NULL,
    subject text NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (office_path, day, measure, subject)
);

CREATE INDEX activity_day ON kpi.activity (day);

-- The office of each customer as the entries of profile.log that were counted so far give it.
CREATE TABLE kpi.customer_office (
    partition smallint NOT NULL,
    customer_id bigint NOT NULL,
    office_path text NOT NULL,
    PRIMARY KEY (partition, customer_id)
);

ALTER TABLE kpi.activity ENABLE ROW LEVEL SECURITY;

ALTER TABLE kpi.customer_office ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_scope ON kpi.activity FOR SELECT TO zhike_kpi_request
USING (starts_with(office_path, nullif(current_setting('zhike.office_path', true), '')));

CREATE VIEW kpi.visible_activity WITH (security_invoker = true) AS
SELECT a.office_path, a.day, a.measure, a.subject, a.amount
FROM kpi.activity a;

GRANT SELECT ON kpi.activity, kpi.visible_activity TO zhike_kpi_request;
