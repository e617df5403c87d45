-- Why work failed, for programs; what failed before has words alone.
ALTER TABLE platform_jobs ADD COLUMN error_code TEXT COLLATE "C";
ALTER TABLE runs ADD COLUMN error_code TEXT COLLATE "C";
ALTER TABLE assets ADD COLUMN error_code TEXT COLLATE "C";

CREATE OR REPLACE FUNCTION run_follows_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE runs
       SET status = CASE NEW.state WHEN 'queued' THEN 'pending' WHEN 'running' THEN 'running'
                                   WHEN 'succeeded' THEN 'success' ELSE NEW.state END,
           progress = NEW.progress / 100.0, stage = NEW.stage, message = NEW.message, attempt = NEW.attempt,
           result = NEW.result, error = NEW.error, error_code = NEW.error_code, updated_at = NEW.updated_at,
           started_at = NEW.started_at, finished_at = NEW.finished_at
     WHERE job_id = NEW.id;
    UPDATE assets
       SET status = CASE WHEN NEW.state IN ('failed', 'cancelled') THEN 'failed'
                         WHEN NEW.state = 'succeeded' THEN status ELSE 'pending' END,
           error = CASE WHEN NEW.state IN ('failed', 'cancelled') THEN NEW.error ELSE error END,
           error_code = CASE WHEN NEW.state IN ('failed', 'cancelled') THEN NEW.error_code ELSE error_code END
     WHERE job_id = NEW.id AND (status <> 'ready' OR NEW.state IN ('queued', 'running'));
    RETURN NULL;
END
$$;
