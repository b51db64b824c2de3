-- What a call made for a person reads: everything through the customer row, whose policy knows the person's office.
CREATE VIEW profile.visible_customer WITH (security_invoker = true) AS
SELECT c.partition, c.customer_id, c.customer_number, c.office_path, c.manager, c.tags, c.created_at,
    coalesce(s.suppressed, false) AS suppressed
FROM profile.customer c
LEFT JOIN profile.suppression s ON s.partition = c.partition AND s.customer_id = c.customer_id;

CREATE VIEW profile.visible_trait WITH (security_invoker = true) AS
SELECT t.*
FROM profile.customer c
JOIN profile.customer_trait t ON t.partition = c.partition AND t.customer_id = c.customer_id;

CREATE VIEW profile.visible_identity WITH (security_invoker = true) AS
SELECT i.partition, i.customer_id, i.kind, i.value
FROM profile.customer c
JOIN profile.identity i ON i.partition = c.partition AND i.customer_id = c.customer_id;

CREATE VIEW profile.visible_consent WITH (security_invoker = true) AS
SELECT n.partition, n.customer_id, n.purpose, n.channel, n.granted, n.valid_from, n.valid_until, n.source
FROM profile.customer c
JOIN profile.consent n ON n.partition = c.partition AND n.customer_id = c.customer_id;

CREATE VIEW profile.visible_entry WITH (security_invoker = true) AS
SELECT l.partition, l.customer_id, l.log_offset, l.kind, l.subject, l.occurred_at, l.properties
FROM profile.customer c
JOIN profile.log l ON l.partition = c.partition AND l.customer_id = c.customer_id;
