-- What each trait means; its values stand in a typed column of customer_trait named trait_ and its name.
CREATE TABLE profile.trait (
    name text PRIMARY KEY,
    type smallint NOT NULL,
    meaning text NOT NULL,
    source text NOT NULL,
    refresh text NOT NULL,
    sensitivity smallint NOT NULL,
    known smallint NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE TABLE profile.dictionary (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version bigint NOT NULL
);

INSERT INTO profile.dictionary (version) VALUES (0);
