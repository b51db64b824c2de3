-- contacted_at is when a contact was handed out last, which counts for caps. The log tells of the first time from which it may
-- have reached the customer: where an earlier claim may have, what the customer did between the two is a conversion too.
ALTER TABLE campaign.contact ADD COLUMN first_contacted_at timestamptz;

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
            lease_until = leases[place],
            decided_at = coalesce(decided[place], decided_at),
            changed_at = moment,
            is_repeatable = repeatable[place],
            may_have_left = departed[place]
        WHERE partition = partitions[place] AND delivery_id = deliveries[place];
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION campaign.lock_contacts(partitions smallint[], deliveries bigint[], passes_over boolean)
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
                t.attempt, coalesce(t.first_contacted_at, t.contacted_at), t.traceparent, a.customer_number,
                a.office_path, a.manager, a.is_control, t.is_repeatable, t.may_have_left
            FROM campaign.contact t
            JOIN campaign.audience a
                ON a.partition = t.partition AND a.campaign_id = t.campaign_id AND a.customer_id = t.customer_id
            WHERE t.partition = partitions[place] AND t.delivery_id = deliveries[place];
    END LOOP;
END
$$;
