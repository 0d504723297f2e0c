package sqlite

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// checkFileSystem refuses network file systems: their locks and shared memory
// do not keep two machines from writing the same file.
func checkFileSystem(dir string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return fmt.Errorf("the data directory %s cannot be used: %w", dir, err)
	}
	switch uint32(st.Type) { //nolint:gosec // magic numbers have 32 bits
	case unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		return fmt.Errorf("the data directory %s is on a network file system, where a database is not safe. Set DATA_DIR to a local disk", dir)
	}
	return nil
}
