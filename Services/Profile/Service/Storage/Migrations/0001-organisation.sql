-- Reference tables: small, the same on every node of a distributed database.
CREATE TABLE profile.office (
    path text PRIMARY KEY,
    name text NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE TABLE profile.staff (
    staff_number text PRIMARY KEY,
    name text NOT NULL,
    office_path text NOT NULL REFERENCES profile.office (path),
    duty text NOT NULL CHECK (duty IN ('manager', 'agent', 'steward')),
    changed_at timestamptz NOT NULL
);
