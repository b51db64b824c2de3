-- The head office, which nobody names: staff may stand there.
INSERT INTO profile.office (path, name, changed_at) VALUES ('/', '/', now()) ON CONFLICT DO NOTHING;
