-- A worker lets a contact leave at some moment between its claim (contacted_at) and the report or lapse that ends the claim.
-- Caps count from the end: counted from the claim, two contacts could be nearer to each other than the cap's window, by as
-- much as a lease is long. left_by is that end, in business time; without one (a contact of the past, one of before this
-- column) contacted_at counts. Windows of conversions begin with the claim, as before.
ALTER TABLE campaign.contact ADD COLUMN left_by timestamptz;

CREATE OR REPLACE FUNCTION campaign.change_contacts(
    partitions smallint[], moment timestamptz, deliveries bigint[], states text[], reasons text[], tokens bigint[],
    attempts integer[], due timestamptz[], contacted timestamptz[], leases timestamptz[], decided timestamptz[],
    repeatable boolean[], departed boolean[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1 .. cardinality(deliveries) LOOP
        UPDATE campaign.contact
        SET state = states[place],
            reason = reasons[place],
            fencing_token = tokens[place],
            attempt = attempts[place],
            due_at = coalesce(due[place], due_at),
            contacted_at = CASE WHEN contacted[place] IS NULL THEN contacted_at
                ELSE greatest(contacted[place], decided_at) END,
            -- may_have_left is still what the claims before have left behind.
            first_contacted_at = CASE WHEN contacted[place] IS NULL THEN first_contacted_at
                WHEN may_have_left THEN coalesce(first_contacted_at, contacted_at)
                ELSE greatest(contacted[place], decided_at) END,
            left_by = CASE WHEN state = 'sending' AND (states[place] IN ('sent', 'unknown') OR departed[place])
                THEN greatest(moment, contacted_at) ELSE left_by END,
            lease_until = leases[place],
            decided_at = coalesce(decided[place], decided_at),
            changed_at = moment,
            is_repeatable = repeatable[place],
            may_have_left = departed[place]
        WHERE partition = partitions[place] AND delivery_id = deliveries[place];
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION campaign.lock_facts(
    group_partitions smallint[], group_ends integer[], customers bigint[], purposes text[], contacts_since timestamptz,
    passes_over boolean
) RETURNS TABLE (
    kind smallint, customer_id bigint, purpose text, channel text, flag boolean, moment timestamptz,
    valid_until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    partition_key smallint;
    members bigint[];
    locked bigint[];
    guarded bigint[];
    found_customer bigint;
    first integer := 1;
BEGIN
    FOR place IN 1 .. cardinality(group_partitions) LOOP
        partition_key := group_partitions[place];
        members := customers[first:group_ends[place]];
        first := group_ends[place] + 1;
        locked := '{}';
        guarded := '{}';
        IF passes_over THEN
            FOR found_customer IN SELECT s.customer_id FROM campaign.contact_state s
                WHERE s.partition = partition_key AND s.customer_id = ANY (members)
                ORDER BY s.customer_id FOR UPDATE SKIP LOCKED
            LOOP
                locked := locked || found_customer;
            END LOOP;
            FOR found_customer IN SELECT g.customer_id FROM profile.consent_guard g
                WHERE g.partition = partition_key AND g.customer_id = ANY (locked)
                ORDER BY g.customer_id FOR SHARE SKIP LOCKED
            LOOP
                guarded := guarded || found_customer;
            END LOOP;
            IF cardinality(guarded) < cardinality(locked) THEN
                FOR found_customer IN SELECT g.customer_id FROM profile.consent_guard g
                    WHERE g.partition = partition_key AND g.customer_id = ANY (locked)
                LOOP
                    IF found_customer <> ALL (guarded) THEN
                        locked := array_remove(locked, found_customer);
                    END IF;
                END LOOP;
            END IF;
        ELSE
            FOR found_customer IN SELECT s.customer_id FROM campaign.contact_state s
                WHERE s.partition = partition_key AND s.customer_id = ANY (members)
                ORDER BY s.customer_id FOR UPDATE
            LOOP
                locked := locked || found_customer;
            END LOOP;
            FOR found_customer IN SELECT g.customer_id FROM profile.consent_guard g
                WHERE g.partition = partition_key AND g.customer_id = ANY (locked)
                ORDER BY g.customer_id FOR SHARE
            LOOP
                guarded := guarded || found_customer;
            END LOOP;
        END IF;
        CONTINUE WHEN cardinality(locked) = 0;
        RETURN QUERY SELECT 1::smallint, l.id, NULL::text, NULL::text, NULL::boolean, NULL::timestamptz,
                NULL::timestamptz
            FROM unnest(locked) AS l(id);
        RETURN QUERY SELECT 2::smallint, l.id, NULL::text, NULL::text, NULL::boolean, NULL::timestamptz,
                NULL::timestamptz
            FROM unnest(guarded) AS l(id);
        RETURN QUERY SELECT 3::smallint, c.customer_id, c.purpose, c.channel, c.granted, c.valid_from, c.valid_until
            FROM profile.published_consent c
            WHERE c.partition = partition_key AND c.customer_id = ANY (guarded) AND c.purpose = ANY (purposes);
        RETURN QUERY SELECT 4::smallint, s.customer_id, NULL::text, NULL::text, s.suppressed, NULL::timestamptz,
                NULL::timestamptz
            FROM profile.published_suppression s
            WHERE s.partition = partition_key AND s.customer_id = ANY (guarded);
        CONTINUE WHEN contacts_since IS NULL;
        RETURN QUERY SELECT 5::smallint, t.customer_id, NULL::text, t.channel, NULL::boolean,
                CASE WHEN t.state IN ('sent', 'unknown') THEN coalesce(t.left_by, t.contacted_at) END, NULL::timestamptz
            FROM campaign.contact t
            WHERE t.partition = partition_key AND t.customer_id = ANY (guarded)
              AND (t.state IN ('reserved', 'sending')
                   OR (t.state IN ('sent', 'unknown') AND coalesce(t.left_by, t.contacted_at) > contacts_since));
    END LOOP;
END
$$;
