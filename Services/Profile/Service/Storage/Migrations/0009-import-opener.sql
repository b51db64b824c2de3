-- Whose an import is: only who may see the whole of the opener's office goes on with it, reads its replies or closes it. What was
-- opened before belongs to the head office.
ALTER TABLE profile.import
ADD COLUMN opened_by text NOT NULL DEFAULT '',
ADD COLUMN office_path text NOT NULL DEFAULT '/';
