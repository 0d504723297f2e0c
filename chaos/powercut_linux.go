package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
	"unsafe"
)

const (
	shutdownRequest = 0x8004587d // EXT4_IOC_SHUTDOWN
	noLogFlush      = 2          // drop the journal's unwritten part, too
	imageSize       = 128 << 20
)

// powerCut loses what was not synced: the server's data lies on an ext4 image,
// and the file system is shut down under it as if the power had gone. What the
// kernel held in memory is dropped, what had reached the image stays.
type powerCut struct {
	image string
	mount string
	say   io.Writer
}

func newPowerCut(dir string, say io.Writer) *powerCut {
	return &powerCut{image: filepath.Join(dir, "disk.img"), mount: filepath.Join(dir, "disk"), say: say}
}

func (p *powerCut) name() string { return "power cut" }

func (p *powerCut) prepare(ctx context.Context) (string, error) {
	if os.Geteuid() != 0 {
		return "", errors.New("a power cut needs root, for the loop device")
	}
	file, err := os.OpenFile(p.image, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("make the disk: %w", err)
	}
	if err := errors.Join(file.Truncate(imageSize), file.Close()); err != nil {
		return "", fmt.Errorf("make the disk: %w", err)
	}
	if err := os.Mkdir(p.mount, 0o700); err != nil {
		return "", fmt.Errorf("make the disk: %w", err)
	}
	if err := tool(ctx, "mkfs.ext4", "-q", "-F", p.image); err != nil {
		return "", err
	}
	if err := p.attach(ctx); err != nil {
		return "", err
	}
	if err := p.prove(ctx); err != nil {
		return "", err
	}
	return filepath.Join(p.mount, "data"), nil
}

// prove shows that the cut is one: of two files, the one that was not synced is
// gone afterwards. Without this, a run that loses nothing would mean nothing.
func (p *powerCut) prove(ctx context.Context) error {
	text := []byte("tea\n")
	synced, loose := filepath.Join(p.mount, "synced"), filepath.Join(p.mount, "loose")
	if err := writeSynced(synced, text); err != nil {
		return fmt.Errorf("try the cut: %w", err)
	}
	if err := os.WriteFile(loose, text, 0o600); err != nil {
		return fmt.Errorf("try the cut: %w", err)
	}
	if err := errors.Join(p.cut(), p.again(ctx)); err != nil {
		return err
	}
	if got, err := os.ReadFile(synced); err != nil || string(got) != string(text) { //nolint:gosec // a path of our own
		return fmt.Errorf("try the cut: the synced file holds %q (%w)", got, err)
	}
	if got, err := os.ReadFile(loose); err == nil && string(got) == string(text) { //nolint:gosec // a path of our own
		return errors.New("try the cut: the file that was not synced is still there, so nothing would be proven")
	}
	_, err := fmt.Fprintln(p.say, "the cut is real: of a synced and an unsynced file, the unsynced one vanished")
	return err
}

func writeSynced(path string, text []byte) error {
	file, err := os.Create(path) //nolint:gosec // a path of our own
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (p *powerCut) strike(ctx context.Context, s *server) error {
	return errors.Join(p.cut(), s.kill(), p.again(ctx))
}

func (p *powerCut) cut() error {
	dir, err := os.Open(p.mount)
	if err != nil {
		return fmt.Errorf("cut the power: %w", err)
	}
	flags := uint32(noLogFlush)
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, dir.Fd(), shutdownRequest, uintptr(unsafe.Pointer(&flags))) //nolint:gosec // an ioctl takes an address
	if errno != 0 {
		return errors.Join(fmt.Errorf("cut the power: %w", errno), dir.Close())
	}
	return dir.Close()
}

func (p *powerCut) attach(ctx context.Context) error {
	return tool(ctx, "mount", "-o", "loop", p.image, p.mount)
}

func (p *powerCut) again(ctx context.Context) error {
	if err := p.detach(ctx); err != nil {
		return err
	}
	return p.attach(ctx)
}

// detach takes the disk off; the loop device goes with it. A disk is busy for a
// moment after the process that used it has died.
func (p *powerCut) detach(ctx context.Context) error {
	var err error
	for range 50 {
		if err = tool(ctx, "umount", p.mount); err == nil || ctx.Err() != nil {
			return err
		}
		wait(ctx, 50*time.Millisecond)
	}
	return err
}

// clean has to work when the run was interrupted, too, so it takes no context.
func (p *powerCut) clean() error {
	mounted, err := p.mounted()
	if err != nil || !mounted {
		return err
	}
	return p.detach(context.Background())
}

// mounted tells by the device: a mounted folder is not on its parent's.
func (p *powerCut) mounted() (bool, error) {
	var at, above syscall.Stat_t
	if err := syscall.Stat(p.mount, &at); errors.Is(err, os.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("look for the disk: %w", err)
	}
	if err := syscall.Stat(filepath.Dir(p.mount), &above); err != nil {
		return false, fmt.Errorf("look for the disk: %w", err)
	}
	return at.Dev != above.Dev, nil
}

func tool(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil { //nolint:gosec // fixed tools, paths of our own
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}
