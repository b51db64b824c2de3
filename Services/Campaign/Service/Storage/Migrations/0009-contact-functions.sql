-- What the way from an event to its contact asks for: one statement a step, however many partitions are concerned. Each
-- statement inside names one partition, so that it goes to one shard, and sees what was committed while the locks before it
-- were waited for. Where single rows are named it names the whole key, so that it goes through the key however small the
-- table was when the statement was planned.

CREATE FUNCTION campaign.members_of(partitions smallint[], customers bigint[], campaigns bigint[])
RETURNS SETOF campaign.audience LANGUAGE plpgsql STABLE AS $$
DECLARE
    campaign_key bigint;
BEGIN
    FOR place IN 1 .. cardinality(customers) LOOP
        FOREACH campaign_key IN ARRAY campaigns LOOP
            RETURN QUERY SELECT * FROM campaign.audience a
            WHERE a.partition = partitions[place] AND a.campaign_id = campaign_key
              AND a.customer_id = customers[place];
        END LOOP;
    END LOOP;
END
$$;

-- Contacts of customers in campaigns through one wave.
CREATE FUNCTION campaign.contacts_of(partitions smallint[], customers bigint[], campaigns bigint[], wave_number integer)
RETURNS SETOF campaign.contact LANGUAGE plpgsql STABLE AS $$
DECLARE
    campaign_key bigint;
BEGIN
    FOR place IN 1 .. cardinality(customers) LOOP
        FOREACH campaign_key IN ARRAY campaigns LOOP
            RETURN QUERY SELECT * FROM campaign.contact t
            WHERE t.partition = partitions[place] AND t.customer_id = customers[place]
              AND t.campaign_id = campaign_key AND t.wave = wave_number;
        END LOOP;
    END LOOP;
END
$$;

-- Locks customers and tells what the contact gate asks of them. The customers of group_partitions[1] come first and end at
-- place group_ends[1], and so on: ascending by partition, and by customer within it. First contact_state, which makes counting
-- and reserving one step, then profile.consent_guard, which an opt-out updates. Kinds of rows: 1 the state is locked; 2 the
-- guard is there; 3 a consent; 4 a suppression; 5 a contact on its way (no moment) or out since contacts_since.
CREATE FUNCTION campaign.lock_facts(
    group_partitions smallint[], group_ends integer[], customers bigint[], purposes text[], contacts_since timestamptz,
    passes_over boolean
) RETURNS TABLE (
    kind smallint, customer_id bigint, purpose text, channel text, flag boolean, moment timestamptz,
    valid_until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    partition_key smallint;
    members bigint[];
    first integer := 1;
BEGIN
    FOR place IN 1 .. cardinality(group_partitions) LOOP
        partition_key := group_partitions[place];
        members := customers[first:group_ends[place]];
        first := group_ends[place] + 1;
        IF passes_over THEN
            RETURN QUERY SELECT 1::smallint, s.customer_id, NULL::text, NULL::text, NULL::boolean, NULL::timestamptz,
                    NULL::timestamptz
                FROM campaign.contact_state s
                WHERE s.partition = partition_key AND s.customer_id = ANY (members)
                ORDER BY s.customer_id FOR UPDATE SKIP LOCKED;
        ELSE
            RETURN QUERY SELECT 1::smallint, s.customer_id, NULL::text, NULL::text, NULL::boolean, NULL::timestamptz,
                    NULL::timestamptz
                FROM campaign.contact_state s
                WHERE s.partition = partition_key AND s.customer_id = ANY (members)
                ORDER BY s.customer_id FOR UPDATE;
        END IF;
        RETURN QUERY SELECT 2::smallint, g.customer_id, NULL::text, NULL::text, NULL::boolean, NULL::timestamptz,
                NULL::timestamptz
            FROM profile.consent_guard g
            WHERE g.partition = partition_key AND g.customer_id = ANY (members)
            ORDER BY g.customer_id FOR SHARE;
        RETURN QUERY SELECT 3::smallint, c.customer_id, c.purpose, c.channel, c.granted, c.valid_from, c.valid_until
            FROM profile.published_consent c
            WHERE c.partition = partition_key AND c.customer_id = ANY (members) AND c.purpose = ANY (purposes);
        RETURN QUERY SELECT 4::smallint, s.customer_id, NULL::text, NULL::text, s.suppressed, NULL::timestamptz,
                NULL::timestamptz
            FROM profile.published_suppression s
            WHERE s.partition = partition_key AND s.customer_id = ANY (members);
        CONTINUE WHEN contacts_since IS NULL;
        RETURN QUERY SELECT 5::smallint, t.customer_id, NULL::text, t.channel, NULL::boolean,
                CASE WHEN t.state IN ('sent', 'unknown') THEN t.contacted_at END, NULL::timestamptz
            FROM campaign.contact t
            WHERE t.partition = partition_key AND t.customer_id = ANY (members)
              AND (t.state IN ('reserved', 'sending')
                   OR (t.state IN ('sent', 'unknown') AND t.contacted_at > contacts_since));
    END LOOP;
END
$$;

-- Locks contacts in the order given and tells of each with what is known of its customer in the audience.
CREATE FUNCTION campaign.lock_contacts(partitions smallint[], deliveries bigint[], passes_over boolean)
RETURNS TABLE (
    customer_id bigint, campaign_id bigint, wave integer, channel text, delivery_id bigint, state text, reason text,
    fencing_token bigint, attempt integer, contacted_at timestamptz, traceparent text, customer_number text,
    office_path text, manager text, is_control boolean, is_repeatable boolean, may_have_left boolean
) LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1 .. cardinality(deliveries) LOOP
        IF passes_over THEN
            PERFORM FROM campaign.contact t
            WHERE t.partition = partitions[place] AND t.delivery_id = deliveries[place] FOR UPDATE SKIP LOCKED;
        ELSE
            PERFORM FROM campaign.contact t
            WHERE t.partition = partitions[place] AND t.delivery_id = deliveries[place] FOR UPDATE;
        END IF;
        CONTINUE WHEN NOT FOUND;
        RETURN QUERY
            SELECT t.customer_id, t.campaign_id, t.wave, t.channel, t.delivery_id, t.state, t.reason, t.fencing_token,
                t.attempt, t.contacted_at, t.traceparent, a.customer_number, a.office_path, a.manager, a.is_control,
                t.is_repeatable, t.may_have_left
            FROM campaign.contact t
            JOIN campaign.audience a
                ON a.partition = t.partition AND a.campaign_id = t.campaign_id AND a.customer_id = t.customer_id
            WHERE t.partition = partitions[place] AND t.delivery_id = deliveries[place];
    END LOOP;
END
$$;

-- What a change does not name stays; a lease ends with every change that does not begin one.
CREATE FUNCTION campaign.change_contacts(
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
            lease_until = leases[place],
            decided_at = coalesce(decided[place], decided_at),
            changed_at = moment,
            is_repeatable = repeatable[place],
            may_have_left = departed[place]
        WHERE partition = partitions[place] AND delivery_id = deliveries[place];
    END LOOP;
END
$$;
