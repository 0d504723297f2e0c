package sqlite

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations are the steps from each schema to the next: the first makes
// schema 1. They are never changed once released.
var migrations = func() []string {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		panic(err)
	}
	steps := make([]string, len(names))
	for i, name := range names {
		b, err := migrationFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		steps[i] = string(b)
	}
	return steps
}()

// migrate brings the schema up to date. Each step is one transaction that also
// counts it, so that a crash at any statement leaves the old schema or the new.
func migrate(c *conn, path string, steps []string) error {
	var version int64
	if _, err := c.one("PRAGMA user_version", nil, &version); err != nil {
		return err
	}
	if int(version) > len(steps) {
		return newer(path, int(version))
	}
	for i, step := range steps[version:] {
		to := int(version) + i + 1
		err := c.script(fmt.Sprintf("BEGIN IMMEDIATE;\n%s;\nPRAGMA user_version = %d;\nCOMMIT", step, to))
		if err != nil {
			return errors.Join(fmt.Errorf("bring the database %s to schema %d: %w", path, to, err), c.script("ROLLBACK"))
		}
	}
	return nil
}
