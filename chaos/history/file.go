package history

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// The files of a run. Clients are clientFiles.
const (
	ServerFile  = "server.jsonl"
	FinalFile   = "final.jsonl"
	clientFiles = "client-*.jsonl"
)

// ClientFile names the file of client n.
func ClientFile(n int) string { return fmt.Sprintf("client-%03d.jsonl", n) }

// ClientFiles lists the clients' files in dir.
func ClientFiles(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, clientFiles))
	if err != nil {
		return nil, fmt.Errorf("list histories: %w", err)
	}
	return files, nil
}

// Writer appends records to one file. It belongs to one goroutine.
//
// The first error sticks and comes out of Close, so that a run with a broken
// history never counts.
type Writer struct {
	file *os.File
	buf  *bufio.Writer
	enc  *json.Encoder
	err  error
}

// Create starts a file that must not exist yet.
func Create(path string) (*Writer, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the path is the operator's own flag
	if err != nil {
		return nil, fmt.Errorf("create history: %w", err)
	}
	buf := bufio.NewWriterSize(file, 64<<10)
	return &Writer{file: file, buf: buf, enc: json.NewEncoder(buf)}, nil
}

// Write appends one record.
func (w *Writer) Write(r Record) {
	if w.err == nil {
		w.err = w.enc.Encode(r)
	}
}

// Flush hands what was written to the operating system.
func (w *Writer) Flush() {
	if w.err == nil {
		w.err = w.buf.Flush()
	}
}

// Close flushes, syncs and closes, and tells the first error there was.
func (w *Writer) Close() error {
	w.Flush()
	if w.err == nil {
		w.err = w.file.Sync()
	}
	if err := errors.Join(w.err, w.file.Close()); err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	return nil
}

// Read calls each for every record of a file, in order.
func Read(path string, each func(Record) error) (err error) {
	file, err := os.Open(path) //nolint:gosec // the path is the operator's own flag
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	dec := json.NewDecoder(bufio.NewReaderSize(file, 256<<10))
	for n := 1; ; n++ {
		var r Record
		switch err := dec.Decode(&r); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read history %s, record %d: %w", filepath.Base(path), n, err)
		}
		if err := each(r); err != nil {
			return err
		}
	}
}
